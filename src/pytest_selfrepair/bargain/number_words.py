"""Parse numbers in words: "a hundred and fifty", "twenty-five hundred", "thirteen fifty"."""

import re
from decimal import Decimal

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
MULTIPLES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000}
NUMBER_WORD = "|".join([*UNITS, *TENS, *MULTIPLES])
"""A pattern for one number word."""
_MOST_WORDS = 12
"""Longer sequences of number words count up, or are a joke."""
_THOUSAND = 1000
_HUNDRED = 100
_TEN = 10


def spelled(words: str) -> tuple[Decimal, Decimal | None] | None:
    """The value of a number in words, and its second meaning; None: not a number.

    "Twenty-five hundred" is 2,500; "thirteen fifty" is 13.50 or 1,350.
    """
    parts = [each for each in re.split(r"[\s-]+", words.lower()) if each and each != "and"]
    if len(parts) > _MOST_WORDS:
        return None
    if parts and parts[0] == "a":
        parts[0] = "one"
    total = group = 0
    previous = ""
    for index, each in enumerate(parts):
        if each in MULTIPLES:
            group = max(group, 1) * MULTIPLES[each]
            if MULTIPLES[each] >= _THOUSAND:
                total, group = total + group, 0
        else:
            value = UNITS.get(each, TENS.get(each, 0))
            ends_tens = previous in TENS and 0 < value < _TEN
            if previous and previous not in MULTIPLES and not ends_tens:
                return None if total else _with_cents(group, parts[index:])
            group += value
        previous = each
    return Decimal(total + group), None


def _with_cents(whole: int, parts: list[str]) -> tuple[Decimal, Decimal | None] | None:
    """Combine two consecutive numbers: an amount and its cents, or hundreds and the rest."""
    rest = spelled(" ".join(parts))
    if rest is None or whole >= _HUNDRED or not _TEN <= rest[0] < _HUNDRED:
        return None
    return whole + rest[0] / 100, _HUNDRED * whole + rest[0]
