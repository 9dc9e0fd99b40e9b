"""`selfrepair study`: the steps of a study in which people write feedback."""

import argparse
from pathlib import Path

from pytest_selfrepair.commands import study_design, study_results
from pytest_selfrepair.commands.arguments import number
from pytest_selfrepair.commands.people import MOST, add_answers
from pytest_selfrepair.store.run_names import ACCEPTED
from pytest_selfrepair.web.listening import DEFAULT_HOST, DEFAULT_PORT

DEFAULT_STUDY = Path(".selfrepair") / "study.json"
"""The default file of a study's design."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the steps, with their arguments and coroutines."""
    steps = command.add_subparsers(metavar="STEP", required=True)

    step = steps.add_parser(
        "create", help="assign failing programs or finished games to participants at random"
    )
    step.add_argument("run_name", metavar="RUN", help=ACCEPTED)
    step.add_argument(
        "--kind",
        choices=(study_design.PROGRAMS, study_design.GAMES),
        help="what to show: failing programs of tasks, or finished games of scenarios "
        "(default: programs, if the run has any that fail)",
    )
    shown = "failing programs (or finished games) for each participant, of different tasks"
    for options, of, default in (
        (("--participants",), "the number of participants", 16),
        (("--programs", "--games"), shown, 5),
        (
            ("--people-per-program", "--people-per-game"),
            "participants who see each of them",
            2,
        ),
    ):
        step.add_argument(
            *options,
            metavar="N",
            type=number(int, 1, MOST),
            default=default,
            help=f"{of} (default: {default})",
        )
    step.add_argument(
        "--seed", metavar="N", type=int, default=0, help="the seed of the assignment (default: 0)"
    )
    step.add_argument(
        "-o",
        "--out",
        metavar="FILE",
        type=Path,
        default=DEFAULT_STUDY,
        help=f"the study's file (default: {DEFAULT_STUDY.as_posix()})",
    )
    _add_address(step)
    step.set_defaults(run=_create)

    step = steps.add_parser("renew", help="give a participant a new link")
    step.add_argument("study", metavar="STUDY", type=Path, help="the study's file")
    step.add_argument("code", metavar="CODE", help="the participant's code")
    _add_address(step)
    step.set_defaults(run=_renew)

    step = steps.add_parser("status", help="show the participants' progress")
    step.add_argument("--study", metavar="FILE", type=Path, help="the study's file")
    add_answers(step)
    step.add_argument("--json", action="store_true", help="print JSON")
    step.set_defaults(run=_status)

    step = steps.add_parser("export", help="export people's answers as JSON Lines")
    add_answers(step)
    step.add_argument(
        "-o",
        "--out",
        metavar="FILE",
        type=Path,
        help="write to this file (default: standard output)",
    )
    step.set_defaults(run=_export)

    step = steps.add_parser("report", help="show how texts were judged, and how far judges agree")
    add_answers(step)
    step.add_argument("--json", action="store_true", help="print JSON")
    step.set_defaults(run=_report)


def _add_address(command: argparse.ArgumentParser) -> None:
    address = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"
    command.add_argument(
        "--address",
        metavar="URL",
        default=address,
        help=f"the page's address in browsers, with which links start (default: {address})",
    )


async def _create(options: argparse.Namespace) -> int:
    return study_design.create(
        options.run_name,
        options.out,
        people=options.participants,
        each=options.programs,
        per_program=options.people_per_program,
        seed=options.seed,
        address=options.address,
        kind=options.kind,
    )


async def _renew(options: argparse.Namespace) -> int:
    return study_design.renew(options.study, options.code, address=options.address)


async def _status(options: argparse.Namespace) -> int:
    return study_results.status(options.study, options.answers, as_json=options.json)


async def _export(options: argparse.Namespace) -> int:
    return study_results.export(options.answers, options.out)


async def _report(options: argparse.Namespace) -> int:
    return study_results.report(options.answers, as_json=options.json)
