"""Arguments of commands about people who write feedback."""

import argparse
from pathlib import Path

from pytest_selfrepair.feedback.human import DEFAULT_FILE

MOST = 10_000
"""The largest accepted number of people, programs or texts in a study."""


def add_answers(command: argparse.ArgumentParser) -> None:
    """Add the file of people's answers."""
    command.add_argument(
        "--answers",
        metavar="FILE",
        type=Path,
        default=DEFAULT_FILE,
        help=f"the file of people's answers (default: {DEFAULT_FILE.as_posix()})",
    )
