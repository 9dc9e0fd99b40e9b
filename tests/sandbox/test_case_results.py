"""When a program is decided, and whether the other checker would decide otherwise."""

import pytest

from pytest_selfrepair.core.checker import AcceptanceRule
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.case_results import CaseResults, JudgedCase
from pytest_selfrepair.sandbox.child_reports import NoAnswer

WRONG = NoAnswer(outcome=Outcome.WRONG_ANSWER, error=None)
SLOW = NoAnswer(outcome=Outcome.TIME_LIMIT, error=None)


def case(*, ours: bool, other: bool | None) -> JudgedCase:
    return (
        JudgedCase(rule=AcceptanceRule.EXACT, other=other)
        if ours
        else JudgedCase(trouble=WRONG, other=other)
    )


def results(*cases: tuple[bool, bool | None], all_cases: bool = False) -> CaseResults:
    results = CaseResults(all_cases=all_cases)
    for ours, other in cases:
        assert not results.decided
        results.add(case(ours=ours, other=other))
    return results


@pytest.mark.parametrize(
    ("cases", "decided", "flips"),
    [
        ([(True, True)], False, False),
        ([(True, True), (False, False)], True, False),
        ([(False, True)], False, True),
        ([(False, True), (True, True)], False, True),
        ([(False, True), (True, False)], True, False),
        ([(True, False)], False, True),
        ([(True, False), (False, True)], True, False),
        ([(True, None), (False, None)], True, None),
    ],
)
def test_cases_are_run_until_both_checkers_have_decided(
    cases: list[tuple[bool, bool | None]], *, decided: bool, flips: bool | None
) -> None:
    found = results(*cases)
    assert found.decided is decided
    assert found.flips is flips


def test_cases_run_for_the_other_checker_alone_do_not_count() -> None:
    found = results((True, True), (False, True), (True, True))
    assert (found.cases_run, found.cases_passed, found.failed) == (2, 1, 1)
    assert found.position == 3


def test_all_cases_count_where_all_are_asked_for() -> None:
    found = results((True, None), (False, None), (True, None), (False, None), all_cases=True)
    assert not found.decided
    assert (found.cases_run, found.cases_passed, found.failed) == (4, 2, 1)
    assert found.outcome is Outcome.WRONG_ANSWER


def test_a_program_that_does_not_compile_is_decided_at_once() -> None:
    found = CaseResults(all_cases=True)
    found.add_uncompiled(NoAnswer(outcome=Outcome.SYNTAX_ERROR, error="invalid syntax"))
    assert found.decided
    assert (found.outcome, found.failed, found.cases_run) == (Outcome.SYNTAX_ERROR, None, 0)
    assert found.flips is None


def test_the_first_failure_is_the_one_that_is_told() -> None:
    found = CaseResults(all_cases=True)
    found.add(JudgedCase(trouble=SLOW))
    found.add(JudgedCase(trouble=WRONG))
    assert (found.outcome, found.failed) == (Outcome.TIME_LIMIT, 0)
    assert found.rule is None
