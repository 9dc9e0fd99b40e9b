"""Amounts of money in talk: digits of any convention, currencies on either side, number words.

A number that counts or measures something else (years, pages, kilograms, a model's name) is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum


class Measure(StrEnum):
    """What a number in talk is.

    Attributes:
        MONEY: An amount of money, by its currency.
        BARE: A number without a currency that nothing else claims: a price, as talk goes.
        PERCENT: A share in per cent.
    """

    MONEY = "money"
    BARE = "bare"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number in a text that may be a price.

    Attributes:
        value: The amount, exactly.
        start: Where it begins in the text, its currency included.
        end: Where it ends.
        measure: What it is.
        other: What it may mean as well: "nine fifty" is 9.50 or 950, and 1985 may be a year, which
            is 0 here; None: one meaning only.
    """

    value: Decimal
    start: int
    end: int
    measure: Measure
    other: Decimal | None = None


_CODES = (
    "usd|eur|gbp|chf|jpy|cny|rmb|inr|aud|cad|nzd|sek|nok|dkk|pln|czk|huf|try|brl|mxn|zar|krw|rub|"
    "uah|ils|aed|sgd|hkd|thb|ron|bgn|idr|vnd|php|ngn|egp|sar|clp|cop|ars"
)
_BEFORE = rf"(?:(?:us|a|au|c|ca|nz|hk|s|r|nt)?\$|[€£¥₹₺₩₽₴₫₪฿₱₦]|\b(?:{_CODES}|rs\.?|rp\.?|kr\.?|fr\.|sfr\.?|zł))"
_CENTS = r"cents?\b|pence\b|pennies\b|penny\b|p\b|¢|ct\b|cts\b"
_WORDS_OF_MONEY = (
    r"dollars?|bucks?|euros?|quid|pounds?|francs?|yen|yuan|renminbi|rupees?|won|kron(?:a|or|e|er|en)|"
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
_FIGURE = re.compile(
    rf"(?P<before>{_BEFORE}\s?)?(?P<digits>(?<![\d/:])(?<!\d[.,])(?:{_DIGITS}))(?P<half>½|\sand\sa\shalf)?"
    rf"(?P<scale>{_SCALE})?(?P<dash>[.,][-–—]|/-|\s?,-)?"
    rf"(?:(?P<cents>\s?(?:{_CENTS}))|(?P<after>{_AFTER}(?:\s(?P<fraction>\d\d)(?![\d.,%]))?)|(?P<percent>\s?(?:%|percent\b|per\scent\b)))?",
    re.IGNORECASE,
)
_SYMBOL_LAST = re.compile(r"[$€£¥₹₺₩₽₴₫₪฿₱₦]$")

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_MULTIPLES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000}
_NUMBER_WORD = "|".join([*_UNITS, *_TENS, *_MULTIPLES])
_WORDS = re.compile(
    rf"\b(?:(?:a|one)\s(?=hundred|thousand|grand|million))?(?:{_NUMBER_WORD})\b"
    rf"(?:(?:[\s-]|\sand\s)(?:{_NUMBER_WORD})\b)*(?P<half>\sand\sa\shalf(?:\s(?P<scale>hundred|thousand|grand|million))?)?"
    rf"(?:(?P<cents>\s(?:cents|pence))|(?P<after>[\s-](?:{_WORDS_OF_MONEY}|{_CODES})\b"
    rf"(?:\s(?:and\s)?(?P<fraction>(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_UNITS)}))?)\b(?:\scents)?)?)|(?P<percent>\s(?:percent|per\scent)))?",
    re.IGNORECASE,
)

_COUNTED = re.compile(
    r"\s?-?(?:years?|yrs?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|km|kms|miles?|mi|"
    r"kg|kgs|kilos?|g|grams?|lbs?|oz|ounces?|tons?|tonnes?|cm|mm|m|m2|sqm|met(?:er|re)s?|inch(?:es)?|ft|feet|foot|"
    r"watts?|w|volts?|v|amps?|gb|tb|mb|mah|mp|hp|cc|lit(?:er|re)s?|l|ml|gallons?|pieces?|pcs|times|x|"
    r"people|persons?|men|women|children|of\s(?:them|these|those|the)|st|nd|rd|th|am|pm|a\.m\.|p\.m\.|o'clock|"
    r"stars?|speed|gears?|doors?|pages?|copies|owners?|person|percent|degrees?|inch|"
    r"more\s(?:days?|weeks?|minutes?|hours?|things?|questions?))\b"
    r"|\s?[\"″]|\s?°|:\d|/\d|\s?×",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"\s(?:(?:\w+ed|new|old|used|more|other|good|spare)\s)?([a-z]{2,}s)\b", re.IGNORECASE
)
_NO_NOUNS = frozenset(
    "is was as this its his us yes does has plus less thus sounds works seems unless makes suits "
    "gets feels looks thanks always perhaps please says goes needs buys costs means sellers "
    "besides towards minus puts bucks fits pounds".split()
)
_NAMED = re.compile(
    r"(?:\b(?:size|model|page|chapter|version|series|type|room|number|no\.?|nr\.?|iphone|galaxy|pixel|"
    r"windows|playstation|ps|xbox|switch|mark|mk|route|highway|level|age|aged|code|volume|vol\.?|part|grade|class|"
    r"unit|step|option|day|week|chapter|edition|suite|gen|generation|street|house)\s?|#|\bx)$",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|from|of|built|made|around|about|year|early|late|circa|ca\.|before|after|until|(?:a|the|it's|is))\s(?:(?:early|late)\s)?$",
    re.IGNORECASE,
)
_YEARS = range(1900, 2100)
_SMALL = 3
"""Number words below this are hardly ever a price where no currency follows."""
_LONGEST_DIGITS = 15
_NEAR = 60
"""Characters before a number that say what it is."""


def find_amounts(text: str) -> list[Amount]:
    """The numbers of a text that may be prices, or shares, in order.

    Args:
        text: What was said.
    """
    found = [*_figures(text), *_words(text)]
    found.sort(key=lambda each: (each.start, -each.end))
    apart: list[Amount] = []
    for each in found:
        if not apart or each.start >= apart[-1].end:
            apart.append(each)
    return apart


def read_amount(text: str) -> Decimal | None:
    """The amount that a text is, with or without a currency and nothing else; None: it is none."""
    found = find_amounts(text)
    if len(found) != 1 or found[0].measure is Measure.PERCENT:
        return None
    one = found[0]
    return one.value if (one.start, one.end) == (0, len(text)) else None


def chosen(amount: Amount, near: list[Decimal]) -> Decimal | None:
    """What an amount of two meanings means beside other amounts of the same talk; None: no price.

    Args:
        amount: The amount.
        near: The amounts of one meaning.
    """
    if amount.other is None:
        return amount.value
    if amount.other == 0:  # a year, where nothing else is of its size
        alike = any(amount.value / 3 <= each <= amount.value * 3 for each in near)
        return amount.value if alike else None
    if near and sorted(near)[len(near) // 2] >= 5 * amount.value:
        return amount.other
    return amount.value


def _figures(text: str) -> Iterator[Amount]:
    for match in _FIGURE.finditer(text):
        number = _number(match["digits"])
        if number is None:
            continue
        start, end = match.start(), match.end()
        before = bool(match["before"])
        after = bool(match["after"] or match["cents"])
        if match["half"]:
            number += Decimal("0.5")
        if match["scale"]:
            word = match["scale"].strip().lower()
            if word == "m" and not (before or after):
                continue  # metres
            number *= _SCALES[word]
        if match["cents"]:
            number /= 100
        if match["fraction"]:
            number += Decimal(match["fraction"]) / 100
        if match["percent"]:
            yield Amount(value=number, start=start, end=end, measure=Measure.PERCENT)
        elif before or after or match["dash"]:
            if _is_weight(text, match.end(), match["after"], text[max(0, start - _NEAR) : start]):
                continue
            if match["after"] and match["before"] and _SYMBOL_LAST.search(match["after"].strip()):
                end = match.end()
            yield Amount(value=number, start=start, end=end, measure=Measure.MONEY)
        elif (bare := _bare(text, match, number)) is not None:
            yield bare


def _bare(text: str, match: re.Match[str], number: Decimal) -> Amount | None:
    """A number without a currency, unless it counts, measures or names something."""
    start, end = match.start(), match.end()
    digits = match["digits"]
    if (
        _COUNTED.match(text, end)
        or _NAMED.search(text[max(0, start - _NEAR) : start])
        or _counts(text, end)
    ):
        return None
    if re.match(r"[a-z]", text[end : end + 1], re.IGNORECASE) or re.match(
        r"-[a-z]", text[end : end + 2], re.IGNORECASE
    ):
        return None
    if (
        re.search(r"[a-z]-?$", text[max(0, start - _NEAR) : start], re.IGNORECASE)
        or re.search(r":$", text[max(0, start - 1) : start])
        and text[max(0, start - 2) : start - 1].isdigit()
    ):
        return None
    if len(digits) >= 9 and digits.isdigit() and not match["scale"]:  # a telephone number
        return None
    found = Amount(value=number, start=start, end=end, measure=Measure.BARE)
    if len(digits) == 4 and digits.isdigit() and int(digits) in _YEARS and not match["scale"]:
        return replace(found, other=Decimal(0))
    return found


def _counts(text: str, end: int) -> bool:
    """Whether a plural follows, or "for" and an amount: a number of things."""
    if (noun := _PLURAL.match(text, end)) and noun[1].lower() not in _NO_NOUNS:
        return True
    if re.match(rf"\sfor\s(?:{_BEFORE}\s?)?\d", text, re.IGNORECASE) is None:
        follows = re.compile(
            rf"\sfor\s(?:only\s|just\s)?(?:{_BEFORE}\s?)?(?:\d|(?:{_NUMBER_WORD})\b)", re.IGNORECASE
        )
        return follows.match(text, end) is not None
    return True


def _is_weight(text: str, end: int, after: str | None, before: str) -> bool:
    """Whether "pounds" weigh rather than pay."""
    if after is None or not re.search(r"pounds?$", after.strip(), re.IGNORECASE):
        return False
    return bool(
        re.match(r"\sof\s", text[end:], re.IGNORECASE)
        or re.search(
            r"\b(?:weighs?|sell\sme|need|want|buy|order|another)\s(?:about\s)?$",
            before,
            re.IGNORECASE,
        )
    )


def _number(digits: str) -> Decimal | None:
    """Digits with separators of any convention; None: they are no number."""
    digits = re.sub(r"[\s'’]", "", digits)
    if len(digits) > _LONGEST_DIGITS + digits.count(",") + digits.count("."):
        return None
    separators = [each for each in digits if each in ".,"]
    if not separators:
        return Decimal(digits)
    last = separators[-1]
    if len(set(separators)) == 2:  # noqa: PLR2004 - a point and a comma
        whole, _, fraction = digits.rpartition(last)
        if last in whole:
            return None
        return Decimal(re.sub("[.,]", "", whole) + "." + fraction)
    head, *groups = digits.split(last)
    if len(groups) > 1:
        if len(groups[-1]) != 3 or not all(len(each) in {2, 3} for each in groups):
            return None
        return Decimal(head + "".join(groups))
    if len(groups[0]) == 3 and 1 <= len(head) <= 3 and head.strip("0"):
        return Decimal(head + groups[0])
    return Decimal(f"{head}.{groups[0]}")


def _words(text: str) -> Iterator[Amount]:
    for match in _WORDS.finditer(text):
        end = match.end()
        named = match["after"] or match["cents"] or match["percent"] or match["half"] or ""
        words = match[0][: len(match[0]) - len(named)] if named else match[0]
        parsed = _spelled(words)
        if parsed is None:
            continue
        number, other = parsed
        if match["half"]:
            number += Decimal("0.5")
            if match["scale"]:
                number *= _MULTIPLES[match["scale"].lower()]
        if match["fraction"]:
            number += (_spelled(match["fraction"]) or (Decimal(0), None))[0] / 100
        start = match.start()
        if match["percent"]:
            yield Amount(value=number, start=start, end=end, measure=Measure.PERCENT)
        elif match["cents"]:
            yield Amount(value=number / 100, start=start, end=end, measure=Measure.MONEY)
        elif match["after"]:
            if not _is_weight(text, end, match["after"], text[max(0, start - _NEAR) : start]):
                yield Amount(value=number, start=start, end=end, measure=Measure.MONEY, other=other)
        elif not (
            number < _SMALL
            or _COUNTED.match(text, end)
            or _NAMED.search(text[max(0, start - _NEAR) : start])
            or _counts(text, end)
            or re.search(
                r"\b(?:all|these|those|the|last|next|first|any)\s$",
                text[max(0, start - _NEAR) : start],
                re.IGNORECASE,
            )
            or (start and text[start - 1] == "-")
            or re.match(r"-[a-z]", text[end:], re.IGNORECASE)
        ):
            yield Amount(value=number, start=start, end=end, measure=Measure.BARE, other=other)


def _spelled(words: str) -> tuple[Decimal, Decimal | None] | None:
    """A number in words, and what else "nine fifty" means; None: no number.

    "Twenty-five hundred" is 2,500, "thirteen fifty" 13.50, "one fifty" 1.50 or 150.
    """
    parts = [each for each in re.split(r"[\s-]+", words.lower()) if each and each != "and"]
    if parts and parts[0] == "a":
        parts[0] = "one"
    total = group = 0
    previous = ""
    for index, each in enumerate(parts):
        if each in _MULTIPLES:
            factor = _MULTIPLES[each]
            group = max(group, 1) * factor
            if factor >= 1000:  # noqa: PLR2004 - a thousand ends a group
                total, group = total + group, 0
        else:
            value = _UNITS.get(each, _TENS.get(each, 0))
            joins = (
                previous in _MULTIPLES
                or not previous
                or (previous in _TENS and each in _UNITS and value < 10)
            )  # noqa: E501, PLR2004
            if not joins:
                rest = _spelled(" ".join(parts[index:]))
                if total or rest is None or group >= 100 or rest[0] >= 100:  # noqa: PLR2004
                    return None
                dollars, cents = Decimal(group), rest[0]
                if cents < 10:  # noqa: PLR2004 - "five six" is no price
                    return None
                whole = Decimal(100) * group + cents
                return dollars + cents / 100, whole
            group += value
        previous = each
    return Decimal(total + group), None
