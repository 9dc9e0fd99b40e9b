"""`selfrepair certify`: the facts that support a run's verdicts, on one page."""

import argparse
from pathlib import Path

import msgspec

from pytest_selfrepair.commands.certificate import Certificate, as_markdown, certificate
from pytest_selfrepair.commands.output import STANDARD_OUTPUT, as_json_line, write
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.store import run_names

JSON = ".json"
"""The suffix of files written as JSON."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument("name", metavar="RUN", help=run_names.ACCEPTED)
    command.add_argument(
        "-o",
        "--out",
        metavar="FILE",
        type=Path,
        default=STANDARD_OUTPUT,
        help="write to this file: JSON if its name ends in .json, else Markdown (default: standard "
        "output)",
    )
    command.add_argument("--json", action="store_true", help="write JSON, whatever the file's name")
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    return run(options.name, options.out, as_json=options.json or options.out.suffix == JSON)


def run(name: str, out: Path, *, as_json: bool) -> int:
    """Certify a run.

    Args:
        name: A RUN.
        out: The file; `-` for standard output.
        as_json: Whether to write JSON rather than Markdown.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, it has no record, or the file cannot be written.
        StoreError: The store cannot be read.
    """
    found = run_names.load(name)
    if not found.records:
        raise UsageError(f"RUN: found {found.name}, which has no record; nothing to certify")
    facts: Certificate = certificate(found, run_names.others(found.place))
    write(out, as_json_line(msgspec.to_builtins(facts)) if as_json else as_markdown(facts))
    return 0
