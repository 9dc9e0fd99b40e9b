"""Picnic blanket: places of a rectangle, turned or not, without ants and half in the shade."""

from collections.abc import Iterator, Sequence
from random import Random

from tasks.kit import Task, word


def meadow(high: int, wide: int, rows: Sequence[str]) -> str:
    """Return the input for a blanket and the rows of a meadow."""
    return "\n".join([f"{len(rows)} {len(rows[0])} {high} {wide}", *rows]) + "\n"


def cases(rng: Random) -> Iterator[str]:
    """Yield the four sizes, then the grid."""
    yield meadow(1, 2, ["s.a", "..s"])
    yield meadow(2, 2, ["ss.", "..s"])
    yield meadow(1, 1, ["s"])
    yield meadow(1, 1, ["."])
    yield meadow(1, 1, ["a"])
    yield meadow(2, 1, ["s"])
    yield meadow(3, 2, ["sss", "sss"])
    yield meadow(2, 3, ["ss", "s.", ".."])
    yield meadow(5, 1, ["s.s.s.s", "aaaaaaa", "sssss.s"])
    yield meadow(3, 1, ["s..", "s..", "..s"])
    yield meadow(3, 3, ["sss", "s..", "..."])
    yield meadow(3, 3, ["sss", "ss.", "..."])
    yield meadow(2, 2, ["ssss", "sass", "ssss", "ssss"])
    yield meadow(1, 4, ["sa.s", "s...", "s...", "...s"])
    yield meadow(250, 250, ["s" * 5] * 5)
    for rows, columns, high, wide, squares in (
        (4, 5, 2, 2, "..ssa"),
        (5, 4, 1, 3, ".ssss"),
        (6, 6, 3, 2, "....ssssa"),
        (7, 9, 3, 3, "....sssss"),
        (9, 7, 2, 4, "....ssss"),
        (12, 15, 5, 3, "." * 19 + "s" * 20 + "a"),
        (20, 20, 4, 4, "." * 19 + "s" * 20 + "a"),
        (30, 8, 11, 2, "." * 20 + "s" * 20 + "a"),
        (60, 70, 7, 5, "." * 50 + "s" * 50 + "a"),
        (100, 100, 20, 20, "." * 500 + "s" * 500),
        (1, 250, 1, 30, "." * 50 + "s" * 50 + "a"),
        (250, 250, 120, 125, "." * 500 + "s" * 500),
    ):
        yield meadow(high, wide, [word(rng, columns, squares) for _ in range(rows)])


FIRST = """\
r, c, h, w = map(int, input().split())
# A shady square counts 1 and a sunny one -1; ants count so much that nothing makes up for them.
worth = {"s": 1, ".": -1, "a": -(10**6)}
total = [[0] * (c + 1)]
for _ in range(r):
    above, row, line = total[-1], [0], 0
    for place, square in enumerate(input().strip()):
        line += worth[square]
        row.append(above[place + 1] + line)
    total.append(row)
good = 0
for high, wide in {(h, w), (w, h)}:
    for top in range(r - high + 1):
        upper, lower = total[top], total[top + high]
        for left in range(c - wide + 1):
            right = left + wide
            if lower[right] - upper[right] - lower[left] + upper[left] >= 0:
                good += 1
print(good)
"""

SECOND = """\
import sys
from itertools import accumulate


def count(rows, high, wide):
    if len(rows) < high:
        return 0
    good = 0
    columns = [0] * len(rows[0])
    for bottom, row in enumerate(rows):
        columns = [one + other for one, other in zip(columns, row)]
        if bottom >= high:
            columns = [one - other for one, other in zip(columns, rows[bottom - high])]
        if bottom >= high - 1:
            sums = [0, *accumulate(columns)]
            for left, right in zip(sums, sums[wide:]):
                shady, ants = divmod(right - left, 100000)
                good += not ants and 2 * shady >= high * wide
    return good


sizes, *lines = sys.stdin.read().split("\\n")
r, c, h, w = map(int, sizes.split())
rows = [[{".": 0, "s": 100000, "a": 1}[square] for square in line] for line in lines[:r]]
print(count(rows, h, w) + (count(rows, w, h) if h != w else 0))
"""

BRUTE = """\
r, c, h, w = map(int, input().split())
grid = [input() for _ in range(r)]
good = set()
for top in range(r):
    for left in range(c):
        for high, wide in ((h, w), (w, h)):
            if top + high <= r and left + wide <= c:
                covered = ""
                for i in range(top, top + high):
                    for j in range(left, left + wide):
                        covered += grid[i][j]
                if "a" not in covered and covered.count("s") * 2 >= h * w:
                    good.add((top, left, high, wide))
print(len(good))
"""

TASK = Task(
    difficulty="interview",
    topics=("prefix sums", "grids"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    wrong={
        "never turns the blanket": FIRST.replace("{(h, w), (w, h)}", "{(h, w)}"),
        "counts the places of a square blanket twice": FIRST.replace(
            "{(h, w), (w, h)}", "((h, w), (w, h))"
        ),
        "wants more than half of it shady": FIRST.replace(">= 0", "> 0"),
        "rounds half of the squares down": SECOND.replace(
            "2 * shady >= high * wide", "shady >= high * wide // 2"
        ),
        "does not mind the ants": FIRST.replace("-(10**6)", "-1"),
        "keeps off the last row": FIRST.replace("r - high + 1", "r - high"),
        "keeps off the last column": FIRST.replace("c - wide + 1", "c - wide"),
        "mixes up rows and columns": FIRST.replace("r - high + 1", "c - high + 1")
        .replace("c - wide + 1", "r - wide + 1")
        .replace("good = 0\n", "good = 0\nr = c = min(r, c)\n"),
    },
    slow={"looks at every square again": BRUTE},
)
