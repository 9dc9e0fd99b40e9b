"""Read one message of free talk, given the standing offers: its prices and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pytest_selfrepair.bargain.clauses import (
    NamedAmount,
    Sentence,
    Stance,
    is_courtesy,
    is_incredulous,
    matches_another,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOffer:
    """One side's last offer.

    Attributes:
        prices: Its price; several for a choice, none where unknown.
        several: Whether it is a choice or a range.
        claimed: Whether it was stated as agreed.
        conditional: Whether it has a condition.
        latest: Whether it is in the side's latest message.
        asked: Whether that message also asks about something other than the price.
        split: Whether it is the midpoint of both offers.
        words: Its sentence.
    """

    prices: tuple[Decimal, ...]
    several: bool = False
    claimed: bool = False
    conditional: bool = False
    latest: bool = True
    asked: bool = False
    split: bool = False
    words: str = ""


@dataclass(slots=True, kw_only=True)
class TalkMessage:
    """The contents of one message."""

    prices: tuple[Decimal, ...] = ()
    several: bool = False
    bound: bool = False
    firm: bool = False
    accepts: bool = False
    nods: bool = False
    condition: bool = False
    refuses: bool = False
    turns_down: bool = False
    doubts: bool = False
    split: bool = False
    leaves: bool = False
    parts: bool = False
    withdraws: bool = False
    thanks: bool = False
    asks: bool = False
    strong_words: str = ""
    price_words: str = ""
    leaving_words: str = ""


def read_message(
    said: Sequence[Sentence], offers: Mapping[str, StandingOffer], rival: StandingOffer | None
) -> TalkMessage:
    """Read one message.

    Args:
        said: Its sentences.
        offers: The last offer of each side, by role.
        rival: The last offer of the other side; None without one.
    """
    found = TalkMessage()
    text = " ".join(each.text for each in said)
    exclaimed = False
    echoes, matches = is_incredulous(text), matches_another(text)
    for each in said:
        prices = [] if echoes and each.asks else _prices(each, offers, rival, matches=matches)
        values = tuple(value for value, _ in prices)
        if values:
            found.bound = prices[-1][1] is Stance.BOUND
            found.firm = not each.asks
            found.several = (each.alternatives and len(set(values)) > 1) or bool(
                found.prices and each.text.lower().startswith("or ")
            )
            found.prices = (*found.prices, *values) if found.several else values
            found.price_words = each.text
            found.split = each.splits and not each.prices
            found.condition = each.condition
            found.withdraws = found.withdraws or each.withdraws
        elif each.condition and not each.asks and (found.accepts or found.nods or each.accepts):
            found.condition = True
        if each.accepts and not each.asks:
            found.accepts = True
            found.strong_words = each.text
            found.condition = found.condition or each.condition
        elif each.nods and not each.asks and not found.accepts:
            found.nods = True
            found.strong_words = found.strong_words or each.text
            found.refuses = found.refuses or each.refuses
        elif each.refuses:
            found.refuses = True
        if (each.refuses or each.hesitates) and found.nods:
            found.nods = False
        if each.leaves:
            found.parts = True
            found.leaves = found.leaves or not is_courtesy(each.text)
            found.leaving_words = each.text
        found.doubts = found.doubts or each.doubts or (exclaimed and not values)
        exclaimed = exclaimed or (bool(values) and each.text.endswith("!"))
        found.turns_down = each.turns_down or (found.turns_down and not (values or each.accepts))
        found.withdraws = found.withdraws or each.withdraws
        found.thanks = found.thanks or each.thanks
        found.asks = found.asks or (each.asks and not values and not each.about_it)
    if found.accepts and not found.leaves and found.refuses and found.prices and not found.firm:
        found.accepts = False
    return found


def _prices(
    said: Sentence,
    offers: Mapping[str, StandingOffer],
    rival: StandingOffer | None,
    *,
    matches: bool,
) -> list[tuple[Decimal, Stance]]:
    """The prices that a sentence offers, with relative ones computed."""
    named = [
        replace(each, stance=Stance.OFFER)
        if matches and each.stance is Stance.MENTIONED and not each.share
        else each
        for each in said.prices
    ]
    found = [
        (value, each.stance) for each in named if (value := _computed(each, offers)) is not None
    ]
    if said.splits and not found and rival is not None and rival.split:
        return [(rival.prices[0], Stance.OFFER)]  # repeats the midpoint
    if said.splits and not found and len(offers) > 1:
        known = [offer.prices[-1] for offer in offers.values() if offer.prices]
        if len(known) > 1:
            return [(sum(known[:2], Decimal(0)) / 2, Stance.OFFER)]
    return found


def _computed(price: NamedAmount, offers: Mapping[str, StandingOffer]) -> Decimal | None:
    """The price named, or computed as a difference from the standing offers."""
    if price.stance in {Stance.OFFER, Stance.BOUND}:
        return price.value
    if price.stance not in {Stance.MORE, Stance.LESS}:
        return None
    known = sorted(
        (offer.prices[-1] for offer in offers.values() if offer.prices),
    )
    if not known:
        return None
    base = known[-1] if price.stance is Stance.LESS else known[0]
    change = base * price.value / 100 if price.share else price.value
    worked_out = base - change if price.stance is Stance.LESS else base + change
    return worked_out if worked_out >= 0 else None
