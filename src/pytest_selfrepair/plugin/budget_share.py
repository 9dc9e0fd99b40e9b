"""Whether the budget of the run is likely to last for one more task, to its end.

Nothing is exceeded without this: every request is reserved first. But tasks that are started and
cannot be finished cost what they cost, and are scored nowhere.
"""

from dataclasses import dataclass, field

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import RunLimits, Spent


@dataclass(slots=True, kw_only=True)
class BudgetShare:
    """This process's share of what is left of the run's budget.

    Attributes:
        limits: What the run may spend.
        bound: What the next item costs at most.
        share: This process's part of the run, from 0 to 1.
        before: What was spent when this process began.
        paid: The share of the budget that each finished task took, as far as it cost anything.
        running: Tasks that have been started and not finished.
    """

    limits: RunLimits
    bound: Cost = field(default_factory=Cost)
    share: float = 1.0
    before: Spent = field(default_factory=Spent)
    paid: list[float] = field(default_factory=list)
    running: int = 0

    def begin(self) -> None:
        """A task is started."""
        self.running += 1

    def end(self, cost: Cost) -> None:
        """A task has ended."""
        self.running -= 1
        tokens, dollars = cost.tokens - cost.replayed_tokens, cost.dollars - cost.replayed_dollars
        if part := self._part(tokens, dollars):
            self.paid.append(part)

    @property
    def lasts(self) -> bool:
        """Whether one more task can be expected to be paid for, or none is running."""
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
        """What so much is of the whole budget."""
        bounds = ((tokens, self.limits.max_tokens), (dollars, self.limits.max_dollars))
        return max((cost / most for cost, most in bounds if most), default=0.0)
