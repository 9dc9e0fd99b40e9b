"""Call the user's own code, turning whatever it raises into a one-line error."""

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from pytest_selfrepair.errors import InfrastructureError

_T = TypeVar("_T")

_NOT_ITS_OWN = (f"{os.sep}pluggy{os.sep}", str(Path(__file__).parents[1]))
"""Paths of files that are not the user's: pluggy's and this package's."""

_PASSES = (GeneratorExit, InfrastructureError)
"""Exceptions passed on as they are: a coroutine's end, and infrastructure failures."""


def described(error: BaseException, who: str) -> str:
    """Describe an exception in one line: ``ValueError in the model 'mine': no such file``."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__} in {who}{f': {words}' if words else ''}"


def place(error: BaseException) -> str:
    """The innermost line of the user's own code in a traceback: ``conftest.py:12``."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if not any(part in each.filename for part in _NOT_ITS_OWN)]
    frame = (own or frames)[0]
    name = Path(frame.filename)
    shown = name.relative_to(Path.cwd()) if name.is_relative_to(Path.cwd()) else name
    return f"{shown}:{frame.lineno}"


async def call_foreign(
    who: str, work: Callable[[], Awaitable[_T]], kind: type[InfrastructureError], ends: str = ""
) -> _T:
    """Await the user's own code, so that none of its exceptions ends or hangs the run.

    Args:
        who: The owner of the code: ``the model 'mine'``.
        work: Calls it.
        kind: The error raised in place of its exceptions.
        ends: Appended to that error's message.

    Raises:
        InfrastructureError: Its own, or one of `kind` for any other exception.
    """
    try:
        return await work()
    except _PASSES:
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # cancelled by the run
            raise
        raise kind(described(error, who) + ends) from error
    except BaseException as error:  # including SystemExit, which would end the event loop
        raise kind(described(error, who) + ends) from error
