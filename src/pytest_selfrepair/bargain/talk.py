"""Read free talk by rules: whether there is a deal, its price, and the deciding words.

Each side has at most one standing offer: the last price that it named as its own. There is a deal
when one side accepts the other's standing offer, or repeats its price as a statement. Words of
agreement without an offer are unclear and make no deal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from pytest_selfrepair.bargain.amounts import find_amounts
from pytest_selfrepair.bargain.clauses import (
    Sentence,
    claims_agreement,
    ends_with_offer,
    read_sentence,
    spoken_sentences,
)
from pytest_selfrepair.bargain.talk_message import StandingOffer, TalkMessage, read_message

_LONGEST = 5_000
"""The characters read from the end of a message, as the last words count."""
_LONGEST_QUOTE = 400
_APART = 3
"""After a deal, a number off by more than this factor is taken for a time or an address."""


class TalkState(StrEnum):
    """The result of talk so far.

    Attributes:
        DEAL: Both sides agree on a price.
        NO_DEAL: One side has left.
        OPEN: Neither has happened.
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
        role: The speaker, by any name.
        text: The text.
    """

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkReading:
    """The result of talk so far.

    Attributes:
        state: Its state.
        price: The price of a deal; None without one.
        quote: The deciding words; empty without any.
        standing: The price that each side last named as its own, by role.
    """

    state: TalkState
    price: Decimal | None = None
    quote: str = ""
    standing: tuple[tuple[str, Decimal], ...] = ()


def read_talk(messages: Sequence[Said]) -> TalkReading:
    """Read talk to its end.

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
        talk.add_message(message.role, [read_sentence(sentence, near) for sentence, _ in parts])
    quoted = dict(pair for parts in said for pair in parts).get(talk.quote, talk.quote)
    standing = tuple(
        (role, offer.prices[0])
        for role, offer in talk.offers.items()
        if offer.prices and not offer.several
    )
    return TalkReading(
        state=talk.state, price=talk.price, quote=quoted[:_LONGEST_QUOTE], standing=standing
    )


@dataclass(slots=True, kw_only=True)
class _Talk:
    """The state of talk after the messages so far."""

    state: TalkState = TalkState.OPEN
    price: Decimal | None = None
    quote: str = ""
    offers: dict[str, StandingOffer] = field(default_factory=dict)

    def add_message(self, role: str, said: Sequence[Sentence]) -> None:
        """Process one message."""
        before = self.offers.get(role)
        rival = self._rival_offer(role)
        message = read_message(said, self.offers, rival)
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

    def _bargain(self, role: str, said: TalkMessage, rival: StandingOffer | None) -> None:
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
        self, role: str, said: TalkMessage, rival: StandingOffer | None, *, agrees: bool
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
        self.offers[role] = StandingOffer(
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
            pass  # a mere question leaves the talk unclear
        else:
            self._open()

    def _deal_at(self, rival: StandingOffer, words: str) -> None:
        if rival.prices and not rival.several:
            self._deal(rival.prices[0], words)

    def _accept(self, said: TalkMessage, rival: StandingOffer | None) -> None:
        words = said.strong_words
        if rival is None or not rival.prices or rival.several:
            if said.accepts or (rival is not None and rival.several):
                self._end(TalkState.UNCLEAR, words)
            return
        self._deal(rival.prices[0], words)

    def _agrees(self, said: TalkMessage, rival: StandingOffer | None) -> bool:
        """Whether a message agrees to the standing offer."""
        if said.leaves:
            return False
        if said.accepts:
            return True
        if rival is None or said.refuses:
            return False
        if said.thanks and rival.claimed:
            return True
        return said.nods and rival.latest and not rival.asked

    def _after_deal(self, role: str, said: TalkMessage) -> None:
        moved = [each for each in said.prices if each != self.price and self._is_near(each)]
        if said.leaves and not said.thanks and not ends_with_offer(said.leaving_words):
            self._end(TalkState.NO_DEAL, said.leaving_words)
        elif moved:
            self.offers[role] = StandingOffer(prices=(moved[-1],), words=said.price_words)
            if said.withdraws or said.condition or said.refuses or not said.accepts:
                self._open()
            else:
                self._end(TalkState.UNCLEAR, said.price_words)
        elif said.withdraws and said.refuses:
            self._open()

    def _is_near(self, price: Decimal) -> bool:
        """Whether a number may be a new price in place of the agreed one."""
        agreed = self.price or Decimal(0)
        return agreed <= _APART * price and price <= _APART * agreed

    def _after_leaving(self, role: str, said: TalkMessage) -> None:
        if said.prices and not said.leaves:
            self.offers[role] = StandingOffer(prices=said.prices[-1:], words=said.price_words)
            self._open()

    def _rival_offer(self, role: str) -> StandingOffer | None:
        others = [offer for name, offer in self.offers.items() if name != role]
        return others[-1] if others else None

    def _age(self, role: str) -> None:
        """Mark a side's offer as not from its latest message, so that a nod does not accept it."""
        if role in self.offers:
            self.offers[role] = replace(self.offers[role], latest=False)

    def _deal(self, price: Decimal, words: str) -> None:
        self.state, self.price, self.quote = TalkState.DEAL, price, words

    def _end(self, state: TalkState, words: str) -> None:
        self.state, self.price, self.quote = state, None, words

    def _open(self) -> None:
        self.state, self.price, self.quote = TalkState.OPEN, None, ""


def _echoes_end(said: TalkMessage, rival: StandingOffer) -> bool:
    """Whether a message ends the talk in the words of an offer: "900 and we're done"."""
    return ends_with_offer(rival.words) and ends_with_offer(said.leaving_words)


def _claims(said: TalkMessage, own: StandingOffer | None, named: Decimal) -> bool:
    """Whether a message claims agreement on a price that the other side has not named."""
    if not claims_agreement(said.strong_words):
        return False
    return said.strong_words == said.price_words or (own is not None and named in own.prices)
