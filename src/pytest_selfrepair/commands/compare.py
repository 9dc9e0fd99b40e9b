"""`selfrepair compare`: compare two stored runs, or rank several."""

import argparse
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pytest_selfrepair.commands.output import show, tell, write_reports
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.estimate.comparison.ranked import RunRanking, RunToRank
from pytest_selfrepair.estimate.comparison.ranking import run_ranking
from pytest_selfrepair.estimate.comparison.run_comparison import run_comparison, side
from pytest_selfrepair.report.comparison_html import page
from pytest_selfrepair.report.comparison_markdown import markdown
from pytest_selfrepair.report.comparison_terminal import comparison
from pytest_selfrepair.report.data import comparison_to_json, ranking_to_json
from pytest_selfrepair.report.exports import csv_text, latex_text
from pytest_selfrepair.report.ranking_exports import ranking_table
from pytest_selfrepair.report.ranking_html import ranking_page
from pytest_selfrepair.report.ranking_markdown import ranking_markdown
from pytest_selfrepair.report.ranking_terminal import ranking
from pytest_selfrepair.report.summary_lines import SummaryLine
from pytest_selfrepair.report.visible_text import shows_unicode
from pytest_selfrepair.store import run_names

_KINDS = {
    "json": "JSON",
    "markdown": "Markdown",
    "html": "a page",
    "csv": "a table for spreadsheets",
    "latex": "a table for a paper (booktabs)",
}


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument("before", metavar="A", help=f"the run before: {run_names.ACCEPTED}")
    command.add_argument("after", metavar="B", help="the run after, in the same form")
    command.add_argument(
        "others", metavar="C", nargs="*", help="further runs: three or more are ranked"
    )
    for kind, what in _KINDS.items():
        command.add_argument(
            f"--{kind}",
            metavar="OUT",
            type=Path,
            help=f"also write {what} to this file (-: standard output, without the text)",
        )
    command.add_argument(
        "-q", "--quiet", action="store_true", help="print only a few lines of text"
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    out = {kind: getattr(options, kind) for kind in _KINDS}
    names = (options.before, options.after, *options.others)
    return run(names, out, quiet=options.quiet)


def run(names: Sequence[str], out: Mapping[str, Path | None], *, quiet: bool) -> int:
    """Compare runs: text on standard output, unless a report goes there, and files.

    Args:
        names: The RUNs, at least two. The second of two is compared with the first; more are
            ranked.
        out: Where each report goes, by its kind (``json``, ``markdown``, ``html``, ``csv``,
            ``latex``): a file, `-` for standard output, or None for nowhere.
        quiet: Print only a few lines.

    Returns:
        The exit status, 0 whatever the result.

    Raises:
        UsageError: A run cannot be read or has two records of a task, or a file cannot be written.
    """
    loaded = [_loaded(_letter(number), name) for number, name in enumerate(names)]
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines, reports = (_two if len(loaded) == 2 else _several)(loaded, made)  # noqa: PLR2004 - a pair
    if write_reports(out, reports):
        width, unicode = shutil.get_terminal_size().columns, shows_unicode(sys.stdout.encoding)
        show("\n".join(line.text for line in lines(quiet, width, unicode)))
    return 0


_Lines = Callable[[bool, int, bool], list[SummaryLine]]
_Reports = dict[str, Callable[[], str]]


def _two(loaded: Sequence[run_names.LoadedRun], made: str) -> tuple[_Lines, _Reports]:
    """Compare two runs."""
    old, new = loaded
    found = run_comparison(
        (side(old.records, old.title, old.name), old.records),
        (side(new.records, new.title, new.name), new.records),
        games=(old.games, new.games),
    )
    reports: _Reports = {
        "json": lambda: comparison_to_json(found),
        "markdown": lambda: markdown(found),
        "html": lambda: page(found, old.records, new.records, made=made),
        "csv": lambda: csv_text(ranking_table(_ranked(loaded))),
        "latex": lambda: latex_text(ranking_table(_ranked(loaded))),
    }
    return lambda quiet, width, unicode: comparison(
        found, quiet=quiet, width=width, unicode=unicode
    ), reports


def _several(loaded: Sequence[run_names.LoadedRun], made: str) -> tuple[_Lines, _Reports]:
    """Rank several runs on the tasks that all of them scored."""
    if not any(each.records for each in loaded):
        raise UsageError(
            "compare: found runs with games only; accepted: two of these, or runs with tasks"
        )
    if any(each.games for each in loaded):
        tell("selfrepair: games of scenarios are compared of two runs at a time, and left out here")
    found = _ranked(loaded)
    reports: _Reports = {
        "json": lambda: ranking_to_json(found),
        "markdown": lambda: ranking_markdown(found),
        "html": lambda: ranking_page(found, made=made),
        "csv": lambda: csv_text(ranking_table(found)),
        "latex": lambda: latex_text(ranking_table(found)),
    }
    return lambda quiet, width, unicode: ranking(
        found, quiet=quiet, width=width, unicode=unicode
    ), reports


def _ranked(loaded: Sequence[run_names.LoadedRun]) -> RunRanking:
    return run_ranking(
        [
            RunToRank(
                side=side(each.records, each.title, each.name),
                records=each.records,
                label=each.label,
            )
            for each in loaded
        ]
    )


def _letter(number: int) -> str:
    """The letter of a run in errors: A to Z, then #27 and so on."""
    return chr(ord("A") + number) if number < 26 else f"#{number + 1}"  # noqa: PLR2004 - letters


def _loaded(which: str, name: str) -> run_names.LoadedRun:
    try:
        return run_names.load(name)
    except SelfRepairError as error:
        raise UsageError(f"{which}: {error}") from error
