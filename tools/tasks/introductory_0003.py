"""Backwards without one word: reverse the words of the second line, without the first line's."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers, pick, word


def cases(rng: Random) -> Iterator[str]:
    """Yield two lines each: the banned word, then the sentence."""
    yield lines(["the"], ["see", "the", "red", "fox"])
    yield lines(["no"], ["no", "no"])
    for banned, text in (
        ("a", "a"),
        ("a", "b"),
        ("cat", "catnap with cat"),
        ("in", "into the inner inn in spring"),
        ("Go", "go Go gO GO"),
        ("x", "x y x z x"),
        ("one", "two three four"),
        ("level", "level noon level radar"),
        ("b", "b b b a"),
        ("end", "begin middle end"),
        ("sun", "sun rises Sun sets"),
        ("pop", "stop pop top popping"),
    ):
        yield lines([banned], text.split())
    for count in (3, 4, 6, 9, 12, 16, 22):
        sentence = [word(rng, length, "ab") for length in numbers(rng, count, 1, 2)]
        yield lines([pick(rng, sentence)], sentence)
    yield lines(["mmm"], ["mmm"] * 30)
    yield lines(["ab"], [word(rng, 10, "abcXYZ") for _ in range(30)])


FIRST = """\
banned = input()
words = [w for w in input().split() if w != banned]
if words:
    print(" ".join(words[::-1]))
else:
    print("EMPTY")
"""

SECOND = """\
import sys

banned, *words = sys.stdin.read().split()
kept = []
while words:
    last = words.pop()
    if last != banned:
        kept.append(last)
print(*kept or ["EMPTY"])
"""

REMOVES_ONE = """\
banned = input()
words = input().split()
if banned in words:
    words.remove(banned)
print(" ".join(reversed(words)) or "EMPTY")
"""

TASK = Task(
    difficulty="introductory",
    topics=("strings", "lists"),
    cases=cases,
    references=(FIRST, SECOND),
    wrong={
        "removes one occurrence only": REMOVES_ONE,
        "keeps the banned word": FIRST.replace(" if w != banned", ""),
        "drops words that contain the banned one": FIRST.replace("w != banned", "banned not in w"),
        "ignores case": FIRST.replace("w != banned", "w.lower() != banned.lower()"),
        "prints an empty line when nothing is left": FIRST.replace("EMPTY", ""),
        "reverses the letters": FIRST.replace('" ".join(words[::-1])', '" ".join(words)[::-1]'),
        "keeps the order": FIRST.replace("[::-1]", ""),
    },
)
