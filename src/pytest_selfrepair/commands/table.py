"""`selfrepair table`: write the numbers of stored runs, for a spreadsheet or a paper."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from pytest_selfrepair.commands.output import show, write_reports
from pytest_selfrepair.commands.several_runs import add_runs, found_in, way_of
from pytest_selfrepair.report.exports import csv_text, latex_text
from pytest_selfrepair.report.figure_way import HEADLINE, FigureWay
from pytest_selfrepair.report.run_exports import TableKind, run_table


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    add_runs(command)
    command.add_argument(
        "--kind",
        choices=get_args(TableKind),
        default="headline",
        help="headline: each source against sampling; sources: each source's repairs; difficulty: "
        "the headline by difficulty; curve: the points that `selfrepair plot` draws (default: "
        "headline)",
    )
    for kind, what in (("csv", "CSV with every digit"), ("latex", "a LaTeX tabular (booktabs)")):
        command.add_argument(
            f"--{kind}",
            metavar="OUT",
            type=Path,
            help=f"write {what} to this file (-: standard output); with neither --csv nor --latex, "
            "CSV is printed",
        )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    out = {kind: getattr(options, kind) for kind in ("csv", "latex")}
    way = way_of(options)
    return run(options.names, options.kind, out, way=way, difficulty=options.difficulty)


def run(
    names: Sequence[str],
    kind: TableKind,
    out: Mapping[str, Path | None],
    *,
    way: FigureWay = HEADLINE,
    difficulty: str | None = None,
) -> int:
    """Write a table of some runs; several are shown on the tasks that all of them scored.

    Args:
        names: The RUNs, at least one.
        kind: The kind of table.
        out: The targets ``csv`` and ``latex``: a file, `-` for standard output, or None. CSV is
            printed where both are None.
        way: The sources, and how trees are drawn for curves.
        difficulty: Only tasks of this difficulty; None: all.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, or a file cannot be written.
        StoreError: The store cannot be read.
    """
    table = run_table(found_in(names, difficulty), kind, way)
    write_reports(out, {"csv": lambda: csv_text(table), "latex": lambda: latex_text(table)})
    if not any(out.values()):
        show(csv_text(table).rstrip("\n"))
    return 0
