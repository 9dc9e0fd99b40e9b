"""Shouted vowels: a lower-case vowel scores 1 and an upper-case one 2."""

from collections.abc import Iterator
from random import Random
from string import ascii_letters

from tasks.kit import Json, Task, word


def cases(rng: Random) -> Iterator[Json]:
    """Yield one text each, as the only argument."""
    yield ["Hello Ann"]
    yield ["RHYTHM"]
    for text in ("", "a", "E", "y", "aeiou", "AEIOU", "aeiouAEIOU", "YES yes", "   ", "UuUu"):
        yield [text]
    yield ["What? No! 100 owls..."]
    yield ["queue"]
    for length in (5, 8, 13, 21, 34):
        yield [word(rng, length, ascii_letters)]
    for length in (40, 60, 80):
        yield [word(rng, length, "aeiouAEIOU xyzXYZ.,!")]
    yield [word(rng, 90, "bcdfgBCDFG ")]
    yield [word(rng, 100, ascii_letters + "   ")]


FIRST = """\
def vowel_score(text):
    score = 0
    for letter in text:
        if letter in "aeiou":
            score += 1
        elif letter in "AEIOU":
            score += 2
    return score
"""

SECOND = """\
def vowel_score(text):
    points = {"a": 1, "e": 1, "i": 1, "o": 1, "u": 1}
    points.update({vowel.upper(): 2 for vowel in list(points)})
    return sum(points.get(letter, 0) for letter in text)
"""

TASK = Task(
    difficulty="introductory",
    topics=("strings",),
    fn_name="vowel_score",
    cases=cases,
    references=(FIRST, SECOND),
    wrong={
        "ignores upper case": FIRST.replace('"AEIOU"', '""'),
        "scores every vowel 1": FIRST.replace("+= 2", "+= 1"),
        "takes y for a vowel": FIRST.replace('"aeiou"', '"aeiouy"'),
        "adds 2 for every capital letter": FIRST.replace('letter in "AEIOU"', "letter.isupper()"),
        "counts equal letters once": FIRST.replace("in text", "in set(text)"),
        "prints instead of returning": FIRST.replace("return score", "print(score)"),
    },
)
