"""`selfrepair validate`: try tasks by their own reference solutions."""

import argparse
import contextlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pytest_selfrepair.commands import judge_options
from pytest_selfrepair.commands.arguments import add_task_paths, number
from pytest_selfrepair.commands.in_order import ordered
from pytest_selfrepair.commands.output import as_json_line, show
from pytest_selfrepair.commands.progress import ProgressLine
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.validation import MOST_SOLUTIONS, TaskStanding, Validation, validate
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.errors import InfrastructureError, TaskError
from pytest_selfrepair.report.visible_text import harmless
from pytest_selfrepair.tasks.task_paths import FoundTask, find

LONGEST_ERROR = 300
"""Characters shown of the reason why a solution fails; the JSON has more."""

_BROKEN = "in error"


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    add_task_paths(command)
    command.add_argument("--json", action="store_true", help="print JSON Lines")
    command.add_argument(
        "--most-solutions",
        metavar="N",
        type=number(int, 1),
        default=MOST_SOLUTIONS,
        help="try at most this many reference solutions of a task, in order (default: "
        f"{MOST_SOLUTIONS})",
    )
    judge_options.add(command)
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    async with judge_options.opened(judge_options.settings(options)) as judge:
        return await run(
            options.paths,
            judge,
            at_once=judge.at_once,
            as_json=options.json,
            most=options.most_solutions,
        )


async def run(
    paths: Iterable[Path],
    judge: Judge,
    *,
    at_once: int,
    as_json: bool,
    most: int = MOST_SOLUTIONS,
) -> int:
    """Try every task and print one line for each, in order.

    Args:
        paths: The paths of tasks.
        judge: Runs programs.
        at_once: Tasks tried at the same time.
        as_json: Print JSON Lines in place of text.
        most: The largest number of solutions tried for a task.

    Returns:
        The exit status: 0 where every task has a passing solution or none to try, else 1. An
        ambiguous task has one.
    """
    found = list(find(paths))

    async def tried(each: FoundTask | TaskError) -> Validation | TaskError | InfrastructureError:
        try:
            if isinstance(each, TaskError):
                return each
            return await validate(each.load(), judge, most=most)
        except (TaskError, InfrastructureError) as error:
            return error

    counts: Counter[str] = Counter()
    solutions: Counter[str] = Counter()
    with ProgressLine(len(found)) as progress:
        async with contextlib.aclosing(ordered(found, tried, at_once)) as results:
            async for result in results:
                progress.advance()
                if isinstance(result, Validation):
                    counts[result.standing] += 1
                    solutions.update(tried=len(result.trials), passed=result.passed)
                    for line in [_as_json(result)] if as_json else _as_text(result):
                        progress.say(line, sys.stdout)
                else:
                    counts[_BROKEN] += 1
                    progress.say(harmless(str(result)))
    if not as_json:
        show(_summary(counts, solutions))
    return int(bool(counts[TaskStanding.QUARANTINED] or counts[_BROKEN]))


def _as_json(result: Validation) -> str:
    facts = {
        "task_id": result.task_id,
        "standing": result.standing,
        "cases": result.cases,
        "wrapped": result.wrapped,
        "solutions": result.solutions,
        "tried": len(result.trials),
        "passed": result.passed,
        "rules": result.rules,
        "answering_otherwise": result.answering_otherwise,
        "failing": [
            {"solution": trial.index, "outcome": trial.verdict.outcome, "error": trial.error}
            for trial in result.trials
            if not trial.verdict.passed
        ],
    }
    return as_json_line(facts)


def _as_text(result: Validation) -> Iterator[str]:
    cases = f"{result.cases} case{'s' * (result.cases != 1)}{', unwrapped' * result.wrapped}"
    if result.standing is TaskStanding.UNTRIED:
        lacking = "no case" if not result.cases else "no reference solution to try"
        yield f"{result.standing:<11} {result.task_id}: {cases}; {lacking}"
        return
    rules = ", ".join(f"{count} {rule}" for rule, count in result.rules.items())
    passed = f"{result.passed} of {len(result.trials)} solutions pass"
    if result.standing is TaskStanding.AMBIGUOUS:
        passed += f", {len(result.answering_otherwise)} answer otherwise"
    yield f"{result.standing:<11} {result.task_id}: {cases}; {passed}{rules and f' ({rules})'}"
    for trial in result.trials:
        if trial.error is not None:
            error = shorten(" ".join(trial.error.split()), LONGEST_ERROR)
            error = harmless(error)
            yield f"{'':<11}   solution {trial.index}: {trial.verdict.outcome}: {error}"


def _summary(counts: Mapping[str, int], solutions: Mapping[str, int]) -> str:
    said = [f"{counts[kind]} {kind}" for kind in (*TaskStanding, _BROKEN) if counts.get(kind)]
    total = sum(counts.values())
    tried, passed = solutions["tried"], solutions["passed"]
    share = f"; {passed:,} of {tried:,} solutions pass ({passed / tried:.0%})" if tried else ""
    return f"{total} task{'s' * (total != 1)}: {', '.join(said)}{share}"
