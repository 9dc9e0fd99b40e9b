"""What the terminal shows of a run."""

import pytest

from builders import grown
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.report.terminal import summary

MENDED = grown([False], [[True]], baseline=[False, False])
FRESH = grown([False], [[False]], baseline=[True, True])
NEITHER = grown([False], [[False]], baseline=[False, False])


def records(*tasks: Grown) -> list[Record]:
    return [
        Record(
            task_id=f"tasks/{number:04d}",
            difficulty=list(Difficulty)[number % 3],
            grown=task,
            cost=Cost(tokens=500, prompt_tokens=900, replayed_tokens=100, samples=4),
        )
        for number, task in enumerate(tasks)
    ]


@pytest.mark.parametrize(
    ("tasks", "verdict"),
    [
        ([MENDED] * 20, "self: repair pays"),
        ([FRESH] * 20, "self: repair does not pay"),
        ([NEITHER] * 20, "self: cannot tell with 20 tasks whether repair pays"),
        ([MENDED] * 9, "self: cannot tell with 9 tasks whether repair pays"),
        ([MENDED], "self: cannot tell with 1 task whether repair pays"),
        ([MENDED, FRESH] * 10, "self: cannot tell with 20 tasks whether repair pays"),
    ],
)
def test_it_says_first_whether_repair_pays(tasks: list[Grown], verdict: str) -> None:
    assert summary(records(*tasks))[0] == verdict


def test_it_has_a_row_for_each_difficulty_and_one_for_all() -> None:
    lines = summary(records(MENDED, FRESH, NEITHER))
    rows = {line.split()[0]: line.split()[1:] for line in lines if len(line.split()) == 7}
    assert rows["introductory"] == ["1", "0.0%", "0.0%", "100.0%", "+100.0", "300"]
    assert rows["all"] == ["3", "0.0%", "33.3%", "33.3%", "+0.0", "300"]


def test_no_line_is_wider_than_80_columns() -> None:
    assert max(map(len, summary(records(*[MENDED, FRESH, NEITHER] * 7)))) <= 80


def test_what_was_not_scored_is_counted_named_and_explained() -> None:
    lost = [Record(task_id=f"tasks/{i}", unscored="the endpoint is gone") for i in range(5)]
    lines = summary([*records(MENDED), *lost], not_run=2)
    assert lines[-3:] == [
        "not scored: 5 (tasks/0, tasks/1, tasks/2, …)",
        "  the endpoint is gone",
        "not run: 2",
    ]


def test_tokens_tell_what_was_paid_for() -> None:
    lines = summary(records(MENDED, FRESH))
    assert "tokens: 1,000 generated in 8 samples, 800 of them paid for" in lines
    assert "prompts: 1,800 tokens read" in lines


def test_a_run_in_which_nothing_was_scored_still_says_what_it_cost() -> None:
    lines = summary([Record(task_id="t", unscored="gone", cost=Cost(tokens=7, samples=1))])
    assert lines[0].startswith("tokens: 7 generated in 1 samples")


def test_the_verdict_is_unbiased_and_the_table_draws_as_the_paper_does() -> None:
    half = grown([True, False], [[False]])
    lines = summary(records(half))
    assert lines[1].endswith("(repaired 100.0%, i.i.d. 100.0%)")
    assert next(line for line in lines if " all " in line).split()[4] == "75.0%"
