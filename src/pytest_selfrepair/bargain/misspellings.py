"""Correct misspelt words of bargaining: "dael", "acept", "thrity".

A word is corrected if it is a bargaining word with two letters swapped, or one left out or doubled,
and not another English word.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from pytest_selfrepair.core.lazy_pattern import LazyPattern

_WORDS = (
    *("deal", "sold", "agree", "agreed", "accept", "accepted", "offer", "price", "final", "fine"),
    *("alright", "perfect", "great"),
    *("dollars", "euros", "pounds", "cents", "thirteen", "fourteen", "fifteen", "sixteen"),
    *("seventeen", "eighteen", "nineteen", "eleven", "twelve", "twenty", "thirty", "forty"),
    *("fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "expensive"),
)
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "deel": "deal",
        "prise": "price",
        "dollers": "dollars",
        "dollors": "dollars",
        "fourty": "forty",
        "fiveteen": "fifteen",
        "fivety": "fifty",
        "eightteen": "eighteen",
        "thirdy": "thirty",
        "sixtey": "sixty",
        "hunderd": "hundred",
        "thousend": "thousand",
        "okey": "okay",
        "okk": "ok",
        "oke": "ok",
        "ofer": "offer",
        "ofers": "offers",
        "pric": "price",
        "eurs": "euros",
        "euos": "euros",
        "fianl": "final",
        "yse": "yes",
        "dont": "don't",
        "wont": "won't",
        "cant": "can't",
        "isnt": "isn't",
        "didnt": "didn't",
        "doesnt": "doesn't",
        "wouldnt": "wouldn't",
        "couldnt": "couldn't",
        "il": "i'll",
        "ill take": "i'll take",
        "cnat": "can't",
        "thats": "that's",
        "lets": "let's",
        "im": "i'm",
        "youre": "you're",
        "wnat": "want",
        "teh": "the",
    }
)
_REAL = frozenset(("elven", "ponds", "greed", "greta", "prefect"))
"""Real words that resemble bargaining words."""
_LEAST_LEFT_OUT = 6
"""The shortest word that may lack a letter: shorter ones become other words."""
_WORD = LazyPattern(r"\bill take\b|[a-z]+(?:'[a-z]+)?", re.IGNORECASE)


def corrected(text: str) -> str:
    """Correct the misspelt bargaining words of a text."""
    return _WORD.sub(lambda match: _known().get(match[0].lower(), match[0]), text)


@cache
def _known() -> Mapping[str, str]:
    found = {slip: word for word in _WORDS for slip in _misspelt(word)}
    for word in (*_WORDS, *_REAL):
        found.pop(word, None)
    return found | dict(_OTHERS)


def _misspelt(word: str) -> Iterator[str]:
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(1, len(word)):
        yield word[:at] + word[at] + word[at:]
    if len(word) >= _LEAST_LEFT_OUT:
        for at in range(1, len(word) - 1):
            yield word[:at] + word[at + 1 :]
