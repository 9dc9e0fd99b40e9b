"""`selfrepair annotate`: the page on which people write feedback, or judge it."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_selfrepair.annotate import judging, study
from pytest_selfrepair.annotate.answers import Answers
from pytest_selfrepair.annotate.items import Item, Person, completed, failing
from pytest_selfrepair.commands.catalogue import Catalogue
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.errors import SandboxError, TaskError, UsageError
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.store import runs
from pytest_selfrepair.tasks.source import Source

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765
_CODE = re.compile(r"[\w.-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command was asked for.

    Attributes:
        run: A RUN.
        tasks: Where the tasks are, for statements that the run has not; None: nowhere.
        answers: The file of answers.
        study: The study's file; None: one person, all programs.
        participant: The code of that person.
        programs: Their programs: each a part of a task's id, or the beginning of a program's hash;
            empty: one of each task.
        judge: Whether texts are judged rather than written.
        per_source: Texts of each of the run's sources that are judged of each program.
        seed: Of what is drawn.
        host: Where it listens.
        port: 0: any that is free.
        names: Other host names that the page has.
        sandbox: How programs are kept apart from this machine.
    """

    run: str
    tasks: Path | None
    answers: Path
    study: Path | None
    participant: str
    programs: tuple[str, ...]
    judge: bool
    per_source: int
    seed: int
    host: str
    port: int
    names: tuple[str, ...]
    sandbox: str


async def run(asked: Asked) -> int:
    """Serve the page until this process is interrupted.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, nothing to ask about, or no place to listen.
        StoreError: The run or the answers cannot be read.
    """
    try:
        # The extra `annotate`; the other commands do without.
        from pytest_selfrepair.annotate.host import Served, serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            f"annotate: found no {error.name}; accepted: what `pip install "
            "'pytest-selfrepair[annotate]'` installs"
        ) from error
    stored = runs.load(asked.run)
    items = failing(stored)
    if not items:
        raise UsageError(f"RUN: found {stored.name}, in which no program fails; nothing to explain")
    if asked.tasks is not None:
        items = _with_tasks(items, asked.tasks)
    _warn_of_missing(items)
    design = texts = None
    if asked.study is not None:
        design = study.load(asked.study)
        study.check(design, items)
        texts = study.texts(design, asked.study)
    with Answers(asked.answers) as answers:
        judged = _judged(asked, stored, items, design, answers) if asked.judge else None
        await serve(
            Served(
                answers=answers,
                study=design,
                texts=texts or study.Texts(consent="", instructions=study.standard("instructions")),
                items=tuple(items),
                person=Person(code=_code(asked.participant), items=_chosen(items, asked.programs)),
                judged=judged,
                seed=asked.seed,
                host=asked.host,
                port=asked.port,
                names=asked.names,
                isolation=None if asked.judge else _isolation(asked.sandbox),
            )
        )
    return 0


def _with_tasks(items: Sequence[Item], path: Path) -> list[Item]:
    """The programs with what is said by their tasks, as far as these are there."""
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
        print(  # noqa: T201 - what a command does
            f"selfrepair: {len(missing)} of {len(tasks)} tasks have no statement in this run; "
            "--tasks PATH shows those of the tasks at PATH",
            file=sys.stderr,
        )


def _judged(
    asked: Asked,
    stored: runs.Run,
    items: Sequence[Item],
    design: study.Study | None,
    answers: Answers,
) -> tuple[judging.Text, ...]:
    if design is not None:
        shown = {key for each in design.participants for key in each.programs}
        items = [item for item in items if item.key in shown]
    found = judging.texts(
        stored, items, answers.answers(), per_program=asked.per_source, seed=asked.seed
    )
    if not found:
        raise UsageError(
            f"--judge: found no text about a failing program in {stored.name} or in "
            f"{answers.path}; accepted: a run with a feedback source, or answers of people"
        )
    return tuple(found)


def _chosen(items: Sequence[Item], wanted: Sequence[str]) -> tuple[Item, ...]:
    """The programs of one person: those that are wanted, or else the first of each task."""
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


def _rank(item: Item) -> int:
    order = list(map(str, Difficulty))
    return order.index(item.difficulty) if item.difficulty in order else len(order)


def _matches(item: Item, wanted: str) -> bool:
    return wanted in item.key.task_id or item.key.program_hash.startswith(wanted)


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise UsageError(
            f"--participant: found {text!r}; accepted: up to 64 letters, digits, `-`, `_` and `.`"
        )
    return text


def _isolation(mode: str) -> Isolation | None:
    try:
        return find_isolation(mode)
    except SandboxError as error:
        print(f"selfrepair: programs cannot be run here: {error}", file=sys.stderr)  # noqa: T201 - what a command does
        return None
