"""`selfrepair report`: a stored run, estimated again and shown."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from shutil import get_terminal_size

from pytest_selfrepair.commands.output import show, write
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.report.data import to_json
from pytest_selfrepair.report.html import page
from pytest_selfrepair.report.markdown import markdown
from pytest_selfrepair.report.plain import shows_unicode
from pytest_selfrepair.report.terminal import summary
from pytest_selfrepair.store import runs


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes, and what it runs."""
    command.add_argument("name", metavar="RUN", help=runs.ACCEPTED)
    for option, what in (
        ("--html", "write the run's page there"),
        ("--json", "write every estimate there"),
        ("--markdown", "write a short report there"),
    ):
        command.add_argument(
            option, metavar="OUT", type=Path, help=f"{what} (-: standard output), and no text"
        )
    command.add_argument("-q", "--quiet", action="store_true", help="print three lines")
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    return run(
        options.name,
        html=options.html,
        json=options.json,
        markdown_to=options.markdown,
        quiet=options.quiet,
    )


def run(
    name: str, *, html: Path | None, json: Path | None, markdown_to: Path | None, quiet: bool
) -> int:
    """Show a run: as text, unless it is only to be written to files.

    Args:
        name: A RUN.
        html: Where the page goes; `-`: standard output. So with the others.
        json: Where every estimate goes.
        markdown_to: Where the short report goes.
        quiet: Whether the text is cut to three lines.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, or a file cannot be written.
        StoreError: The store cannot be read.
    """
    found = runs.load(name)
    estimated = findings(found.records)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if html is not None:
        write(html, page(estimated, found.records, made=f"{found.title}, reported {now}"))
    if json is not None:
        write(json, to_json(estimated))
    if markdown_to is not None:
        write(markdown_to, markdown(estimated))
    if html is json is markdown_to is None:
        width = get_terminal_size().columns
        unicode = shows_unicode(sys.stdout.encoding)
        lines = summary(estimated, quiet=quiet, width=width, unicode=unicode)
        show("\n".join([found.title, *(line.text for line in lines)]))
    return 0
