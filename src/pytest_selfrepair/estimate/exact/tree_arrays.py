"""The trees of many tasks for one feedback source, as arrays.

A level holds the nodes of one depth of all tasks: programs are level 0, their repairs level 1,
repairs of repairs level 2. A node's children are adjacent, in the order of their parents and as
they were drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.sample import CONTEXT_LIMIT
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.estimate.exact.draws import Bools, Floats, Groups, Ints

TOKENS, ALL_TOKENS, SAMPLES, DOLLARS = range(4)
"""The units of a cost vector: tokens generated, tokens generated and read, completions, dollars."""

UNITS = 4

_NOTHING = Cost()


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLevel:
    """The nodes of one depth.

    Attributes:
        counts: Shape (parents,): children of every node of the level above; of every task at level
            0. A node that passes has none.
        passed: Shape (nodes,): whether each passes.
        over: Shape (nodes,): whether its branch ends there because its next prompt exceeds the
            model's context.
        cost: Shape (nodes, 4): tokens generated, tokens generated and read, completions, and US
            dollars of each, its feedback included; dollars are NaN where a price is not known.
    """

    counts: Ints
    passed: Bools
    over: Bools
    cost: Floats

    @property
    def starts(self) -> Ints:
        """Shape (parents,): where the children of each begin."""
        found: Ints = np.cumsum(self.counts) - self.counts
        return found

    def keep(self, parents: Bools, first: int | None = None) -> tuple["TreeLevel", Bools]:
        """The children of some parents, or the first few of each, and a mask of these nodes."""
        parent = np.repeat(np.arange(len(self.counts)), self.counts)
        kept: Bools = parents[parent]
        if first is not None:
            kept = kept & (np.arange(len(parent)) - self.starts[parent] < first)
        counts = np.bincount(parent[kept], minlength=len(self.counts))[parents]
        level = TreeLevel(
            counts=counts.astype(np.intp),
            passed=self.passed[kept],
            over=self.over[kept],
            cost=self.cost[kept],
        )
        return level, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class TextArrays:
    """The feedback texts on programs, where repairs share them.

    Attributes:
        counts: Shape (programs,): texts on each program; those of one program are adjacent.
        repairs: Shape (texts,): repairs on each, in the order of the level of repairs.
        text_costs: Shape (texts, units): the cost of each text, which its repairs do not include.
    """

    counts: Ints
    repairs: Ints
    text_costs: Floats

    def keep(self, programs: Bools) -> "TextArrays":
        """The texts about some programs."""
        kept = np.repeat(programs, self.counts)
        return TextArrays(
            counts=self.counts[programs],
            repairs=self.repairs[kept],
            text_costs=self.text_costs[kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeArrays:
    """Trees of one feedback source, one for each task.

    Attributes:
        tasks: The tasks' ids.
        source: The feedback source's name; None where there are only programs.
        levels: Programs, their repairs, repairs of those, and so on.
        planned: The plan's repairs of each failing program; it bounds n_fr where none fails.
        texts: The texts on programs, where repairs share them; None: each repair has its own.
    """

    tasks: tuple[str, ...]
    source: str | None
    levels: tuple[TreeLevel, ...]
    planned: int = 0
    texts: TextArrays | None = None

    @property
    def depth(self) -> int:
        """Levels of repair."""
        return len(self.levels) - 1

    @property
    def most_programs(self) -> int:
        """The largest n_p that every task supports."""
        return int(self.levels[0].counts.min(initial=np.iinfo(np.intp).max)) if self.tasks else 0

    def most_repairs(self, depth: int = 1) -> int:
        """The largest n_fr that every failing node above that depth supports.

        Branches that ended at the model's context limit set no bound: none of their further repairs
        would pass.
        """
        if not 0 < depth <= self.depth:
            return 0
        counts = [
            below.counts[~level.passed & ~self.endless(number)]
            for number, (level, below) in enumerate(
                zip(self.levels[:depth], self.levels[1 : depth + 1], strict=True)
            )
        ]
        every = np.concatenate(counts)
        return int(every.min()) if every.size else self.planned

    def endless(self, number: int) -> Bools:
        """Nodes of a level that no repair can mend: they, or all their repairs, were too long."""
        level = self.levels[number]
        if number == self.depth:
            return level.over
        below = self.levels[number + 1]
        over = Groups(below.counts, np.zeros(0, dtype=bool)).total(below.over.astype(np.float64))
        found: Bools = level.over | ((below.counts > 0) & (over == below.counts))
        return found

    def groups(self, number: int) -> Groups:
        """Group the nodes of a level by parent: a task, or a failing node above."""
        counts = self.levels[number].counts
        if number == 0:
            return Groups(counts, np.zeros(len(counts), dtype=bool))
        failing = ~self.levels[number - 1].passed
        return Groups(counts[failing], self.endless(number - 1)[failing])

    def unpriced(self, depth: int) -> Bools:
        """Shape (tasks,): whether any completion down to a depth has an unknown price."""
        found = np.zeros(len(self.tasks), dtype=bool)
        of_task = np.arange(len(self.tasks))
        if self.texts is not None and depth:
            of_program = np.repeat(of_task, self.levels[0].counts)
            unknown = np.isnan(self.texts.text_costs[:, DOLLARS])
            found[np.repeat(of_program, self.texts.counts)[unknown]] = True
        for level in self.levels[: depth + 1]:
            of_task = np.repeat(of_task, level.counts)
            found[of_task[np.isnan(level.cost[:, DOLLARS])]] = True
        return found

    def only(self, tasks: Bools) -> "TreeArrays":
        """Restrict to some tasks.

        Args:
            tasks: Shape (tasks,): which.
        """
        ids = tuple(task for task, kept in zip(self.tasks, tasks, strict=True) if kept)
        return replace(self, tasks=ids, levels=self._kept(tasks), texts=self._texts(tasks))

    def first(self, programs: int | None = None, repairs: int | None = None) -> "TreeArrays":
        """The trees of each task's first programs, with the first repairs of each.

        Args:
            programs: How many, or as many as there are; None: all.
            repairs: Of each failing node, likewise.
        """
        every = np.ones(len(self.tasks), dtype=bool)
        return replace(
            self,
            levels=self._kept(every, programs, repairs),
            texts=None if repairs is not None else self._texts(every, programs),
            planned=self.planned if repairs is None else min(self.planned, repairs),
        )

    def _texts(self, tasks: Bools, programs: int | None = None) -> TextArrays | None:
        if self.texts is None:
            return None
        _, kept = self.levels[0].keep(tasks, programs)
        return self.texts.keep(kept)

    def _kept(
        self, parents: Bools, programs: int | None = None, repairs: int | None = None
    ) -> tuple[TreeLevel, ...]:
        levels = []
        for number, level in enumerate(self.levels):
            kept, parents = level.keep(parents, repairs if number else programs)
            levels.append(kept)
        return tuple(levels)


def tree_arrays(
    grown: Sequence[Grown],
    source: str | None,
    *,
    tasks: Sequence[str] | None = None,
    planned: int = 0,
) -> TreeArrays:
    """Convert the trees of one source to arrays.

    Args:
        grown: What was sampled, one for each scored task.
        source: The feedback source's name; None: the programs alone. A task without a tree of that
            source counts as a tree without repairs.
        tasks: Their ids; numbered where None.
        planned: The plan's repairs of each failing program.
    """
    ids = tuple(map(str, range(len(grown)))) if tasks is None else tuple(tasks)
    numbers: list[dict[str, int]] = []  # for each task, positions of its nodes in the level above
    levels = [_level([each.programs for each in grown])]
    total = 0
    for each in grown:
        numbers.append({node.node: total + i for i, node in enumerate(each.programs)})
        total += len(each.programs)
    left = [
        [repair for tree in each.trees if tree.source == source for repair in tree.repairs]
        for each in grown
    ]
    texts: TextArrays | None = None
    while source is not None:
        children, later = _children(numbers, left, levels[-1].passed)
        if not any(children) and len(levels) > 1:
            break
        if len(levels) == 1:
            texts = _shared(children)
        levels.append(_level(children, with_feedback=texts is None))
        task_of = _task_of(levels)
        numbers = [{} for _ in grown]
        total = 0
        for row in children:
            for node in row:
                numbers[task_of[total]][node.node] = total
                total += 1
        left = later
    return TreeArrays(tasks=ids, source=source, levels=tuple(levels), planned=planned, texts=texts)


def _children(
    numbers: Sequence[Mapping[str, int]], repairs: Sequence[Sequence[ProgramNode]], above: Bools
) -> tuple[list[list[ProgramNode]], list[list[ProgramNode]]]:
    """The repairs of every node of a level, and each task's repairs in later levels.

    Args:
        numbers: Each task's node numbers in the level.
        repairs: Each task's repairs from the level on.
        above: Which nodes of the level pass; their repairs do not count.
    """
    children: list[list[ProgramNode]] = [[] for _ in above]
    later: list[list[ProgramNode]] = [[] for _ in repairs]
    for of_task, some, rest in zip(numbers, repairs, later, strict=True):
        for repair in some:
            number = of_task.get(repair.parent or "")
            if number is None:
                rest.append(repair)
            elif not above[number]:
                children[number].append(repair)
    return children, later


def _shared(children: Sequence[Sequence[ProgramNode]]) -> TextArrays | None:
    """The shared texts on every program; None where each repair has its own."""
    rows = [_by_text(row) for row in children]
    texts = [repairs for row in rows for repairs in row]
    if all(len(repairs) == 1 for repairs in texts):
        return None
    return TextArrays(
        counts=np.array([len(row) for row in rows], dtype=np.intp),
        repairs=np.array([len(repairs) for repairs in texts], dtype=np.intp),
        text_costs=costs_of(
            Cost.total(each.feedback.cost for each in repairs if each.feedback) for repairs in texts
        ),
    )


def _by_text(repairs: Sequence[ProgramNode]) -> list[list[ProgramNode]]:
    found: dict[int | None, list[ProgramNode]] = {}
    for each in repairs:
        found.setdefault(each.text, []).append(each)
    return list(found.values())


def _task_of(levels: Sequence[TreeLevel]) -> list[int]:
    """The task of every node of the last level."""
    found = np.arange(len(levels[0].counts))
    for level in levels:
        found = np.repeat(found, level.counts)
    return [int(number) for number in found]


def _level(rows: Sequence[Sequence[ProgramNode]], *, with_feedback: bool = True) -> TreeLevel:
    """A level's nodes; those of a row are ordered by text, the first text first.

    Args:
        rows: The children of every node above.
        with_feedback: Whether a repair's cost includes its feedback.
    """
    nodes = [node for row in rows for repairs in _by_text(row) for node in repairs]
    return TreeLevel(
        counts=np.array([len(row) for row in rows], dtype=np.intp),
        passed=np.array([node.verdict.passed for node in nodes], dtype=bool),
        over=np.array([node.finish_reason == CONTEXT_LIMIT for node in nodes], dtype=bool)
        & ~np.array([node.verdict.passed for node in nodes], dtype=bool),
        cost=node_costs(nodes) if with_feedback else costs_of(node.cost for node in nodes),
    )


def node_costs(nodes: Iterable[ProgramNode]) -> Floats:
    """Shape (nodes, 4): what each cost with its feedback, in the units of `TreeLevel`."""
    every = tuple(nodes)
    found = costs_of(node.cost for node in every)
    if any(node.feedback is not None for node in every):
        found += costs_of(
            _NOTHING if node.feedback is None else node.feedback.cost for node in every
        )
    return found


def costs_of(costs: Iterable[Cost]) -> Floats:
    """Shape (costs, 4): costs in the units of `TreeLevel`."""
    rows = [
        (
            cost.tokens,
            cost.tokens + cost.prompt_tokens,
            cost.samples,
            np.nan if cost.unpriced else cost.dollars,
        )
        for cost in costs
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, UNITS)
