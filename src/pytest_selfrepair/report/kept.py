"""Report what an interrupted run has stored, and how to resume it."""

from pytest_selfrepair.core.run_account import Account
from pytest_selfrepair.report.numbers import dollars, number, plural

_GO_ON = (
    "the same command again continues where it stopped; stored completions are not paid for again"
)


def kept(account: Account | None, store: str) -> list[str]:
    """What was stored, a line each.

    Args:
        account: The run's account; None where nothing is stored.
        store: The store's file as given by the user.
    """
    if account is None:
        return ["interrupted: nothing was asked for yet; the same command again begins anew"]
    paid = account.paid
    money = f", {dollars(paid.dollars)} US dollars" if paid.dollars else ""
    samples = plural(paid.samples, "completion")
    return [
        f"interrupted: kept {samples} of this run ({number(paid.tokens)} tokens{money}) in {store}",
        _GO_ON,
    ]
