"""`selfrepair plot`: a figure of a stored run, for a paper."""

import argparse
from pathlib import Path
from typing import get_args

from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.report.figures import HEADLINE, PAPER, FigureWay, Kind, figure
from pytest_selfrepair.store import run_names as runs


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes, and what it runs."""
    command.add_argument("name", metavar="RUN", help=runs.ACCEPTED)
    command.add_argument(
        "--kind",
        choices=get_args(Kind),
        default="curve",
        help="curve: pass@t; heatmap: shapes against sampling without repair; sources: repair "
        "rates and paired differences; of games rounds: surplus shares by round; risk: deals "
        "against their price (default: curve)",
    )
    command.add_argument(
        "--paper",
        action="store_true",
        help="draw trees with replacement and sampling on every task, as the paper does (default: "
        "without replacement, and on only where none has passed, as reports say it first)",
    )
    command.add_argument(
        "-o", "--out", metavar="FILE", type=Path, required=True, help="a .svg, .pdf or .png file"
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    return run(options.name, options.kind, options.out, way=PAPER if options.paper else HEADLINE)


def run(name: str, kind: Kind, out: Path, *, way: FigureWay = HEADLINE) -> int:
    """Draw a figure of a run.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, the run has nothing to draw, the file's ending is none of
            the formats, it cannot be written, or Matplotlib is missing.
        StoreError: The store cannot be read.
    """
    found = runs.load(name)
    figure(findings(found.records, found.games), kind, out, way=way)
    return 0
