"""Trees as arrays."""

from dataclasses import replace

import numpy as np
import pytest

from builders import grown, program, repair
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.sample import CONTEXT_LIMIT
from pytest_selfrepair.core.tree import Grown, Policy, ProgramNode, RepairTree
from pytest_selfrepair.estimate.exact.shapes import expect
from pytest_selfrepair.estimate.exact.tree_arrays import DOLLARS, SAMPLES, TOKENS, tree_arrays


def tree(*repairs: ProgramNode, source: str = "self") -> RepairTree:
    return RepairTree(source=source, repairs=repairs, complete=True)


def test_it_holds_the_repairs_of_one_source_by_the_program_they_repair() -> None:
    # Round by round, as they are drawn.
    task = Grown(
        programs=tuple(program(f"p{i}", passed=i == 1) for i in range(3)),
        trees=(
            tree(
                repair("p0", 0, passed=False, tokens=1),
                repair("p2", 0, passed=True, tokens=2),
                repair("p0", 1, passed=True, tokens=3),
                repair("p2", 1, passed=False, tokens=4),
            ),
            tree(repair("p0", 0, passed=True, source="blind"), source="blind"),
        ),
        baseline=(),
        complete=True,
    )
    found = tree_arrays([task, grown([True])], "self", planned=2)
    programs, repairs = found.levels
    assert programs.counts.tolist() == [3, 1]
    assert programs.passed.tolist() == [False, True, False, True]
    assert repairs.counts.tolist() == [2, 0, 2, 0]
    assert repairs.passed.tolist() == [False, True, True, False]
    assert repairs.cost[:, TOKENS].tolist() == [1, 3, 2, 4]
    assert (found.most_programs, found.most_repairs(1), found.depth) == (1, 2, 1)
    assert tree_arrays([task], "blind").most_repairs(1) == 0
    assert tree_arrays([task], None).depth == 0


def test_repairs_of_repairs_are_levels_of_their_own() -> None:
    task = Grown(
        programs=(program("p0", passed=True), program("p1", passed=False)),
        trees=(
            tree(
                repair("p1", 0, passed=False),
                repair("p1", 1, passed=True),
                repair("p1/self/r0", 0, passed=False),
                repair("p1/self/r0", 1, passed=True),
            ),
        ),
        baseline=(),
        complete=True,
    )
    found = tree_arrays([task, task], "self")
    assert [level.counts.tolist() for level in found.levels] == [
        [2, 2],
        [0, 2, 0, 2],
        [2, 0, 2, 0],
    ]
    assert [found.most_repairs(depth) for depth in (0, 1, 2, 3)] == [0, 2, 2, 0]
    rates = expect(found, [1], [1, 2], replacement=False, depth=2)[Policy.BATCH].solved
    assert rates[0] == pytest.approx([1 - 0.5 * 0.5 * 0.5, 1])


def test_a_cost_counts_feedback_and_knows_what_it_does_not_know() -> None:
    mended = replace(
        repair("p0", 0, passed=True, tokens=70),
        cost=Cost(tokens=70, prompt_tokens=700, samples=1, dollars=0.25),
        feedback=Feedback(text="", cost=Cost(tokens=30, prompt_tokens=300, samples=1, dollars=0.5)),
    )
    task = replace(grown([False]), trees=(tree(mended),))
    programs, repairs = tree_arrays([task], "self").levels
    assert repairs.cost.tolist() == [[100, 1_100, 2, 0.75]]
    assert np.isnan(programs.cost[0, DOLLARS])
    assert programs.cost[0, SAMPLES] == 1


def test_a_program_longer_than_the_model_reads_bounds_no_repairs() -> None:
    task = grown([False, False], [[True, True], []])
    long = replace(task.programs[1], finish_reason=CONTEXT_LIMIT, cost=Cost())
    found = tree_arrays([replace(task, programs=(task.programs[0], long))], "self")
    assert found.most_repairs(1) == 2
    rates = expect(found, [1, 2], [1], replacement=False)[Policy.BATCH].solved
    assert rates[0] == pytest.approx([0.5, 1])


def test_repairs_of_a_program_that_passes_or_is_not_there_are_left_out() -> None:
    odd = tree(repair("p0", 0, passed=True), repair("p9", 0, passed=True))
    found = tree_arrays([replace(grown([True, True]), trees=(odd,))], "self", planned=3)
    assert [len(level.passed) for level in found.levels] == [2, 0]
    assert found.most_repairs(1) == 3


def test_some_tasks_and_the_first_programs_can_be_taken() -> None:
    tasks = [grown([False, True, False], [[True], [False]]), grown([False] * 3, [[True]] * 3)]
    whole = tree_arrays(tasks, "self", tasks=["a", "b"])
    first = whole.first(2)
    assert [level.counts.tolist() for level in first.levels] == [[2, 2], [1, 0, 1, 1]]
    second = whole.only(np.array([False, True]))
    assert second.tasks == ("b",)
    assert [level.counts.tolist() for level in second.levels] == [[3], [1, 1, 1]]
