"""Resting hives: the best sum of harvests when each harvest needs k days of rest after it."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def season(rest: int, harvests: list[int]) -> str:
    """Return the input for these harvests."""
    return lines([len(harvests), rest], harvests)


def cases(rng: Random) -> Iterator[str]:
    """Yield n and k, then n harvests."""
    yield season(2, [5, 9, 6, 1, 7, 3])
    yield season(1, [-4, -2])
    for rest, harvests in (
        (1, [0]),
        (3, [8]),
        (3, [-8]),
        (0, [4, -1, 6]),
        (0, [-1, -2]),
        (1, [2, 3, 2]),
        (2, [4, 5, 1, 4, 5]),
        (2, [1, 1, 1, 1]),
        (5, [3, 9, 2]),
        (1, [10, 1, 1, 10, 1, 1, 10]),
        (2, [6, 0, 0, 0, 6, 0, 0, 6]),
        (3, [1, -5, -5, -5, 1, -5, -5, -5, 1]),
    ):
        yield season(rest, harvests)
    for count in (5, 8, 13, 21, 34, 55):
        yield season(rng.randrange(1, 5), numbers(rng, count, -10, 30))
    yield season(30, numbers(rng, 500, -100, 1000))
    yield season(2000, numbers(rng, 1000, -1000, 1000))
    yield season(7, numbers(rng, 1500, -1000, -1))
    yield season(1, numbers(rng, 2000, -1000, 1000))
    yield season(3, [1000 - value for value in numbers(rng, 2000, 0, 9)])
    yield season(12, [-1000 + value for value in numbers(rng, 2000, 0, 0)])


FIRST = """\
n, k = map(int, input().split())
harvests = list(map(int, input().split()))
best = [0] * (n + 1)
for day in range(n):
    before = best[max(day - k, 0)]
    best[day + 1] = max(best[day], before + harvests[day])
print(best[n])
"""

SECOND = """\
import sys

n, k, *harvests = map(int, sys.stdin.read().split())
ready = {0: 0}
for day, honey in enumerate(harvests):
    now = ready.pop(day, 0)
    for later, total in ((day + 1, now), (day + 1 + k, now + honey)):
        ready[later] = max(ready.get(later, 0), total)
print(max(ready.values()))
"""

GREEDY = """\
n, k = map(int, input().split())
harvests = list(map(int, input().split()))
chosen = []
for day in sorted(range(n), key=lambda d: -harvests[d]):
    if harvests[day] > 0 and all(abs(day - other) > k for other in chosen):
        chosen.append(day)
print(sum(harvests[day] for day in chosen))
"""

BRUTE = """\
n, k = map(int, input().split())
harvests = list(map(int, input().split()))


def best(day):
    if day >= n:
        return 0
    return max(best(day + 1), harvests[day] + best(day + k + 1))


print(best(0))
"""

TASK = Task(
    difficulty="interview",
    topics=("dynamic programming",),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=16,
    wrong={
        "takes the largest harvest first": GREEDY,
        "rests one day too few": FIRST.replace("day - k", "day - k + 1"),
        "rests one day too many": FIRST.replace("day - k", "day - k - 1"),
        "always rests one day": FIRST.replace("day - k", "day - 1"),
        "harvests at least once": FIRST.replace("best[n]", "best[n] or max(harvests)"),
        "harvests every k + 1 days": FIRST.replace(
            "best[n]", "max(sum(harvests[start :: k + 1]) for start in range(k + 1))"
        ),
    },
)
