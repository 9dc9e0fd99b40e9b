"""The result of a task: what solved it, if anything, and its trees' cost as grown.

These are facts about the samples; `shapes` and `iid` estimate other draws.
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import chain

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree


class TaskOutcome(StrEnum):
    """Solved by an initial program, by a repair alone, by neither, or not scored."""

    SOLVED = "solved"
    REPAIRED = "repaired"
    UNSOLVED = "unsolved"
    UNSCORED = "unscored"


def solved_at_once(grown: Grown) -> bool:
    """Whether an initial program passes."""
    return any(program.verdict.passed for program in grown.programs)


def solved_by(grown: Grown, source: str) -> bool:
    """Whether a repair of one source passes."""
    return any(
        repair.verdict.passed
        for tree in grown.trees
        if tree.source == source
        for repair in tree.repairs
    )


def pass_at_1(grown: Grown) -> float:
    """The share of a task's initial programs that pass: the unbiased estimate of pass@1.

    Baseline programs do not count: their number depends on the initial ones' verdicts.
    """
    if not grown.programs:
        return 0.0
    return sum(program.verdict.passed for program in grown.programs) / len(grown.programs)


def tree_cost(grown: Grown, tree: RepairTree) -> Cost:
    """The cost of a task's tree as grown: its programs, and level by level its repairs.

    A level of repairs is paid for only where nothing above it passes.
    """
    nodes = list(_paid(grown, tree))
    told = (node.feedback.cost for node in nodes if node.feedback is not None)
    return Cost.total(chain((node.cost for node in nodes), told))


def tree_tokens(grown: Grown, tree: RepairTree) -> int:
    """The generated tokens of `tree_cost`."""
    return sum(node.total_tokens for node in _paid(grown, tree))


def tokens_to_pass(grown: Grown, tree: RepairTree) -> int:
    """The generated tokens of a tree whose repairs are drawn one by one, in order, up to a pass.

    All programs are paid for; a text shared by several repairs is paid for with the first.
    """
    tokens = sum(node.total_tokens for node in grown.programs)
    if solved_at_once(grown):
        return tokens
    for repair in tree.repairs:
        tokens += repair.total_tokens
        if repair.verdict.passed:
            break
    return tokens


def _paid(grown: Grown, tree: RepairTree) -> Iterator[ProgramNode]:
    level = grown.programs
    while level:
        yield from level
        if any(node.verdict.passed for node in level):
            return
        above = {node.node for node in level}
        level = tuple(repair for repair in tree.repairs if repair.parent in above)


def solved_with(grown: Grown, source: str | None) -> bool:
    """Whether a program, or a repair of one source, passes; source None: programs alone."""
    return solved_at_once(grown) or (source is not None and solved_by(grown, source))


def task_outcome(record: Record) -> TaskOutcome:
    """Determine what solved a task."""
    grown = record.grown
    if grown is None:
        return TaskOutcome.UNSCORED
    if solved_at_once(grown):
        return TaskOutcome.SOLVED
    if any(solved_by(grown, tree.source) for tree in grown.trees):
        return TaskOutcome.REPAIRED
    return TaskOutcome.UNSOLVED
