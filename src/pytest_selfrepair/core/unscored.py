"""Why an item of a run was not scored, in the words of its record."""

from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.foreign import described, place
from pytest_selfrepair.core.record import CUT_SHORT, NOT_RUN
from pytest_selfrepair.errors import BudgetSpentError, InfrastructureError


def why_unscored(error: Exception, what: str, spending: Spending) -> str:
    """The reason that an exception is; of one that nobody foresaw with its type and its place.

    Args:
        error: What ended the item.
        what: What it ended, such as "the growth of its trees".
        spending: What the item had cost by then: what was begun is told from what never was.
    """
    if isinstance(error, BudgetSpentError):
        return f"{CUT_SHORT if spending.cost.samples else NOT_RUN}: {error}"
    if isinstance(error, InfrastructureError):
        return str(error)
    return f"{described(error, what)} ({place(error)})"
