"""Reference solutions: how many pass, whether they agree, and what a run says of both."""

import asyncio
import json
from dataclasses import replace

import pytest

from builders import FAILED, PASSED, grown, task
from projects import SUM, write_task
from pytest_selfrepair.core.record import Record, References
from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.core.validation import TaskStanding, Validation, validate
from pytest_selfrepair.core.verdict import Outcome, Ran, Verdict
from pytest_selfrepair.estimate.run.doubts import near_limit, references
from pytest_selfrepair.estimate.run.notes import notes

SLOW = Verdict(outcome=Outcome.TIME_LIMIT, cases_run=1, cases_passed=0)


class Saying:
    """A judge of programs that name their own verdict."""

    isolation = "nowhere"

    async def judge(self, task: Task, program: str) -> Verdict:  # noqa: ARG002 - protocol
        return {"right": PASSED, "wrong": FAILED, "slow": SLOW}[program]

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:  # noqa: ARG002
        return Ran()

    async def aclose(self) -> None:
        """Nothing to give back."""


def tried(*solutions: str, most: int = 20) -> Validation:
    of = replace(task(("1", "2")), solutions=solutions)
    return asyncio.run(validate(of, Saying(), most=most))


@pytest.mark.parametrize(
    ("solutions", "standing"),
    [
        (("right", "right"), TaskStanding.VALID),
        (("right", "slow"), TaskStanding.VALID),
        (("right", "wrong"), TaskStanding.AMBIGUOUS),
        (("wrong", "slow", "right"), TaskStanding.AMBIGUOUS),
        (("wrong", "wrong"), TaskStanding.QUARANTINED),
        ((), TaskStanding.UNTRIED),
    ],
)
def test_accepted_references_that_answer_otherwise_make_a_task_ambiguous(
    solutions: tuple[str, ...], standing: TaskStanding
) -> None:
    found = tried(*solutions)
    assert found.standing is standing
    assert found.references.ambiguous == (standing is TaskStanding.AMBIGUOUS)


def test_no_more_are_tried_than_asked_for_unless_none_of_them_passes() -> None:
    assert len(tried("right", "wrong", "right", most=1).trials) == 1
    assert len(tried("wrong", "wrong", "right", "right", most=1).trials) == 3


def record(name: str, *programs: bool, otherwise: int = 0) -> Record:
    said = References(tried=3, passed=3 - otherwise, otherwise=otherwise)
    return Record(task_id=name, grown=grown(programs), references=said, time_limit=4.0)


def test_a_run_says_what_was_solved_with_and_without_ambiguous_tasks() -> None:
    records = [record("a", True, True), record("b", False, False, otherwise=1)]
    said = references(records)
    assert said is not None
    assert (said.tried, said.passed, said.ambiguous) == (6, 5, ("b",))
    assert notes(records) == (
        "5 of 6 reference solutions of 2 tasks pass",
        (
            "1 task is ambiguous, for accepted references disagree (b): with them 1 of 2 tasks "
            "solved, pass@1 50.0 %, without them 1 of 1 task solved, pass@1 100.0 %"
        ),
    )
    assert references([Record(task_id="c")]) is None


def test_verdicts_within_a_factor_of_two_of_the_time_limit_are_counted() -> None:
    made = record("a", True, True, False)
    assert made.grown is not None
    verdicts = (replace(PASSED, slowest=1.9), replace(PASSED, slowest=2.0), SLOW)
    programs = tuple(
        replace(node, verdict=verdict)
        for node, verdict in zip(made.grown.programs, verdicts, strict=True)
    )
    near = replace(made, references=None, grown=replace(made.grown, programs=programs))
    assert near_limit([near]) == (2, 3)
    [note] = notes([near])
    assert note.startswith("2 of 3 verdicts were within a factor of two of the time limit")
    assert near_limit([record("a", True)]) == (0, 0)


def test_a_record_with_references_is_read_as_it_was_written() -> None:
    made = record("a", True, otherwise=1)
    assert Record.from_json(made.to_json()) == made


def test_a_run_that_validates_marks_ambiguous_tasks(pytester: pytest.Pytester) -> None:
    folder = pytester.path / "tasks/1"
    write_task(folder, difficulty="interview", inputs=["1 2\n"], outputs=["3\n"])
    right = "print(sum(map(int, input().split())))"
    (folder / "solutions.json").write_text(json.dumps([right, "print(4)", "print(", right]))
    (pytester.path / "script.json").write_text(json.dumps({"tasks": {"*": {"program": SUM}}}))
    result = pytester.runpytest(
        *("tasks", "--selfrepair-model", "scripted:script.json", "--selfrepair-validate")
    )
    result.assert_outcomes(passed=1)
    said = " ".join(result.stdout.str().split())
    assert "2 of 4 reference solutions of 1 task pass" in said
    assert "1 task is ambiguous, for accepted references disagree (tasks/1)" in said
