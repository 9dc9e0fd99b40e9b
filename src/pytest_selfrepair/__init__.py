"""Measure how well a language model writes and repairs its own code, and at what cost.

The package loads in every pytest session, so this module imports nothing: the public names are
found when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_selfrepair.core.checker import Acceptance, Checker
    from pytest_selfrepair.core.feedback import Failure, Feedback, FeedbackSource, Selective
    from pytest_selfrepair.core.sample import Message, Model, Sample, SampleRequest, Usage
    from pytest_selfrepair.core.task import Case, Difficulty, JsonValue, Task, TaskKind
    from pytest_selfrepair.errors import SelfRepairError

__version__ = "0.1.0"

__all__ = [
    "Acceptance",
    "Case",
    "Checker",
    "Difficulty",
    "Failure",
    "Feedback",
    "FeedbackSource",
    "JsonValue",
    "Message",
    "Model",
    "Sample",
    "SampleRequest",
    "Selective",
    "SelfRepairError",
    "Task",
    "TaskKind",
    "Usage",
    "__version__",
]

_HOME = {
    "Acceptance": "core.checker",
    "Case": "core.task",
    "Checker": "core.checker",
    "Difficulty": "core.task",
    "Failure": "core.feedback",
    "Feedback": "core.feedback",
    "FeedbackSource": "core.feedback",
    "JsonValue": "core.task",
    "Message": "core.sample",
    "Model": "core.sample",
    "Sample": "core.sample",
    "SampleRequest": "core.sample",
    "Selective": "core.feedback",
    "SelfRepairError": "errors",
    "Task": "core.task",
    "TaskKind": "core.task",
    "Usage": "core.sample",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(f"{__name__}.{home}"), name)
