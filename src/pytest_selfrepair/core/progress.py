"""Report the progress of long work through the standard library's `logging`.

The start and end of a step are lines of their own. Lines between are passing: a terminal shows each
in place of the one before, a file only some. Without a handler of `LOGGER`, nothing is shown.
"""

import logging

LOGGER = logging.getLogger("pytest_selfrepair.progress")

PASSING = "selfrepair_passing"
"""The attribute of passing log records."""


def step(line: str) -> None:
    """Report the start or end of work."""
    LOGGER.info("%s", line)


def passing(line: str) -> None:
    """Report progress, as often as it changes."""
    LOGGER.info("%s", line, extra={PASSING: True})
