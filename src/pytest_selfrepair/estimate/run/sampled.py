"""A run's samples prepared for estimation: scored tasks, their groups, their trees as arrays."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.exact.tree_arrays import tree_arrays
from pytest_selfrepair.estimate.run.bounds import missing
from pytest_selfrepair.estimate.run.censoring import Usable, usable
from pytest_selfrepair.estimate.run.scored import Scored, by_difficulty, scored, source_names


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledRun:
    """All inputs to the estimates of a run.

    Attributes:
        records: One for each task, in a fixed order.
        tasks: The scored tasks, likewise.
        sources: The feedback sources that have trees, in the order the user gave them.
        groups: The scored tasks of each difficulty that has any, and of all last.
        missing: How many tasks of each difficulty, and of all, are unscored.
        not_run: Tasks that were collected and never started.
    """

    records: tuple[Record, ...]
    tasks: tuple[Scored, ...]
    sources: tuple[str, ...]
    groups: Mapping[str, tuple[Scored, ...]]
    missing: Counter[str]
    not_run: int

    @classmethod
    def of(cls, records: Sequence[Record], *, not_run: int = 0) -> "SampledRun":
        """Prepare a run from its records, whatever their order.

        Args:
            records: One for each task.
            not_run: Tasks that were collected and never started.
        """
        ordered = sorted(records, key=lambda record: (record.task_id, str(record.setup)))
        tasks = scored(ordered)
        return cls(
            records=tuple(ordered),
            tasks=tasks,
            sources=source_names(ordered),
            groups={name: group for name, group in by_difficulty(tasks).items() if group},
            missing=missing(ordered, not_run),
            not_run=not_run,
        )

    def trees(self) -> dict[tuple[str, str | None], Usable]:
        """The usable trees of each difficulty and source; source None: the programs alone.

        Arrays are made once for each source; those of a difficulty are slices of them.
        """
        grown = [record for record in self.records if record.grown is not None]
        found: dict[tuple[str, str | None], Usable] = {}
        for source in (None, *self.sources):
            of_source = [record for record in grown if source is None or _has(record, source)]
            whole = tree_arrays(
                [record.grown for record in of_source if record.grown is not None],
                source,
                tasks=[record.task_id for record in of_source],
            )
            for group in self.groups:
                within = [group in {ALL, record.difficulty} for record in of_source]
                some = [record for record, kept in zip(of_source, within, strict=True) if kept]
                trees = whole if all(within) else whole.only(np.array(within, dtype=bool))
                found[group, source] = usable(some, source, trees)
        return {
            (group, source): found[group, source]
            for group in self.groups
            for source in (None, *self.sources)
        }


def _has(record: Record, source: str) -> bool:
    """Whether a record has a tree of a source."""
    return record.grown is not None and any(tree.source == source for tree in record.grown.trees)
