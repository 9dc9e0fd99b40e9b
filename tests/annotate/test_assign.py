"""Who is shown which programs: possible or not, and held against its promises."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotating import item
from pytest_selfrepair.annotate.assign import assign, check_assignment
from pytest_selfrepair.annotate.study_items import Item
from pytest_selfrepair.errors import UsageError

DIFFICULTIES = ("introductory", "interview", "competition")


def items(counts: list[tuple[str, int]]) -> list[Item]:
    """Tasks with so many failing programs each."""
    return [
        item(f"task-{number}", f"print({program})", difficulty)
        for number, (difficulty, count) in enumerate(counts)
        for program in range(count)
    ]


PAPERS = items(
    [(difficulty, 4) for difficulty in DIFFICULTIES for _ in range(10)],
)


@settings(max_examples=150)
@given(
    counts=st.lists(
        st.tuples(st.sampled_from(DIFFICULTIES), st.integers(1, 6)), min_size=1, max_size=14
    ),
    people=st.integers(1, 9),
    each=st.integers(1, 6),
    per_program=st.integers(1, 5),
    seed=st.integers(0, 9),
)
def test_it_keeps_its_promises_whenever_that_is_possible_and_else_says_why(
    counts: list[tuple[str, int]], people: int, each: int, per_program: int, seed: int
) -> None:
    given_items = items(counts)
    most = people // per_program
    usable = sum(min(count, most) for _, count in counts)
    possible = people * each % per_program == 0 and usable * per_program >= people * each
    if not possible:
        with pytest.raises(UsageError, match=r"\d"):
            assign(given_items, people=people, each=each, per_program=per_program, seed=seed)
        return
    shown = assign(given_items, people=people, each=each, per_program=per_program, seed=seed)
    check_assignment(
        [[one.key for one in mine] for mine in shown],
        each=each,
        per_program=per_program,
        difficulties={one.key: one.difficulty for one in given_items},
    )


def test_the_papers_study_can_be_designed() -> None:
    shown = assign(PAPERS, people=16, each=5, per_program=2, seed=0)
    programs = Counter(one.key for mine in shown for one in mine)
    assert len(programs) == 40
    assert set(programs.values()) == {2}
    chosen = {one.key: one.difficulty for mine in shown for one in mine}
    assert sorted(Counter(chosen.values()).values()) == [13, 13, 14]
    assert len({key.task_id for key in chosen}) == 30


def test_a_seed_draws_the_same_from_the_same_programs_in_any_order() -> None:
    first = assign(PAPERS, people=16, each=5, per_program=2, seed=3)
    again = assign(PAPERS[::-1], people=16, each=5, per_program=2, seed=3)
    other = assign(PAPERS, people=16, each=5, per_program=2, seed=4)
    assert first == again != other


@pytest.mark.parametrize(
    ("people", "each", "per_program", "said"),
    [
        (3, 5, 2, "which is not a multiple of 2; accepted: 4 participants"),
        (2, 2, 3, "found 3, with 2 participants; accepted: up to 2"),
        (4, 9, 2, "but 2 tasks of this run have failing programs; accepted: up to 2"),
        (9, 2, 6, "need 3 programs, but of the 5 failing programs of 2 tasks 2 can be used"),
    ],
)
def test_what_is_impossible_is_said_in_numbers(
    people: int, each: int, per_program: int, said: str
) -> None:
    few = items([("interview", 3), ("competition", 2)])
    with pytest.raises(UsageError) as error:
        assign(few, people=people, each=each, per_program=per_program, seed=0)
    assert said in str(error.value)


def test_a_broken_promise_is_named() -> None:
    one, two, other = item("a", "1"), item("a", "2"), item("b", "3")
    known = {each.key: each.difficulty for each in (one, two, other)}
    for shown, per_program, said in (
        ([[one.key]], 1, "has 1 programs; accepted: 2"),
        ([[one.key, two.key]], 1, "two programs of one task"),
        ([[one.key, other.key]], 2, "has 1 people; accepted: 2"),
        ([[one.key, item("c").key]], 1, "c has no failing program"),
    ):
        with pytest.raises(UsageError, match=said):
            check_assignment(shown, each=2, per_program=per_program, difficulties=known)
