"""`selfrepair annotate`: the page on which people write feedback and advice, or judge it."""

import argparse
import ipaddress
import re
from collections.abc import Sequence
from pathlib import Path

from pytest_selfrepair.annotate import study_plan, text_judging
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.finished_games import FinishedGame, finished
from pytest_selfrepair.annotate.person import Person, StudyItem
from pytest_selfrepair.annotate.study_items import Item, completed, failing
from pytest_selfrepair.commands.arguments import number
from pytest_selfrepair.commands.catalogue import Catalogue
from pytest_selfrepair.commands.output import tell
from pytest_selfrepair.commands.people import MOST, add_answers
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.errors import SandboxError, TaskError, UsageError
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.store import run_names
from pytest_selfrepair.tasks.source import Source
from pytest_selfrepair.web.listening import DEFAULT_HOST, DEFAULT_PORT

_CODE = re.compile(r"[\w.-]{1,64}")


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument("run_name", metavar="RUN", help=run_names.ACCEPTED)
    add_answers(command)
    command.add_argument(
        "--study",
        metavar="FILE",
        type=Path,
        help="a study's file, written by `study create`; its participants use their links "
        "(default: no study; one person is shown a failing program of each task, and a finished "
        "game of each scenario and role)",
    )
    command.add_argument(
        "--tasks",
        metavar="PATH",
        type=Path,
        help="the tasks, for statements missing from the run and for functions to call",
    )
    command.add_argument(
        "--participant",
        metavar="CODE",
        default="local",
        help="without a study: the code under which answers are stored (default: local)",
    )
    command.add_argument(
        "--program",
        metavar="NAME",
        action="append",
        default=[],
        help="without a study: show only these failing programs and finished games, given by part "
        "of the id of their task or item, or by the beginning of the program's hash; may be given "
        "more than once",
    )
    command.add_argument(
        "--judge",
        action="store_true",
        help="judge texts of people and models without seeing who wrote them",
    )
    command.add_argument(
        "--texts-per-source",
        metavar="N",
        type=number(int, 1, MOST),
        default=2,
        help="with --judge: texts of each of the run's feedback sources per program (default: 2)",
    )
    command.add_argument(
        "--seed",
        metavar="N",
        type=int,
        default=0,
        help="with --judge: the seed of the draw (default: 0)",
    )
    command.add_argument(
        "--host",
        metavar="ADDRESS",
        default=DEFAULT_HOST,
        help="the address to listen on; on any but loopback, the page opens only by a link with a "
        f"secret (default: {DEFAULT_HOST})",
    )
    command.add_argument(
        "--port",
        metavar="N",
        type=number(int, 0, 65_535),
        default=DEFAULT_PORT,
        help=f"the port; 0: any free one (default: {DEFAULT_PORT})",
    )
    command.add_argument(
        "--name",
        metavar="HOST",
        action="append",
        default=[],
        help="a further host name of the page in browsers; may be given more than once",
    )
    command.add_argument(
        "--proxy",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="the address of a trusted reverse proxy, whose X-Forwarded-For gives the client, and "
        "whose X-Forwarded-Proto says whether it is https and cookies are `Secure`; may be given "
        "more than once",
    )
    command.add_argument(
        "--sandbox",
        choices=["auto", "strict", "limits"],
        default="auto",
        help="the isolation of programs that people run (default: auto)",
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    """Serve the page until the process is interrupted.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, nothing to write about, or the address cannot be bound.
        StoreError: The run or the answers cannot be read.
    """
    try:
        from pytest_selfrepair.annotate.host import Served, serve  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            f"annotate: found no {error.name}; accepted: what `pip install "
            "'pytest-selfrepair[annotate]'` installs"
        ) from error
    stored = run_names.load(options.run_name)
    programs = failing(stored)
    games = [] if options.judge else finished(stored)
    if not (programs or games):
        lacking = "no program fails" if options.judge else "no program fails and no game was played"
        raise UsageError(f"RUN: found {stored.name}, in which {lacking}; nothing to explain")
    if options.tasks is not None:
        programs = _with_tasks(programs, options.tasks)
    _warn_of_missing(programs)
    items: list[StudyItem] = [*programs, *games]
    design = texts = None
    if options.study is not None:
        design = study_plan.load(options.study)
        study_plan.check(design, items)
        texts = study_plan.texts(design, options.study)
    with Answers(options.answers) as answers:
        judged = _judged(options, stored, programs, design, answers) if options.judge else None
        await serve(
            Served(
                answers=answers,
                study=design,
                texts=texts or study_plan.StudyTexts(consent="", instructions=_instructions(items)),
                items=tuple(items),
                person=Person(
                    code=_code(options.participant), items=_chosen(items, options.program)
                ),
                judged=judged,
                seed=options.seed,
                host=options.host,
                port=options.port,
                names=tuple(options.name),
                isolation=None if options.judge else _isolation(options.sandbox),
                proxies=tuple(map(_proxy, options.proxy)),
            )
        )
    return 0


def _instructions(items: Sequence[StudyItem]) -> str:
    """The instructions for a person without a study."""
    nouns = [each.noun for each in (Item, FinishedGame) if any(isinstance(i, each) for i in items)]
    return "\n\n".join(study_plan.standard("instructions", noun) for noun in nouns)


def _with_tasks(items: Sequence[Item], path: Path) -> list[Item]:
    """Add the tasks' statements and signatures to the programs, where the tasks are available."""
    catalogue = Catalogue(path)
    source = Source(file=str(path))
    found: list[Item] = []
    for item in items:
        for name in (item.key.task_id, item.key.task_id.rpartition("/")[2]):
            try:
                found.append(completed(item, catalogue.task(name, source)))
                break
            except TaskError:
                continue
        else:
            found.append(item)
    return found


def _warn_of_missing(items: Sequence[Item]) -> None:
    tasks = {item.key.task_id for item in items}
    missing = {item.key.task_id for item in items if not item.statement}
    if missing:
        tell(
            f"selfrepair: {len(missing)} of {len(tasks)} tasks have no statement in this run; "
            "--tasks PATH shows those of the tasks at PATH"
        )


def _judged(
    options: argparse.Namespace,
    stored: run_names.LoadedRun,
    items: Sequence[Item],
    design: study_plan.Study | None,
    answers: Answers,
) -> tuple[text_judging.Text, ...]:
    if design is not None:
        shown = {key for each in design.participants for key in each.programs}
        items = [item for item in items if item.key in shown]
    found = text_judging.texts(
        stored,
        items,
        answers.texts.answers(),
        per_program=options.texts_per_source,
        seed=options.seed,
    )
    if not found:
        raise UsageError(
            f"--judge: found no text about a failing program in {stored.name} or in "
            f"{answers.path}; accepted: a run with a feedback source, or answers of people"
        )
    return tuple(found)


def _chosen(items: Sequence[StudyItem], wanted: Sequence[str]) -> tuple[StudyItem, ...]:
    """One person's programs and games: as requested, or the first of each task and item."""
    if not wanted:
        first = {item.key.task_id: item for item in reversed(items)}
        return tuple(sorted(first.values(), key=lambda item: (_rank(item), item.key)))
    for each in wanted:
        if not any(_matches(item, each) for item in items):
            raise UsageError(
                f"--program: found {each!r}; accepted: a part of the id of a task with failing "
                "programs, or the beginning of a program's hash"
            )
    return tuple(item for item in items if any(_matches(item, each) for each in wanted))


def _rank(item: StudyItem) -> int:
    order = list(map(str, Difficulty))
    return order.index(item.difficulty) if item.difficulty in order else len(order)


def _matches(item: StudyItem, wanted: str) -> bool:
    return wanted in item.key.task_id or item.key.program_hash.startswith(wanted)


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise UsageError(
            f"--participant: found {text!r}; accepted: up to 64 letters, digits, `-`, `_` and `.`"
        )
    return text


def _proxy(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise UsageError(
            f"--proxy: found {text!r}; accepted: the address of a proxy in numbers, as 127.0.0.1"
        ) from None


def _isolation(mode: str) -> Isolation | None:
    try:
        return find_isolation(mode)
    except SandboxError as error:
        tell(f"selfrepair: programs cannot be run here: {error}")
        return None
