"""Repairs that share texts: texts are drawn, then repairs on them; against every draw."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import grown
from examples import examples
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.tree import Grown, Policy, ProgramNode, RepairTree
from pytest_selfrepair.estimate.exact.shapes import expect_texts
from pytest_selfrepair.estimate.exact.tree_arrays import TOKENS, tree_arrays

Texts = Sequence[Sequence[Sequence[tuple[bool, int]]]]
"""For each failing program its texts, for each text whether each repair on it passes, its cost."""


def told(programs: Sequence[bool], texts: Texts, prices: Sequence[int]) -> Grown:
    """A task whose failing programs have texts with several repairs on each."""
    task = grown(programs)
    failing = [node for node in task.programs if not node.verdict.passed]
    passed, failed = grown([True]).programs[0].verdict, grown([False]).programs[0].verdict
    repairs: list[ProgramNode] = []
    for program, about in zip(failing, texts, strict=True):
        for number, (text, price) in enumerate(zip(about, prices, strict=False)):
            for draw, (ok, tokens) in enumerate(text):
                end = f"/f{number}/r{draw}" if draw else f"/r{number}"
                paid = Cost(tokens=price, samples=1) if not draw else Cost()
                repairs.append(
                    replace(
                        program,
                        node=f"{program.node}/self{end}",
                        verdict=passed if ok else failed,
                        cost=Cost(tokens=tokens, samples=1),
                        parent=program.node,
                        feedback=Feedback(text=f"text {number}", cost=paid),
                    )
                )
    tree = RepairTree(source="self", repairs=tuple(repairs), complete=True)
    return replace(task, trees=(tree,))


def test_a_text_is_paid_for_with_any_repair_on_it() -> None:
    task = told([False], [[[(False, 100)] * 2] * 2], [300, 300])
    found = expect_texts(tree_arrays([task], "self"), [1], replacement=False)[Policy.BATCH]
    sizes = list(zip(found.n_f or (), found.n_fr, strict=True))
    assert sizes == [(1, 1), (1, 2), (2, 2), (2, 4)]
    program = 100
    assert (found.cost[0, :, TOKENS] - program).tolist() == [400, 500, 800, 1000]


def enumerated(
    task: Grown,
    texts: Texts,
    prices: Sequence[int],
    n_p: int,
    size: tuple[int, int],
    policy: Policy,
) -> tuple[float, float]:
    """Chance of being solved and mean tokens, over all ordered draws without replacement."""
    n_f, n_r = size
    about = iter(texts)
    of = [None if node.verdict.passed else next(about) for node in task.programs]
    solved: list[float] = []
    paid: list[float] = []
    weights: list[float] = []

    def below(number: int) -> list[list[list[tuple[bool, int]]]]:
        """All ordered draws of texts of one program, each as costs of (text, repairs…)."""
        mine = of[number]
        if mine is None:
            return [[]]
        return [
            list(drawn)
            for order in itertools.permutations(range(len(mine)), n_f)
            for drawn in itertools.product(
                *[
                    [[(False, prices[i]), *some] for some in itertools.permutations(mine[i], n_r)]
                    for i in order
                ]
            )
        ]

    for order in itertools.permutations(range(len(of)), n_p):
        draws = list(itertools.product(*[below(number) for number in order]))
        for drawn in draws:
            steps = _steps([of[i] is None for i in order], drawn, policy)
            tokens, ok = 0, False
            for together in steps:
                tokens += sum(cost for _, cost in together)
                if any(passes for passes, _ in together):
                    ok = True
                    break
            solved.append(ok)
            paid.append(tokens)
            weights.append(1 / len(draws))
    return float(np.average(solved, weights=weights)), float(np.average(paid, weights=weights))


def _steps(
    passed: Sequence[bool], drawn: Sequence[list[list[tuple[bool, int]]]], policy: Policy
) -> list[list[tuple[bool, int]]]:
    programs = [(ok, 100) for ok in passed]
    if policy is Policy.BATCH:
        return [programs, [node for mine in drawn for text in mine for node in text]]
    one_by_one = [
        [[node] for text in mine for node in ([(text[1][0], text[0][1] + text[1][1]), *text[2:]])]
        for mine in drawn
    ]
    if policy is Policy.BFS:
        return [*([node] for node in programs), *(step for mine in one_by_one for step in mine)]
    return [
        step for node, mine in zip(programs, one_by_one, strict=True) for step in ([node], *mine)
    ]


@examples(25)
@given(data=st.data(), policy=st.sampled_from(Policy))
def test_every_shape_agrees_with_every_draw(data: st.DataObject, policy: Policy) -> None:
    programs = data.draw(st.lists(st.booleans(), min_size=1, max_size=2))
    repair = st.tuples(st.booleans(), st.integers(1, 9))
    text = st.lists(repair, min_size=2, max_size=2)
    texts = [data.draw(st.lists(text, min_size=2, max_size=2)) for ok in programs if not ok]
    prices = data.draw(st.lists(st.integers(1, 9), min_size=2, max_size=2))
    task = told(programs, texts, prices)
    trees = tree_arrays([task], "self")
    if trees.texts is None:
        assert all(programs)
        return
    for n_p in range(1, len(programs) + 1):
        found = expect_texts(trees, [n_p], replacement=False, policies=[policy])[policy]
        assert found.n_f is not None
        for number, (n_f, n_fr) in enumerate(zip(found.n_f, found.n_fr, strict=True)):
            size = (n_f, n_fr // n_f)
            rate, tokens = enumerated(task, texts, prices, n_p, size, policy)
            assert found.solved[0, number] == pytest.approx(rate, abs=1e-12)
            assert found.cost[0, number, TOKENS] == pytest.approx(tokens, abs=1e-9)


def test_repairs_with_texts_of_their_own_share_none() -> None:
    assert tree_arrays([grown([False], [[True, False]])], "self").texts is None
