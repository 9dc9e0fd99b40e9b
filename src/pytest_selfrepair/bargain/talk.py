"""Read free talk by rules: is there a deal, at which price, and in which words?

Each side has at most one standing offer: the last price that it named as its own. A deal is what
one side accepts of the other's standing offer, or the price of that offer said again as a
statement; words of agreement that nothing stands behind make no deal, and are unclear.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from pytest_selfrepair.bargain.amounts import find_amounts
from pytest_selfrepair.bargain.clauses import (
    NamedAmount,
    Sentence,
    Stance,
    claims_agreement,
    ends_with_offer,
    is_courtesy,
    is_incredulous,
    matches_another,
    read_sentence,
    spoken_sentences,
)

_LONGEST = 5_000
"""Characters of one message that are read, from its end: what comes last counts."""
_LONGEST_QUOTE = 400
_APART = 3
"""After a deal, a number further off than by this factor is a time, or an address."""


class TalkState(StrEnum):
    """What talk has come to.

    Attributes:
        DEAL: Both sides agree on a price.
        NO_DEAL: One side has left.
        OPEN: Neither.
        UNCLEAR: There are words of agreement, but not on what.
    """

    DEAL = "deal"
    NO_DEAL = "no_deal"
    OPEN = "open"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of talk.

    Attributes:
        role: Who said it, by any name.
        text: The words.
    """

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkReading:
    """What talk has come to.

    Attributes:
        state: What it is.
        price: The price of a deal; None where there is none.
        quote: The words that decided; empty where nothing did.
        standing: The price that each side has named last as its own, by role.
    """

    state: TalkState
    price: Decimal | None = None
    quote: str = ""
    standing: tuple[tuple[str, Decimal], ...] = ()


def read_talk(messages: Sequence[Said]) -> TalkReading:
    """What talk has come to at its end.

    Args:
        messages: All messages, in order.
    """
    said = [spoken_sentences(each.text[-_LONGEST:]) for each in messages]
    near = [
        amount.value
        for parts in said
        for sentence, _ in parts
        for amount in find_amounts(sentence)
        if amount.other is None and amount.measure != "percent"
    ]
    talk = _Talk()
    for message, parts in zip(messages, said, strict=True):
        talk.hear(message.role, [read_sentence(sentence, near) for sentence, _ in parts])
    quoted = dict(pair for parts in said for pair in parts).get(talk.quote, talk.quote)
    standing = tuple(
        (role, offer.prices[0])
        for role, offer in talk.offers.items()
        if offer.prices and not offer.several
    )
    return TalkReading(
        state=talk.state, price=talk.price, quote=quoted[:_LONGEST_QUOTE], standing=standing
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """What one side has offered last.

    Attributes:
        prices: Its price; several where it is a choice, none where it cannot be known.
        several: Whether it is a choice or a range.
        claimed: Whether it was said as if it were agreed.
        conditional: Whether a condition goes with it.
        latest: Whether it was said in the side's latest message.
        asked: Whether that message also asks something else than the price.
        split: Whether it was the middle between both offers.
        words: The sentence.
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
class _Message:
    """What one message comes to."""

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


@dataclass(slots=True, kw_only=True)
class _Talk:
    """What has been said so far."""

    state: TalkState = TalkState.OPEN
    price: Decimal | None = None
    quote: str = ""
    offers: dict[str, _Offer] = field(default_factory=dict)

    def hear(self, role: str, said: Sequence[Sentence]) -> None:
        """Take in one message."""
        before = self.offers.get(role)
        rival = self._rival_offer(role)
        message = self._message(said, rival)
        if self.state is TalkState.DEAL:
            self._after_deal(role, message)
        elif self.state is TalkState.NO_DEAL:
            self._after_leaving(role, message)
        else:
            self._bargain(role, message, rival)
        insists = message.refuses and not message.asks
        if self.offers.get(role) is before:
            if not insists:
                self._age(role)
        elif message.asks:
            self.offers[role] = replace(self.offers[role], asked=True)

    def _bargain(self, role: str, said: _Message, rival: _Offer | None) -> None:
        agrees = self._agrees(said, rival) and not said.turns_down
        if said.leaves and not said.refuses and rival is not None and _echoes_end(said, rival):
            self._deal_at(rival, said.leaving_words)
            return
        if (said.leaves or (said.parts and not agrees)) and not said.prices:
            self._end(TalkState.NO_DEAL, said.leaving_words)
            return
        if said.prices:
            self._bargain_with_price(role, said, rival, agrees=agrees)
        elif agrees and said.condition:
            if rival is not None:
                words = said.strong_words
                self.offers[role] = replace(rival, latest=True, conditional=True, words=words)
            self._open()
        elif agrees:
            self._accept(said, rival)

    def _bargain_with_price(
        self, role: str, said: _Message, rival: _Offer | None, *, agrees: bool
    ) -> None:
        named = said.prices[-1]
        fits = rival is not None and named in rival.prices and not said.several
        same_terms = not said.condition or (agrees and rival is not None and rival.conditional)
        says_again = said.firm and not said.doubts
        if fits and (agrees or says_again) and same_terms and not said.turns_down:
            self._deal(named, said.strong_words or said.price_words)
            return
        claimed = agrees and said.accepts and not said.condition and said.firm and not said.bound
        contradicts = claimed and rival is not None and bool(rival.prices) and not rival.several
        own = self.offers.get(role)
        self.offers[role] = _Offer(
            prices=said.prices if said.several else (named,),
            several=said.several,
            claimed=claimed,
            conditional=said.condition,
            split=said.split,
            words=said.price_words,
        )
        if (contradicts and said.strong_words and _claims(said, own, named)) or (
            claimed and rival is None and said.strong_words == said.price_words and said.accepts
        ):
            self._end(TalkState.UNCLEAR, said.strong_words)
        elif self.state is TalkState.UNCLEAR and not said.firm:
            pass  # a question about what was unclear settles nothing
        else:
            self._open()

    def _deal_at(self, rival: _Offer, words: str) -> None:
        if rival.prices and not rival.several:
            self._deal(rival.prices[0], words)

    def _accept(self, said: _Message, rival: _Offer | None) -> None:
        words = said.strong_words
        if rival is None or not rival.prices or rival.several:
            if said.accepts or (rival is not None and rival.several):
                self._end(TalkState.UNCLEAR, words)
            return
        self._deal(rival.prices[0], words)

    def _agrees(self, said: _Message, rival: _Offer | None) -> bool:
        """Whether a message says yes to what stands."""
        if said.leaves:
            return False
        if said.accepts:
            return True
        if rival is None or said.refuses:
            return False
        if said.thanks and rival.claimed:
            return True
        return said.nods and rival.latest and not rival.asked

    def _after_deal(self, role: str, said: _Message) -> None:
        moved = [each for each in said.prices if each != self.price and self._is_near(each)]
        if said.leaves and not said.thanks and not ends_with_offer(said.leaving_words):
            self._end(TalkState.NO_DEAL, said.leaving_words)
        elif moved:
            self.offers[role] = _Offer(prices=(moved[-1],), words=said.price_words)
            if said.withdraws or said.condition or said.refuses or not said.accepts:
                self._open()
            else:
                self._end(TalkState.UNCLEAR, said.price_words)
        elif said.withdraws and said.refuses:
            self._open()

    def _is_near(self, price: Decimal) -> bool:
        """Whether a number may be another price in place of the one that was agreed."""
        agreed = self.price or Decimal(0)
        return agreed <= _APART * price and price <= _APART * agreed

    def _after_leaving(self, role: str, said: _Message) -> None:
        if said.prices and not said.leaves:
            self.offers[role] = _Offer(prices=said.prices[-1:], words=said.price_words)
            self._open()

    def _message(self, said: Sequence[Sentence], rival: _Offer | None) -> _Message:
        found = _Message()
        text = " ".join(each.text for each in said)
        exclaimed = False
        echoes, matches = is_incredulous(text), matches_another(text)
        for each in said:
            prices = [] if echoes and each.asks else self._prices(each, rival, matches=matches)
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
            found.turns_down = each.turns_down or (
                found.turns_down and not (values or each.accepts)
            )
            found.withdraws = found.withdraws or each.withdraws
            found.thanks = found.thanks or each.thanks
            found.asks = found.asks or (each.asks and not values and not each.about_it)
        if found.accepts and not found.leaves and found.refuses and found.prices and not found.firm:
            found.accepts = False
        return found

    def _prices(
        self, said: Sentence, rival: _Offer | None, *, matches: bool
    ) -> list[tuple[Decimal, Stance]]:
        """The prices that a sentence offers, those named by a difference worked out."""
        named = [
            replace(each, stance=Stance.OFFER)
            if matches and each.stance is Stance.MENTIONED and not each.share
            else each
            for each in said.prices
        ]
        found = [
            (value, each.stance) for each in named if (value := self._worked_out(each)) is not None
        ]
        if said.splits and not found and rival is not None and rival.split:
            return [(rival.prices[0], Stance.OFFER)]  # the same middle
        if said.splits and not found and len(self.offers) > 1:
            known = [offer.prices[-1] for offer in self.offers.values() if offer.prices]
            if len(known) > 1:
                return [(sum(known[:2], Decimal(0)) / 2, Stance.OFFER)]
        return found

    def _worked_out(self, price: NamedAmount) -> Decimal | None:
        if price.stance in {Stance.OFFER, Stance.BOUND}:
            return price.value
        if price.stance not in {Stance.MORE, Stance.LESS}:
            return None
        known = sorted(
            (offer.prices[-1] for offer in self.offers.values() if offer.prices),
        )
        if not known:
            return None
        base = known[-1] if price.stance is Stance.LESS else known[0]
        change = base * price.value / 100 if price.share else price.value
        worked_out = base - change if price.stance is Stance.LESS else base + change
        return worked_out if worked_out >= 0 else None

    def _rival_offer(self, role: str) -> _Offer | None:
        others = [offer for name, offer in self.offers.items() if name != role]
        return others[-1] if others else None

    def _age(self, role: str) -> None:
        """An offer of an earlier message than a side's latest is not answered by a nod."""
        if role in self.offers:
            self.offers[role] = replace(self.offers[role], latest=False)

    def _deal(self, price: Decimal, words: str) -> None:
        self.state, self.price, self.quote = TalkState.DEAL, price, words

    def _end(self, state: TalkState, words: str) -> None:
        self.state, self.price, self.quote = state, None, words

    def _open(self) -> None:
        self.state, self.price, self.quote = TalkState.OPEN, None, ""


def _echoes_end(said: _Message, rival: _Offer) -> bool:
    """Whether a message ends the talk in the words of an offer: "900 and we're done"."""
    return ends_with_offer(rival.words) and ends_with_offer(said.leaving_words)


def _claims(said: _Message, own: _Offer | None, named: Decimal) -> bool:
    """Whether a message says that a price is agreed which the other side has not named."""
    if not claims_agreement(said.strong_words):
        return False
    return said.strong_words == said.price_words or (own is not None and named in own.prices)
