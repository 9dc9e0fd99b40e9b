"""Draw the faults and latencies of a scripted endpoint.

Both depend on a seed and the request's place alone, so every run gets the same.
"""

import hashlib
import math
from enum import StrEnum
from statistics import NormalDist

import msgspec

_STANDARD = NormalDist()


class Fault(StrEnum):
    """A fault in place of an answer."""

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
        seed: The random seed.
        share: The share of tries with a fault, from 0 to 1.
        most: The most faults in a row at one place.
        kinds: The faults to draw from.
    """

    seed: int
    share: float = 0.3
    most: int = 3
    kinds: tuple[Fault, ...] = tuple(Fault)

    def fault(self, place: str, number: int) -> Fault | None:
        """The fault of a try at a place, tries counted from 0; None: it is answered."""
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
    """Log-normal latencies.

    Attributes:
        seed: The random seed.
        mean: The mean latency, in seconds.
        sigma: The standard deviation of the logarithm.
    """

    seed: int
    mean: float
    sigma: float = 0.5

    def seconds(self, place: str) -> float:
        """The latency of the answer at a place."""
        if not self.mean:
            return 0.0
        deviate = _STANDARD.inv_cdf(_uniform(f"{self.seed}/{place}"))
        return self.mean * math.exp(self.sigma * deviate - self.sigma**2 / 2)


def _uniform(text: str) -> float:
    """Hash a text to a number in the open interval (0, 1)."""
    digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
    return (int.from_bytes(digest, "big") + 0.5) / (1 << 48)
