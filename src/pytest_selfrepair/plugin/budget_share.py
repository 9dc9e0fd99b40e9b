"""Estimate whether the run's budget lasts for one more task, to its end.

No bound is exceeded without this: every request is reserved first. But tasks that start and cannot
finish cost tokens and are not scored.
"""

from dataclasses import dataclass, field

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import RunLimits, Spent


@dataclass(slots=True, kw_only=True)
class BudgetShare:
    """This process's share of the run's remaining budget.

    Attributes:
        limits: The run's bounds.
        bound: The most that the next item costs.
        share: This process's part of the run, from 0 to 1.
        before: What the account had paid when this process started.
        paid: The share of the budget that each finished task took, if it cost anything.
        running: Tasks started and not finished.
    """

    limits: RunLimits
    bound: Cost = field(default_factory=Cost)
    share: float = 1.0
    before: Spent = field(default_factory=Spent)
    paid: list[float] = field(default_factory=list)
    running: int = 0

    def begin(self) -> None:
        """Count a task as running."""
        self.running += 1

    def end(self, cost: Cost) -> None:
        """Count a task as ended, at this cost."""
        self.running -= 1
        tokens, dollars = cost.tokens - cost.replayed_tokens, cost.dollars - cost.replayed_dollars
        if part := self._part(tokens, dollars):
            self.paid.append(part)

    @property
    def lasts(self) -> bool:
        """Whether the budget is expected to pay for one more task; True where none is running."""
        if not self.running or self.limits == RunLimits():
            return True
        one = (
            sum(self.paid) / len(self.paid)
            if self.paid
            else self._part(self.bound.tokens, self.bound.dollars)
        )
        left = (1.0 - self._part(self.before.tokens, self.before.dollars)) * self.share
        return sum(self.paid) + (self.running + 1) * one <= left

    def _part(self, tokens: float, dollars: float) -> float:
        """A cost as a share of the whole budget."""
        bounds = ((tokens, self.limits.max_tokens), (dollars, self.limits.max_dollars))
        return max((cost / most for cost, most in bounds if most), default=0.0)
