"""Real model programs with the official checker's verdicts: `apps` agrees, `tolerant` explains."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from places import DATA
from pytest_selfrepair.core.checker import (
    Acceptance,
    AcceptanceRule,
    Checker,
    apps,
    tolerant,
    unordered,
)
from pytest_selfrepair.core.task import Case, JsonValue, Task
from pytest_selfrepair.core.validation import TaskStanding, validate
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from pytest_selfrepair.tasks.folders import read_folder
from pytest_selfrepair.tasks.jsonl import lines
from pytest_selfrepair.tasks.task_paths import FoundTask, find

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the published APPS data are not here")

AT_ONCE = 2
FLOAT_AMONG_WORDS = "float_among_words"
"""The official checker tolerates floats only on lines of nothing but numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A program that was run on all cases of its task, whatever it answered.

    Attributes:
        task: The task, named by the program's position as well.
        official: Whether the official checker passed it.
        finished: Whether it answered every case within the limits.
        answers: Cases and what came of them.
    """

    task: Task
    official: bool
    finished: bool
    answers: Sequence[tuple[Case, JsonValue]]

    def passes(self, checker: Checker) -> bool:
        return self.finished and all(
            checker(self.task, case, actual).accepted for case, actual in self.answers
        )

    def comparison(self) -> str:
        """How the checkers compare with the official verdict, by a name."""
        if self.passes(apps) != self.official:
            return f"apps disagrees on {self.task.id}"
        if self.passes(tolerant) == self.official:
            return "both agree"
        reasons = {self._reason(*answer) for answer in self.answers} - {None}
        return " and ".join(sorted(map(str, reasons)))

    def _reason(self, case: Case, actual: JsonValue) -> str | None:
        """Why the two checkers judge one answer differently; None where they do not."""
        ours, theirs = tolerant(self.task, case, actual), apps(self.task, case, actual)
        if ours.accepted == theirs.accepted:
            return None
        if theirs.accepted:
            return unordered(self.task, case, actual).rule or theirs.rule
        return (
            FLOAT_AMONG_WORDS
            if ours.rule is AcceptanceRule.FLOAT
            else f"unexplained in {self.task.id}"
        )


def run_all(programs: Iterable[tuple[Task, Sequence[tuple[str, bool]]]]) -> list[Run]:
    """Run all programs on all cases, by one judge."""
    answers: dict[str, list[tuple[Case, JsonValue]]] = defaultdict(list)

    def record(task: Task, case: Case, actual: JsonValue) -> Acceptance:
        answers[task.id].append((case, actual))
        return Acceptance(accepted=True, rule=AcceptanceRule.EXACT)

    async def one(judge: SandboxJudge, task: Task, program: str, *, official: bool) -> Run:
        verdict = await judge.judge(task, program)
        return Run(
            task=task, official=official, finished=verdict.passed, answers=tuple(answers[task.id])
        )

    async def run() -> list[Run]:
        judge = SandboxJudge(find_isolation("auto"), Limits(cpu_seconds=1.0), record, AT_ONCE)
        try:
            return await asyncio.gather(
                *(
                    # A task of its own for every program, by whose name its answers are kept.
                    one(
                        judge,
                        replace(task, id=f"{task.id}, program {number}"),
                        program,
                        official=ok,
                    )
                    for task, several in programs
                    for number, (program, ok) in enumerate(several)
                )
            )
        finally:
            await judge.aclose()

    return asyncio.run(run())


def compared(runs: Iterable[Run]) -> Counter[str]:
    return Counter(run.comparison() for run in runs)


@pytest.mark.thorough
def test_programs_of_task_folders_get_their_official_verdicts() -> None:
    def programs(folder: Path) -> tuple[Task, list[tuple[str, bool]]]:
        published = json.loads((folder / "gen_solutions.json").read_text())
        several = [(each["code"], each["result"] is True) for each in published]
        return read_folder(folder, folder.name), several

    runs = run_all(map(programs, sorted((DATA / "apps_folders/train").glob("[0-9]*"))))
    assert compared(runs) == {"both agree": 83}


@pytest.mark.slow
def test_where_tolerant_disagrees_with_an_official_verdict_a_rule_says_why() -> None:
    tasks = {line.name(): line for line in lines(DATA / "apps_train_51.jsonl")}
    rows = map(json.loads, (DATA / "apps_train_51_samples.jsonl").read_text().splitlines())
    runs = run_all(
        (
            tasks[name].task(name),
            tuple(zip(row["programs"], row["passed_official_checker"], strict=True)),
        )
        for row in rows
        for name in [f"{int(row['problem_id']):04d}"]
    )
    assert compared(runs) == {
        "both agree": 246,
        AcceptanceRule.LINE_ORDER: 2,
        AcceptanceRule.TOKEN_ORDER: 1,
        AcceptanceRule.TOKEN_SETS: 5,
        FLOAT_AMONG_WORDS: 1,
    }


@pytest.mark.thorough
def test_published_tasks_are_solved_by_their_own_solutions_but_for_one() -> None:
    judge = SandboxJudge(find_isolation("auto"), Limits(cpu_seconds=2.0), concurrency=AT_ONCE)

    async def standings() -> dict[str, TaskStanding]:
        tasks = [
            each.load()
            for each in find([DATA / "apps_train_51.jsonl", DATA / "apps_folders"])
            if isinstance(each, FoundTask)
        ]
        done = await asyncio.gather(*(validate(task, judge, most=1) for task in tasks))
        return {each.task_id.rpartition("/")[2]: each.standing for each in done}

    found = asyncio.run(standings())
    assert len(found) == 56
    # It accepts any smallest set of columns in any order; its human solutions print other ones.
    assert [name for name, standing in found.items() if standing is not TaskStanding.VALID] == [
        "apps_train_51.jsonl::2398"
    ]
