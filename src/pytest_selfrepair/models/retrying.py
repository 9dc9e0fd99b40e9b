"""When a request that failed in passing is tried again."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_SPREAD = 0.1
"""Part of a Retry-After that may come on top, so that not all waiting come back at once."""

_DOUBLINGS = 64
"""More of them change nothing; a thousand would leave the range of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How a request is tried again: exponential backoff with full jitter.

    Attributes:
        most: Tries after the first.
        seconds: How long after its first try a request may still be tried again.
        first: The longest wait before the first retry, in seconds; it doubles with every other.
        longest: The longest wait that the endpoint has not asked for, in seconds.
        jitter: A number from 0 to 1, each time another.
    """

    most: int = 8
    seconds: float = 1800.0
    first: float = 0.5
    longest: float = 60.0
    jitter: Callable[[], float] = random.random

    def wait(self, number: int, asked: float | None = None) -> float:
        """Seconds to wait before a retry.

        Args:
            number: Which retry, from 0.
            asked: What the endpoint has asked for, in seconds; never undercut.
        """
        backoff = self.jitter() * min(self.first * 2.0 ** min(number, _DOUBLINGS), self.longest)
        return backoff if asked is None else max(backoff, asked * (1 + _SPREAD * self.jitter()))


def retry_after(
    headers: Mapping[str, str], *, now: Callable[[], float] = time.time
) -> float | None:
    """What an answer asks to wait, in seconds; None where it does not say, or not intelligibly.

    Args:
        headers: The answer's headers, found in any case.
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
