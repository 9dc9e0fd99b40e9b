"""`selfrepair judge`: programs that were sampled elsewhere get their verdicts."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from pytest_selfrepair.api.judge_programs import verdict_or_trouble
from pytest_selfrepair.commands import judge_options as judging
from pytest_selfrepair.commands.catalogue import Catalogue
from pytest_selfrepair.commands.in_order import ordered
from pytest_selfrepair.commands.output import as_json_line, tell
from pytest_selfrepair.commands.progress import ProgressLine
from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Judge, Outcome, Verdict
from pytest_selfrepair.errors import TaskError, UsageError
from pytest_selfrepair.report.visible_text import harmless
from pytest_selfrepair.tasks.source import Source, brief, read_json


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes, and what it runs."""
    command.add_argument(
        "tasks",
        metavar="TASKS",
        type=Path,
        help="a task's folder, a folder of such folders, or a .jsonl or .jsonl.gz file, or "
        "hub:NAME[split]",
    )
    command.add_argument(
        "programs",
        metavar="PROGRAMS",
        type=Path,
        help='JSON Lines of {"task_id": ..., "program": ...}',
    )
    command.add_argument(
        "-o", "--out", metavar="OUT", type=Path, help="where verdicts go (default: standard output)"
    )
    command.add_argument(
        "--all-cases",
        action="store_true",
        help="run every case of a program rather than stop at the first that fails",
    )
    judging.add(command)
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    chosen = judging.settings(options, all_cases=options.all_cases)
    async with judging.opened(chosen) as judge:
        return await run(options.tasks, options.programs, options.out, judge, at_once=judge.at_once)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedProgram:
    """One line of the output.

    Attributes:
        task_id: The task, as the program's line calls it.
        index: The program's position among the lines that are not blank, from 0.
        outcome: What became of it.
        passed: Whether every case was run and accepted.
        rule: The checker's rule that accepted the weakest match, or None.
        cases_passed: Cases accepted.
        cases_run: Cases run.
        error: Why it does not pass, in words; None where it does.
        seconds: Wall-clock seconds of judging.
    """

    task_id: str | int
    index: int
    outcome: Outcome
    passed: bool
    rule: str | None
    cases_passed: int
    cases_run: int
    error: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    index: int
    source: Source
    text: bytes


async def run(tasks: Path, programs: Path, out: Path | None, judge: Judge, *, at_once: int) -> int:
    """Judge every program; write one line for each, in order.

    Args:
        tasks: Anything the plugin reads: a task's folder, a tree of them, JSON Lines.
        programs: JSON Lines of ``{"task_id": …, "program": …}``.
        out: Where the verdicts are written; None: standard output.
        judge: Runs programs.
        at_once: Programs that are judged at the same time.

    Returns:
        The exit status: 0 where every program was judged, whatever its verdict, else 1.

    Raises:
        UsageError: A file cannot be read or written.
    """
    catalogue = Catalogue(tasks)
    for error in catalogue.errors:
        tell(str(error))
    all_judged = True
    work = partial(_judge, catalogue=catalogue, judge=judge)
    with _opened(out) as stream, ProgressLine(_count(programs)) as progress:
        async with contextlib.aclosing(ordered(_lines(programs), work, at_once)) as results:
            async for result in results:
                progress.advance()
                if isinstance(result, JudgedProgram):
                    all_judged &= result.outcome is not Outcome.SANDBOX_ERROR
                    progress.say(as_json_line(asdict(result)), stream)
                else:
                    all_judged = False
                    progress.say(harmless(str(result)))
    return int(not all_judged)


@contextlib.contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    try:
        stream = out.open("w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}; accepted: a file to write") from error
    with stream:
        yield stream


def _count(programs: Path) -> int:
    try:
        return sum(1 for _ in _lines(programs))
    except OSError as error:
        raise UsageError(f"{programs}: {error.strerror}; accepted: a readable file") from error


def _lines(programs: Path) -> Iterator[_Line]:
    index = 0
    with programs.open("rb") as file:
        for number, text in enumerate(file, start=1):
            if text.strip():
                yield _Line(index=index, source=Source(file=f"{programs}:{number}"), text=text)
                index += 1


def _read(line: _Line) -> tuple[str | int, str]:
    """A task's id and a program.

    Raises:
        TaskError: The line is malformed.
    """
    try:
        text = line.text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} that is not UTF-8"
        raise line.source.error("text", found, "UTF-8 text") from error
    match read_json(text, line.source):
        case {"task_id": str() | int() as task_id, "program": str(program)}:
            return task_id, program
        case {"task_id": str() | int(), **rest}:
            raise line.source.error("program", brief(rest.get("program")), "a text")
        case dict(fields):
            raise line.source.error("task_id", brief(fields.get("task_id")), "a task's id")
        case other:
            raise line.source.error("content", brief(other), "an object: task_id, program")


async def _judge(line: _Line, *, catalogue: Catalogue, judge: Judge) -> JudgedProgram | TaskError:
    try:
        task_id, program = _read(line)
        task = catalogue.task(task_id, line.source)
    except TaskError as error:
        return error
    verdict = await verdict_or_trouble(judge, task, program)
    return JudgedProgram(
        task_id=task_id,
        index=line.index,
        outcome=verdict.outcome,
        passed=verdict.passed,
        rule=verdict.rule,
        cases_passed=verdict.cases_passed,
        cases_run=verdict.cases_run,
        error=_error(task, verdict),
        seconds=round(verdict.seconds, 6),
    )


def _error(task: Task, verdict: Verdict) -> str | None:
    """Why a program does not pass, in words; None where it does."""
    if verdict.passed:
        return None
    if verdict.outcome is Outcome.SANDBOX_ERROR and verdict.failure is not None:
        return verdict.failure.error
    return error_sentence(task, verdict)
