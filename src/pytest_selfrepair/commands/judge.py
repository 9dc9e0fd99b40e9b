"""`selfrepair judge`: judge programs that were sampled elsewhere."""

import argparse
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from pytest_selfrepair.api.judge_programs import verdict_or_trouble
from pytest_selfrepair.commands import judge_options
from pytest_selfrepair.commands.catalogue import Catalogue
from pytest_selfrepair.commands.in_order import ordered
from pytest_selfrepair.commands.judged_lines import JudgedProgram, Unjudged
from pytest_selfrepair.commands.output import tell
from pytest_selfrepair.commands.program_lines import ProgramLine, program_lines
from pytest_selfrepair.commands.progress import ProgressLine
from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.core.shard_name import shard_named
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Judge, Outcome, Verdict
from pytest_selfrepair.errors import TaskError, UsageError
from pytest_selfrepair.report.visible_text import harmless
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument(
        "tasks",
        metavar="TASKS",
        type=Path,
        help="a task's folder, a folder of such folders, a .jsonl or .jsonl.gz file, or "
        "hub:NAME[split]",
    )
    command.add_argument(
        "programs",
        metavar="PROGRAMS",
        type=Path,
        help='JSON Lines of {"task_id": ..., "program": ...}',
    )
    command.add_argument(
        "-o",
        "--out",
        metavar="OUT",
        type=Path,
        help="write verdicts to this file (default: standard output)",
    )
    command.add_argument(
        "--all-cases",
        action="store_true",
        help="run every case of a program instead of stopping at the first that fails",
    )
    command.add_argument(
        "--shard",
        metavar="I/N",
        type=_shard,
        help="judge only shard I of N, from 0, into a file for `selfrepair merge`; the same "
        "command again continues where it stopped; auto: the shard of an array job of Slurm or AWS "
        "Batch; auto/N: the same, also in an indexed Job of Kubernetes (default: all programs)",
    )
    judge_options.add(command)
    command.set_defaults(run=_command)


def _shard(text: str) -> Shard:
    try:
        return shard_named(text, os.environ)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"found {text!r}; accepted: {error}") from None


async def _command(options: argparse.Namespace) -> int:
    if options.shard is not None and options.out is None:
        raise UsageError("--shard: found no -o FILE; accepted: with a file that reruns continue")
    chosen = judge_options.settings(options, all_cases=options.all_cases)
    async with judge_options.opened(chosen) as judge:
        return await run(
            options.tasks,
            options.programs,
            options.out,
            judge,
            at_once=judge.at_once,
            shard=options.shard,
            settings=chosen,
        )


async def run(
    tasks: Path,
    programs: Path,
    out: Path | None,
    judge: Judge,
    *,
    at_once: int,
    shard: Shard | None = None,
    settings: JudgeSettings | None = None,
) -> int:
    """Judge every program; write one line for each, in order.

    Args:
        tasks: Any task path that the plugin reads: a task's folder, a tree of them, JSON Lines.
        programs: JSON Lines of ``{"task_id": …, "program": …}``.
        out: The file for verdicts; None: standard output.
        judge: Runs programs.
        at_once: Programs judged at the same time.
        shard: The part of the programs to judge; None: all.
        settings: The judging settings, as in the heading of a shard's file.

    Returns:
        The exit status: 0 where every program was judged, whatever its verdict, else 1.

    Raises:
        UsageError: A file cannot be read or written.
    """
    catalogue = Catalogue(tasks)
    for error in catalogue.errors:
        tell(str(error))
    work = partial(_judge, catalogue=catalogue, judge=judge)
    if shard is None or out is None:
        with _opened(out) as stream:
            total = sum(1 for _ in program_lines(programs))
            return await _all_judged(program_lines(programs), total, work, at_once, stream)
    from pytest_selfrepair.commands.judge_shard import Share, continued  # noqa: PLC0415 - NumPy

    share = Share.of(shard, programs, catalogue, settings or JudgeSettings())
    with continued(out, share.heading) as (stream, done):
        tell(f"selfrepair: shard {shard}: {share.size:,} programs, {len(done):,} judged before")
        coming = share.lines(programs, done)
        return await _all_judged(coming, share.size - len(done), work, at_once, stream, part=True)


async def _all_judged(
    coming: Iterable[ProgramLine],
    total: int,
    work: Callable[[ProgramLine], Awaitable[JudgedProgram | Unjudged]],
    at_once: int,
    stream: TextIO,
    *,
    part: bool = False,
) -> int:
    """Judge programs and write their lines in order; malformed ones only in a shard's file."""
    unjudged = 0
    with ProgressLine(total) as progress:
        async with contextlib.aclosing(ordered(coming, work, at_once)) as results:
            async for result in results:
                progress.advance()
                if isinstance(result, Unjudged):
                    progress.say(harmless(result.trouble))
                if part or isinstance(result, JudgedProgram):
                    progress.say(result.as_line(), stream)
                unjudged += isinstance(result, Unjudged) or (
                    result.outcome is Outcome.SANDBOX_ERROR
                )
    return int(unjudged > 0)


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


async def _judge(
    line: ProgramLine, *, catalogue: Catalogue, judge: Judge
) -> JudgedProgram | Unjudged:
    try:
        task_id, program = line.read()
        task = catalogue.task(task_id, line.source)
    except TaskError as error:
        return Unjudged(index=line.index, trouble=str(error))
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
        unstable=verdict.unstable,
        seconds=round(verdict.seconds, 6),
    )


def _error(task: Task, verdict: Verdict) -> str | None:
    """Why a program does not pass; None where it does."""
    if verdict.passed:
        return None
    if verdict.outcome is Outcome.SANDBOX_ERROR and verdict.failure is not None:
        return verdict.failure.error
    return error_sentence(task, verdict)
