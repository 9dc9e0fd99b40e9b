"""What requests can cost before they are sent, and what their samples did cost, in dollars."""

from collections.abc import Callable
from dataclasses import replace

from pytest_selfrepair.core.run_account import Wanted
from pytest_selfrepair.core.sample import CONTEXT_LIMIT, Sample, SampleRequest, Usage

Dollars = Callable[[Usage], float]
"""The most that a completion costs, in US dollars."""

TOKENS_AROUND_A_MESSAGE = 8
"""What endpoints put around each message, at most; it has a role and marks of begin and end."""


def most_of(request: SampleRequest, dollars: Dollars | None, *, key: str | None) -> Wanted:
    """The most that a request can cost; no token is shorter than a byte.

    Args:
        request: The request.
        dollars: The price; None: unknown.
        key: The draw that it claims; None: none.
    """
    tokens = request.params.max_tokens
    if dollars is None:
        return Wanted(tokens=tokens, key=key)
    prompt = sum(
        len(message.content.encode("utf-8", "replace")) + TOKENS_AROUND_A_MESSAGE
        for message in request.messages
    )
    most = Usage(completion_tokens=tokens, prompt_tokens=prompt, counted_by="at most")
    return Wanted(tokens=tokens, dollars=dollars(most), key=key)


def priced(sample: Sample, dollars: Dollars | None) -> Sample:
    """A sample with what it cost, where its model has not said so and the price is known."""
    if sample.finish_reason == CONTEXT_LIMIT:
        return replace(sample, dollars=0.0)
    if sample.dollars is not None or dollars is None:
        return sample
    return replace(sample, dollars=dollars(sample.usage))
