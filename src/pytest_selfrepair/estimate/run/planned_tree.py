"""Where a task's trees ended, and the draws that its plan grants in any case."""

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTree:
    """A scored task with its plan and its tree of one source.

    Attributes:
        task_id: The task.
        plan: The planned size of its trees; None where its record lacks it.
        grown: The samples.
        tree: The tree of the source, or None.
    """

    task_id: str
    plan: Plan | None
    grown: Grown
    tree: RepairTree | None

    @classmethod
    def of(cls, record: Record, source: str | None) -> "PlannedTree":
        """Make one from a scored record.

        Raises:
            ValueError: It was not scored.
        """
        if record.grown is None:
            raise ValueError(f"{record.task_id}: not scored")
        trees = [tree for tree in record.grown.trees if tree.source == source]
        return cls(
            task_id=record.task_id,
            plan=record.setup.plan if record.setup is not None else None,
            grown=record.grown,
            tree=trees[0] if trees else None,
        )

    @property
    def programs_ended(self) -> bool:
        """Whether the budget kept programs from being drawn, or may have cut the last one."""
        return not self.grown.complete or self._have_spent_all(self.grown.programs)

    @property
    def ended(self) -> bool:
        """The same for programs or repairs."""
        if self.tree is None or self.programs_ended:
            return self.programs_ended
        nodes = (*self.grown.programs, *self.tree.repairs)
        return not self.tree.complete or self._have_spent_all(nodes)

    @property
    def sure_programs(self) -> int:
        """The number of programs drawn at full length in any case."""
        if self.plan is None:
            return len(self.grown.programs) if self.grown.complete else 0
        if self.plan.budget is None:
            return self.plan.n_p
        return min(self.plan.n_p, self.plan.budget // max(self.plan.params.max_tokens, 1))

    @property
    def sure_repairs(self) -> int:
        """The number of rounds of repairs drawn at full length in any case.

        Records do not bound the length of an explanation; with explanations there are none.
        """
        if self.plan is None or self.tree is None:
            return 0
        if self.plan.budget is None:
            return self.plan.n_fr
        separate = any(each.feedback and each.feedback.cost.samples for each in self.tree.repairs)
        deep = any((each.parent or "").count("/") for each in self.tree.repairs)
        if separate or deep:
            return 0
        one_round = max(self.plan.n_p * self.plan.params.max_tokens, 1)
        return max(0, min(self.plan.n_fr, (self.plan.budget - one_round) // one_round))

    def _have_spent_all(self, nodes: Sequence[ProgramNode]) -> bool:
        budget = self.plan.budget if self.plan is not None else None
        return budget is not None and sum(node.total_tokens for node in nodes) >= budget
