"""Decide which estimates a run's trees support without bias.

Redrawing trees from samples is sound where the number of samples does not depend on the draws. A
token budget makes it depend on them: long programs, which fail more often, end a tree sooner, so
long programs are underrepresented, and the last one may have been cut short. The tree as drawn,
budget and all, remains unbiased for what was grown (`outcome.tree_cost`), but smaller trees cannot
be drawn from it. What can be redrawn is what the plan grants every tree whatever is drawn: the
first programs, as many as fit in the budget at their longest; and, where all programs fit and no
explanation of unknown length is paid for, the first rounds of repairs that fit after them. If any
tree of a run ended at its budget, all tasks are restricted to that part: dropping the ended ones,
or using more of the others, would select tasks by their draws.

Trees whose plan stops at the first pass are worse: the number of samples depends on what passed.
They support only the shapes that they begin with (`as_drawn`).

A run whose budget ended no tree is used in full. That ignores that other draws might have ended
some; but most trees of such a run are far from the budget.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, Policy
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.exact.shape import ALL, Shape
from pytest_selfrepair.estimate.exact.shapes import (
    POLICIES,
    Expected,
    Named,
    expect,
    expect_texts,
    mean_shapes,
    shapes,
)
from pytest_selfrepair.estimate.exact.to_first_pass import as_drawn, beginnings
from pytest_selfrepair.estimate.exact.tree_arrays import TreeArrays, tree_arrays
from pytest_selfrepair.estimate.findings import Refused
from pytest_selfrepair.estimate.run.planned_tree import PlannedTree

MOST_NAMED = 3
"""Tasks named in a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What can be estimated from the trees of one source.

    Attributes:
        source: The feedback source's name; None: the programs alone.
        samples: For sampling without repair: programs and baseline programs of every task, without
            those whose number depends on the draws. Empty where none can be used.
        arrays: The trees, likewise; without programs where none can be used.
        order: The policy whose first pass ended the trees; None where trees can be redrawn.
        n_p: The plan's programs, where `order` is not None.
        n_fr: Repairs of each failing program, likewise.
        refused: What cannot be estimated.
    """

    source: str | None
    samples: Samples
    arrays: TreeArrays
    order: Policy | None
    n_p: int
    n_fr: int
    refused: tuple[Refused, ...]

    @property
    def grown(self) -> tuple[Grown, ...]:
        """The tasks of `samples`."""
        return self.samples.grown

    def expected(
        self, policy: Policy, *, replacement: bool, depth: int | None = None
    ) -> Expected | None:
        """Every shape with repair, in full depth or less; None where these trees support none.

        A heat map needs a rectangle of shapes; trees that end at their first pass have none.
        """
        if self.order is not None:
            if policy is not self.order or replacement:
                return None
            some = [shape for shape in beginnings(policy, self.n_p, self.n_fr) if shape[1]]
            return as_drawn(self.arrays, policy, some) if self.source and some else None
        depth = self.arrays.depth if depth is None else depth
        if self.arrays.texts is not None and depth and self.arrays.most_programs:
            return expect_texts(
                self.arrays,
                range(1, self.arrays.most_programs + 1),
                replacement=replacement,
                policies=[policy],
            )[policy]
        n_p, n_fr = self.arrays.most_programs, self.arrays.most_repairs(depth)
        if not (n_p and n_fr):
            return None
        return expect(
            self.arrays,
            range(1, n_p + 1),
            range(1, n_fr + 1),
            replacement=replacement,
            policies=[policy],
            depth=depth,
        )[policy]

    def shapes(
        self,
        *,
        replacement: bool,
        policies: Sequence[Policy] = POLICIES,
        difficulty: str = ALL,
    ) -> tuple[Shape, ...]:
        """Every shape that these trees support; those with n_fr = 0 have no source."""
        if self.order is None:
            if not self.arrays.most_programs:
                return ()
            return shapes(
                self.arrays, replacement=replacement, policies=policies, difficulty=difficulty
            )
        if replacement or self.order not in policies:
            return ()
        found: list[Shape] = []
        for depth in (0,) if self.source is None else (0, 1):
            some = [
                shape
                for shape in beginnings(self.order, self.n_p, self.n_fr)
                if bool(shape[1]) == bool(depth)
            ]
            named = Named(
                source=self.source if depth else None,
                policy=self.order,
                replacement=False,
                depth=depth,
                difficulty=difficulty,
            )
            found += mean_shapes(as_drawn(self.arrays, self.order, some), named)
        return tuple(found)


def usable(
    records: Sequence[Record], source: str | None, trees: TreeArrays | None = None
) -> Usable:
    """Decide what can be estimated from some tasks' trees of one source.

    Args:
        records: Of all tasks, or of one difficulty. Tasks that were not scored, and those without a
            tree of that source, are left out.
        source: The feedback source's name; None: the programs alone.
        trees: These tasks' trees as arrays, if already made.
    """
    scored = [PlannedTree.of(record, source) for record in records if record.grown is not None]
    used = [each for each in scored if source is None or each.tree is not None]
    plans = [each.plan for each in used if each.plan is not None]
    if trees is None:
        trees = tree_arrays(
            [each.grown for each in used], source, tasks=[each.task_id for each in used]
        )
    whole = replace(trees, planned=min((plan.n_fr for plan in plans), default=0))
    found = Usable(
        source=source,
        samples=Samples.of([each.grown for each in used]),
        arrays=whole,
        order=None,
        n_p=0,
        n_fr=0,
        refused=(),
    )
    if any(plan.policy is not Policy.BATCH for plan in plans):
        return _in_order(found, used)
    return _uneven(_within_budget(_one_level(found), used))


def named(tasks: Sequence[str]) -> str:
    """Name up to three tasks, and count the others."""
    more = len(tasks) - MOST_NAMED
    return ", ".join(tasks[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _within_budget(found: Usable, used: Sequence[PlannedTree]) -> Usable:
    """Keep only what the plan grants every tree, where the budget ended any."""
    what = _shapes_of(found.source)
    if ended := [each.task_id for each in used if each.programs_ended]:
        n_p = min(each.sure_programs for each in used)
        why = "programs stopped at the token budget, so what they are bears on how many there are"
        refusals = [f"{what} beyond n_p = {n_p}" if n_p else what]
        if found.source is not None and n_p:
            refusals.append(f"{what} with repair")
        return replace(
            found,
            samples=Samples.of(
                [
                    replace(each.grown, programs=each.grown.programs[:n_p], baseline=())
                    for each in used
                    if n_p
                ]
            ),
            arrays=replace(found.arrays.first(n_p), levels=found.arrays.first(n_p).levels[:1]),
            refused=tuple(Refused(what=each, why=f"{named(ended)}: {why}") for each in refusals),
        )
    if found.source is not None and (ended := [each.task_id for each in used if each.ended]):
        n_fr = min(each.sure_repairs for each in used) if found.arrays.texts is None else 0
        why = "repairs stopped at the token budget, so what they are bears on how many there are"
        beyond = f"{what} beyond n_fr = {n_fr}" if n_fr else f"{what} with repair"
        return replace(
            found,
            arrays=found.arrays.first(repairs=n_fr),
            refused=(Refused(what=beyond, why=f"{named(ended)}: {why}"),),
        )
    return found


def _one_level(found: Usable) -> Usable:
    """Keep only the programs, where repairs share texts and are repaired themselves."""
    if found.arrays.texts is None or found.arrays.depth == 1:
        return found
    what = f"{_shapes_of(found.source)} with repair"
    why = "several repairs share a text, and are repaired in their turn"
    return replace(
        found,
        arrays=replace(found.arrays, levels=found.arrays.levels[:1], texts=None),
        refused=(Refused(what=what, why=f"{named(found.arrays.tasks)}: {why}"),),
    )


def _in_order(found: Usable, used: Sequence[PlannedTree]) -> Usable:
    """Trees that ended at their first pass."""
    what = _shapes_of(found.source)
    nothing = replace(found, samples=Samples.of(()), arrays=found.arrays.first(0))
    plans = {
        (each.plan.policy, each.plan.n_p, each.plan.n_fr) if each.plan else None for each in used
    }
    first = next(iter(plans))
    if len(plans) > 1 or first is None or found.arrays.depth > 1:
        every = named([each.task_id for each in used])
        why = (
            "some trees stopped at their first pass, and not all were planned alike, one level deep"
        )
        return replace(nothing, refused=(Refused(what=what, why=f"{every}: {why}"),))
    if ended := [each.task_id for each in used if each.ended]:
        why = "trees stopped at their first pass or at the token budget, whichever came first"
        return replace(nothing, refused=(Refused(what=what, why=f"{named(ended)}: {why}"),))
    policy, n_p, n_fr = first
    every = named([each.task_id for each in used])
    kept = "n_fr = 0 and the shape as grown"
    if policy is Policy.DFS:
        kept = f"n_fr = {n_fr} and n_p = 1"
    pays = () if found.source is None else (f"whether repair by {found.source} pays",)
    refusals = (
        *pays,
        f"{what} with replacement",
        f"{what} but {kept}",
        "i.i.d. sampling beyond these",
    )
    why = f"trees stopped at their first pass (policy {policy}), what follows is not known"
    return replace(
        found,
        samples=Samples.of(()),
        order=policy,
        n_p=n_p,
        n_fr=n_fr,
        refused=tuple(Refused(what=each, why=f"{every}: {why}") for each in refusals),
    )


def _uneven(found: Usable) -> Usable:
    """Name the tasks that limit the shapes of all others."""
    trees, refused = found.arrays, list(found.refused)
    what = _shapes_of(found.source)
    if not trees.tasks or refused:
        return found
    counts = trees.levels[0].counts
    if counts.min() < counts.max():
        few = [task for task, n in zip(trees.tasks, counts, strict=True) if n == counts.min()]
        why = f"{named(few)}: no more programs were sampled, though of others {counts.max()}"
        refused.append(Refused(what=f"{what} beyond n_p = {counts.min()}", why=why))
    if trees.depth and trees.texts is None:
        n_fr = trees.most_repairs(1)
        failing = ~trees.levels[0].passed & ~trees.endless(0)
        repairs = trees.levels[1].counts
        if failing.any() and repairs[failing].max() > n_fr:
            of_task = [task for task, n in zip(trees.tasks, counts, strict=True) for _ in range(n)]
            few = list(
                dict.fromkeys(
                    task
                    for task, fails, n in zip(of_task, failing, repairs, strict=True)
                    if fails and n == n_fr
                )
            )
            why = f"{named(few)}: some failing program has no more repairs, though others have"
            beyond = f"beyond n_fr = {n_fr}" if n_fr else "with repair"
            refused.append(Refused(what=f"{what} {beyond}", why=why))
    return replace(found, refused=tuple(refused))


def _shapes_of(source: str | None) -> str:
    return "shapes of i.i.d. sampling" if source is None else f"shapes of {source}"
