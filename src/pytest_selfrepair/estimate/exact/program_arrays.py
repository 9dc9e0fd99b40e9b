"""The programs of many tasks as arrays, made once for all that is computed of sampling them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.estimate.exact.draws import Bools, Floats, Groups, Ints
from pytest_selfrepair.estimate.exact.tree_arrays import node_costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Programs of many tasks, drawn one after the other.

    Attributes:
        counts: Shape (tasks,): how many there are of each.
        groups: The same, as draws take it.
        fails: Shape (programs,): 1 where one fails, else 0.
        costs: Shape (programs, units): what each cost.
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
    """What was sampled of some tasks without repair.

    Attributes:
        grown: The tasks.
        initial: Their initial programs.
        further: Their baseline programs.
        onward: What i.i.d. sampling goes on with: baseline programs, or the initial ones again.
        unsolved: Shape (tasks,): whether no initial program solves a task.
    """

    grown: tuple[Grown, ...]
    initial: Lot
    further: Lot
    onward: Lot
    unsolved: Bools

    @classmethod
    def of(cls, grown: Sequence[Grown]) -> "Samples":
        """The samples of tasks, of which there may be none."""
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
