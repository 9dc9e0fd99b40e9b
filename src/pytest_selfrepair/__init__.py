"""Measure how well a language model writes and repairs its own code, and at what cost.

The package loads in every pytest session, so this module imports nothing: a public name is imported
when it is first used. docs/api.md describes the names, docs/compatibility.md says which of them may
change, and when.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_selfrepair.api.equipment import RunSettings
    from pytest_selfrepair.api.judge_programs import judge_programs
    from pytest_selfrepair.api.results import RunResult, load_run
    from pytest_selfrepair.api.run_tasks import run_tasks
    from pytest_selfrepair.core.budget import Cost
    from pytest_selfrepair.core.checker import Acceptance, Checker
    from pytest_selfrepair.core.feedback import (
        Failure,
        Feedback,
        FeedbackCases,
        FeedbackSource,
        Selective,
    )
    from pytest_selfrepair.core.prompt import PromptSet
    from pytest_selfrepair.core.record import Record, References, Setup
    from pytest_selfrepair.core.sample import (
        CONTENT_FILTER,
        CONTEXT_LIMIT,
        LENGTH,
        Message,
        Model,
        Role,
        Sample,
        SampleRequest,
        SamplingParams,
        SeveralModel,
        Usage,
    )
    from pytest_selfrepair.core.task import (
        Assertions,
        Case,
        Difficulty,
        JsonValue,
        Task,
        TaskKind,
        Wrapping,
    )
    from pytest_selfrepair.core.tree import Grown, Plan, Policy, ProgramNode, RepairTree
    from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
    from pytest_selfrepair.errors import (
        BudgetSpentError,
        CheckerError,
        EndpointFailedError,
        EndpointRefusedError,
        FeedbackError,
        InfrastructureError,
        LocalModelError,
        ModelError,
        OwnModelError,
        ReplayMissError,
        ReportError,
        RunEndedError,
        SandboxError,
        ScriptError,
        SelfRepairError,
        StoreError,
        TaskError,
        UsageError,
        WorkerLostError,
    )
    from pytest_selfrepair.estimate.findings import Findings
    from pytest_selfrepair.models.opening import chat_model
    from pytest_selfrepair.models.scripted import Script, ScriptedModel
    from pytest_selfrepair.models.stored import StoredModel
    from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
    from pytest_selfrepair.tasks.task_paths import load_tasks

__version__ = "0.2.0"

__all__ = [
    "CONTENT_FILTER",
    "CONTEXT_LIMIT",
    "LENGTH",
    "Acceptance",
    "Assertions",
    "BudgetSpentError",
    "Case",
    "CaseFailure",
    "Checker",
    "CheckerError",
    "Cost",
    "Difficulty",
    "EndpointFailedError",
    "EndpointRefusedError",
    "Failure",
    "Feedback",
    "FeedbackCases",
    "FeedbackError",
    "FeedbackSource",
    "Findings",
    "Grown",
    "InfrastructureError",
    "JsonValue",
    "JudgeSettings",
    "LocalModelError",
    "Message",
    "Model",
    "ModelError",
    "Outcome",
    "OwnModelError",
    "Plan",
    "Policy",
    "ProgramNode",
    "PromptSet",
    "Record",
    "References",
    "RepairTree",
    "ReplayMissError",
    "ReportError",
    "Role",
    "RunEndedError",
    "RunResult",
    "RunSettings",
    "Sample",
    "SampleRequest",
    "SamplingParams",
    "SandboxError",
    "Script",
    "ScriptError",
    "ScriptedModel",
    "Selective",
    "SelfRepairError",
    "Setup",
    "SeveralModel",
    "StoreError",
    "StoredModel",
    "Task",
    "TaskError",
    "TaskKind",
    "Usage",
    "UsageError",
    "Verdict",
    "WorkerLostError",
    "Wrapping",
    "__version__",
    "chat_model",
    "judge_programs",
    "load_run",
    "load_tasks",
    "run_tasks",
]

_NAMES = {
    "api.equipment": ("RunSettings",),
    "api.judge_programs": ("judge_programs",),
    "api.results": ("RunResult", "load_run"),
    "api.run_tasks": ("run_tasks",),
    "core.budget": ("Cost",),
    "core.checker": ("Acceptance", "Checker"),
    "core.feedback": ("Failure", "Feedback", "FeedbackCases", "FeedbackSource", "Selective"),
    "core.prompt": ("PromptSet",),
    "core.record": ("Record", "References", "Setup"),
    "core.sample": (
        "CONTENT_FILTER",
        "CONTEXT_LIMIT",
        "LENGTH",
        "Message",
        "Model",
        "Role",
        "Sample",
        "SampleRequest",
        "SamplingParams",
        "SeveralModel",
        "Usage",
    ),
    "core.task": ("Assertions", "Case", "Difficulty", "JsonValue", "Task", "TaskKind", "Wrapping"),
    "core.tree": ("Grown", "Plan", "Policy", "ProgramNode", "RepairTree"),
    "core.verdict": ("CaseFailure", "Outcome", "Verdict"),
    "errors": (
        "BudgetSpentError",
        "CheckerError",
        "EndpointFailedError",
        "EndpointRefusedError",
        "FeedbackError",
        "InfrastructureError",
        "LocalModelError",
        "ModelError",
        "OwnModelError",
        "ReplayMissError",
        "ReportError",
        "RunEndedError",
        "SandboxError",
        "ScriptError",
        "SelfRepairError",
        "StoreError",
        "TaskError",
        "UsageError",
        "WorkerLostError",
    ),
    "estimate.findings": ("Findings",),
    "models.opening": ("chat_model",),
    "models.scripted": ("Script", "ScriptedModel"),
    "models.stored": ("StoredModel",),
    "sandbox.judge_settings": ("JudgeSettings",),
    "tasks.task_paths": ("load_tasks",),
}
"""The public names that each module defines."""

_HOME = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
