"""Several runs beside each other: who ranks where, on which tasks, and how surely."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparing import SETUP, record, task_of
from examples import examples
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.comparison.ranked import RunToRank
from pytest_selfrepair.estimate.comparison.ranking import labelled
from pytest_selfrepair.estimate.comparison.run_changes import run_differences
from pytest_selfrepair.estimate.comparison.run_comparison import RunConclusion, side
from pytest_selfrepair.estimate.run.equal_tokens import difficulties
from pytest_selfrepair.estimate.run.latency import seconds_to_pass
from pytest_selfrepair.estimate.run.scored import scored
from ranking_made import FEW, REPAIRED, SOLVED, UNSOLVED, ranked, run_to_rank


def test_runs_are_ranked_by_what_they_solve_and_say_which_ranks_hold() -> None:
    good = run_to_rank(*[SOLVED] * 36, *[UNSOLVED] * 4, model="good")
    fair = run_to_rank(*[SOLVED] * 35, *[UNSOLVED] * 5, model="fair")
    poor = run_to_rank(*[SOLVED] * 4, *[UNSOLVED] * 36, model="poor")
    found = ranked(poor, fair, good)
    assert [each.label for each in found.runs] == ["good", "fair", "poor"]
    assert [(each.best_rank, each.worst_rank) for each in found.runs] == [(1, 2), (1, 2), (3, 3)]
    assert [(each.first, each.second, each.answer) for each in found.pairs] == [
        ("good", "fair", RunConclusion.CANNOT_TELL),
        ("good", "poor", RunConclusion.BETTER),
        ("fair", "poor", RunConclusion.BETTER),
    ]
    assert [(each.only_first, each.only_second) for each in found.pairs] == [
        (1, 0),
        (32, 0),
        (31, 0),
    ]
    assert [each.label for each in found.perhaps_best] == ["good", "fair"]
    assert all(each.difference.method == found.pairs[0].difference.method for each in found.pairs)
    assert "Holm over 3" in str(found.pairs[0].difference.method)


def test_only_tasks_that_all_runs_scored_count_and_each_run_says_what_it_lacks() -> None:
    whole = run_to_rank(*[SOLVED] * 12, model="a")
    part = run_to_rank(*[SOLVED] * 10, None, model="b")
    other = run_to_rank(None, *[UNSOLVED] * 11, model="c")
    found = ranked(whole, part, other)
    assert (found.tasks, found.left_out) == (9, 3)
    lacks = {each.label: (each.absent, each.unscored) for each in found.runs}
    assert lacks == {
        "a": ((), ()),
        "b": (("tasks/0011",), ("tasks/0010",)),
        "c": ((), ("tasks/0000",)),
    }
    assert {each.task_id for each in found.outcomes} == {f"tasks/{n:04d}" for n in range(1, 10)}


def test_where_no_task_is_shared_every_rank_is_open() -> None:
    found = ranked(
        run_to_rank(SOLVED, None, model="a"),
        run_to_rank(None, SOLVED, model="b"),
        run_to_rank(model="c"),
    )
    assert (found.tasks, found.groups, found.pairs, found.outcomes) == (0, (), (), ())
    assert {(each.best_rank, each.worst_rank) for each in found.runs} == {(1, 3)}
    assert {each.tokens for each in found.runs} == {None}


def test_runs_stand_at_the_tokens_of_the_cheapest_one() -> None:
    dear = task_of([False, True, True], {"self": [[True]]})
    cheap = run_to_rank(*[SOLVED] * 6, *[UNSOLVED] * 6, model="cheap")
    found = ranked(cheap, run_to_rank(*[dear] * 12, model="dear"), cheap)
    whole = found.overall
    assert whole is not None
    tokens = [each.tree_tokens.value for each in whole.rates]
    assert whole.budget == min(tokens) == 300
    for rates in whole.rates:
        points = [(each.tokens, each.pass_rate.value) for each in rates.growth]
        assert points == sorted(points)
        (left, low), (right, high) = next(
            two for two in pairwise(points) if two[1][0] >= whole.budget
        )
        at = low + (high - low) * (whole.budget - left) / (right - left)
        assert rates.at_budget.value == pytest.approx(at)
        assert rates.growth[-1].repaired
        assert rates.growth[-1].pass_rate.value == rates.pass_at_t.value


def test_gains_are_those_of_a_report_on_the_same_tasks() -> None:
    mixed = [SOLVED, REPAIRED, UNSOLVED] * 5
    found = ranked(
        run_to_rank(*mixed, model="a"),
        run_to_rank(*mixed, model="b"),
        run_to_rank(*mixed[1:], model="c"),
    )
    first = next(each for each in found.runs if each.label == "a")
    records = run_to_rank(*mixed).records[:-1]
    [gain] = difficulties(scored(records), ["self"], how=FEW)[-1].sources
    assert [(each.source, each.stopping.value, each.paper.value) for each in first.gains] == [
        ("self", gain.stopping.gain.value, gain.paper.gain.value)
    ]
    assert first.gains[0].pass_rate == gain.pass_rate


def test_equal_runs_are_the_same_and_their_labels_tell_them_apart() -> None:
    mixed = [SOLVED, REPAIRED, UNSOLVED] * 5
    found = ranked(run_to_rank(*mixed), run_to_rank(*mixed, label="mine"), run_to_rank(*mixed))
    assert {each.label for each in found.runs} == {"gpt-4 #1", "mine", "gpt-4 #3"}
    called = labelled([run_to_rank(label=name) for name in ("a", "a", "a #1", "b")])
    assert called == ("a #1", "a #2", "a #1 #3", "b")
    assert {each.answer for each in found.pairs} == {RunConclusion.SAME}
    assert found.separating == ()


def test_tasks_that_tell_most_pairs_apart_come_first() -> None:
    found = ranked(
        run_to_rank(SOLVED, SOLVED, SOLVED, UNSOLVED, model="a"),
        run_to_rank(SOLVED, SOLVED, UNSOLVED, UNSOLVED, model="b"),
        run_to_rank(SOLVED, UNSOLVED, UNSOLVED, UNSOLVED, model="c"),
        run_to_rank(SOLVED, UNSOLVED, UNSOLVED, UNSOLVED, model="d"),
    )
    assert [each.task_id for each in found.separating] == ["tasks/0001", "tasks/0002"]
    assert [each.label for each in found.runs] == ["a", "b", "c", "d"]
    assert found.separating[0].solved == (True, True, False, False)
    assert found.separating[1].pass_at_1 == (0.5, 0.0, 0.0, 0.0)


def test_difficulties_have_a_budget_of_their_own_and_settings_that_differ_are_named() -> None:
    easy = [record(number, SOLVED) for number in range(10)]
    hard = [record(number, UNSOLVED, Difficulty.COMPETITION) for number in range(10, 20)]
    runs = [
        RunToRank(side=side(records, "x"), records=records)
        for records in (
            [*easy, *hard],
            [replace(each, setup=replace(SETUP, prompts="paper@1")) for each in (*easy, *hard)],
        )
    ]
    found = ranked(*runs)
    assert [(each.difficulty, each.tasks, each.budget) for each in found.groups] == [
        ("introductory", 10, 200.0),
        ("competition", 10, 600.0),
        ("all", 20, 400.0),
    ]
    [setting] = found.settings
    assert (setting.name, setting.values) == ("prompts", (SETUP.prompts, "paper@1"))


def test_a_single_run_and_two_records_of_a_task_are_refused() -> None:
    with pytest.raises(UsageError, match="found 1; accepted: 2 or more"):
        ranked(run_to_rank(SOLVED))
    twice = [record(0, SOLVED), record(0, SOLVED)]
    with pytest.raises(UsageError, match="the run gpt-4 #2 has two records of tasks/0000"):
        ranked(run_to_rank(SOLVED), RunToRank(side=side(twice, "x"), records=twice))


MADE = (SOLVED, REPAIRED, UNSOLVED, task_of([True], {"self": []}), None)
KINDS = st.sampled_from(range(len(MADE)))


def called(which: int, tasks: Sequence[tuple[int, ...]]) -> RunToRank:
    """The run at a place of these tasks, called by its place."""
    return run_to_rank(*(MADE[task[which]] for task in tasks), model=f"{which}")


@examples(4)
@given(st.lists(st.tuples(KINDS, KINDS), min_size=2, max_size=24))
def test_two_runs_ranked_differ_as_compare_says_at_equal_tokens(
    tasks: list[tuple[int, int]],
) -> None:
    first, second = (called(which, tasks) for which in (0, 1))
    found = ranked(first, second)
    changes = run_differences(first.records, second.records, how=FEW).changes
    assert bool(changes) is bool(found.pairs)
    for pair in found.pairs:
        of_two = changes[-1].at_equal_tokens.difference
        sign = 1 if pair.first == "1" else -1
        assert pair.difference.value == pytest.approx(sign * of_two.value, abs=1e-12)
        assert pair.difference.p == pytest.approx(of_two.p)


@examples(4)
@given(st.lists(st.tuples(KINDS, KINDS, KINDS), min_size=8, max_size=20), st.permutations(range(3)))
def test_the_order_in_which_runs_are_given_changes_nothing_but_ties(
    tasks: list[tuple[int, ...]], order: list[int]
) -> None:
    runs = [called(which, tasks) for which in range(3)]
    one, other = ranked(*runs), ranked(*(runs[each] for each in order))
    for found in (one, other):
        shown = {each.label: (each.best_rank, each.worst_rank) for each in found.runs}
        assert all(low <= at <= high for at, (low, high) in enumerate(shown.values(), 1))
    ranks = [
        {each.label: (each.best_rank, each.worst_rank) for each in found.runs}
        for found in (one, other)
    ]
    assert ranks[0] == ranks[1]
    assert one.left_out == other.left_out


def test_a_task_passes_as_soon_as_its_fastest_chain_of_requests() -> None:
    slow = task_of([False, True], {"self": [[True]]})
    timed = replace(
        slow,
        programs=(
            replace(slow.programs[0], seconds=1.0),
            replace(slow.programs[1], seconds=9.0),
        ),
        trees=(
            replace(
                slow.trees[0],
                repairs=tuple(replace(each, seconds=2.5) for each in slow.trees[0].repairs),
            ),
        ),
    )
    assert seconds_to_pass(timed, "self") == pytest.approx(3.5)
    assert seconds_to_pass(timed, None) == pytest.approx(9.0)
    assert seconds_to_pass(slow, "self") is None
    assert seconds_to_pass(UNSOLVED, "self") is None
