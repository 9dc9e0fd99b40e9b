"""The options of `selfrepair annotate` and `selfrepair study`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from pytest_selfrepair.commands import annotate, study
from pytest_selfrepair.feedback.human import DEFAULT_FILE
from pytest_selfrepair.store.runs import ACCEPTED

_MOST = 10_000


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the parser of `selfrepair`."""
    _add_annotate(commands)
    _add_study(commands)


def _add_annotate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command that serves the page on which people write."""
    command = commands.add_parser(
        "annotate", help="serve a page on which people write feedback, or judge it"
    )
    command.add_argument("run_name", metavar="RUN", help=f"{ACCEPTED}")
    _add_answers(command)
    command.add_argument(
        "--study",
        metavar="FILE",
        type=Path,
        help="what `study create` wrote: participants come by their links (default: one person, "
        "who is shown a failing program of each task)",
    )
    command.add_argument(
        "--tasks",
        metavar="PATH",
        type=Path,
        help="where the tasks are: for statements that the run has not, and which functions are "
        "called",
    )
    command.add_argument(
        "--participant",
        metavar="CODE",
        default="local",
        help="without a study: what that person's answers are filed under (default: local)",
    )
    command.add_argument(
        "--program",
        metavar="NAME",
        action="append",
        default=[],
        help="without a study: show these failing programs, by a part of the task's id or the "
        "beginning of the program's hash; may be given more than once",
    )
    command.add_argument(
        "--judge",
        action="store_true",
        help="judge texts of people and models, without being told whose they are",
    )
    command.add_argument(
        "--texts-per-source",
        metavar="N",
        type=_whole(1),
        default=2,
        help="with --judge: texts of each of the run's feedback sources for each program "
        "(default: 2)",
    )
    command.add_argument(
        "--seed", metavar="N", type=int, default=0, help="with --judge: of what is drawn"
    )
    command.add_argument(
        "--host",
        metavar="ADDRESS",
        default=annotate.DEFAULT_HOST,
        help="where it listens; elsewhere than on this machine alone it opens by a link with a "
        f"secret only (default: {annotate.DEFAULT_HOST})",
    )
    command.add_argument(
        "--port",
        metavar="N",
        type=_whole(0, 65_535),
        default=annotate.DEFAULT_PORT,
        help=f"0: any that is free (default: {annotate.DEFAULT_PORT})",
    )
    command.add_argument(
        "--name",
        metavar="HOST",
        action="append",
        default=[],
        help="another host name under which browsers reach it; may be given more than once",
    )
    command.add_argument(
        "--sandbox",
        choices=["auto", "strict", "limits"],
        default="auto",
        help="how the programs that people run are kept apart from this machine (default: auto)",
    )
    command.set_defaults(run=_annotate)


def _add_study(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands about the design of a study and about what came of it."""
    about = commands.add_parser(
        "study", help="design a study in which people write feedback, and see what they wrote"
    )
    steps = about.add_subparsers(metavar="STEP", required=True)

    command = steps.add_parser("create", help="draw who is shown which failing programs")
    command.add_argument("run_name", metavar="RUN", help=f"{ACCEPTED}")
    for option, of, default in (
        ("--participants", "people who take part", 16),
        ("--programs", "failing programs that each of them is shown, of different tasks", 5),
        ("--people-per-program", "people who are shown each program", 2),
    ):
        command.add_argument(
            option,
            metavar="N",
            type=_whole(1),
            default=default,
            help=f"{of} (default: {default})",
        )
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of the lot (default: 0)")
    command.add_argument(
        "-o",
        "--out",
        metavar="FILE",
        type=Path,
        default=study.DEFAULT_STUDY,
        help=f"the study's file (default: {study.DEFAULT_STUDY.as_posix()})",
    )
    _add_address(command)
    command.set_defaults(run=_study_create)

    command = steps.add_parser("renew", help="give a participant another link")
    command.add_argument("study", metavar="STUDY", type=Path, help="the study's file")
    command.add_argument("code", metavar="CODE", help="the participant's code")
    _add_address(command)
    command.set_defaults(run=_study_renew)

    command = steps.add_parser("status", help="say how far participants are")
    command.add_argument("--study", metavar="FILE", type=Path, help="what `study create` wrote")
    _add_answers(command)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_study_status)

    command = steps.add_parser("export", help="write what people wrote as JSON Lines")
    _add_answers(command)
    command.add_argument(
        "-o", "--out", metavar="FILE", type=Path, help="where they go (default: standard output)"
    )
    command.set_defaults(run=_study_export)

    command = steps.add_parser(
        "report", help="say how texts were judged, and how far people agree on it"
    )
    _add_answers(command)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_study_report)


def _add_answers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--answers",
        metavar="FILE",
        type=Path,
        default=DEFAULT_FILE,
        help=f"where what people write is kept (default: {DEFAULT_FILE.as_posix()})",
    )


def _add_address(command: argparse.ArgumentParser) -> None:
    address = f"http://{annotate.DEFAULT_HOST}:{annotate.DEFAULT_PORT}"
    command.add_argument(
        "--address",
        metavar="URL",
        default=address,
        help=f"where browsers will reach the page; links begin with it (default: {address})",
    )


def _whole(least: int, most: int = _MOST) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else least - 1  # noqa: PLR2004 - digits of any number in bounds
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(
                f"found {text!r}; accepted: a whole number from {least} to {most}"
            )
        return number

    return parse


async def _annotate(options: argparse.Namespace) -> int:
    return await annotate.run(
        annotate.Asked(
            run=options.run_name,
            tasks=options.tasks,
            answers=options.answers,
            study=options.study,
            participant=options.participant,
            programs=tuple(options.program),
            judge=options.judge,
            per_source=options.texts_per_source,
            seed=options.seed,
            host=options.host,
            port=options.port,
            names=tuple(options.name),
            sandbox=options.sandbox,
        )
    )


async def _study_create(options: argparse.Namespace) -> int:
    return study.create(
        options.run_name,
        options.out,
        people=options.participants,
        each=options.programs,
        per_program=options.people_per_program,
        seed=options.seed,
        address=options.address,
    )


async def _study_renew(options: argparse.Namespace) -> int:
    return study.renew(options.study, options.code, address=options.address)


async def _study_status(options: argparse.Namespace) -> int:
    return study.status(options.study, options.answers, as_json=options.json)


async def _study_export(options: argparse.Namespace) -> int:
    return study.export(options.answers, options.out)


async def _study_report(options: argparse.Namespace) -> int:
    return study.report(options.answers, as_json=options.json)
