"""Trees drawn and paid for literally, one at a time: what exact estimates are held against."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from pytest_selfrepair.core.tree import Grown, Policy, ProgramNode
from pytest_selfrepair.estimate.exact.tree_arrays import UNITS, TreeArrays, TreeLevel


@dataclass(frozen=True)
class Node:
    """A program or repair, with all that was sampled below it, or with what was drawn."""

    passed: bool
    cost: tuple[float, ...]
    below: tuple["Node", ...] = ()
    over: bool = False


Task = tuple[Node, ...]


def arrays_of(tasks: Sequence[Task], depth: int, planned: int = 0) -> TreeArrays:
    """The arrays of some trees."""
    parents: list[Task] = list(tasks)
    levels = []
    for _ in range(depth + 1):
        nodes = [node for row in parents for node in row]
        levels.append(
            TreeLevel(
                counts=np.array([len(row) for row in parents], dtype=np.intp),
                passed=np.array([node.passed for node in nodes], dtype=bool),
                over=np.array([node.over for node in nodes], dtype=bool),
                cost=np.array([node.cost for node in nodes], dtype=float).reshape(-1, UNITS),
            )
        )
        parents = [node.below for node in nodes]
    ids = tuple(f"t{number}" for number in range(len(tasks)))
    return TreeArrays(tasks=ids, source="self", levels=tuple(levels), planned=planned)


def paid(drawn: Task, policy: Policy) -> tuple[bool, list[float]]:
    """Whether a drawn tree solves its task, and what it costs, drawn in the order of a policy."""
    steps = {Policy.BATCH: _levels, Policy.DFS: _depth_first, Policy.BFS: _one_by_one}
    bought: list[Node] = []
    for together in steps[policy](drawn):
        bought += together
        if any(node.passed for node in together):
            return True, _total(bought)
    return False, _total(bought)


def _total(nodes: Sequence[Node]) -> list[float]:
    return [sum(units) for units in zip(*[node.cost for node in nodes], strict=True)]


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
        (math.prod([chance for chance, _ in drawn]) / len(orders), tuple([x for _, x in drawn]))
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


@dataclass(frozen=True)
class Counted:
    """Trees as grown, and i.i.d. sampling at the same mean tokens, counted one by one."""

    pass_rate: float
    tokens: float
    iid: float
    samples: float

    @property
    def gain(self) -> float:
        return self.pass_rate - self.iid


def counted(tasks: Sequence[Grown], source: str) -> Counted:
    """What every task's tree of a source solved and cost, beside as many tokens of programs."""
    ran = [_walked(task, source) for task in tasks]
    tokens = float(np.mean([cost for _, cost in ran]))
    curve = [(0.0, 0.0)]
    while curve[-1][0] < tokens:
        drawn = [_programs_alone(task, len(curve)) for task in tasks]
        curve.append((float(np.mean([c for c, _ in drawn])), float(np.mean([r for _, r in drawn]))))
    costs, rates = zip(*curve, strict=True)
    return Counted(
        pass_rate=float(np.mean([solved for solved, _ in ran])),
        tokens=tokens,
        iid=float(np.interp(tokens, costs, rates)),
        samples=float(np.interp(tokens, costs, range(len(curve)))),
    )


def _walked(task: Grown, source: str) -> tuple[bool, int]:
    """Whether a task's tree solves it, and its tokens: no level is paid for below a pass."""
    [tree] = [tree for tree in task.trees if tree.source == source]
    level, tokens = task.programs, 0
    while level:
        tokens += sum(node.total_tokens for node in level)
        if any(node.verdict.passed for node in level):
            return True, tokens
        level = tuple(r for r in tree.repairs if r.parent in {node.node for node in level})
    return False, tokens


def _programs_alone(task: Grown, k: int) -> tuple[float, float]:
    """Mean tokens of k programs, and pass@k: of each lot 1 - C(failing, k) / C(all, k)."""

    def unsolved(nodes: Sequence[ProgramNode], k: int) -> float:
        failing, k = sum(not node.verdict.passed for node in nodes), min(k, len(nodes))
        return math.comb(failing, k) / math.comb(len(nodes), k)

    def mean(nodes: Sequence[ProgramNode]) -> float:
        return float(np.mean([node.total_tokens for node in nodes]))

    first, further = task.programs, task.baseline or task.programs
    beyond = max(k - len(first), 0)
    rate = 1 - unsolved(first, k) * unsolved(further, beyond)
    return (k - beyond) * mean(first) + beyond * mean(further), rate
