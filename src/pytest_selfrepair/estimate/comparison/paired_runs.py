"""Pair two runs on the tasks that both scored, with each run's pass@t as its trees grow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.exact.iid import from_none
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.intervals.statistics import interpolated
from pytest_selfrepair.estimate.run.outcome import solved_with, tree_tokens
from pytest_selfrepair.estimate.run.scored import Scored, scored, source_names


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedRun:
    """One run's side of a comparison.

    Attributes:
        source: The feedback source whose trees count: the run's first that has any; None: programs
            alone count.
        tasks: The tasks that both runs scored, by their ids.
        costs: What each task cost in all: programs, every tree, the baseline.
    """

    source: str | None
    tasks: tuple[Scored, ...]
    costs: tuple[Cost, ...]

    def within(self, ids: set[str]) -> "PairedRun":
        """The same run, restricted to some of its tasks."""
        both = zip(self.tasks, self.costs, strict=True)
        kept = [(task, cost) for task, cost in both if task.task_id in ids]
        return PairedRun(
            source=self.source,
            tasks=tuple(task for task, _ in kept),
            costs=tuple(cost for _, cost in kept),
        )

    def solved(self) -> list[bool]:
        """Which tasks are solved by a program or by a repair of the source."""
        return [solved_with(task.grown, self.source) for task in self.tasks]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A run's pass@t as its trees grow: 0, 1, … programs, then all of them with their repairs.

    Attributes:
        rates: Shape (tasks, points): probability of being solved.
        tokens: Of the same shape: expected tokens generated. The last is the tree's as grown, its
            repairs paid for where no program passes.
    """

    rates: Floats
    tokens: Floats

    @classmethod
    def of(cls, run: PairedRun) -> "Growth":
        """Compute each task's growth; between two points it is a mixture of both."""
        grown = [task.grown for task in run.tasks]
        have = np.array([len(each.programs) for each in grown], dtype=np.intp)
        most = int(have.max(initial=0))
        cost, rate = from_none(Samples.of(grown), most)
        # A task with fewer programs, because its budget ended, keeps its last values.
        reached = np.minimum(np.arange(most + 1), have[:, None])
        cost, rate = (np.take_along_axis(each, reached, axis=1) for each in (cost, rate))
        trees = [task.tree(run.source) for task in run.tasks]
        last = [
            spent if tree is None else tree_tokens(each, tree)
            for each, tree, spent in zip(grown, trees, cost[:, -1], strict=True)
        ]
        solved = np.array(run.solved(), dtype=np.float64)
        return cls(
            rates=np.concatenate([rate, solved[:, None]], axis=1),
            tokens=np.concatenate([cost, np.array(last, dtype=np.float64)[:, None]], axis=1),
        )

    def only(self, tasks: Sequence[int]) -> "Growth":
        """Restrict to some of the tasks, by position."""
        rows = list(tasks)
        return Growth(rates=self.rates[rows], tokens=self.tokens[rows])

    def is_like(self, other: "Growth") -> bool:
        """Whether every task came out alike, in passes and in tokens."""
        return np.array_equal(self.rates, other.rates) and np.array_equal(self.tokens, other.tokens)

    def at(self, tokens: Floats, weights: Floats) -> Floats:
        """The pass rate of each draw at a mean token count, linear between points."""
        total = weights.sum(axis=1)
        solved = interpolated(tokens * total, weights @ self.tokens, weights @ self.rates)
        rates: Floats = solved / total
        return rates


def paired(before: Sequence[Record], after: Sequence[Record]) -> tuple[PairedRun, PairedRun]:
    """Pair two runs on the tasks that both scored, in one order.

    Raises:
        UsageError: A run has two records of one task.
    """
    old, new = sharing([("before", before), ("after", after)])
    return old, new


def sharing(runs: Sequence[tuple[str, Sequence[Record]]]) -> tuple[PairedRun, ...]:
    """Restrict at least one run to the tasks that all of them scored, in one order.

    Args:
        runs: Each run's name in errors, and its records.

    Raises:
        UsageError: A run has two records of one task.
    """
    found = [_run(records, which) for which, records in runs]
    ids = set.intersection(*({task.task_id for task in run.tasks} for run in found))
    return tuple(run.within(ids) for run in found)


def _run(records: Sequence[Record], which: str) -> PairedRun:
    of = by_id(records, which)
    tasks = scored(records)
    return PairedRun(
        source=next(iter(source_names(records)), None),
        tasks=tasks,
        costs=tuple(of[task.task_id].cost for task in tasks),
    )


def by_id(records: Sequence[Record], which: str) -> dict[str, Record]:
    """Index records by their task's id.

    Args:
        records: One for each task.
        which: The run's name in errors.

    Raises:
        UsageError: There are two of one task.
    """
    found: dict[str, Record] = {}
    for record in records:
        if record.task_id in found:
            raise UsageError(
                f"the run {which} has two records of {record.task_id}; "
                "accepted: one of each task, so that runs can be paired"
            )
        found[record.task_id] = record
    return found
