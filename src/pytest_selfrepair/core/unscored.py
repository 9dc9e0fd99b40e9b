"""Word the reasons for unscored items in records."""

from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.foreign import described, place
from pytest_selfrepair.core.record import CUT_SHORT, NOT_RUN
from pytest_selfrepair.errors import BudgetSpentError, InfrastructureError


def why_unscored(error: Exception, what: str, spending: Spending) -> str:
    """The reason given by an exception; with type and line for an unexpected one.

    Args:
        error: The exception.
        what: What it interrupted, such as "the growth of its trees".
        spending: The item's cost so far, which shows whether it was begun.
    """
    if isinstance(error, BudgetSpentError):
        return f"{CUT_SHORT if spending.cost.samples else NOT_RUN}: {error}"
    if isinstance(error, InfrastructureError):
        return str(error)
    return f"{described(error, what)} ({place(error)})"
