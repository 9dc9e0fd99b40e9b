"""What work that takes a while says of how far it is, through the standard library's `logging`.

A step is a line of its own: it was begun, it has ended. What stands between is passing: a terminal
shows the latest in place of the one before, a file some of it. Nothing is shown unless somebody
listens to `LOGGER`.
"""

import logging

LOGGER = logging.getLogger("pytest_selfrepair.progress")

PASSING = "selfrepair_passing"
"""The attribute of a log record that is passing."""


def step(line: str) -> None:
    """Say that work begins or has ended."""
    LOGGER.info("%s", line)


def passing(line: str) -> None:
    """Say how far it is; as often as it moves."""
    LOGGER.info("%s", line, extra={PASSING: True})
