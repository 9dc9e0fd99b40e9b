"""Lantern game: in how many ways the first of two players can begin and win."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers, shuffled


def game(rows: list[int], sizes: list[int]) -> str:
    """Return the input for these rows and sizes."""
    return lines([len(rows), len(sizes)], rows, sizes)


def cases(rng: Random) -> Iterator[str]:
    """Yield the numbers of rows and sizes, the rows and the sizes."""
    yield game([5], [1, 2])
    yield game([3, 3], [2])
    for rows, sizes in (
        ([1], [1]),
        ([1], [2]),
        ([4], [1]),
        ([2], [1, 2]),
        ([4], [2, 1]),
        ([3, 4], [1, 2]),
        ([1, 2, 3], [1, 2]),
        ([2, 2], [1, 2]),
        ([7], [3]),
        ([5, 1], [1, 3]),
        ([6, 5], [2, 4]),
        ([4, 4, 4], [3, 1]),
        ([9, 2], [5, 2]),
        ([10], [2, 3]),
    ):
        yield game(rows, sizes)
    for count, most, kinds in ((2, 7, 2), (3, 5, 3), (3, 6, 1), (4, 4, 2)):
        yield game(numbers(rng, count, 1, most), shuffled(rng, range(1, 5))[:kinds])
    yield game([40, 23, 31], [2, 5])
    yield game([77] * 5, [1, 4, 6])
    yield game(numbers(rng, 6, 1, 100), [3, 2, 7])
    for count, kinds, largest in ((12, 4, 30), (20, 4, 9), (19, 3, 200), (20, 2, 2)):
        sizes = shuffled(rng, range(1, largest + 1))[:kinds]
        yield game(numbers(rng, count, 100, 500), sizes)
    yield game([500] * 20, [1, 2, 3, 4])
    yield game([500] * 19, [1, 2, 3, 4])
    yield game([499, 500] + [498] * 18, [6, 1, 9, 4])


FIRST = """\
r, s = map(int, input().split())
rows = list(map(int, input().split()))
sizes = list(map(int, input().split()))
values = []
for length in range(max(rows) + 1):
    reached = set()
    for size in sizes:
        rest = length - size
        for left in range(rest // 2 + 1 if rest >= 0 else 0):
            reached.add(values[left] ^ values[rest - left])
    value = 0
    while value in reached:
        value += 1
    values.append(value)
whole = 0
for length in rows:
    whole ^= values[length]
wins = 0
for length in rows:
    wanted = whole ^ values[length]
    for size in sizes:
        for left in range(length - size + 1):
            if values[left] ^ values[length - size - left] == wanted:
                wins += 1
print(wins)
"""

SECOND = """\
import sys
from collections import Counter
from functools import cache, reduce
from operator import xor

sys.setrecursionlimit(10000)
r, s, *rest = map(int, sys.stdin.read().split())
rows, sizes = rest[:r], rest[r:]


@cache
def after(length):
    # how many moves in a row of this length lead to each value
    found = Counter()
    for size in sizes:
        if size <= length:
            parts = [value(part) for part in range(length - size + 1)]
            found.update(map(xor, parts, reversed(parts)))
    return found


@cache
def value(length):
    if length == 0:
        return 0
    value(length - 1)
    return next(v for v in range(length + 2) if v not in after(length))


total = reduce(xor, map(value, rows))
print(sum(after(row)[total ^ value(row)] for row in rows))
"""

BRUTE = """\
from functools import cache

input()
rows = tuple(map(int, input().split()))
sizes = list(map(int, input().split()))


def moves(state):
    for i, row in enumerate(state):
        for size in sizes:
            for left in range(row - size + 1):
                yield state[:i] + (left, row - size - left) + state[i + 1 :]


@cache
def wins(state):
    return any(not wins(tuple(sorted(after))) for after in moves(state))


print(sum(not wins(tuple(sorted(after))) for after in moves(rows)))
"""

POSITIONS = """\
import sys

sys.setrecursionlimit(1000000)
input()
rows = tuple(map(int, input().split()))
sizes = list(map(int, input().split()))
known = {}


def wins(state):
    if state not in known:
        known[state] = False
        for i, row in enumerate(state):
            others = state[:i] + state[i + 1 :]
            for size in sizes:
                for left in range((row - size) // 2 + 1 if size <= row else 0):
                    parts = tuple(part for part in (left, row - size - left) if part)
                    if not wins(tuple(sorted(others + parts))):
                        known[state] = True
                        return True
    return known[state]


count = 0
for i, row in enumerate(rows):
    for size in sizes:
        for left in range(row - size + 1):
            parts = tuple(part for part in (left, row - size - left) if part)
            count += not wins(tuple(sorted(rows[:i] + rows[i + 1 :] + parts)))
print(count)
"""

FORGETFUL = """\
r, s = map(int, input().split())
rows = list(map(int, input().split()))
sizes = list(map(int, input().split()))


def value(length):
    reached = set()
    for size in sizes:
        for left in range(length - size + 1):
            reached.add(value(left) ^ value(length - size - left))
    v = 0
    while v in reached:
        v += 1
    return v


whole = 0
for row in rows:
    whole ^= value(row)
wins = 0
for row in rows:
    wanted = whole ^ value(row)
    for size in sizes:
        for left in range(row - size + 1):
            wins += value(left) ^ value(row - size - left) == wanted
print(wins)
"""

PARTS = "values[left] ^ values[length - size - left]"
TASK = Task(
    difficulty="competition",
    topics=("games", "Grundy values"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    wrong={
        "takes the length for the value": FIRST.replace(
            "values.append(value)", "values.append(length)"
        ),
        "closes the gap": FIRST.replace(
            "values[left] ^ values[rest - left]", "values[rest]"
        ).replace(PARTS, "values[length - size]"),
        "takes lanterns from the ends only": FIRST.replace(
            "range(rest // 2 + 1 if rest >= 0 else 0)", "range(int(rest >= 0))"
        ).replace("range(length - size + 1)", "{0, length - size} if size <= length else ()"),
        "counts mirrored moves once": FIRST.replace(
            "range(length - size + 1)",
            "range((length - size) // 2 + 1 if size <= length else 0)",
        ),
        "counts rows of one length once": FIRST.replace(
            "for length in rows:\n    wanted", "for length in set(rows):\n    wanted"
        ),
        "counts the moves of a row and size once": FIRST.replace(
            "wins += 1", "wins += 1\n                break"
        ),
        "only says who wins": FIRST.replace("print(wins)", "print(int(wins > 0))"),
        "takes the largest value reached, and one more": FIRST.replace(
            "    value = 0\n    while value in reached:\n        value += 1\n",
            "    value = max(reached, default=-1) + 1\n",
        ),
        "adds the values of the parts": FIRST.replace(
            "values[left] ^ values[rest", "values[left] + values[rest"
        ),
        "plays each row by itself": FIRST.replace("wanted = whole ^ values[length]", "wanted = 0"),
    },
    slow={"remembers whole positions": POSITIONS, "finds each value anew": FORGETFUL},
)
