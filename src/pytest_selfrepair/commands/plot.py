"""`selfrepair plot`: draw a figure of stored runs, for a paper."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from pytest_selfrepair.commands.several_runs import add_runs, found_in, way_of
from pytest_selfrepair.report.figure_way import HEADLINE, FigureWay
from pytest_selfrepair.report.figures import Kind, figure_of_runs

_SIZE = re.compile(r"(\d{1,3}(?:\.\d+)?)x(\d{1,3}(?:\.\d+)?)")
_INCHES = (0.5, 100.0)


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    add_runs(command)
    command.add_argument(
        "--kind",
        choices=get_args(Kind),
        default="curve",
        help="curve: pass@t; heatmap: shapes against sampling without repair; sources: repair "
        "rates and paired differences; for games, rounds: surplus shares by round; risk: deals "
        "against their price (default: curve)",
    )
    command.add_argument(
        "--size",
        metavar="WxH",
        type=_size,
        help="width and height of the figure in inches, such as 6x4 (default: from its panels)",
    )
    command.add_argument(
        "--style",
        metavar="NAME",
        help="a Matplotlib style or style file (default: the plugin's own)",
    )
    command.add_argument(
        "-o", "--out", metavar="FILE", type=Path, required=True, help="a .svg, .pdf or .png file"
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    way = replace(way_of(options), size=options.size, style=options.style)
    return run(options.names, options.kind, options.out, way=way, difficulty=options.difficulty)


def run(
    names: Sequence[str],
    kind: Kind,
    out: Path,
    *,
    way: FigureWay = HEADLINE,
    difficulty: str | None = None,
) -> int:
    """Draw a figure of some runs; several are drawn on the tasks that all of them scored.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, the runs have nothing to draw, the file's suffix is not a
            supported format, it cannot be written, or Matplotlib is missing.
        StoreError: The store cannot be read.
    """
    figure_of_runs(found_in(names, difficulty), kind, out, way=way)
    return 0


def _size(text: str) -> tuple[float, float]:
    found = _SIZE.fullmatch(text)
    size = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    low, high = _INCHES
    if not all(low <= each <= high for each in size):
        raise argparse.ArgumentTypeError(
            f"found {text!r}; accepted: width x height in inches, from {low:g} to {high:g}: 6x4"
        )
    return size
