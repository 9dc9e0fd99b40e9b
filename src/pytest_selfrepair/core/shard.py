"""A shard: one host's share of a run that several share, and of what the whole run may spend."""

import math
from dataclasses import dataclass
from fractions import Fraction

from pytest_selfrepair.core.run_account import RunLimits

_NANO = 10**9
"""Parts of a dollar that are dealt out: floats tell them apart up to nine million dollars."""
_PICO = 10**12
"""Parts of a dollar that accounts count in."""
_MARK = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of several shares of a run.

    Attributes:
        index: Its number, from 0.
        count: How many there are.
        items: Tasks and scenarios in it; 0 where they are not known yet.
    """

    index: int
    count: int
    items: int = 0

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def part(self, total: int) -> int:
        """Its part of a whole; those of all shards sum up to it and differ by one at most."""
        return total * (self.index + 1) // self.count - total * self.index // self.count

    def limits(self, whole: RunLimits) -> RunLimits:
        """What it may spend of what the whole run may; all shards together never more than that."""
        tokens, dollars = whole.max_tokens, whole.max_dollars
        return RunLimits(
            max_tokens=None if tokens is None else self.part(tokens),
            max_dollars=None if dollars is None else self._dollars(dollars),
        )

    def _dollars(self, whole: float) -> float:
        """Its part of an amount, never more than that once an account counts in 1e-12 dollars."""
        nano = self.part(int(Fraction(whole) * _NANO))
        part = nano / _NANO
        while round(part * _PICO) > nano * (_PICO // _NANO):  # large amounts are not exact
            part = math.nextafter(part, 0.0)
        return part

    def account(self, campaign: str) -> str:
        """Its account: apart from those of other shards, also where they share a store."""
        return f"{campaign}{_MARK}{self}"


def whole_account(campaign: str) -> str:
    """The account of the whole run that a shard's account is a part of."""
    return campaign.partition(_MARK)[0]
