"""The programs of many tasks as arrays, shared by all estimates of sampling."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.estimate.exact.draws import Bools, Floats, Groups, Ints
from pytest_selfrepair.estimate.exact.tree_arrays import node_costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Programs of many tasks, drawn in order.

    Attributes:
        counts: Shape (tasks,): programs of each task.
        groups: The same, as `draws` takes it.
        fails: Shape (programs,): 1 where one fails, else 0.
        costs: Shape (programs, units): the cost of each.
    """

    counts: Ints
    groups: Groups
    fails: Floats
    costs: Floats

    @classmethod
    def of(cls, tasks: Sequence[Sequence[ProgramNode]]) -> "Lot":
        """The programs of each task."""
        nodes = [node for programs in tasks for node in programs]
        counts = np.array([len(programs) for programs in tasks], dtype=np.intp)
        return cls(
            counts=counts,
            groups=Groups(counts, np.zeros(len(tasks), dtype=bool)),
            fails=np.array([not node.verdict.passed for node in nodes], dtype=np.float64),
            costs=node_costs(nodes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The samples of some tasks that need no repair.

    Attributes:
        grown: The tasks.
        initial: Their initial programs.
        further: Their baseline programs.
        onward: Where i.i.d. sampling goes on: the baseline programs, or the initial ones again.
        unsolved: Shape (tasks,): whether no initial program solves a task.
    """

    grown: tuple[Grown, ...]
    initial: Lot
    further: Lot
    onward: Lot
    unsolved: Bools

    @classmethod
    def of(cls, grown: Sequence[Grown]) -> "Samples":
        """The samples of tasks, possibly none."""
        return cls(
            grown=tuple(grown),
            initial=Lot.of([each.programs for each in grown]),
            further=Lot.of([each.baseline for each in grown]),
            onward=Lot.of([each.baseline or each.programs for each in grown]),
            unsolved=np.array(
                [not any(node.verdict.passed for node in each.programs) for each in grown],
                dtype=bool,
            ),
        )
