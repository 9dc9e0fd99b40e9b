"""What commands on one or several runs share: choosing runs, and what to show of them."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.comparison.ranked import RunToRank
from pytest_selfrepair.estimate.comparison.ranking import labelled
from pytest_selfrepair.estimate.comparison.run_comparison import side
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.report.figure_way import HEADLINE, PAPER, FigureWay, RunFindings
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.store import run_names

_REPLACEMENT = {"with": True, "without": False}
_BASELINES = {"paper": Baseline.EVERY_TASK, "stopping": Baseline.STOPPING}


def add_runs(command: argparse.ArgumentParser) -> None:
    """Add the runs to show, and what to show of them."""
    command.add_argument(
        "names",
        metavar="RUN",
        nargs="+",
        help=f"{run_names.ACCEPTED}; several are shown on the tasks that all of them scored",
    )
    command.add_argument(
        "--difficulty", metavar="NAME", help="use only tasks of this difficulty (default: all)"
    )
    command.add_argument(
        "--sources",
        metavar="NAMES",
        help="use only these feedback sources, separated by commas (default: all)",
    )
    command.add_argument(
        "--replacement",
        choices=_REPLACEMENT,
        help="how to draw trees: without replacement, which is unbiased, or with, as in the paper "
        "(default: without)",
    )
    command.add_argument(
        "--baseline",
        choices=_BASELINES,
        help="what to compare trees with: stopping: further sampling only of tasks without a "
        "passing program, as in the first line of reports; paper: i.i.d. sampling of every task "
        "(default: stopping)",
    )
    command.add_argument(
        "--paper",
        action="store_true",
        help="the same as --replacement with --baseline paper",
    )


def way_of(options: argparse.Namespace) -> FigureWay:
    """The way of drawing trees, and the sources, from the options of `add_runs`."""
    way = PAPER if options.paper else HEADLINE
    if options.replacement is not None:
        way = replace(way, replacement=_REPLACEMENT[options.replacement])
    if options.baseline is not None:
        way = replace(way, baseline=_BASELINES[options.baseline])
    names = options.sources
    return way if names is None else replace(way, sources=tuple(names.split(",")))


def found_in(names: Sequence[str], difficulty: str | None = None) -> list[RunFindings]:
    """The findings of runs; of several, on the tasks that all of them scored.

    Args:
        names: The RUNs, at least one.
        difficulty: Only tasks of this difficulty; None: all.

    Raises:
        UsageError: There is no such run, no task is shared, or none is of the difficulty.
        StoreError: A store cannot be read.
    """
    loaded = [run_names.load(name) for name in names]
    kept = [each.records for each in loaded]
    shared = f"that {'both' if len(loaded) == 2 else f'all {len(loaded)}'} runs scored"  # noqa: PLR2004 - a pair
    said = ""
    if len(loaded) > 1:
        kept = _shared(kept)
        said = f"{plural(len(kept[0]), 'task')} {shared}"
    if difficulty is not None:
        kept = [_of_difficulty(records, difficulty) for records in kept]
        of = plural(len(kept[0]), f"{difficulty} task")
        said = f"{of} {shared}" if len(loaded) > 1 else of
    alone = len(loaded) == 1
    labels = labelled(
        [
            RunToRank(
                side=side(each.records, each.title, each.name),
                records=each.records,
                label=each.label,
            )
            for each in loaded
        ]
    )
    games = loaded[0].games if alone and difficulty is None else []
    return [
        RunFindings(label=label, findings=findings(records, games), tasks=said, alone=alone)
        for label, records in zip(labels, kept, strict=True)
    ]


def _shared(several: Sequence[Sequence[Record]]) -> list[list[Record]]:
    scored = [
        {record.task_id for record in records if record.grown is not None} for records in several
    ]
    ids = set.intersection(*scored)
    if not ids:
        raise UsageError("RUN: found no task that all of these runs scored; accepted: at least one")
    return [[record for record in records if record.task_id in ids] for records in several]


def _of_difficulty(records: Sequence[Record], difficulty: str) -> list[Record]:
    found = [record for record in records if record.difficulty == difficulty]
    if not found:
        known = dict.fromkeys(str(record.difficulty) for record in records if record.difficulty)
        accepted = ", ".join(known) or "none: it is not known of any task"
        raise UsageError(f"--difficulty: found {difficulty!r}; accepted: {accepted}")
    return found
