"""What commands about people who write feedback declare in the same way."""

import argparse
from pathlib import Path

from pytest_selfrepair.feedback.human import DEFAULT_FILE

MOST = 10_000
"""The most that a study has of anything: people, programs, texts."""


def add_answers(command: argparse.ArgumentParser) -> None:
    """The file of what people write."""
    command.add_argument(
        "--answers",
        metavar="FILE",
        type=Path,
        default=DEFAULT_FILE,
        help=f"where what people write is kept (default: {DEFAULT_FILE.as_posix()})",
    )
