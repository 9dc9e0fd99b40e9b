"""The sentences on cost and latency that all text reports share."""

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import Account, Lost
from pytest_selfrepair.estimate.findings import Latency
from pytest_selfrepair.report.numbers import dollars, number, plural


def cost(cost: Cost, account: Account | None = None) -> list[str]:
    """The cost of all completions, in sentences.

    Args:
        cost: The cost by the records.
        account: The run's account, where it is known.
    """
    paid = cost.tokens - cost.replayed_tokens
    reasoning = ""
    if cost.reasoning_tokens:
        reasoning = f", {number(cost.reasoning_tokens)} for reasoning"
    cached = f", {number(cost.cached_tokens)} of them cached" if cost.cached_tokens else ""
    samples = plural(cost.samples, "sample")
    paid_for = f"{number(paid)} of them paid for{reasoning}"
    if account is not None and account.paid.tokens != paid:
        paid_for = f"{_paid_for(account.paid.tokens, paid)}{reasoning}"
    return [
        f"tokens: {number(cost.tokens)} generated in {samples}, {paid_for}",
        f"prompts: {number(cost.prompt_tokens)} tokens read{cached}",
        *_in_dollars(cost, account),
        *_with_earlier(account),
    ]


def _paid_for(account: int, records: int) -> str:
    """The tokens paid for by the account, where the records differ."""
    if account < records:
        return f"{number(account)} of them paid for by this run's account"
    beside = (
        f"{number(account - records)} of them for tasks that are not reported or were run again"
    )
    return f"{number(account)} paid for, {beside}"


def _with_earlier(account: Account | None) -> list[str]:
    """What all runs of the same settings have paid for, where there were earlier ones."""
    if account is None or account.spent.tokens <= account.paid.tokens:
        return []
    money = f" and {dollars(account.spent.dollars)} US dollars" if account.spent.dollars else ""
    return [
        f"all runs of these settings have paid for {number(account.spent.tokens)} tokens{money}"
    ]


def _in_dollars(cost: Cost, account: Account | None) -> list[str]:
    """The dollars paid, and the models without a known price."""
    unknown = f"{plural(cost.unpriced, 'sample')} of no known price (--selfrepair-prices)"
    if cost.unpriced >= cost.samples:
        return [f"US dollars: unknown; {unknown}"] if cost.samples else []
    if not cost.dollars:
        return [f"US dollars: {unknown}"] if cost.unpriced else []
    paid = max(cost.dollars - cost.replayed_dollars, 0.0)
    if account is not None:
        paid = account.paid.dollars
    more = f"; {unknown}" if cost.unpriced else ""
    spent = f"{dollars(cost.dollars)}, {dollars(paid)} of them paid now"
    return [f"US dollars: {spent}{more}"]


def latency(found: Latency) -> str:
    """How long completions of one kind took, in a sentence."""
    early = ""
    if found.first_byte_median is not None and found.first_byte_p90 is not None:
        early = (
            f"; to the first byte {found.first_byte_median:.2f} and {found.first_byte_p90:.2f} s "
            f"({number(found.first_byte_samples)} streamed)"
        )
    return (
        f"latency of {plural(found.samples, 'completion')} ({found.of}): median "
        f"{found.median:.2f} s, 90th percentile {found.p90:.2f} s{early}"
    )


def short_cost(cost: Cost) -> str:
    """The cost of all completions, in a few words."""
    text = f"{number(cost.tokens)} tokens"
    if cost.dollars:
        least = "at least " if cost.unpriced else ""
        text += f", {least}{dollars(cost.dollars)} US dollars"
    return text


def lost(lost: Lost) -> list[str]:
    """Requests in flight when runs were killed or stopped."""
    if not lost.requests:
        return []
    money = f" and {dollars(lost.dollars)} US dollars" if lost.dollars else ""
    requests = plural(lost.requests, "request")
    most = f"they cost at most {number(lost.tokens)} tokens{money}"
    return [f"lost: up to {requests}, in flight when a run was killed or stopped; {most}"]
