"""Code of the user's own: whatever it raises becomes one line that says who raised what."""

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from pytest_selfrepair.errors import InfrastructureError

_T = TypeVar("_T")

_NOT_ITS_OWN = (f"{os.sep}pluggy{os.sep}", str(Path(__file__).parents[1]))
"""Parts of the names of files that are not the user's: what calls hooks, and this package."""

_PASSES = (GeneratorExit, InfrastructureError)
"""What is no accident: the end of a coroutine, and what says for itself that there is no answer."""


def described(error: BaseException, who: str) -> str:
    """What was raised, by whom, in one line: ``ValueError in the model 'mine': no such file``."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__} in {who}{f': {words}' if words else ''}"


def place(error: BaseException) -> str:
    """Where the user's own code raised it, or called what did: ``conftest.py:12``."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if not any(part in each.filename for part in _NOT_ITS_OWN)]
    frame = (own or frames)[0]
    name = Path(frame.filename)
    shown = name.relative_to(Path.cwd()) if name.is_relative_to(Path.cwd()) else name
    return f"{shown}:{frame.lineno}"


async def asked(
    who: str, work: Callable[[], Awaitable[_T]], kind: type[InfrastructureError], ends: str = ""
) -> _T:
    """Wait for the user's own code, which must not end the run, nor hang it, by what it raises.

    Args:
        who: Whose code it is: ``the model 'mine'``.
        work: Calls it.
        kind: What is raised in place of what it raises.
        ends: What is said after that.

    Raises:
        InfrastructureError: It raised one; or anything else, which is of that kind then.
    """
    try:
        return await work()
    except _PASSES:
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # the run gives it up
            raise
        raise kind(described(error, who) + ends) from error
    except BaseException as error:  # also SystemExit, which would end the event loop
        raise kind(described(error, who) + ends) from error
