"""`selfrepair report`: estimate a stored run again and show it."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from shutil import get_terminal_size

from pytest_selfrepair.commands.output import show, write_reports
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.report.data import to_json
from pytest_selfrepair.report.html import page_pieces
from pytest_selfrepair.report.run_markdown import run_markdown
from pytest_selfrepair.report.run_terminal import run_summary
from pytest_selfrepair.report.visible_text import shows_unicode
from pytest_selfrepair.store import run_names


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument("name", metavar="RUN", help=run_names.ACCEPTED)
    for option, what in (
        ("--html", "also write the run's page to this file"),
        ("--json", "also write every estimate to this file"),
        ("--markdown", "also write a short report to this file"),
    ):
        command.add_argument(
            option, metavar="OUT", type=Path, help=f"{what} (-: standard output, without the text)"
        )
    command.add_argument("-q", "--quiet", action="store_true", help="print only three lines")
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    out = {kind: getattr(options, kind) for kind in ("html", "json", "markdown")}
    return run(options.name, out, quiet=options.quiet)


def run(name: str, out: Mapping[str, Path | None], *, quiet: bool) -> int:
    """Show a run: text on standard output, unless a report goes there, and files.

    Args:
        name: A RUN.
        out: Where each report goes, by its kind (``html``, ``json``, ``markdown``): a file, `-` for
            standard output, or None for nowhere.
        quiet: Whether to print only three lines.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, or a file cannot be written.
        StoreError: The store cannot be read.
    """
    found = run_names.load(name)
    estimated = findings(found.records, found.games)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    made = f"{found.title}, reported {now}"
    reports: dict[str, Callable[[], str | Iterator[str]]] = {
        "html": lambda: page_pieces(estimated, found.records, found.games, made=made),
        "json": lambda: to_json(estimated),
        "markdown": lambda: run_markdown(estimated),
    }
    if write_reports(out, reports):
        width = get_terminal_size().columns
        unicode = shows_unicode(sys.stdout.encoding)
        lines = run_summary(estimated, quiet=quiet, width=width, unicode=unicode)
        show("\n".join([found.title, *(line.text for line in lines)]))
    return 0
