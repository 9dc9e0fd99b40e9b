"""The tables of games: every round of every arm, and each arm's gains."""

from collections.abc import Mapping, Sequence

from pytest_selfrepair.estimate.bargain.bargain_comparison import BargainChange
from pytest_selfrepair.estimate.bargain.by_round import RoundFigures
from pytest_selfrepair.estimate.bargain.gains import Gain
from pytest_selfrepair.report.bargain_words import share, signed
from pytest_selfrepair.report.numbers import bracketed, number, percent
from pytest_selfrepair.report.tables import Table

ALL_ARMS = "all"
"""Stands for all arms in round 1, which they share."""


def by_round(rounds: Sequence[RoundFigures], names: Mapping[str, str]) -> Table:
    """Deals of the games played, surplus shares and prices.

    Args:
        rounds: The rounds of one role.
        names: The arms' names, escaped for the output.
    """
    return Table(
        headers=(
            *("arm, round", "games", "deals", "surplus share", "share if deal", "price if deal"),
            *("nash", "joint", "tokens"),
        ),
        rows=tuple(
            (
                f"{ALL_ARMS if each.round == 1 else names[each.arm]}, {each.round}",
                number(each.games),
                percent(each.deals / each.games) if each.games else "-",
                bracketed(each.surplus, share),
                _or_dash(each.share_given_deal),
                "-" if each.price_given_deal is None else f"{each.price_given_deal:,.2f}",
                share(each.nash),
                share(each.joint),
                number(each.player_tokens + each.critic_tokens),
            )
            for each in once(rounds)
        ),
        together=(3, 2, 2, 1),
    )


def by_gain(gains: Sequence[Gain], names: Mapping[str, str]) -> Table:
    """Each arm's gain in each round, and its parts.

    Args:
        gains: The gains of one role.
        names: The arms' names, escaped for the output.
    """
    return Table(
        headers=(
            *("arm, round", "against", "surplus share gained", "by deals", "by price"),
            "breaks even at",
        ),
        rows=tuple(
            (
                f"{names[each.arm]}, {each.round}",
                each.against,
                bracketed(each.delta, signed),
                signed(each.deal_part),
                signed(each.price_part),
                _or_dash(each.break_even),
            )
            for each in gains
        ),
        together=(2, 2, 1),
    )


def by_change(found: Sequence[BargainChange], names: Mapping[str, str]) -> Table:
    """The differences between two runs' surplus shares.

    Args:
        found: The changes.
        names: The arms' names, escaped for the output.
    """
    return Table(
        headers=("role, arm, round", "scenarios", "games", "before", "after", "difference"),
        rows=tuple(
            (
                f"{each.role}, {names[each.arm]}, {each.round}",
                number(each.scenarios),
                number(each.games),
                share(each.before),
                share(each.after),
                bracketed(each.delta, signed),
            )
            for each in found
        ),
        together=(2, 2, 1),
    )


def once(rounds: Sequence[RoundFigures]) -> list[RoundFigures]:
    """The rounds of one role, with the first, which all arms share, listed once."""
    first = [each for each in rounds if each.round == 1][:1]
    return [*first, *(each for each in rounds if each.round != 1)]


def _or_dash(value: float | None) -> str:
    return "-" if value is None else share(value)
