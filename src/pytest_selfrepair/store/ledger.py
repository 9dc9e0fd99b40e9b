"""The ledger's tables of reserved, spent and lost amounts; all functions run within transactions.

A reservation with a key claims its draw. The claim ends with its request; that of a dead process
passes to the next that wants the draw.

A dead process leaves its reservations behind. The next process to look finds, under the file's
write lock, that their owner's sign of life is unlocked, and counts them as lost.
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
"""The shortest interval, in seconds, at which a waiting process looks for dead ones."""

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
    """The ledger's tables, as one process uses them.

    Args:
        sign: This process's sign of life.
        run: The id under which the payments of its run are counted; empty: they are not.
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
        """Reserve what fits, in order, and return the result for each."""
        if not self._sign.given:
            self.count_dead_as_lost(connection)
            self._sign.give()
        grants = self._granted(connection, campaign, wanted, limits)
        waited = time.monotonic() - self._looked > _LOOK_SECONDS
        if waited and must_all_wait(grants) and self.count_dead_as_lost(connection):
            grants = self._granted(connection, campaign, wanted, limits)
        return grants

    def settle(
        self,
        connection: sqlite3.Connection,
        reservation: Reservation,
        cost: tuple[int, float],
    ) -> None:
        """Replace a reservation by its request's cost, in tokens and US dollars."""
        tokens, dollars = cost
        self.release_all(connection, [reservation])
        connection.execute(_SPEND, (reservation.campaign, tokens, _picodollars(dollars)))
        if self._run:
            connection.execute(_PAY, (self._run, tokens, _picodollars(dollars)))

    def release_all(
        self, connection: sqlite3.Connection, reservations: Iterable[Reservation]
    ) -> None:
        """Drop the reservations of requests that cost nothing."""
        for each in reservations:
            connection.execute(
                "DELETE FROM reservations WHERE id = ? AND owner = ?", (each.id, self._sign.owner)
            )

    def spent(self, connection: sqlite3.Connection, campaign: str) -> Spent:
        """The spending of a campaign."""
        tokens, picodollars = _spent(connection, campaign)
        return Spent(tokens=tokens, dollars=picodollars / _PICO)

    def paid(self, connection: sqlite3.Connection, run: str) -> Paid:
        """The spending of a run."""
        row = connection.execute(
            "SELECT samples, tokens, picodollars FROM payments WHERE run = ?", (run,)
        ).fetchone()
        return Paid(samples=row[0], tokens=row[1], dollars=row[2] / _PICO) if row else Paid()

    def in_flight(self, connection: sqlite3.Connection, campaign: str) -> int:
        """The number of a campaign's requests with reservations."""
        query = "SELECT count(*) FROM reservations WHERE campaign = ?"
        count: int = connection.execute(query, (campaign,)).fetchone()[0]
        return count

    def lost(self, connection: sqlite3.Connection, campaign: str) -> Lost:
        """A campaign's losses found so far."""
        row = connection.execute(
            "SELECT lost, lost_tokens, lost_picodollars FROM campaigns WHERE campaign = ?",
            (campaign,),
        ).fetchone()
        return Lost(requests=row[0], tokens=row[1], dollars=row[2] / _PICO) if row else Lost()

    def count_dead_as_lost(self, connection: sqlite3.Connection) -> bool:
        """Count the reservations of dead processes as lost; return whether there were any."""
        self._looked = time.monotonic()
        holding = connection.execute("SELECT DISTINCT owner FROM reservations").fetchall()
        owners = self._sign.others() | {owner for (owner,) in holding}
        dead = [owner for owner in owners if not self._sign.sees(owner)]
        for owner in dead:
            self._lose(connection, owner)
            self._sign.clear(owner)
        return bool(dead)

    def lose_remaining(self, connection: sqlite3.Connection) -> None:
        """Count this process's remaining reservations as lost: sent, but no longer awaited."""
        self._lose(connection, self._sign.owner)

    def lose(self, connection: sqlite3.Connection, reservation: Reservation) -> None:
        """Count a reservation as lost, as its request's cost is unknown."""
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
        full = False  # no later request is served before an earlier one
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


def must_all_wait(grants: Sequence[Grant]) -> bool:
    """Whether all requests must wait for others."""
    return all(each in {NotGranted.CLAIMED, NotGranted.NO_ROOM} for each in grants)


def _elsewhere(connection: sqlite3.Connection, key: str | None) -> NotGranted | None:
    """Whether a draw is stored, or claimed by another."""
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
    """Whether a request would exceed the limits, given the spent and reserved amounts."""
    tokens, picodollars = spent[0] + held[0], spent[1] + held[1]
    return _too_many(tokens + wanted.tokens, limits) or _too_dear(
        picodollars + _picodollars(wanted.dollars), limits
    )


def _refusal(wanted: Wanted, spent: _Amount, limits: RunLimits) -> BudgetSpentError | None:
    """The error of a request that can never fit; None where it can once others have ended."""
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
