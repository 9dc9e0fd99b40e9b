"""A club's short name: the first letter of every word, all in upper case."""

from collections.abc import Iterator
from random import Random
from string import ascii_letters, ascii_lowercase

from tasks.kit import Task, lines, numbers, word


def cases(rng: Random) -> Iterator[str]:
    """Yield one line of words each."""
    yield lines(["Old", "village", "Singers"])
    yield lines(["chess"])
    for name in (
        "A",
        "z",
        "a b",
        "AB cd",
        "Red Blue",
        "the club of odd names",
        "aa aa aa",
        "United Friends of the Forest",
        "b a",
        "North north NORTH",
        "xY Yx",
    ):
        yield lines(name.split())
    for count in (3, 4, 6, 8, 11, 14):
        yield lines([word(rng, size, ascii_letters) for size in numbers(rng, count, 1, 9)])
    for count in (16, 19):
        yield lines([word(rng, size, ascii_lowercase) for size in numbers(rng, count, 1, 9)])
    yield lines([word(rng, 10, ascii_letters) for _ in range(20)])


FIRST = """\
words = input().split()
letters = [word[0].upper() for word in words]
print("".join(letters))
"""

SECOND = """\
name = " " + input().upper()
short = ""
for before, letter in zip(name, name[1:]):
    if before == " " and letter != " ":
        short += letter
print(short)
"""

BRUTE = """\
name = input()
short = ""
start = 0
for place in range(len(name)):
    if name[place] == " ":
        start = place + 1
    elif place == start:
        small = "abcdefghijklmnopqrstuvwxyz".find(name[place])
        short += name[place] if small < 0 else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[small]
print(short)
"""

TASK = Task(
    difficulty="introductory",
    topics=("strings",),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "keeps the case": FIRST.replace(".upper()", ""),
        "prints spaces between the letters": FIRST.replace('""', '" "'),
        "prints one letter a line": FIRST.replace('""', r'"\n"'),
        "prints whole words": FIRST.replace("word[0]", "word"),
        "takes the last letters": FIRST.replace("word[0]", "word[-1]"),
        "takes only words with a capital letter": FIRST.replace(
            "in words", "in words if word[0].isupper()"
        ),
        "prints equal letters once": FIRST.replace("join(letters)", "join(dict.fromkeys(letters))"),
    },
)
