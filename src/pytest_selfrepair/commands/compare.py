"""`selfrepair compare`: one stored run against another, as text, JSON, Markdown and a page."""

import argparse
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pytest_selfrepair.commands.output import show, write_reports
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.estimate.comparison.run_comparison import run_comparison, side
from pytest_selfrepair.report.comparison_html import page
from pytest_selfrepair.report.comparison_markdown import markdown
from pytest_selfrepair.report.comparison_terminal import comparison
from pytest_selfrepair.report.data import comparison_to_json
from pytest_selfrepair.report.visible_text import shows_unicode
from pytest_selfrepair.store import run_names as runs


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes, and what it runs."""
    command.add_argument("before", metavar="A", help=f"the run before: {runs.ACCEPTED}")
    command.add_argument("after", metavar="B", help="the run after, named alike")
    for kind, what in (("json", "JSON"), ("markdown", "Markdown"), ("html", "a page")):
        command.add_argument(
            f"--{kind}",
            metavar="OUT",
            type=Path,
            help=f"write {what} there, too (-: standard output, and no text)",
        )
    command.add_argument("-q", "--quiet", action="store_true", help="three lines of text alone")
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    out = {kind: getattr(options, kind) for kind in ("json", "markdown", "html")}
    return run(options.before, options.after, out, quiet=options.quiet)


def run(before: str, after: str, out: Mapping[str, Path | None], *, quiet: bool) -> int:
    """Compare two runs: text on standard output, unless a report goes there, and files.

    Args:
        before: The RUN that is the standard.
        after: The RUN that is held against it.
        out: Where each report goes, by its kind (``json``, ``markdown``, ``html``): a file,
            `-` for standard output, or None for nowhere.
        quiet: Three lines of text alone.

    Returns:
        The exit status, 0, whatever the runs came to.

    Raises:
        UsageError: A run cannot be read or has two records of a task, or a file cannot be written.
    """
    old, new = _loaded("A", before), _loaded("B", after)
    found = run_comparison(
        (side(old.records, old.title, old.name), old.records),
        (side(new.records, new.title, new.name), new.records),
        games=(old.games, new.games),
    )
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    reports: dict[str, Callable[[], str]] = {
        "json": lambda: comparison_to_json(found),
        "markdown": lambda: markdown(found),
        "html": lambda: page(found, old.records, new.records, made=made),
    }
    if write_reports(out, reports):
        lines = comparison(
            found,
            quiet=quiet,
            width=shutil.get_terminal_size().columns,
            unicode=shows_unicode(sys.stdout.encoding),
        )
        show("\n".join(line.text for line in lines))
    return 0


def _loaded(which: str, name: str) -> runs.LoadedRun:
    try:
        return runs.load(name)
    except SelfRepairError as error:
        raise UsageError(f"{which}: {error}") from error
