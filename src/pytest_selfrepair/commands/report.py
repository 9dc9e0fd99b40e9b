"""`selfrepair report` and `selfrepair plot`: a stored run, estimated again and shown."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Literal

from pytest_selfrepair.commands.files import write
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.report.data import to_json
from pytest_selfrepair.report.figures import figure
from pytest_selfrepair.report.html import page
from pytest_selfrepair.report.markdown import markdown
from pytest_selfrepair.report.plain import shows_unicode
from pytest_selfrepair.report.terminal import summary
from pytest_selfrepair.store import runs


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
        print(found.title)  # noqa: T201 - what a command does
        for line in summary(estimated, quiet=quiet, width=width, unicode=unicode):
            print(line.text)  # noqa: T201 - as above
    return 0


def plot(name: str, kind: Literal["curve", "heatmap", "sources"], out: Path) -> int:
    """Draw a figure of a run.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, the run has nothing to draw, the file's ending is none of
            the formats, it cannot be written, or Matplotlib is missing.
        StoreError: The store cannot be read.
    """
    figure(findings(runs.load(name).records), kind, out)
    return 0
