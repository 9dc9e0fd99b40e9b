"""Find amounts of money in talk: digits of any convention, currencies on either side, number words.

Numbers that count or measure something else (years, pages, kilograms, model names) are excluded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from pytest_selfrepair.bargain.number_words import MULTIPLES, NUMBER_WORD, TENS, UNITS, spelled
from pytest_selfrepair.core.lazy_pattern import LazyPattern


class Measure(StrEnum):
    """The kind of a number in talk.

    Attributes:
        MONEY: An amount of money, by its currency.
        BARE: A number without a currency that is not otherwise classified; usually a price.
        PERCENT: A percentage.
    """

    MONEY = "money"
    BARE = "bare"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number in a text that may be a price.

    Attributes:
        value: The amount, exactly.
        start: The start in the text, currency included.
        end: The end in the text.
        measure: Its kind.
        other: A second meaning: "nine fifty" is 9.50 or 950; 1985 may be a year, given as 0; None:
            only one meaning.
    """

    value: Decimal
    start: int
    end: int
    measure: Measure
    other: Decimal | None = None


_CODES = (
    "usd|eur|gbp|chf|jpy|cny|rmb|inr|aud|cad|nzd|sek|nok|dkk|pln|czk|huf|try|brl|mxn|zar|krw|"
    "rub|"
    "uah|ils|aed|sgd|hkd|thb|ron|bgn|idr|vnd|php|ngn|egp|sar|clp|cop|ars"
)
_BEFORE = (
    rf"(?:(?:us|a|au|c|ca|nz|hk|s|r|nt)?\$|[€£¥₹₺₩₽₴₫₪฿₱₦]|\b(?:{_CODES}|rs\.?|"
    rf"rp\.?|kr\.?|fr\.|sfr\.?|zł))"
)
_CENTS = r"cents?\b|pence\b|pennies\b|penny\b|p\b|¢|ct\b|cts\b"
_WORDS_OF_MONEY = (
    r"dollars?|bucks?|euros?|quid|pounds?|francs?|yen|yuan|renminbi|rupees?|"
    r"won(?!')|kron(?:a|or|e|er|en)|"
    r"crowns|zlot(?:y|ys|ych)|złot(?:y|ych)|zł|pesos?|rea(?:l|is)|liras?|lire|rubles?|roubles?|"
    r"shekels?|dirhams?|rand|forints?|rupiah|baht|dong|kr|tl|lei"
)
_AFTER = rf"(?:\s?[$€£¥₹₺₩₽₴₫₪฿₱₦]|[\s-]?(?:{_WORDS_OF_MONEY}|{_CODES})\b\.?)"
_DIGITS = r"\d{1,3}(?:[\u0020\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d{1,2})?|\d(?:[\d.,'’]*\d)?"
_SCALES = {
    "k": 1000,
    "thousand": 1000,
    "grand": 1000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mio": 1_000_000,
    "million": 1_000_000,
    "hundred": 100,
    "lakh": 100_000,
    "lakhs": 100_000,
    "crore": 10_000_000,
    "crores": 10_000_000,
}
_SCALE = r"(?:\s?(?:k|mn|mio)|\s(?:thousand|grand|million|hundred|lakhs?|crores?)|m)(?![a-z])"
_FIGURE = LazyPattern(
    rf"(?P<before>{_BEFORE}\s?)?(?P<digits>(?<![\d/:])(?<!\d[.,])(?:{_DIGITS}))(?P<half>½|"
    rf"\sand\sa\shalf)?"
    rf"(?P<scale>{_SCALE})?(?P<dash>[.,][-–—]|/-|\s?,-)?"
    rf"(?:(?P<cents>\s?(?:{_CENTS}))|(?P<after>{_AFTER}(?:\s(?:and\s(?=\d\d?\scents?\b))?(?P<fraction>\d\d?)(?![\d.,%])(?:\scents?\b)?)?)|"
    rf"(?P<percent>\s?(?:%|percent\b|per\scent\b)))?",
    re.IGNORECASE,
)

_WORDS = LazyPattern(
    rf"\b(?:(?:a|one)\s(?=hundred|thousand|grand|million))?(?:{NUMBER_WORD})\b"
    rf"(?:(?:[\s-]|\sand\s)(?:{NUMBER_WORD})\b)*(?P<half>\sand\sa\shalf(?:\s(?P<scale>hundred|"
    rf"thousand|grand|million))?)?"
    rf"(?:(?P<cents>\s(?:cents|pence))|(?P<after>[\s-](?:{_WORDS_OF_MONEY}|{_CODES})\b"
    rf"(?:\s(?:and\s)?(?P<fraction>(?:{'|'.join(TENS)})(?:[\s-](?:{'|'.join(UNITS)}))?)\b(?:\scents)?)?)|"
    rf"(?P<percent>\s(?:percent|per\scent)))?",
    re.IGNORECASE,
)

_FOR_AMOUNT = LazyPattern(
    rf"\sfor\s(?:only\s|just\s)?(?P<before>{_BEFORE}\s?)?(?P<number>\d(?:[\d.,]*\d)?|"
    rf"(?:{NUMBER_WORD})\b)(?P<after>{_AFTER})?",
    re.IGNORECASE,
)
_PRICE_FOR = LazyPattern(
    rf"(?P<number>\d(?:[\d.,]*\d)?)(?:{_AFTER})?(?:\s(?:each|apiece|(?:an?|per)\s\w+))?\sfor\s"
    r"(?P<all>(?:all\s)?(?:the|these|those|my|your|all|both)\s)?$",
    re.IGNORECASE,
)
"""What precedes a number that says how many a price buys."""
_WEIGHED = LazyPattern(
    r"\b(?:weighs?|sell\sme|need|want|buy|order|another)\s(?:about\s)?$", re.IGNORECASE
)
_OF = LazyPattern(r"\sof\s", re.IGNORECASE)
_POUNDS = LazyPattern(r"pounds?$", re.IGNORECASE)
_GLUED_AFTER = LazyPattern(r"-?[a-z]", re.IGNORECASE)
_GLUED_BEFORE = LazyPattern(r"(?:[a-z]-?|\d:)$", re.IGNORECASE)
_WORD_BEFORE = LazyPattern(
    r"(?:\b(?:all|these|those|the|last|next|first|any|both)\s|-)$", re.IGNORECASE
)
_ALL = LazyPattern(r"\b(?:all|both|all\sthe|all\sof\sthe)\s$", re.IGNORECASE)
_IF_TAKEN = LazyPattern(
    r"\b(?:box|pack|set|bag|bunch|case|lot|crate|roll|carton)(?:es|s)?\sof\s$|\bif\s(?:i|we|you)\s(?:take|takes|took|buy|bought|get|got|order|ordered|want|wanted)\s$",
    re.IGNORECASE,
)
_FOR_SO_MANY = LazyPattern(
    r",?\s(?:it's\s|that's\s|i'd\ssay\s)?\S{1,10}\s(?:\w+\s)?(?:each|apiece|an?|per)\b",
    re.IGNORECASE,
)
"""What follows "for ten" where that is a unit price."""
_FOR = LazyPattern(r"(?:^|\s)for\s$", re.IGNORECASE)
_PREFIX = LazyPattern(r"\b\d{3}-$")
_COUNTED = LazyPattern(
    r"\s?-?(?:years?|yrs?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|"
    r"secs?|km|kms|miles?|mi|"
    r"kg|kgs|kilos?|g|grams?|lbs?|oz|ounces?|tons?|tonnes?|cm|mm|m|m2|sqm|met(?:er|"
    r"re)s?|inch(?:es)?|ft|feet|foot|"
    r"watts?|w|volts?|v|amps?|gb|tb|mb|mah|mp|hp|cc|lit(?:er|re)s?|l|ml|gallons?|"
    r"pieces?|pcs|times|x|"
    r"people|persons?|men|women|children|of\s(?:them|these|those|the)|st|nd|"
    r"rd|th|am|pm|a\.m\.|p\.m\.|o'clock|"
    r"stars?|speed|gears?|doors?|pages?|copies|owners?|person|percent|degrees?|inch|"
    r"more\s(?:days?|weeks?|minutes?|hours?|things?|questions?))\b"
    r"|\s(?:\w+\s){0,2}(?:street|st\.|road|rd\b|avenue|ave\b|lane|drive|blvd|square)\b"
    r"|\s?[\"″]|\s?°|:\d|/\d|\s?×|-\d{4}\b",
    re.IGNORECASE,
)
_PLURAL = LazyPattern(
    r"\s(?:(?:\w+ed|new|old|used|more|other|good|spare)\s)?([a-z]{2,}s)\b", re.IGNORECASE
)
_NO_NOUNS = frozenset(
    (
        *("is", "was", "as", "this", "its", "his", "us", "yes", "does", "has", "plus", "less"),
        *("thus", "sounds", "works", "seems", "unless", "makes", "suits", "gets", "feels", "looks"),
        *("thanks", "always", "perhaps", "please", "says", "goes", "needs", "buys", "costs"),
        *(
            "tops",
            "means",
            "sellers",
            "besides",
            "towards",
            "minus",
            "puts",
            "bucks",
            "fits",
            "pounds",
        ),
    )
)
"""Words that look like a plural noun and may follow a price."""
_AT_A_TIME = LazyPattern(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|tonight|"
    r"noon|morning|afternoon|"
    r"evening|come by|come over|meet up|see you|pick it up|be there)(?: \w+)?,? "
    r"(?:at|around|by|after|before)\s?$",
    re.IGNORECASE,
)
"""What precedes a time of day."""
_NAMED = LazyPattern(
    r"(?:\b(?:size|model|page|chapter|version|series|type|room|number|no\.?|"
    r"nr\.?|iphone|galaxy|pixel|"
    r"windows|playstation|ps|xbox|switch|mark|mk|route|highway|level|age|aged|"
    r"code|volume|vol\.?|part|grade|class|"
    r"in|since|built|made|year|early|late|circa|vintage|"
    r"unit|step|option|day|week|chapter|edition|suite|gen|generation|street|house)\s?|#|\bx)$",
    re.IGNORECASE,
)
_YEARS = range(1900, 2100)
_SMALL = 3
"""Number words below this are hardly ever prices without a currency."""
_LONGEST_DIGITS = 15
_TELEPHONE = 9
"""A number with this many digits and no separator is a telephone number."""
_YEAR_DIGITS = 4
_GROUP = 3
"""Digits between thousands separators."""
_NEAR = 60
"""Characters inspected before a number."""


@lru_cache(maxsize=256)  # a sentence is read by several rules, and again after every message
def find_amounts(text: str) -> tuple[Amount, ...]:
    """The numbers of a text that may be prices or percentages, in order.

    Args:
        text: What was said.
    """
    found = [*_figures(text), *_words(text)]
    found.sort(key=lambda each: (each.start, -each.end))
    apart: list[Amount] = []
    for each in found:
        if not apart or each.start >= apart[-1].end:
            apart.append(each)
    return tuple(apart)


def read_amount(text: str) -> Decimal | None:
    """The amount that a whole text is, with or without a currency; None if it is not an amount."""
    found = find_amounts(text)
    if len(found) != 1 or found[0].measure is Measure.PERCENT:
        return None
    one = found[0]
    return one.value if (one.start, one.end) == (0, len(text)) else None


def chosen(amount: Amount, near: list[Decimal]) -> Decimal | None:
    """The meaning of an amount given others in the same talk; None: not a price.

    After "2.5 million", a bare 2.5 means as much.

    Args:
        amount: The amount.
        near: The unambiguous amounts.
    """
    if amount.other is None:
        whole = [amount.value * each for each in (1000, 1_000_000) if amount.value * each in near]
        return whole[0] if whole and amount.measure is Measure.BARE else amount.value
    if amount.other == 0:  # a year, unless another amount is of similar size
        alike = any(amount.value / 3 <= each <= amount.value * 3 for each in near)
        return amount.value if alike or not near else None
    if near and sorted(near)[len(near) // 2] >= 5 * amount.value:
        return amount.other
    return amount.value


def _figures(text: str) -> Iterator[Amount]:
    for match in _FIGURE.finditer(text):
        number = _figure(match)
        if number is None:
            continue
        start, end = match.start(), match.end()
        if match["percent"]:
            yield Amount(value=number, start=start, end=end, measure=Measure.PERCENT)
        elif match["before"] or match["after"] or match["cents"] or match["dash"]:
            if not _weighs(text, start, end, match["after"]):
                yield Amount(value=number, start=start, end=end, measure=Measure.MONEY)
        elif (bare := _bare(text, match, number)) is not None:
            yield bare


def _figure(match: re.Match[str]) -> Decimal | None:
    """The value of a number in digits; None for other text and for metres."""
    number = _number(match["digits"])
    if number is None:
        return None
    if match["half"]:
        number += Decimal("0.5")
    if match["scale"]:
        word = match["scale"].strip().lower()
        if word == "m" and not (match["before"] or match["after"]):
            return None
        number *= _SCALES[word]
    if match["cents"]:
        number /= 100
    if match["fraction"]:
        number += Decimal(match["fraction"]) / 100
    return number


def _bare(text: str, match: re.Match[str], number: Decimal) -> Amount | None:
    """A number without a currency, unless it counts, measures or names something."""
    start, end, digits = match.start(), match.end(), match["digits"]
    plain = digits.isdigit() and not match["scale"]
    if (
        _is_counted(text, start, end, number)
        or (digits.isdigit() and _ALL.search(_left(text, start)))
        or _GLUED_AFTER.match(text, end)
        or _GLUED_BEFORE.search(_left(text, start))
        or (plain and _is_dialled(digits, _left(text, start)))
    ):
        return None
    is_year = plain and len(digits) == _YEAR_DIGITS and int(digits) in _YEARS
    other = Decimal(0) if is_year else None
    return Amount(value=number, start=start, end=end, measure=Measure.BARE, other=other)


def _is_dialled(digits: str, left: str) -> bool:
    """Whether a number without separators is, or ends, a telephone number."""
    if len(digits) > 1 and digits.startswith("0"):
        return True
    ends_one = len(digits) == _YEAR_DIGITS and _PREFIX.search(left) is not None
    return len(digits) >= _TELEPHONE or ends_one


def _left(text: str, start: int) -> str:
    """The text before a number that bears on its meaning."""
    return text[max(0, start - _NEAR) : start]


def _is_counted(text: str, start: int, end: int, number: Decimal) -> bool:
    """Whether a number counts, measures or names something, by its context."""
    left = _left(text, start)
    if _COUNTED.match(text, end) or _NAMED.search(left) or _AT_A_TIME.search(left):
        return True
    if _IF_TAKEN.search(left) or (_FOR.search(left) and _FOR_SO_MANY.match(text, end)):
        return True
    noun = _PLURAL.match(text, end)
    if noun is not None and noun[1].lower() not in _NO_NOUNS:
        return True
    return _buys(text, end, number) or _is_bought(_left(text, start), number)


def _buys(text: str, end: int, number: Decimal) -> bool:
    """Whether a number is a quantity for a price that follows: "2 for 5", not "5 for 2"."""
    match = _FOR_AMOUNT.match(text, end)
    if match is None:
        return False
    if match["before"] or match["after"]:
        return True
    noun = _PLURAL.match(text, match.end())
    if _COUNTED.match(text, match.end()) or (noun and noun[1].lower() not in _NO_NOUNS):
        return False
    digits = match["number"]
    if digits[0].isdigit():
        price = _number(digits)
    else:
        parsed = spelled(digits)
        price = None if parsed is None else parsed[0]
    return price is None or price >= number or price != int(price)


def _is_bought(left: str, number: Decimal) -> bool:
    """Whether a number is a quantity for the price before it: "36 for the 6"."""
    match = _PRICE_FOR.search(left)
    price = None if match is None else _number(match["number"])
    if match is None or price is None:
        return False
    return number < price if match["all"] else 2 * number <= price


def _weighs(text: str, start: int, end: int, after: str | None) -> bool:
    """Whether "pounds" are a weight rather than a currency."""
    if after is None or not _POUNDS.search(after.strip()):
        return False
    return bool(_OF.match(text, end) or _WEIGHED.search(_left(text, start)))


def _number(digits: str) -> Decimal | None:
    """Parse digits with separators of any convention; None: not a number."""
    digits = re.sub(r"[\s'’]", "", digits)
    if sum(each.isdigit() for each in digits) > _LONGEST_DIGITS:
        return None
    separators = [each for each in digits if each in ".,"]
    if not separators:
        return Decimal(digits)
    last = separators[-1]
    whole, _, fraction = digits.rpartition(last)
    if len(set(separators)) > 1:  # both points and commas
        return None if last in whole else Decimal(f"{re.sub('[.,]', '', whole)}.{fraction}")
    return _of_one_separator(*digits.split(last))


def _of_one_separator(head: str, *groups: str) -> Decimal | None:
    """Parse a number with equal separators: of thousands, or one decimal separator."""
    if len(groups) > 1:  # two-digit groups are Indian
        sizes = {len(each) for each in groups}
        regular = len(groups[-1]) == _GROUP and sizes <= {2, _GROUP}
        return Decimal(head + "".join(groups)) if regular else None
    if len(groups[0]) == _GROUP and 1 <= len(head) <= _GROUP and head.strip("0"):
        return Decimal(head + groups[0])
    return Decimal(f"{head}.{groups[0]}")


def _words(text: str) -> Iterator[Amount]:
    for match in _WORDS.finditer(text):
        start, end = match.start(), match.end()
        parsed = _word_value(match)
        if parsed is None:
            continue
        number, other = parsed
        if match["percent"]:
            yield Amount(value=number, start=start, end=end, measure=Measure.PERCENT)
        elif match["cents"]:
            yield Amount(value=number / 100, start=start, end=end, measure=Measure.MONEY)
        elif match["after"]:
            if not _weighs(text, start, end, match["after"]):
                yield Amount(value=number, start=start, end=end, measure=Measure.MONEY, other=other)
        elif _is_bare_word(text, start, end, number):
            yield Amount(value=number, start=start, end=end, measure=Measure.BARE, other=other)


def _word_value(match: re.Match[str]) -> tuple[Decimal, Decimal | None] | None:
    """The value of a number in words, and its second meaning; None: not a number."""
    further = (match.start(each) for each in ("half", "cents", "after", "percent") if match[each])
    parsed = spelled(match.string[match.start() : min(further, default=match.end())])
    if parsed is None:
        return None
    number, other = parsed
    if match["half"]:
        number += Decimal("0.5")
    if match["scale"]:
        number *= MULTIPLES[match["scale"].lower()]
    if match["fraction"] and (cents := spelled(match["fraction"])):
        number += cents[0] / 100
    return number, other


def _is_bare_word(text: str, start: int, end: int, number: Decimal) -> bool:
    """Whether a number word without a currency may be a price."""
    return not (
        (number < _SMALL and number == int(number))
        or _is_counted(text, start, end, number)
        or _WORD_BEFORE.search(_left(text, start))
        or re.match(r"-[a-z]", text[end:], re.IGNORECASE)
    )
