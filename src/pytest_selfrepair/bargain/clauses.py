"""Classify a sentence of talk: its prices, and whether it accepts, refuses or leaves.

Only rules are used, each a pattern with one meaning; `talk` interprets the results in the context
of what was said before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from pytest_selfrepair.bargain import (
    agreeing_phrases,
    idioms,
    leaving_phrases,
    price_phrases,
    talk_phrases,
)
from pytest_selfrepair.bargain.amounts import Amount, Measure, chosen, find_amounts
from pytest_selfrepair.bargain.misspellings import corrected


class Stance(StrEnum):
    """A speaker's stance on a number.

    Attributes:
        OFFER: The speaker would deal at it.
        BOUND: The speaker would deal at it, but at nothing worse.
        REFUSED: The speaker would not deal at it.
        MENTIONED: Someone else's price, an earlier one, or a cost.
        MORE: To be added to the standing offer.
        LESS: To be subtracted from the standing offer.
    """

    OFFER = "offer"
    BOUND = "bound"
    REFUSED = "refused"
    MENTIONED = "mentioned"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAmount:
    """A number in a sentence with the speaker's stance.

    Attributes:
        value: The amount, or the percentage.
        stance: The speaker's stance.
        share: Whether it is a percentage of the standing offer.
    """

    value: Decimal
    stance: Stance
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The classification of a sentence.

    Attributes:
        text: The text.
        prices: The numbers that may be prices, in order.
        accepts: Whether it states a deal.
        nods: Whether it opens with a yes that may answer something else.
        asks: Whether it is a question.
        condition: Whether it names a condition, or an extra to include.
        refuses: Whether it refuses the standing offer.
        turns_down: Whether it is a no and nothing else.
        about_it: Whether it asks whether there is a deal.
        doubts: Whether it is a question that rules out an agreement, or thinks aloud.
        hesitates: Whether it postpones an answer.
        leaves: Whether the speaker ends the bargaining.
        withdraws: Whether the speaker takes back an earlier statement.
        splits: Whether it proposes the midpoint of both offers.
        alternatives: Whether its prices are a choice or a range rather than one offer.
        thanks: Whether it is a courtesy after a deal.
    """

    text: str
    prices: tuple[NamedAmount, ...] = ()
    accepts: bool = False
    nods: bool = False
    asks: bool = False
    condition: bool = False
    refuses: bool = False
    turns_down: bool = False
    about_it: bool = False
    doubts: bool = False
    hesitates: bool = False
    leaves: bool = False
    withdraws: bool = False
    splits: bool = False
    alternatives: bool = False
    thanks: bool = False


_MOST_AMOUNTS = 30
"""The most numbers read in one part of a sentence; the last ones count."""


def normal(text: str) -> str:
    """A text with idioms in plain words, so that any remaining "no" refuses."""
    text = corrected(idioms.QUOTES.sub("'", text))
    for pattern, words in idioms.IDIOMS:
        text = pattern.sub(words, text)
    return " ".join(text.split(" ")).strip()


def spoken_sentences(text: str) -> list[tuple[str, str]]:
    """The non-empty sentences of a text, each normalised and as it was said."""
    return [
        (part.strip(), said.strip())
        for said in idioms.SENTENCE.split(text)
        for part in idioms.SENTENCE.split(normal(said))
        if re.search(r"\w", part)
    ]


def read_sentence(text: str, near: Sequence[Decimal] = ()) -> Sentence:
    """Classify one sentence.

    Args:
        text: The sentence, normalised by `normal`.
        near: The amounts of the whole talk, which distinguish 950 from 9.50.
    """
    pieces = _pieces(text)
    asks = re.search(r"\?[?!\s\"')]*$", text) is not None
    several = len(find_amounts(text)) > 1
    in_parts = price_phrases.INSTALMENTS.search(text) is not None and (
        several or price_phrases.DEPOSITED.search(text) is not None
    )
    prices: list[NamedAmount] = []
    alternatives = False
    accepts = refuses = False
    leaves = any(_leaves(piece) for piece in (*pieces, text)) and not _is_threat(text)
    for piece in pieces:
        found, choice = _prices(piece, list(near), in_parts=in_parts)
        prices += found
        alternatives = alternatives or choice
        offered = _offers(found)
        accepts = (
            accepts
            or _accepts(piece)
            or bool(offered and re.search(r"\bit is(?: then)?$", piece, re.IGNORECASE) and not asks)
        )
        refuses = refuses or bool(talk_phrases.REFUSES.search(piece))
    if len(_offers(prices)) > 1 and (
        price_phrases.OR.search(text) or price_phrases.EACH_FOR_ITS_OWN.search(text)
    ):
        alternatives = True
    if (prices and accepts and _is_offer_and_promise(text)) or talk_phrases.PUTS_OFF.search(text):
        accepts = False
    return Sentence(
        text=text,
        prices=tuple(prices),
        accepts=accepts and not leaves,
        nods=_nods(text) and not leaves,
        hesitates=bool(talk_phrases.HESITATES.search(text)),
        asks=asks,
        condition=bool(talk_phrases.CONDITION.search(text))
        and not talk_phrases.EVEN_IF.search(text),
        refuses=refuses,
        about_it=asks and agreeing_phrases.ABOUT_IT.match(text) is not None,
        doubts=(asks and not prices and agreeing_phrases.LOGISTICS.search(text) is None)
        or talk_phrases.PONDERS.search(text) is not None
        or any(price_phrases.COMMENTED.match(text[each.end :]) for each in find_amounts(text)),
        turns_down=talk_phrases.PLAIN_NO.match(text) is not None,
        leaves=leaves,
        withdraws=any(leaving_phrases.WITHDRAWS.search(piece) for piece in pieces),
        splits=bool(talk_phrases.SPLITS.search(text)),
        alternatives=alternatives,
        thanks=bool(agreeing_phrases.THANKS.search(text)),
    )


def _nods(text: str) -> bool:
    """Whether a sentence opens with a yes that is not about something else."""
    if agreeing_phrases.AFFIRMS.match(text) or agreeing_phrases.TRAILING_YES.search(text):
        return True
    return bool(agreeing_phrases.NODS.match(text)) and not agreeing_phrases.ANSWERS_ELSE.match(text)


def _is_offer_and_promise(text: str) -> bool:
    """Whether words of agreement only describe what the price would do: "15 and it's yours"."""
    found = price_phrases.AND_DONE.search(text)
    return found is not None and bool(find_amounts(text[: found.start()]))


def claims_agreement(text: str) -> bool:
    """Whether a sentence states an agreement, rather than what its speaker would do."""
    return price_phrases.CLAIM.search(text) is not None


def _offers(prices: Sequence[NamedAmount]) -> list[NamedAmount]:
    return [each for each in prices if each.stance in {Stance.OFFER, Stance.BOUND}]


def _pieces(text: str) -> list[str]:
    """Split a sentence at commas, dashes, colons and "but"."""
    return [each.strip(" .!?\"'()") for each in idioms.PIECE.split(text) if each.strip(" .!?\"'()")]


def _accepts(piece: str) -> bool:
    match = agreeing_phrases.ACCEPTS.search(piece)
    if match is None:
        return False
    if agreeing_phrases.ACCEPTS_DESPITE_NOT.search(piece):
        return True
    before = talk_phrases.WITHOUT_A_THING.sub("", piece[: match.end()])
    if idioms.NEGATED.search(before) or re.match(r"\s(?:not|yet)\b", piece[match.end() :]):
        return False
    return not re.search(
        r"\b(?:would|could|might|wish|only|should|almost|nearly|have to|love to|"
        r"like to|want to|before|until|call that|call this|that a|this a|is it|is "
        r"that|do we have|have we|are we|can we|could we|will we|what|how|when|whether|"
        r"tell me|you'd|we'd|it'd|that'd)\b[^,]*$",
        piece[: match.start()],
        re.IGNORECASE,
    )


def _leaves(piece: str) -> bool:
    return bool(leaving_phrases.LEAVES.search(piece))


def _is_threat(sentence: str) -> bool:
    """Whether leaving is only one of two alternatives, or only considered."""
    return bool(leaving_phrases.ALTERNATIVE_TO_LEAVING.search(sentence))


def ends_with_offer(text: str) -> bool:
    """Whether a text says that this is final: with a price it offers, alone it may leave."""
    return leaving_phrases.ALL_DONE.search(text) is not None


def is_incredulous(text: str) -> bool:
    """Whether a text repeats a price in disbelief rather than naming one."""
    return talk_phrases.INCREDULOUS.search(text) is not None


def matches_another(text: str) -> bool:
    """Whether a text adopts a price that was mentioned: "match that and I'll buy it"."""
    return talk_phrases.MATCHES.search(text) is not None


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence that may leave may also close a deal: "have a nice day"."""
    return bool(leaving_phrases.COURTESY.match(sentence))


def _prices(piece: str, near: list[Decimal], *, in_parts: bool) -> tuple[list[NamedAmount], bool]:
    """The numbers of a part with their stances, and whether they are a range."""
    found: list[NamedAmount] = []
    ranged = False
    before: Amount | None = None
    for amount in find_amounts(piece)[-_MOST_AMOUNTS:]:
        value = chosen(amount, near)
        if value is None:
            continue
        left = piece[max(0, amount.start - price_phrases.NEAR) : amount.start]
        right = piece[amount.end : amount.end + price_phrases.NEAR]
        if before is not None and _continues(piece, before, amount):
            ranged = price_phrases.FROM_TO.search(left) is None
            lower = found[-1].stance
            if not ranged:  # the start of a change of price
                lower = Stance.MENTIONED
            elif lower is Stance.MENTIONED:
                lower = Stance.OFFER
            found[-1] = replace(found[-1], stance=lower)
        share = amount.measure is Measure.PERCENT
        stance = _stance(left, right, share)
        if in_parts and (
            price_phrases.PAID_WHEN.match(right) or price_phrases.DEPOSIT.search(left)
        ):
            stance = Stance.MENTIONED
        found.append(NamedAmount(value=value, stance=stance, share=share))
        before = amount
    return found, ranged


def _continues(piece: str, before: Amount, amount: Amount) -> bool:
    """Whether two numbers are the ends of a range, or of a change."""
    gap = piece[before.end : amount.start]
    if price_phrases.RANGE.match(gap) is None:
        return False
    return gap.strip().lower() != "and" or bool(price_phrases.BETWEEN.search(piece[: before.start]))


def _stance(left: str, right: str, share: bool) -> Stance:
    """The speaker's stance on a number, by its context."""
    negated = idioms.NEGATED.search(left) is not None
    relative = _relative(left, right, share=share, negated=negated)
    if relative is not None:
        return relative
    if (negated and price_phrases.BOUND_BEFORE.search(left)) or price_phrases.LIMITS_BEFORE.search(
        left
    ):
        return Stance.BOUND
    if price_phrases.SALES_TALK.search(left) or (not negated and _is_offered(left, right)):
        return Stance.OFFER
    if price_phrases.MENTIONED_BEFORE.search(left) or price_phrases.MENTIONED_AFTER.match(right):
        return Stance.MENTIONED
    if price_phrases.REFUSED_AFTER.match(right) or price_phrases.CRAZY.search(left):
        return Stance.REFUSED
    refused = negated and price_phrases.OFFERS_DESPITE_NOT.search(left) is None
    return Stance.REFUSED if refused else Stance.OFFER


def _relative(left: str, right: str, *, share: bool, negated: bool) -> Stance | None:
    """The stance on a number that changes the standing offer, or is added to it; else None."""
    less_after = price_phrases.LESS_AFTER.match(right)
    if less_after or price_phrases.LESS_BEFORE.search(left):
        unsure = negated or (share and not less_after)
        return Stance.MENTIONED if unsure else Stance.LESS
    if share or price_phrases.PLUS_EXTRA.match(right):
        return Stance.MENTIONED
    more_after = price_phrases.MORE_AFTER.match(right) and not negated
    if price_phrases.MORE_BEFORE.search(left) or more_after:
        return Stance.MORE
    return None


def _is_offered(left: str, right: str) -> bool:
    """Whether a number is explicitly offered, or accepted from the rival."""
    return bool(
        price_phrases.OFFERED_AFTER.match(right)
        or price_phrases.TAKES_THEIRS.search(left)
        or price_phrases.IT_COSTS.search(left)
        or price_phrases.FROM_TO.search(left)
        or price_phrases.THINKING_OF.search(left)
    )
