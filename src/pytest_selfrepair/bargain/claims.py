"""Detect a player's false claims about its costs, and words that contradict its action."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pytest_selfrepair.bargain.amounts import Measure, find_amounts
from pytest_selfrepair.bargain.clauses import spoken_sentences
from pytest_selfrepair.bargain.game import Game, Turn
from pytest_selfrepair.bargain.protocol import Act
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.bargain.talk import Said, read_talk
from pytest_selfrepair.core.lazy_pattern import LazyPattern

_OWN_COST = LazyPattern(
    r"\b(?:it cost me|costs? me|cost me|i paid|i bought (?:it|this) for|my (?:own )?(?:cost|costs|"
    r"expenses|purchase price)(?: (?:is|are|was|were))?|i spent|made me pay|i invested)\b"
    r"[^.!?\d$€£]{0,30}$",
    re.IGNORECASE,
)
_OWN_LIMIT = LazyPattern(
    r"\b(?:my (?:absolute |very )?(?:limit|budget|maximum|max|minimum|bottom line|lowest|highest)"
    r"(?: (?:is|price is|i can (?:pay|go|do|accept) is))?|(?:i|we) only have|all i have(?: is)?|"
    r"(?:can't|can not|cannot) (?:afford|go|pay|sell)[^.!?]{0,25}(?:more than|above|over|below|"
    r"under|less than|lower than|higher than))\s*[^.!?\w$€£]{0,5}$",
    re.IGNORECASE,
)
_MAY_CLAIM = LazyPattern(
    r"cost|paid|bought|spen[dt]|made me|invest|expens|purchase|limit|budget|max|min|bottom|lowest|"
    r"highest|only have|all i have|can.?t|cannot|can not",
    re.IGNORECASE,
)
"""A word contained in every claim, and in little other talk."""
_FACT_COST = LazyPattern(r"\b(?:bought|paid|cost|receipt)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseClaim:
    """A false statement by a player about its own costs.

    Attributes:
        turn: The turn of the game, from 0.
        amount: The claimed amount.
        words: The sentence.
    """

    turn: int
    amount: Decimal
    words: str


def false_claims(scenario: Scenario, role: BargainRole, game: Game) -> tuple[FalseClaim, ...]:
    """One side's false statements about its own costs or limit, in order.

    These are a seller claiming to have paid more than the facts say or, where these are silent,
    more than its limit; a seller claiming a higher limit than its own; and a buyer claiming a lower
    one.

    Args:
        scenario: The scenario.
        role: The side.
        game: The game.
    """
    return tuple(
        FalseClaim(turn=number, amount=amount, words=words)
        for number, turn in enumerate(game.turns)
        if turn.role is role and not turn.scripted
        for amount, words in _false(scenario, role, turn.talk)
    )


def contradicts_itself(turn: Turn, standing: Decimal | None) -> bool:
    """Whether a turn's text names another price than its action.

    Args:
        turn: A turn of the protocol `actions`.
        standing: The rival's standing offer at that turn.
    """
    if turn.act is Act.TALK or {each.value for each in find_amounts(turn.talk)} <= {turn.price}:
        return False
    named = dict(read_talk([Said(role=turn.role, text=turn.talk)]).standing).get(turn.role)
    if named is None or named == turn.price:
        return False
    return turn.act is not Act.QUIT or named == standing


def _false(scenario: Scenario, role: BargainRole, talk: str) -> Iterator[tuple[Decimal, str]]:
    limit = scenario.position(role).limit
    if _MAY_CLAIM.search(talk) is None:
        return
    for sentence, words in spoken_sentences(talk):
        for amount in find_amounts(sentence):
            if amount.measure is Measure.PERCENT:
                continue
            left = sentence[max(0, amount.start - 80) : amount.start]
            if role is BargainRole.SELLER and _OWN_COST.search(left):
                if amount.value > _paid(scenario):
                    yield amount.value, words
            elif _OWN_LIMIT.search(left):
                worse = amount.value - limit if role is BargainRole.SELLER else limit - amount.value
                if worse > 0:
                    yield amount.value, words


def _paid(scenario: Scenario) -> Decimal:
    """What the seller paid, by the facts, or else its limit."""
    known = [
        amount.value
        for fact in scenario.item.facts
        if _FACT_COST.search(fact)
        for amount in find_amounts(fact)
        if amount.measure is Measure.MONEY
    ]
    return max(known, default=scenario.seller.limit)
