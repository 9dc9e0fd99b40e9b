"""Retry transient failures with exponential backoff."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_SPREAD = 0.1
"""The largest random extension of a Retry-After, as a share, to spread out the retries."""

_DOUBLINGS = 64
"""The most doublings of a wait; a thousand would overflow a float."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """When a request is retried: exponential backoff with full jitter.

    Attributes:
        most: Tries after the first.
        seconds: Seconds after its first try during which a request may be retried.
        first: The longest wait before the first retry, in seconds; it doubles with every retry.
        longest: The longest wait, in seconds, unless the endpoint asks for more.
        jitter: Draws a random number from 0 to 1.
    """

    most: int = 8
    seconds: float = 1800.0
    first: float = 0.5
    longest: float = 60.0
    jitter: Callable[[], float] = random.random

    def wait(self, number: int, asked: float | None = None) -> float:
        """Seconds to wait before a retry.

        Args:
            number: The retry's number, from 0.
            asked: The least wait, in seconds, as the endpoint asks.
        """
        backoff = self.jitter() * min(self.first * 2.0 ** min(number, _DOUBLINGS), self.longest)
        return backoff if asked is None else max(backoff, asked * (1 + _SPREAD * self.jitter()))


def retry_after(
    headers: Mapping[str, str], *, now: Callable[[], float] = time.time
) -> float | None:
    """The wait that a response asks for, in seconds; None where it is missing or unreadable.

    Args:
        headers: The response's headers, in any case.
        now: Seconds since 1970.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(until.timestamp() - now(), 0.0)
