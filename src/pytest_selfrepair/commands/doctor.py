"""`selfrepair doctor`: check what a run needs on this machine, and suggest fixes."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pytest_selfrepair.commands.arguments import add_packages
from pytest_selfrepair.commands.doctor_checks import Finding, State, findings
from pytest_selfrepair.commands.output import as_json_line, show
from pytest_selfrepair.report.visible_text import harmless
from pytest_selfrepair.store.run_names import DEFAULT_STORE

_MARKS = {State.GOOD: "ok", State.NOTE: "note", State.WRONG: "WRONG"}


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument(
        "--model",
        metavar="NAME",
        help="also check what this model needs: the endpoint and its key, or the weights of local",
    )
    command.add_argument(
        "--base-url",
        metavar="URL",
        help="the endpoint's address (default: $OPENAI_BASE_URL, else OpenAI's)",
    )
    command.add_argument(
        "--ask",
        action="store_true",
        help="with --model: request one token from the endpoint, which it may charge for",
    )
    command.add_argument(
        "--store",
        metavar="FILE",
        type=Path,
        default=DEFAULT_STORE,
        help=f"the run's store (default: {DEFAULT_STORE.as_posix()})",
    )
    command.add_argument(
        "--sandbox",
        choices=["auto", "strict", "limits"],
        default="auto",
        help="as for a run (default: auto)",
    )
    add_packages(command)
    command.add_argument("--json", action="store_true", help="print one JSON object per line")
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    """Run all checks and print their findings.

    Returns:
        The exit status: 1 where a run would fail, else 0.
    """
    found = [each async for each in findings(options)]
    wrong = sum(each.state is State.WRONG for each in found)
    if options.json:
        for each in found:
            show(as_json_line(asdict(each)))
    else:
        show("\n".join(_as_text(found)))
        ends = "a run would fail" if wrong else "a run can begin"
        show(f"{len(found)} checks, {wrong} wrong: {ends}")
    return int(wrong > 0)


def _as_text(found: Sequence[Finding]) -> list[str]:
    lines: list[str] = []
    for each in found:
        lines.append(f"{_MARKS[each.state]:<6} {each.what:<12} {harmless(each.said)}")
        if each.cure:
            lines.append(f"{'':<19} → {harmless(each.cure)}")
    return lines
