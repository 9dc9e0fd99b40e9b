"""Trees drawn and paid for literally, one at a time: what exact estimates are held against."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from pytest_selfrepair.estimate.draws import Floats
from pytest_selfrepair.estimate.findings import Policy
from pytest_selfrepair.estimate.forest import UNITS, Forest, Level


@dataclass(frozen=True)
class Node:
    """A program or repair, with all that was sampled below it, or with what was drawn."""

    passed: bool
    cost: tuple[float, ...]
    below: tuple["Node", ...] = ()
    over: bool = False


Task = tuple[Node, ...]


def as_forest(tasks: Sequence[Task], depth: int, planned: int = 0) -> Forest:
    """The arrays of some trees."""
    parents: list[Task] = list(tasks)
    levels = []
    for _ in range(depth + 1):
        nodes = [node for row in parents for node in row]
        levels.append(
            Level(
                counts=np.array([len(row) for row in parents], dtype=np.intp),
                passed=np.array([node.passed for node in nodes], dtype=bool),
                over=np.array([node.over for node in nodes], dtype=bool),
                cost=np.array([node.cost for node in nodes], dtype=float).reshape(-1, UNITS),
            )
        )
        parents = [node.below for node in nodes]
    ids = tuple(f"t{number}" for number in range(len(tasks)))
    return Forest(tasks=ids, source="self", levels=tuple(levels), planned=planned)


def paid(drawn: Task, policy: Policy) -> tuple[bool, Floats]:
    """Whether a drawn tree solves its task, and what it costs, drawn in the order of a policy."""
    steps = {Policy.BATCH: _levels, Policy.DFS: _depth_first, Policy.BFS: _one_by_one}
    total = np.zeros(UNITS)
    for together in steps[policy](drawn):
        for node in together:
            total += node.cost
        if any(node.passed for node in together):
            return True, total
    return False, total


def _levels(drawn: Task) -> Iterator[Task]:
    while drawn:
        yield drawn
        drawn = tuple(child for node in drawn for child in node.below)


def _depth_first(drawn: Task) -> Iterator[Task]:
    for node in drawn:
        yield (node,)
        yield from _depth_first(node.below)


def _one_by_one(drawn: Task) -> Iterator[Task]:
    for level in _levels(drawn):
        for node in level:
            yield (node,)


def every_tree(
    nodes: Task, n: int, n_fr: int, depth: int, *, replacement: bool
) -> list[tuple[float, Task]]:
    """All ordered draws of n nodes with all draws below each, and how likely each is."""
    if replacement:
        orders = list(itertools.product(nodes, repeat=n))
    else:
        orders = list(itertools.permutations(nodes, n))
    return [
        (float(np.prod([chance for chance, _ in drawn])) / len(orders), tuple(x for _, x in drawn))
        for order in orders
        for drawn in itertools.product(
            *[_with_all_below(node, n_fr, depth, replacement) for node in order]
        )
    ]


def _with_all_below(
    node: Node, n_fr: int, depth: int, replacement: bool
) -> list[tuple[float, Node]]:
    if node.passed or not depth or not n_fr or not node.below:
        return [(1.0, Node(node.passed, node.cost))]
    return [
        (chance, Node(node.passed, node.cost, below))
        for chance, below in every_tree(node.below, n_fr, n_fr, depth - 1, replacement=replacement)
    ]


def one_tree(
    nodes: Task, n: int, n_fr: int, depth: int, rng: np.random.Generator, *, replacement: bool
) -> Task:
    """One random draw."""
    return tuple(
        nodes[i]
        if nodes[i].passed or not depth or not n_fr
        else Node(
            nodes[i].passed,
            nodes[i].cost,
            one_tree(nodes[i].below, n_fr, n_fr, depth - 1, rng, replacement=replacement),
        )
        for i in rng.choice(len(nodes), size=n, replace=replacement)
    )


COST = st.tuples(*[st.integers(0, 9).map(float)] * UNITS)


@st.composite
def small_tasks(draw: st.DrawFn, programs: int, repairs: int, depth: int) -> Task:
    """A task with some programs, every failing node having some repairs, down to a depth."""
    found = []
    for _ in range(programs):
        passed = draw(st.booleans() if depth else st.sampled_from([True, False, False]))
        below = () if passed or not depth else draw(small_tasks(repairs, repairs, depth - 1))
        found.append(Node(passed, draw(COST), below))
    return tuple(found)


def random_task(
    rng: np.random.Generator, programs: int, repairs: int, depth: int, chance: float
) -> Task:
    """A larger task, whose failing programs differ in how easily they are repaired."""
    return tuple(
        Node(
            passed,
            tuple(rng.integers(1, 500, UNITS).astype(float)),
            ()
            if passed or not depth
            else random_task(rng, repairs, repairs, depth - 1, chance * 2 * rng.random()),
        )
        for passed in (bool(rng.random() < chance) for _ in range(programs))
    )
