"""What several commands declare in the same way."""

import argparse
from collections.abc import Callable
from pathlib import Path

from pytest_selfrepair.core.package_names import names_of

_HUGE = 1_000_000
"""Days of time, or a terabyte: more than anybody asks for."""


def number(
    kind: type[int] | type[float], least: float, most: float | None = None
) -> Callable[[str], float]:
    """What reads a number within bounds.

    Args:
        kind: `int` or `float`.
        least: The smallest that is accepted.
        most: The largest; None: whatever makes sense.
    """
    what = "a whole number" if kind is int else "a number"
    bounds = f"from {least:g} up" if most is None else f"from {least:g} to {most:g}"

    def parse(text: str) -> float:
        try:
            found = kind(text)
        except ValueError:
            found = least - 1
        if not least <= found <= (_HUGE if most is None else most):
            raise argparse.ArgumentTypeError(f"found {text!r}; accepted: {what} {bounds}")
        return found

    return parse


def add_task_paths(command: argparse.ArgumentParser) -> None:
    """Where tasks are; several places, at least one."""
    command.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help="where tasks are, as for judge"
    )


def add_packages(command: argparse.ArgumentParser) -> None:
    """Which packages programs may use, as the plugin has it."""
    command.add_argument(
        "--packages",
        metavar="NAMES",
        type=_packages,
        help="the installed distributions that programs may use, with commas between, or none "
        "(default: numpy for tasks of APPS and LiveCodeBench)",
    )


def _packages(text: str) -> tuple[str, ...]:
    try:
        return names_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"found {text!r}; accepted: {error}") from None
