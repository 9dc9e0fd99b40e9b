"""The bad days of a scripted endpoint: which try gets which fault, and how long answers take.

Both are functions of a seed and the request's place alone, so that every run has the same.
"""

import hashlib
import math
from enum import StrEnum
from statistics import NormalDist

import msgspec

_STANDARD = NormalDist()


class Fault(StrEnum):
    """What a try gets in place of its answer."""

    RATE_LIMIT = "429"
    RATE_LIMIT_UNTIL = "429+retry-after"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    DROP_BEFORE = "drop-before"
    DROP_WITHIN = "drop-within"
    DROP_AFTER = "drop-after"
    TRUNCATED_JSON = "truncated-json"
    HTML = "html"
    HTML_ERROR = "html-error"
    ERROR_BODY = "error-body"
    STALL = "stall"
    EMPTY_CHOICES = "empty-choices"
    FEWER_CHOICES = "fewer-choices"
    WRONG_USAGE = "wrong-usage"


class FaultPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Faults drawn by a seed.

    Attributes:
        seed: What they are drawn from.
        share: How many of all tries get one, from 0 to 1.
        most: Faults in a row that one place gets at most.
        kinds: Which faults are drawn.
    """

    seed: int
    share: float = 0.3
    most: int = 3
    kinds: tuple[Fault, ...] = tuple(Fault)

    def fault(self, place: str, number: int) -> Fault | None:
        """What a try of a place gets, tries counted from 0; None: its answer."""
        row = 0
        drawn: Fault | None = None
        for earlier in range(number + 1):
            drawn = self._drawn(place, earlier) if row < self.most else None
            row = 0 if drawn is None else row + 1
        return drawn

    def _drawn(self, place: str, number: int) -> Fault | None:
        chance = _uniform(f"{self.seed}/{place}/{number}")
        if not self.kinds or chance >= self.share:
            return None
        return self.kinds[min(int(chance / self.share * len(self.kinds)), len(self.kinds) - 1)]


class SimulatedLatency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long answers take: log-normal.

    Attributes:
        seed: What the times are drawn from.
        mean: Their mean, in seconds.
        sigma: The standard deviation of their logarithm.
    """

    seed: int
    mean: float
    sigma: float = 0.5

    def seconds(self, place: str) -> float:
        """How long the answer for a place takes."""
        if not self.mean:
            return 0.0
        deviate = _STANDARD.inv_cdf(_uniform(f"{self.seed}/{place}"))
        return self.mean * math.exp(self.sigma * deviate - self.sigma**2 / 2)


def _uniform(text: str) -> float:
    """A number between 0 and 1, neither included, that a text decides."""
    digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
    return (int.from_bytes(digest, "big") + 0.5) / (1 << 48)
