"""Shards: one host's share of a run, and of the run's limits."""

import math
from dataclasses import dataclass
from fractions import Fraction

from pytest_selfrepair.core.run_account import RunLimits

_NANO = 10**9
"""Units per dollar in shares; floats distinguish them up to nine million dollars."""
_PICO = 10**12
"""Units per dollar in accounts."""
_MARK = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of several shares of a run.

    Attributes:
        index: Its number, from 0.
        count: The number of shards.
        items: The number of its tasks and scenarios; 0 where not known yet.
    """

    index: int
    count: int
    items: int = 0

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def part(self, total: int) -> int:
        """Its part of a whole; the parts of all shards add up to it and differ by at most one."""
        return total * (self.index + 1) // self.count - total * self.index // self.count

    def limits(self, whole: RunLimits) -> RunLimits:
        """Its part of the whole run's limits; all shards together never exceed them."""
        tokens, dollars = whole.max_tokens, whole.max_dollars
        return RunLimits(
            max_tokens=None if tokens is None else self.part(tokens),
            max_dollars=None if dollars is None else self._dollars(dollars),
        )

    def _dollars(self, whole: float) -> float:
        """Its part of an amount, rounded so as not to exceed it in units of 1e-12 dollars."""
        nano = self.part(int(Fraction(whole) * _NANO))
        part = nano / _NANO
        while round(part * _PICO) > nano * (_PICO // _NANO):  # large amounts are not exact
            part = math.nextafter(part, 0.0)
        return part

    def account(self, campaign: str) -> str:
        """Its account, separate from other shards' even in a shared store."""
        return f"{campaign}{_MARK}{self}"


def whole_account(campaign: str) -> str:
    """The whole run's account that a shard's account belongs to."""
    return campaign.partition(_MARK)[0]
