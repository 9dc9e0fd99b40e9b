"""Arguments that several commands share."""

import argparse
from collections.abc import Callable
from pathlib import Path

from pytest_selfrepair.core.package_names import names_of

_HUGE = 1_000_000
"""The largest accepted number: days of time, or a terabyte."""


def number(
    kind: type[int] | type[float], least: float, most: float | None = None
) -> Callable[[str], float]:
    """Make an argparse type for numbers within bounds.

    Args:
        kind: `int` or `float`.
        least: The smallest accepted number.
        most: The largest; None: a sensible limit.
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
    """Add the paths of tasks, at least one."""
    command.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="tasks, as for judge")


def add_packages(command: argparse.ArgumentParser) -> None:
    """Add the packages that programs may use, as in the plugin."""
    command.add_argument(
        "--packages",
        metavar="NAMES",
        type=_packages,
        help="the installed distributions that programs may use, separated by commas, or none "
        "(default: numpy for tasks of APPS and LiveCodeBench)",
    )


def _packages(text: str) -> tuple[str, ...]:
    try:
        return names_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"found {text!r}; accepted: {error}") from None
