"""The ledger's part of the store: what is reserved, spent and lost; all within transactions.

A process that dies leaves its reservations behind. Whoever next wants to know finds, under the
file's write lock, that nobody holds their owner's sign of life, and counts them as lost.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from pytest_selfrepair.core.ledger import Lost, Reservation, RunLimits, Spent, Wanted
from pytest_selfrepair.errors import BudgetSpentError
from pytest_selfrepair.store.alive import SignOfLife

_PICO = 10**12
_Amount = tuple[int, int]
"""Tokens and picodollars."""

# One reservation of an owner, or with the number 0 all of them.
_LOSE = """
INSERT INTO campaigns (campaign, lost, lost_tokens, lost_picodollars)
SELECT campaign, count(*), sum(tokens), sum(picodollars)
FROM reservations WHERE owner = ? AND ? IN (id, 0) GROUP BY campaign
ON CONFLICT (campaign) DO UPDATE SET
    lost = lost + excluded.lost,
    lost_tokens = lost_tokens + excluded.lost_tokens,
    lost_picodollars = lost_picodollars + excluded.lost_picodollars
"""
_SPEND = """
INSERT INTO campaigns (campaign, tokens, picodollars) VALUES (?, ?, ?)
ON CONFLICT (campaign) DO UPDATE SET
    tokens = tokens + excluded.tokens,
    picodollars = picodollars + excluded.picodollars
"""


class LedgerTables:
    """What one process does to the ledger.

    Args:
        sign: This process's sign of life.
    """

    def __init__(self, sign: SignOfLife) -> None:
        self._sign = sign

    def reserve(
        self,
        connection: sqlite3.Connection,
        campaign: str,
        wanted: Sequence[Wanted],
        limits: RunLimits,
    ) -> tuple[Reservation, ...] | BudgetSpentError | None:
        """Set aside what fits.

        Returns:
            Reservations for the first of what is wanted, at least one; None while others hold what
            the first needs; an error where it would not fit if they held nothing.
        """
        if not self._sign.given:
            self.lose_the_dead(connection)
            self._sign.give()
        fitting = len(wanted)
        if limits != RunLimits():
            spent = _spent(connection, campaign)
            if (refusal := _refusal(wanted[0], spent, limits)) is not None:
                return refusal
            fitting = _fitting(wanted, spent, _held(connection, campaign), limits)
            if not fitting and self.lose_the_dead(connection):
                fitting = _fitting(wanted, spent, _held(connection, campaign), limits)
            if not fitting:
                return None
        return tuple(self._insert(connection, campaign, wanted[:fitting]))

    def settle(
        self,
        connection: sqlite3.Connection,
        reservation: Reservation,
        *,
        tokens: int,
        dollars: float,
    ) -> None:
        """Turn a reservation into what its request cost."""
        self.release_all(connection, [reservation])
        connection.execute(_SPEND, (reservation.campaign, tokens, _picodollars(dollars)))

    def release_all(
        self, connection: sqlite3.Connection, reservations: Iterable[Reservation]
    ) -> None:
        """Drop reservations; their requests cost nothing."""
        for each in reservations:
            connection.execute(
                "DELETE FROM reservations WHERE id = ? AND owner = ?", (each.id, self._sign.owner)
            )

    def spent(self, connection: sqlite3.Connection, campaign: str) -> Spent:
        """What a campaign has paid for."""
        tokens, picodollars = _spent(connection, campaign)
        return Spent(tokens=tokens, dollars=picodollars / _PICO)

    def in_flight(self, connection: sqlite3.Connection, campaign: str) -> int:
        """How many requests of a campaign have reservations."""
        query = "SELECT count(*) FROM reservations WHERE campaign = ?"
        count: int = connection.execute(query, (campaign,)).fetchone()[0]
        return count

    def lost(self, connection: sqlite3.Connection, campaign: str) -> Lost:
        """What a campaign has lost, up to now."""
        self.lose_the_dead(connection)
        row = connection.execute(
            "SELECT lost, lost_tokens, lost_picodollars FROM campaigns WHERE campaign = ?",
            (campaign,),
        ).fetchone()
        return Lost(requests=row[0], tokens=row[1], dollars=row[2] / _PICO) if row else Lost()

    def lose_the_dead(self, connection: sqlite3.Connection) -> bool:
        """Count as lost what dead processes had reserved; say whether there were any."""
        holding = connection.execute("SELECT DISTINCT owner FROM reservations").fetchall()
        owners = self._sign.others() | {owner for (owner,) in holding}
        dead = [owner for owner in owners if not self._sign.sees(owner)]
        for owner in dead:
            self._lose(connection, owner)
            self._sign.clear(owner)
        return bool(dead)

    def leave(self, connection: sqlite3.Connection) -> None:
        """Count as lost what this process still holds: it was sent, and nobody waits for it."""
        self._lose(connection, self._sign.owner)

    def lose(self, connection: sqlite3.Connection, reservation: Reservation) -> None:
        """Count a reservation as lost: nobody knows what its request cost."""
        connection.execute(_LOSE, (self._sign.owner, reservation.id))
        self.release_all(connection, [reservation])

    def _lose(self, connection: sqlite3.Connection, owner: str) -> None:
        connection.execute(_LOSE, (owner, 0))
        connection.execute("DELETE FROM reservations WHERE owner = ?", (owner,))

    def _insert(
        self, connection: sqlite3.Connection, campaign: str, wanted: Sequence[Wanted]
    ) -> Iterator[Reservation]:
        for each in wanted:
            number = connection.execute(
                "INSERT INTO reservations (campaign, owner, tokens, picodollars) "
                "VALUES (?, ?, ?, ?) RETURNING id",
                (campaign, self._sign.owner, each.tokens, _picodollars(each.dollars)),
            ).fetchone()[0]
            yield Reservation(id=number, campaign=campaign)


def _spent(connection: sqlite3.Connection, campaign: str) -> _Amount:
    row: _Amount | None = connection.execute(
        "SELECT tokens, picodollars FROM campaigns WHERE campaign = ?", (campaign,)
    ).fetchone()
    return row or (0, 0)


def _held(connection: sqlite3.Connection, campaign: str) -> _Amount:
    row: _Amount = connection.execute(
        "SELECT coalesce(sum(tokens), 0), coalesce(sum(picodollars), 0) "
        "FROM reservations WHERE campaign = ?",
        (campaign,),
    ).fetchone()
    return row


def _fitting(wanted: Sequence[Wanted], spent: _Amount, held: _Amount, limits: RunLimits) -> int:
    """How many of what is wanted fit, from the first on."""
    tokens, picodollars = spent[0] + held[0], spent[1] + held[1]
    for count, each in enumerate(wanted):
        tokens += each.tokens
        picodollars += _picodollars(each.dollars)
        if _too_many(tokens, limits) or _too_dear(picodollars, limits):
            return count
    return len(wanted)


def _refusal(wanted: Wanted, spent: _Amount, limits: RunLimits) -> BudgetSpentError | None:
    """Why a request can never start; None where it can once others have ended."""
    tokens, picodollars = spent
    if _too_many(tokens + wanted.tokens, limits):
        return BudgetSpentError(
            f"{tokens:,} of {limits.max_tokens:,} tokens are spent, and the next request may "
            f"generate {wanted.tokens:,}; raise --selfrepair-max-tokens-total to go on"
        )
    if _too_dear(picodollars + _picodollars(wanted.dollars), limits):
        return BudgetSpentError(
            f"{picodollars / _PICO:.4f} of {limits.max_dollars:.4f} US dollars are spent, and the "
            f"next request may cost {wanted.dollars:.4f}; raise --selfrepair-max-cost to go on"
        )
    return None


def _too_many(tokens: int, limits: RunLimits) -> bool:
    return limits.max_tokens is not None and tokens > limits.max_tokens


def _too_dear(picodollars: int, limits: RunLimits) -> bool:
    return limits.max_dollars is not None and picodollars > _picodollars(limits.max_dollars)


def _picodollars(dollars: float) -> int:
    return round(dollars * _PICO)
