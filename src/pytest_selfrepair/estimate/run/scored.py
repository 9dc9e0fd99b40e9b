"""The scored tasks of a run, in a fixed order, and their groups."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown, Policy, RepairTree
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap, Resampling
from pytest_selfrepair.estimate.run.outcome import pass_at_1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A task that was scored.

    Attributes:
        task_id: The task.
        stratum: Its difficulty; empty where unknown.
        grown: The samples.
        whole: Whether its trees were grown in full rather than up to their first pass.
    """

    task_id: str
    stratum: str
    grown: Grown
    whole: bool = True

    @property
    def pass_at_1(self) -> float:
        """The unbiased estimate of pass@1: the share of its initial programs that pass.

        For trees that end at their first pass it is the first program's result: how many follow
        depends on it.
        """
        if self.whole or not self.grown.programs:
            return pass_at_1(self.grown)
        return float(self.grown.programs[0].verdict.passed)

    def tree(self, source: str | None) -> RepairTree | None:
        """Its tree of a source, if any."""
        return next((tree for tree in self.grown.trees if tree.source == source), None)


def scored(records: Sequence[Record]) -> tuple[Scored, ...]:
    """The scored tasks ordered by id, whatever the order of the records."""
    found = (
        (record.task_id, str(record.setup), record.difficulty, record.grown, _is_whole(record))
        for record in records
        if record.grown is not None
    )
    return tuple(
        Scored(task_id=task_id, stratum=str(difficulty or ""), grown=grown, whole=whole)
        for task_id, _, difficulty, grown, whole in sorted(found, key=lambda facts: facts[:2])
    )


def _is_whole(record: Record) -> bool:
    return record.setup is None or record.setup.plan.policy is Policy.BATCH


def source_names(records: Sequence[Record]) -> tuple[str, ...]:
    """The feedback sources that have trees, in the order the user gave them."""
    given = [name for record in records if record.setup for name in record.setup.sources]
    by_task = sorted(
        (record for record in records if record.grown is not None),
        key=lambda record: (record.task_id, str(record.setup)),
    )
    grown = dict.fromkeys(
        tree.source for record in by_task if record.grown for tree in record.grown.trees
    )
    return tuple(name for name in dict.fromkeys((*given, *grown)) if name in grown)


def with_tree(tasks: Sequence[Scored], source: str) -> tuple[Scored, ...]:
    """The tasks that have a tree of a source."""
    return tuple(task for task in tasks if task.tree(source) is not None)


def by_difficulty(tasks: Sequence[Scored]) -> dict[str, tuple[Scored, ...]]:
    """The tasks of each difficulty that has any, and all of them last."""
    groups = {
        str(difficulty): tuple(task for task in tasks if task.stratum == difficulty)
        for difficulty in Difficulty
    }
    return {**{name: group for name, group in groups.items() if group}, ALL: tuple(tasks)}


def resampling(tasks: Sequence[Scored], how: Bootstrap = BOOTSTRAP) -> Resampling:
    """Prepare tasks, at least one, for resampling within their difficulties."""
    return _drawn(tuple(task.stratum for task in tasks), how)


@functools.lru_cache(maxsize=64)
def _drawn(strata: tuple[str, ...], how: Bootstrap) -> Resampling:
    """Cached for the next statistic of the same tasks."""
    return how.of(strata)
