"""Which cases a model may see: named by the source, matched to the statement, and no others."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import task
from pytest_selfrepair.core.feedback import (
    FeedbackCases,
    error_sentence,
    public_first,
    shown_failure,
)
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Case, JsonValue
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.tasks.examples import examples

HIDDEN = "what nobody may see"


def failing(index: int, error: str | None = None) -> Verdict:
    return Verdict(
        outcome=Outcome.WRONG_ANSWER,
        cases_run=1,
        cases_passed=0,
        failure=CaseFailure(index=index, input=HIDDEN, expected=HIDDEN, actual=HIDDEN, error=error),
    )


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_public_cases_are_judged_first_and_every_case_is_judged_once(
    drawn: tuple[int, set[int]],
) -> None:
    count, public = drawn
    given_task = task(*((i, i) for i in range(count)), public_cases=tuple(sorted(public)))
    ordered, order = public_first(given_task)
    assert [case.input for case in ordered.cases] == list(order)
    assert sorted(order) == list(range(count))
    assert set(order[: len(public)]) == public
    assert ordered.public_cases == tuple(range(len(public)))


def test_feedback_that_sees_all_is_told_of_any_case() -> None:
    shown = shown_failure(task(("a", "b")), "program", failing(0), FeedbackCases.ALL)
    assert shown.error == error_sentence(task(("a", "b")), failing(0))
    assert HIDDEN in shown.error


@pytest.mark.parametrize(
    ("public", "said"),
    [
        ((1,), "Every public test passes, but a hidden test fails: wrong answer."),
        ((), "A hidden test fails: wrong answer."),
        (None, "A hidden test fails: wrong answer."),
    ],
)
def test_of_a_hidden_case_no_more_is_said_than_that_it_fails(
    public: tuple[int, ...] | None, said: str
) -> None:
    whole = task((HIDDEN, HIDDEN), ("1", "2"), public_cases=public)
    shown = shown_failure(whole, "program", failing(0, error=HIDDEN), FeedbackCases.PUBLIC)
    assert shown.error == said
    assert HIDDEN not in repr(shown)


def test_a_public_case_is_shown_in_full_among_the_public_ones() -> None:
    whole = task(("hidden", "hidden"), ("1", "2"), public_cases=(1,))
    shown = shown_failure(whole, "program", failing(1), FeedbackCases.PUBLIC)
    assert shown.error == error_sentence(whole, failing(1))
    assert shown.task.cases == (Case(input="1", expected="2"),)
    assert shown.verdict.failure is not None
    assert shown.verdict.failure.index == 0


def test_a_program_that_fails_before_any_case_is_told_why() -> None:
    verdict = Verdict(
        outcome=Outcome.SYNTAX_ERROR,
        cases_run=0,
        cases_passed=0,
        failure=CaseFailure(error="SyntaxError: invalid syntax", line_number=1),
    )
    shown = shown_failure(task(("a", "b")), "program", verdict, FeedbackCases.PUBLIC)
    assert "SyntaxError" in shown.error


@pytest.mark.parametrize(
    ("statement", "given", "shown"),
    [
        (
            "-----Examples-----\nInput\n1 2\n\nOutput\n3\n\nInput\n4\n5\n\nOutput\n9",
            "4 5\n",
            True,
        ),
        ("-----Sample Input-----\n1 2\n\n-----Sample Output-----\n3", "1\n2\n", True),
        ("Sample Input:\n1 2\nSample Output:\n3", "1 2", True),
        ("Sample Input:\n1 2 3\nSample Output:\n6", "1 2", False),
        ("Sample Input:\n1 2\nSample Output:\n3", "2", False),
        ("The input is 1 2 and there is no more.", "1 2", False),
        ("Input: 1", "", False),
    ],
)
def test_a_case_is_an_example_where_its_whole_input_stands_under_its_heading(
    statement: str, given: str, shown: bool
) -> None:
    of = replace(task((given, "anything")), statement=statement)
    assert examples(of) == ((0,) if shown else ())


@pytest.mark.parametrize(
    ("statement", "given", "wanted", "shown"),
    [
        ("Example 1:\nInput: nums = [3, 1], k = 2\nOutput: true", [[3, 1], 2], True, True),
        ("Input: [3,1], 2\nOutput: [1]", [[3, 1], 2], [1], True),
        ("Input: [3,1], 2\nOutput: 12", [[3, 1], 2], 1, False),
        ("**Input:** s = 'ab'\n**Output:** \"ba\"", ["ab"], "ba", True),
        ("`f('ab', None) == ['a']`", ["ab", None], ["a"], True),
        ("f(1)  // => 10", [1], 1, False),
        ("f(1)  // => 1.5", [1], 1, False),
        ("f(1) returns 1.", [1], 1, True),
        ("Nothing is said of f.", [1], 1, False),
    ],
)
def test_a_call_is_an_example_where_it_stands_with_its_result(
    statement: str, given: list[JsonValue], wanted: JsonValue, shown: bool
) -> None:
    of = replace(task((given, wanted), fn_name="f"), statement=statement)
    assert examples(of) == ((0,) if shown else ())


def test_a_record_of_an_earlier_version_says_that_feedback_saw_all() -> None:
    text = (
        '{"task_id":"t","difficulty":null,"kind":null,"wrapping":null,"setup":{"model":"m",'
        '"sources":[],"prompts":"p","checker":"tolerant","isolation":"i","plan":{"n_p":1,"n_fr":1,'
        '"budget":null,"params":{"temperature":0.8,"max_tokens":1,"seed":null}}},"grown":null,'
        '"unscored":"x","quarantined":false,"cost":{},"seconds":0.0,"schema":2}'
    )
    setup = Record.from_json(text).setup
    assert setup is not None
    assert setup.plan.feedback_cases is FeedbackCases.ALL
    assert Plan.__dataclass_fields__["feedback_cases"].default is FeedbackCases.ALL
