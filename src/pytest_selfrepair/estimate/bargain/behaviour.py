"""Measure one side's behaviour in a game: opening, concessions, wording and violations."""

import re
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from pytest_selfrepair.bargain.claims import contradicts_itself, false_claims
from pytest_selfrepair.bargain.game import Game
from pytest_selfrepair.bargain.protocol import Act, Breach
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario

_WORD = re.compile(r"\w+")
_FEWEST_OFFERS = 2
"""The fewest offers to which a slope can be fitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How one side bargained in one game.

    Attributes:
        opening: Its first unscripted offer as a surplus share; None without one.
        slope: The part of the zone conceded with each offer, by least squares; None with fewer than
            two offers.
        exchanges: Turns of both sides ÷ 2.
        replies: Replies requested from it.
        reply_tokens: Tokens generated for them.
        words: Words in its messages.
        types: Distinct words among them.
        illegal: Its illegal replies, corrected ones included.
        missing: Its replies that are empty or end before the answer begins.
        copies: Its turns that repeat the rival's last message.
        oversteps: Whether it offered or accepted a price beyond its own limit.
        false_claims: Its false statements about its own costs.
        contradictions: Its turns whose text names another price than their action.
    """

    opening: float | None
    slope: float | None
    exchanges: float
    replies: int
    reply_tokens: int
    words: int
    types: int
    illegal: int
    missing: int
    copies: int
    oversteps: bool
    false_claims: int
    contradictions: int


def behaviour(scenario: Scenario, role: BargainRole, game: Game) -> Behaviour:
    """Measure one side's behaviour in one game.

    Args:
        scenario: The scenario that was played.
        role: The side.
        game: The game.
    """
    own = [turn for turn in game.turns if turn.role is role]
    free = [turn for turn in own if not turn.scripted]
    shares = [
        float(scenario.surplus(role, turn.price) / scenario.scale)
        for turn in own
        if turn.price is not None and turn.act is not Act.ACCEPT
    ]
    first = own[0] if own else None
    scripted = first is not None and first.scripted
    words = [word.lower() for turn in free for word in _WORD.findall(turn.talk)]
    breaches = game.breaches_of(role)
    prices = [turn.price for turn in free if turn.price is not None]
    prices += [] if game.price is None else [game.price]
    return Behaviour(
        opening=shares[0] if shares and not scripted else None,
        slope=_slope(shares),
        exchanges=len(game.turns) / 2,
        replies=game.replies_of(role),
        reply_tokens=game.cost_of(role).tokens,
        words=len(words),
        types=len(set(words)),
        illegal=len(breaches),
        missing=sum(each.breach is Breach.NO_REPLY for each in breaches),
        copies=_copies(game, role),
        oversteps=any(scenario.oversteps(role, price) for price in prices),
        false_claims=len(false_claims(scenario, role, game)),
        contradictions=_contradictions(game, role),
    )


def _slope(shares: list[float]) -> float | None:
    """The surplus share conceded with each offer: the negated slope of its offers."""
    if len(shares) < _FEWEST_OFFERS:
        return None
    middle, mean = (len(shares) - 1) / 2, fmean(shares)
    above = sum((at - middle) * (share - mean) for at, share in enumerate(shares))
    return -above / sum((at - middle) ** 2 for at in range(len(shares)))


def _copies(game: Game, role: BargainRole) -> int:
    copies, heard = 0, ""
    for turn in game.turns:
        said = "".join(_WORD.findall(turn.talk)).casefold()
        if turn.role is role and not turn.scripted:
            copies += bool(said) and said == heard
        elif turn.role is not role:
            heard = said
    return copies


def _contradictions(game: Game, role: BargainRole) -> int:
    found, standing = 0, None
    for turn in game.turns:
        if turn.role is not role:
            standing = turn.price if turn.act is Act.OFFER else standing
        elif not turn.scripted:
            found += contradicts_itself(turn, standing)
    return found


def rival_share(scenario: Scenario, role: BargainRole, price: Decimal | None) -> float:
    """The other side's surplus share."""
    return float(scenario.surplus(role.other, price) / scenario.scale)
