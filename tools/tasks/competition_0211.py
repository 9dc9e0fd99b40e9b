"""Lamps with diamond-shaped light: twice the area that more than k of them light."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def square(k: int, lamps: list[list[int]]) -> str:
    """Return the input for these lamps."""
    return lines([len(lamps), k], *lamps)


def random_square(rng: Random, count: int, k: int, far: int, reach: int) -> str:
    """Return lamps at most `far` from the middle that light up to `reach`."""
    lamps = [[*numbers(rng, 2, -far, far), rng.randrange(1, reach + 1)] for _ in range(count)]
    return square(k, lamps)


def cases(rng: Random) -> Iterator[str]:
    """Yield n and k, then n lamps."""
    yield square(0, [[0, 0, 2], [2, 1, 2]])
    yield square(1, [[0, 0, 2], [2, 1, 2]])
    for k, lamps in (
        (0, [[0, 0, 1]]),
        (1, [[5, -5, 3]]),
        (1, [[1, 1, 2], [1, 1, 2]]),
        (0, [[-3, 0, 2], [3, 0, 2]]),
        (1, [[-2, 0, 2], [2, 0, 2]]),
        (0, [[0, 0, 5], [1, 1, 2]]),
        (1, [[0, 0, 3], [1, 0, 3]]),
        (1, [[0, 0, 3], [1, 1, 3], [-1, 1, 3]]),
        (2, [[0, 0, 4], [2, 0, 4], [0, 2, 4], [2, 2, 4]]),
        (0, [[0, 0, 3], [3, 3, 3], [6, 0, 3]]),
        (3, [[0, 0, 9], [0, 0, 8], [0, 0, 7], [0, 0, 6]]),
    ):
        yield square(k, lamps)
    for count, k in ((3, 0), (4, 1), (5, 0), (6, 2), (8, 1), (12, 3)):
        yield random_square(rng, count, k, 9, 8)
    for count, k in ((10, 1), (20, 4), (30, 0)):
        yield random_square(rng, count, k, 60, 50)
    yield random_square(rng, 200, 3, 300, 90)
    yield random_square(rng, 40, 2, 10**9, 10**9)
    yield random_square(rng, 200, 199, 10, 10**9)
    yield random_square(rng, 200, 0, 10**9, 10**8)
    yield random_square(rng, 200, 40, 10**9, 10**9)
    far = 10**9
    yield square(0, [[x, y, far] for x in (-far, far) for y in (-far, far)])
    yield square(1, [[0, 0, far - i] for i in range(200)])


FIRST = """\
n, k = map(int, input().split())
# In u = x + y and v = x - y the light is a square, twice as large.
events, ends = [], set()
for _ in range(n):
    x, y, r = map(int, input().split())
    u, v = x + y, x - y
    events.append((u - r, 1, v - r, v + r))
    events.append((u + r, -1, v - r, v + r))
    ends |= {v - r, v + r}
ends = sorted(ends)
place = {v: i for i, v in enumerate(ends)}
gaps = [b - a for a, b in zip(ends, ends[1:])]
change = [0] * len(ends)
events.sort()
area, before = 0, events[0][0]
for u, sign, low, high in events:
    if u > before:
        lit = depth = 0
        for gap, step in zip(gaps, change):
            depth += step
            if depth > k:
                lit += gap
        area += lit * (u - before)
        before = u
    change[place[low]] += sign
    change[place[high]] -= sign
print(area)
"""

SECOND = """\
import sys
from bisect import bisect_left
from itertools import accumulate

n, k, *data = map(int, sys.stdin.read().split())
squares = []
for x, y, r in zip(data[::3], data[1::3], data[2::3]):
    squares.append((x + y - r, x + y + r, x - y - r, x - y + r))
us = sorted({u for s in squares for u in s[:2]})
vs = sorted({v for s in squares for v in s[2:]})
table = [[0] * len(vs) for _ in us]
for left, right, low, high in squares:
    i, j = bisect_left(us, left), bisect_left(us, right)
    a, b = bisect_left(vs, low), bisect_left(vs, high)
    table[i][a] += 1
    table[i][b] -= 1
    table[j][a] -= 1
    table[j][b] += 1
twice = 0
depths = [0] * len(vs)
for i in range(len(us) - 1):
    depths = [d + e for d, e in zip(depths, accumulate(table[i]))]
    twice += (us[i + 1] - us[i]) * sum(
        vs[j + 1] - vs[j] for j in range(len(vs) - 1) if depths[j] > k
    )
print(twice)
"""

BRUTE = """\
n, k = map(int, input().split())
lamps = [tuple(map(int, input().split())) for _ in range(n)]
# The diagonals of a unit square cut it into 4 parts that are lit as a whole or not at all.
# (6x, 6y) of a point inside each part:
parts = [(1, 3), (5, 3), (3, 1), (3, 5)]
quarters = 0
low_x, high_x = min(x - r for x, y, r in lamps), max(x + r for x, y, r in lamps)
low_y, high_y = min(y - r for x, y, r in lamps), max(y + r for x, y, r in lamps)
for left in range(low_x, high_x):
    for bottom in range(low_y, high_y):
        for a, b in parts:
            px, py = 6 * left + a, 6 * bottom + b
            lit = sum(abs(px - 6 * x) + abs(py - 6 * y) < 6 * r for x, y, r in lamps)
            quarters += lit > k
print(quarters // 2)
"""

STRIPS = """\
n, k = map(int, input().split())
squares = []
for _ in range(n):
    x, y, r = map(int, input().split())
    squares.append((x + y - r, x + y + r, x - y - r, x - y + r))
area = 0
for u in range(min(s[0] for s in squares), max(s[1] for s in squares)):
    events = []
    for left, right, low, high in squares:
        if left <= u < right:
            events += [(low, 1), (high, -1)]
    depth = before = 0
    for v, step in sorted(events):
        if depth > k:
            area += v - before
        depth += step
        before = v
print(area)
"""

PAIRS = """\
n, k = map(int, input().split())
squares = []
for _ in range(n):
    x, y, r = map(int, input().split())
    squares.append((x + y - r, x + y + r, x - y - r, x - y + r))


def common(s, t):
    wide = min(s[1], t[1]) - max(s[0], t[0])
    high = min(s[3], t[3]) - max(s[2], t[2])
    return max(wide, 0) * max(high, 0)


alone = sum(common(s, s) for s in squares)
both = sum(common(s, t) for i, s in enumerate(squares) for t in squares[:i])
print(alone - both if k == 0 else both)
"""

TASK = Task(
    difficulty="competition",
    topics=("geometry", "sweep line"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=18,
    wrong={
        "takes at least k lamps": FIRST.replace("depth > k", "depth >= max(k, 1)"),
        "takes exactly k + 1 lamps": FIRST.replace("depth > k", "depth == k + 1"),
        "takes the diamonds for squares": FIRST.replace("x + y, x - y", "x, y"),
        "prints the area": FIRST.replace("print(area)", "print(area // 2)"),
        "prints four times the area": FIRST.replace("print(area)", "print(2 * area)"),
        "ignores k": FIRST.replace("depth > k", "depth"),
        "adds lights up": FIRST.replace("lit += gap", "lit += gap * (depth - k)"),
        "takes away what each pair has in common": PAIRS,
        "lights points instead of areas": FIRST.replace("[b - a for", "[b - a + 1 for"),
        "forgets lamps at one and the same place": FIRST.replace(
            "events.sort()", "events = sorted(set(events))"
        ),
    },
    slow={"goes strip by strip": STRIPS},
)
