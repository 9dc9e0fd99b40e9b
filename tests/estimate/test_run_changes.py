"""One run against another, task by task."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparing import SETUP, record, task_of
from examples import examples
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown, Plan
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.comparison.run_changes import run_differences
from pytest_selfrepair.estimate.comparison.settings import Setting, differing
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap

FEW = Bootstrap(draws=300)

SOLVED = task_of([True], {"self": []})
REPAIRED = task_of([False], {"self": [[True]]}, [False, False])
UNSOLVED = task_of([False], {"self": [[False]]}, [False, False])


def run(*tasks: Grown | None, first: int = 0, **fields: object) -> list[Record]:
    return [
        record(
            first + number,
            grown,
            list(Difficulty)[number % 2],
            unscored=None if grown else "gone",
            **{"cost": Cost(tokens=500, samples=3, unpriced=3), **fields},
        )
        for number, grown in enumerate(tasks)
    ]


def test_tasks_that_flip_are_named_each_way() -> None:
    before = run(SOLVED, REPAIRED, UNSOLVED, UNSOLVED, SOLVED)
    after = run(SOLVED, UNSOLVED, REPAIRED, SOLVED, UNSOLVED)
    found = run_differences(before, after, how=FEW)
    assert found.tasks == 5
    assert found.lost == ("tasks/0001", "tasks/0004")
    assert found.won == ("tasks/0002", "tasks/0003")
    assert found.changes[-1].pass_at_t.difference.p == 1.0


def test_only_tasks_that_both_scored_are_compared_and_the_others_are_named() -> None:
    before = run(SOLVED, SOLVED, None, UNSOLVED)
    after = run(UNSOLVED, None, SOLVED, SOLVED, first=1)
    found = run_differences(before, after, how=FEW)
    assert found.tasks == 2
    assert (found.lost, found.won) == (("tasks/0001",), ("tasks/0003",))
    assert (found.only_before, found.only_after) == (("tasks/0000",), ("tasks/0004",))
    assert (found.unscored_before, found.unscored_after) == (("tasks/0002",), ("tasks/0002",))
    assert found.bounds == pytest.approx((-1 / 3, 1 / 3))
    assert run_differences(before[:2], before[:2], how=FEW).bounds is None


def test_pass_rates_are_told_of_each_difficulty_and_of_all() -> None:
    before = run(*[UNSOLVED, SOLVED] * 12)
    after = run(*[REPAIRED, SOLVED] * 12)
    found = run_differences(before, after, how=FEW).changes
    assert [(each.difficulty, each.tasks) for each in found] == [
        ("introductory", 12),
        ("interview", 12),
        (ALL, 24),
    ]
    whole = found[-1]
    assert [whole.pass_at_1.before.value, whole.pass_at_1.after.value] == [0.5, 0.5]
    assert [whole.pass_at_t.before.value, whole.pass_at_t.after.value] == [0.5, 1.0]
    assert whole.pass_at_t.difference.value == 0.5
    assert found[0].pass_at_t.difference.value == 1.0
    assert whole.tree_tokens.before.value == 200
    assert whole.tree_tokens.difference.value == 0


def test_the_difference_is_paired() -> None:
    # Five tasks of forty are won and none is lost: sure, though the intervals of both overlap.
    before = run(*[SOLVED, UNSOLVED] * 20)
    after = run(*[*[SOLVED, UNSOLVED] * 15, *[SOLVED] * 10])
    found = run_differences(before, after, how=Bootstrap(draws=2000)).changes[-1].pass_at_t
    assert found.difference.value == pytest.approx(0.125)
    assert found.difference.low is not None
    assert found.difference.p is not None
    assert found.before.high is not None
    assert found.after.low is not None
    assert found.difference.low > 0
    assert found.difference.p < 0.05
    assert found.after.low < found.before.high


def test_at_equal_tokens_the_dearer_run_is_read_on_the_way_to_its_trees() -> None:
    # 300 tokens a task before. After: 900; a third of them buy three programs, unsolved all.
    before = run(*[UNSOLVED, REPAIRED])
    dear = task_of([False] * 3, {"self": [[True]] * 3}, [False] * 6)
    found = run_differences(before, run(dear, dear), how=FEW).changes[-1]
    assert (found.tree_tokens.before.value, found.tree_tokens.after.value) == (300, 900)
    assert found.equal_tokens == 300
    assert found.at_equal_tokens.before.value == 0.5
    assert found.at_equal_tokens.after.value == 0.0
    # Half way from three programs to the whole trees, half of the tasks count as solved.
    before = run(*[task_of([False] * 2, {"self": [[False]] * 2}, [False] * 4)] * 2)
    found = run_differences(before, run(dear, dear), how=FEW).changes[-1]
    assert found.equal_tokens == 600
    assert found.at_equal_tokens.after.value == pytest.approx(0.5)


def test_cost_is_told_per_task_and_dollars_where_all_is_priced() -> None:
    before = run(SOLVED, UNSOLVED, cost=Cost(tokens=400, samples=2, dollars=0.5))
    after = run(SOLVED, UNSOLVED, cost=Cost(tokens=600, samples=2, dollars=0.75))
    found = run_differences(before, after, how=FEW)
    assert found.tokens is not None
    assert found.dollars is not None
    assert (found.tokens.before.value, found.tokens.difference.value) == (400, 200)
    assert (found.dollars.after.value, found.dollars.difference.value) == (0.75, 0.25)
    assert run_differences(before, run(SOLVED, UNSOLVED), how=FEW).dollars is None


def test_the_trees_of_each_runs_first_source_count() -> None:
    fed = replace(SETUP, sources=("gpt-4", "self"))
    before = run(task_of([False], {"self": [[False]]}))
    after = run(task_of([False], {"self": [[False]], "gpt-4": [[True]]}), setup=fed)
    found = run_differences(before, after, how=FEW)
    assert (found.before_source, found.after_source) == ("self", "gpt-4")
    assert found.won == ("tasks/0000",)


def test_without_trees_programs_alone_count() -> None:
    found = run_differences(
        run(task_of([True, False], {})), run(task_of([False, False], {})), how=FEW
    )
    assert (found.before_source, found.after_source) == (None, None)
    assert found.lost == ("tasks/0000",)
    assert found.changes[-1].tree_tokens.before.value == 200


def test_settings_that_differ_are_named_with_both_values() -> None:
    params = SamplingParams(temperature=0.2, max_tokens=2048, seed=7)
    other = replace(
        SETUP,
        model="gpt-3.5",
        sources=("none",),
        prompts="own@ba9876543210",
        checker="strict",
        isolation="landlock",
        plan=Plan(n_p=5, n_fr=3, budget=9000, params=params),
    )
    assert differing(run(SOLVED), run(SOLVED, setup=other)) == (
        Setting(name="model", before="gpt-4", after="gpt-3.5"),
        Setting(name="sources", before="self, none", after="none"),
        Setting(name="prompts", before="default@0123456789ab", after="own@ba9876543210"),
        Setting(name="checker", before="tolerant", after="strict"),
        Setting(name="isolation", before="bubblewrap", after="landlock"),
        Setting(name="n_p", before="2", after="5"),
        Setting(name="n_fr", before="1", after="3"),
        Setting(name="budget", before="none", after="9000"),
        Setting(name="temperature", before="0.8", after="0.2"),
        Setting(name="max_tokens", before="1024", after="2048"),
        Setting(name="seed", before="none", after="7"),
    )


def test_settings_that_agree_are_not_named_and_records_that_differ_are() -> None:
    assert differing(run(SOLVED), run(SOLVED)) == ()
    strict = replace(SETUP, checker="strict")
    after = [*run(SOLVED), *run(SOLVED, first=1, setup=strict)]
    assert differing(run(SOLVED), after) == (
        Setting(name="checker", before="tolerant", after="strict or tolerant"),
    )
    unknown = run(SOLVED, setup=None)
    assert differing(unknown, run(SOLVED))[0] == Setting(name="model", before=None, after="gpt-4")


def test_runs_that_share_no_scored_task_are_compared_in_nothing() -> None:
    found = run_differences(run(SOLVED), run(None, SOLVED))
    assert (found.tasks, found.changes, found.tokens, found.dollars) == (0, (), None, None)
    assert found.only_after == ("tasks/0001",)
    assert not found.same


def test_only_a_run_that_came_out_alike_in_every_task_is_the_same() -> None:
    before = run(SOLVED, REPAIRED, UNSOLVED)
    assert run_differences(before, run(SOLVED, REPAIRED, UNSOLVED), how=FEW).same
    longer = task_of([False], {"self": [[True]]}, [False, False], repair_tokens=201)
    found = run_differences(before, run(SOLVED, longer, UNSOLVED), how=FEW)
    assert not found.same
    assert (found.lost, found.won) == ((), ())


def test_two_records_of_one_task_are_refused() -> None:
    with pytest.raises(UsageError, match="the run after has two records of tasks/0000"):
        run_differences(run(SOLVED), [*run(SOLVED), *run(UNSOLVED)])


tasks = st.lists(st.sampled_from([SOLVED, REPAIRED, UNSOLVED]), min_size=12, max_size=16)


@examples(3)
@given(st.permutations(range(12)))
def test_the_order_of_the_records_changes_nothing(order: list[int]) -> None:
    before = run(*[SOLVED, REPAIRED, UNSOLVED] * 4)
    after = run(*[REPAIRED, UNSOLVED, SOLVED, UNSOLVED] * 3)
    again = run_differences(
        [before[i] for i in order], [after[i] for i in reversed(order)], how=FEW
    )
    assert again == run_differences(before, after, how=FEW)


@examples(15)
@given(tasks)
def test_the_difference_is_won_less_lost(each: list[Grown]) -> None:
    found = run_differences(run(*each), run(*each[::-1]), how=FEW)
    share = (len(found.won) - len(found.lost)) / found.tasks
    assert math.isclose(found.changes[-1].pass_at_t.difference.value, share, abs_tol=1e-12)
