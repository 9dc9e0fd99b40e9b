"""Sampling that goes on only where nothing has passed, against every order of what was sampled."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import grown
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.tree import Grown, Policy, ProgramNode
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.exact.stopping import reach, stopping
from pytest_selfrepair.estimate.exact.tree_arrays import TOKENS


def priced(task: Grown, costs: Sequence[int]) -> Grown:
    """The same task, each program and further program with tokens of its own."""

    def paid(nodes: Sequence[ProgramNode], tokens: Sequence[int]) -> tuple[ProgramNode, ...]:
        return tuple(
            ProgramNode(
                node=node.node,
                program=node.program,
                verdict=node.verdict,
                cost=Cost(tokens=n, samples=1),
                finish_reason="stop",
            )
            for node, n in zip(nodes, tokens, strict=True)
        )

    size = len(task.programs)
    return Grown(
        programs=paid(task.programs, costs[:size]),
        trees=(),
        baseline=paid(task.baseline, costs[size : size + len(task.baseline)]),
        complete=True,
    )


def enumerated(task: Grown, n_p: int, m: int, policy: Policy) -> tuple[float, float]:
    """Chance of being solved and mean tokens, over all orders of both lots."""
    solved: list[bool] = []
    tokens: list[int] = []
    lots = itertools.product(
        itertools.permutations(task.programs), itertools.permutations(task.baseline)
    )
    for first, further in lots:
        drawn = list(first[:n_p])
        if not any(node.verdict.passed for node in drawn):
            for node in (*first[n_p:], *further)[:m]:
                if policy is not Policy.BATCH and drawn[-1].verdict.passed:
                    break
                drawn.append(node)
        solved.append(any(node.verdict.passed for node in drawn))
        tokens.append(sum(node.tokens for node in drawn))
    return float(np.mean(solved)), float(np.mean(tokens))


@given(
    programs=st.lists(st.booleans(), min_size=1, max_size=4),
    further=st.lists(st.booleans(), max_size=4),
    costs=st.lists(st.integers(1, 99), min_size=8, max_size=8),
    n_p=st.integers(1, 4),
    policy=st.sampled_from([Policy.BATCH, Policy.BFS]),
)
def test_every_order_of_what_was_sampled_agrees(
    programs: list[bool], further: list[bool], costs: list[int], n_p: int, policy: Policy
) -> None:
    n_p = min(n_p, len(programs))
    further = [] if any(programs) else further
    task = priced(grown(programs, baseline=further), costs)
    most = len(programs) - n_p + len(further)
    found = stopping(Samples.of([task]), n_p, most, replacement=False, policy=policy)
    for m in range(most + 1):
        rate, tokens = enumerated(task, n_p, m, policy)
        assert found.solved[0, m] == pytest.approx(rate, abs=1e-12)
        assert found.cost[0, m, TOKENS] == pytest.approx(tokens, abs=1e-9)


def test_a_solved_task_costs_nothing_more() -> None:
    found = stopping(Samples.of([grown([True, False])]), None, 5, replacement=False)
    assert found.solved[0].tolist() == [1.0] * 6
    assert found.cost[0, :, TOKENS].tolist() == [200.0] * 6


def test_with_replacement_every_draw_is_independent() -> None:
    solved = grown([True, False, False, False])
    found = stopping(Samples.of([solved]), 1, 2, replacement=True)
    assert found.solved[0].tolist() == pytest.approx([1 - 0.75, 1 - 0.75**2, 1 - 0.75**3])
    assert found.cost[0, :, TOKENS].tolist() == pytest.approx([100, 175, 250])
    unsolved = grown([False, False], baseline=[True, False])
    found = stopping(Samples.of([unsolved]), 2, 3, replacement=True)
    assert found.solved[0].tolist() == pytest.approx([0, 0.5, 0.75, 0.875])
    assert found.cost[0, :, TOKENS].tolist() == pytest.approx([200, 300, 400, 500])


def test_a_task_without_enough_programs_keeps_what_it_has() -> None:
    short = grown([False], baseline=[False, True])
    found = stopping(Samples.of([short]), None, 4, replacement=False)
    assert found.solved[0].tolist() == [0, 0.5, 1, 1, 1]
    assert found.cost[0, :, TOKENS].tolist() == [100, 200, 300, 400, 500]
    assert reach(Samples.of([short, grown([True])]), None) == 2
    assert reach(Samples.of([short, grown([False, False])]), 1) == 1
