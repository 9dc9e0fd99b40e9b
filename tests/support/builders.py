"""Small tasks and trees, made by hand, for tests of checkers, estimates, records and reports."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.checker import Acceptance, Checker
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Case, Difficulty, JsonValue, Task, TaskKind, Wrapping
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict

PASSED = Verdict(outcome=Outcome.PASSED, cases_run=2, cases_passed=2, rule="exact")
FAILED = Verdict(
    outcome=Outcome.WRONG_ANSWER,
    cases_run=1,
    cases_passed=0,
    failure=CaseFailure(index=0, input="1 2\n", expected="3\n", actual="4\n"),
)


def task(*cases: tuple[JsonValue, JsonValue], **fields: Any) -> Task:
    """A task of inputs and what is expected of each."""
    return Task(
        id="tests/task",
        difficulty=Difficulty.INTRODUCTORY,
        statement="",
        cases=tuple(Case(input=given, expected=expected) for given, expected in cases),
        **fields,
    )


def compare(
    checker: Checker,
    kind: TaskKind,
    expected: JsonValue,
    actual: JsonValue,
    wrapping: Wrapping = Wrapping.BARE,
) -> Acceptance:
    """What a checker says of one answer to a task of a kind."""
    fn_name = "solve" if kind is TaskKind.CALL_BASED else None
    of = task(([], expected), fn_name=fn_name, wrapping=wrapping)
    return checker(of, of.cases[0], actual)


@cache  # a value, of which simulated runs need thousands alike
def program(node: str, *, passed: bool, tokens: int = 100) -> ProgramNode:
    """An i.i.d. program."""
    return ProgramNode(
        node=node,
        program=f"print('{node}')",
        verdict=PASSED if passed else FAILED,
        cost=Cost(tokens=tokens, prompt_tokens=500, samples=1, unpriced=1),
        finish_reason="stop",
    )


@cache
def repair(
    parent: str, number: int, *, passed: bool, tokens: int = 200, source: str = "self"
) -> ProgramNode:
    """A repair of a failing program."""
    return ProgramNode(
        node=f"{parent}/{source}/r{number}",
        program=f"print('{parent} repaired {number}')",
        verdict=PASSED if passed else FAILED,
        cost=Cost(tokens=tokens, prompt_tokens=700, samples=1, unpriced=1),
        finish_reason="stop",
        parent=parent,
        feedback=Feedback(text="It adds one too many."),
    )


def grown(
    programs: Sequence[bool],
    repairs: Sequence[Sequence[bool]] = (),
    baseline: Sequence[bool] = (),
    *,
    complete: bool = True,
    tokens: int = 100,
    repair_tokens: int = 200,
) -> Grown:
    """A task's trees from what passed: `repairs` has a row for each failing program."""
    nodes = tuple(
        program(f"p{i}", passed=passed, tokens=tokens) for i, passed in enumerate(programs)
    )
    failing = [node.node for node in nodes if not node.verdict.passed]
    rows = zip(failing, repairs, strict=bool(repairs))
    return Grown(
        programs=nodes,
        trees=(
            RepairTree(
                source="self",
                repairs=tuple(
                    repair(parent, number, passed=passed, tokens=repair_tokens)
                    for parent, row in rows
                    for number, passed in enumerate(row)
                ),
                complete=complete,
            ),
        ),
        baseline=tuple(
            program(f"p{len(nodes) + i}", passed=passed, tokens=tokens)
            for i, passed in enumerate(baseline)
        ),
        complete=complete,
    )


RECORD = Record(
    task_id="apps_tasks/interview/0101",
    difficulty=Difficulty.INTERVIEW,
    kind=TaskKind.STDIN,
    setup=Setup(
        model="gpt-4",
        sources=("self",),
        prompts="default@0123456789ab",
        checker="tolerant",
        isolation="bubblewrap",
        plan=Plan(n_p=2, n_fr=1, budget=None, params=SamplingParams()),
    ),
    grown=grown([False, True], [[True]], [False]),
    cost=Cost(tokens=500, prompt_tokens=2200, samples=4),
    seconds=1.5,
)
