"""The ledger's part of the store: what is reserved, spent and lost; all within transactions.

A reservation with a key claims its draw. So a claim ends when its request does, and that of a
process that dies is taken over by the next that wants the draw.

A process that dies leaves its reservations behind. Whoever next wants to know finds, under the
file's write lock, that nobody holds their owner's sign of life, and counts them as lost.
"""

import sqlite3
import time
from collections.abc import Iterable, Sequence

from pytest_selfrepair.core.run_account import (
    Grant,
    Lost,
    NotGranted,
    Paid,
    Reservation,
    RunLimits,
    Spent,
    Wanted,
    overstep,
)
from pytest_selfrepair.errors import BudgetSpentError
from pytest_selfrepair.store.alive import SignOfLife

_PICO = 10**12
_LOOK_SECONDS = 0.5
"""How often those who wait look, at most, whether somebody has died."""

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
_PAY = """
INSERT INTO payments (run, samples, tokens, picodollars) VALUES (?, 1, ?, ?)
ON CONFLICT (run) DO UPDATE SET
    samples = samples + 1,
    tokens = tokens + excluded.tokens,
    picodollars = picodollars + excluded.picodollars
"""


class LedgerTables:
    """What one process does to the ledger.

    Args:
        sign: This process's sign of life.
        run: What tells the payments of its run from those of others; empty: they are not told.
    """

    def __init__(self, sign: SignOfLife, run: str = "") -> None:
        self._sign = sign
        self._run = run
        self._looked = 0.0

    def reserve(
        self,
        connection: sqlite3.Connection,
        campaign: str,
        wanted: Sequence[Wanted],
        limits: RunLimits,
    ) -> tuple[Grant, ...]:
        """Set aside what fits, in order; say why not of each of the rest."""
        if not self._sign.given:
            self.lose_the_dead(connection)
            self._sign.give()
        grants = self._granted(connection, campaign, wanted, limits)
        waited = time.monotonic() - self._looked > _LOOK_SECONDS
        if waited and is_vain(grants) and self.lose_the_dead(connection):
            grants = self._granted(connection, campaign, wanted, limits)
        return grants

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
        if self._run:
            connection.execute(_PAY, (self._run, tokens, _picodollars(dollars)))

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

    def paid(self, connection: sqlite3.Connection, run: str) -> Paid:
        """What a run has paid for."""
        row = connection.execute(
            "SELECT samples, tokens, picodollars FROM payments WHERE run = ?", (run,)
        ).fetchone()
        return Paid(samples=row[0], tokens=row[1], dollars=row[2] / _PICO) if row else Paid()

    def in_flight(self, connection: sqlite3.Connection, campaign: str) -> int:
        """How many requests of a campaign have reservations."""
        query = "SELECT count(*) FROM reservations WHERE campaign = ?"
        count: int = connection.execute(query, (campaign,)).fetchone()[0]
        return count

    def lost(self, connection: sqlite3.Connection, campaign: str) -> Lost:
        """What a campaign has lost, as far as somebody has looked."""
        row = connection.execute(
            "SELECT lost, lost_tokens, lost_picodollars FROM campaigns WHERE campaign = ?",
            (campaign,),
        ).fetchone()
        return Lost(requests=row[0], tokens=row[1], dollars=row[2] / _PICO) if row else Lost()

    def lose_the_dead(self, connection: sqlite3.Connection) -> bool:
        """Count as lost what dead processes had reserved; say whether there were any."""
        self._looked = time.monotonic()
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

    def _granted(
        self,
        connection: sqlite3.Connection,
        campaign: str,
        wanted: Sequence[Wanted],
        limits: RunLimits,
    ) -> tuple[Grant, ...]:
        grants: list[Grant] = []
        bounded = limits != RunLimits()
        spent = _spent(connection, campaign) if bounded else (0, 0)
        held = _held(connection, campaign) if bounded else (0, 0)
        full = False  # who comes later is not served first
        for each in wanted:
            if (elsewhere := _elsewhere(connection, each.key)) is not None:
                grants.append(elsewhere)
            elif bounded and (refusal := _refusal(each, spent, limits)) is not None:
                grants.append(refusal)
            elif full or (bounded and _exceeds(each, spent, held, limits)):
                full = True
                grants.append(NotGranted.NO_ROOM)
            else:
                grants.append(self._insert(connection, campaign, each))
                held = (held[0] + each.tokens, held[1] + _picodollars(each.dollars))
        return tuple(grants)

    def _insert(self, connection: sqlite3.Connection, campaign: str, wanted: Wanted) -> Reservation:
        number = connection.execute(
            "INSERT INTO reservations (campaign, owner, tokens, picodollars, key) "
            "VALUES (?, ?, ?, ?, ?) RETURNING id",
            (
                campaign,
                self._sign.owner,
                wanted.tokens,
                _picodollars(wanted.dollars),
                wanted.key,
            ),
        ).fetchone()[0]
        return Reservation(id=number, campaign=campaign)


def is_vain(grants: Sequence[Grant]) -> bool:
    """Whether all that is said is that others are in the way."""
    return all(each in {NotGranted.CLAIMED, NotGranted.NO_ROOM} for each in grants)


def _elsewhere(connection: sqlite3.Connection, key: str | None) -> NotGranted | None:
    """Whether a draw is stored, or another's to make."""
    if key is None:
        return None
    for table, found in (("samples", NotGranted.STORED), ("reservations", NotGranted.CLAIMED)):
        if connection.execute(f"SELECT 1 FROM {table} WHERE key = ?", (key,)).fetchone():  # noqa: S608 - our own names
            return found
    return None


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


def _exceeds(wanted: Wanted, spent: _Amount, held: _Amount, limits: RunLimits) -> bool:
    """Whether what is spent and held leaves no room for a request."""
    tokens, picodollars = spent[0] + held[0], spent[1] + held[1]
    return _too_many(tokens + wanted.tokens, limits) or _too_dear(
        picodollars + _picodollars(wanted.dollars), limits
    )


def _refusal(wanted: Wanted, spent: _Amount, limits: RunLimits) -> BudgetSpentError | None:
    """Why a request can never start; None where it can once others have ended."""
    tokens, picodollars = spent
    if _too_many(tokens + wanted.tokens, limits):
        over = overstep(Spent(tokens=tokens), limits).tokens
        said = f", and the next request may generate {wanted.tokens:,}"
        if over:
            said = f": overstepped by {over:,}"
        return BudgetSpentError(
            f"{tokens:,} of {limits.max_tokens:,} tokens are spent{said}; "
            "raise --selfrepair-max-tokens-total to go on"
        )
    if _too_dear(picodollars + _picodollars(wanted.dollars), limits):
        money = overstep(Spent(dollars=picodollars / _PICO), limits).dollars
        said = f", and the next request may cost {wanted.dollars:.4f}"
        if money:
            said = f": overstepped by {money:.4f}"
        return BudgetSpentError(
            f"{picodollars / _PICO:.4f} of {limits.max_dollars:.4f} US dollars are spent"
            f"{said}; raise --selfrepair-max-cost to go on"
        )
    return None


def _too_many(tokens: int, limits: RunLimits) -> bool:
    return limits.max_tokens is not None and tokens > limits.max_tokens


def _too_dear(picodollars: int, limits: RunLimits) -> bool:
    return limits.max_dollars is not None and picodollars > _picodollars(limits.max_dollars)


def _picodollars(dollars: float) -> int:
    return round(dollars * _PICO)
