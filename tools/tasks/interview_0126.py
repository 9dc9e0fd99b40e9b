"""Proud crows: a take-away game in which nobody repeats the number that was taken just before."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines


def bunches(*pairs: tuple[int, int]) -> str:
    """Return the input for these bunches, n and k each."""
    return lines(*pairs, (0, 0))


def cases(rng: Random) -> Iterator[str]:
    """Yield lines of n and k, then two zeros."""
    yield bunches((3, 2), (3, 3), (2, 2), (5, 4))
    yield bunches((2, 1))
    yield bunches((1, 1))
    yield bunches((1, 30))
    yield bunches((2, 30), (4, 30), (30, 30))
    yield bunches(*((n, 1) for n in range(1, 6)))
    yield bunches(*((n, 2) for n in range(1, 14)))
    yield bunches(*((n, 3) for n in range(1, 15)))
    yield bunches(*((n, 4) for n in range(1, 15)))
    yield bunches(*((n, 5) for n in range(1, 15)))
    yield bunches(*((n, 6) for n in range(2, 14)))
    yield bunches(*((n, 7) for n in range(5, 15)))
    yield bunches(*((n, n) for n in range(1, 14)))
    yield bunches(*((n, n - 1) for n in range(3, 14)))
    for top in (12, 13, 14):
        yield bunches(*((rng.randrange(4, top + 1), rng.randrange(2, 9)) for _ in range(10)))
    yield bunches(*((rng.randrange(20, 60), rng.randrange(3, 12)) for _ in range(15)))
    yield bunches(*((rng.randrange(40, 120), rng.randrange(20, 31)) for _ in range(15)))
    yield bunches(*((rng.randrange(300, 900), rng.randrange(2, 31)) for _ in range(15)))
    yield bunches(*((n, 30) for n in range(986, 1001)))
    yield bunches(*((n, 29) for n in range(986, 1001)))
    yield bunches(*((1000, k) for k in range(2, 17)))


FIRST = """\
games = {}
while True:
    n, k = map(int, input().split())
    if n == 0:
        break
    # For each number of grapes: the picks that win, if none were forbidden.
    wins = games.setdefault(k, [set()])
    for grapes in range(len(wins), n + 1):
        picks = range(1, min(k, grapes) + 1)
        wins.append({pick for pick in picks if wins[grapes - pick] <= {pick}})
    print(*(sorted(games[k][n]) or ["fly"]))
"""

SECOND = """\
import sys

numbers = list(map(int, sys.stdin.read().split()))
for n, k in zip(numbers[:-2:2], numbers[1:-2:2]):
    # Bit p of lost[g]: who has g grapes before him and may not pick p loses.
    everything = (1 << k + 1) - 1
    lost = [everything]
    for grapes in range(1, n + 1):
        winning = 0
        for pick in range(1, min(k, grapes) + 1):
            winning |= lost[grapes - pick] & 1 << pick
        if winning == 0:
            lost.append(everything)
        elif winning & winning - 1:
            lost.append(0)
        else:
            lost.append(winning)
    print(" ".join(str(p) for p in range(1, k + 1) if winning >> p & 1) or "fly")
"""

BRUTE = """\
from functools import cache


@cache
def wins(grapes, k, last):
    for pick in range(1, k + 1):
        if pick <= grapes and pick != last and not wins(grapes - pick, k, pick):
            return True
    return False


while True:
    n, k = map(int, input().split())
    if (n, k) == (0, 0):
        break
    good = [pick for pick in range(1, k + 1) if pick <= n and not wins(n - pick, k, pick)]
    print(" ".join(map(str, good)) if good else "fly")
"""

TASK = Task(
    difficulty="interview",
    topics=("games", "dynamic programming"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=19,
    wrong={
        "forgets pride": FIRST.replace("wins[grapes - pick] <= {pick}", "not wins[grapes - pick]"),
        "prints the remainder by k + 1": FIRST.replace(
            'sorted(games[k][n]) or ["fly"]', '[n % (k + 1) or "fly"]'
        ),
        "prints the least pick only": FIRST.replace(
            'sorted(games[k][n]) or ["fly"]', 'sorted(games[k][n])[:1] or ["fly"]'
        ),
        "lets a crow repeat what the other did two picks before": FIRST.replace(
            "wins[grapes - pick] <= {pick}", "len(wins[grapes - pick]) < 2"
        ),
        "lets the last grape lose": FIRST.replace("[set()]", "[{1, 2}]"),
        "prints where Ada loses": FIRST.replace(
            "sorted(games[k][n])", "[p for p in range(1, min(n, k) + 1) if p not in games[k][n]]"
        ),
        "may not pick more than the other did": FIRST.replace(
            "wins[grapes - pick] <= {pick}", "all(other > pick for other in wins[grapes - pick])"
        ),
        "prints 0 for none": FIRST.replace('["fly"]', "[0]"),
        "forbids a number for ever": """\
from functools import lru_cache


@lru_cache(None)
def wins(grapes, used, k):
    return [
        p for p in range(1, min(k, grapes) + 1)
        if p not in used and not wins(grapes - p, used | {p}, k)
    ]


while True:
    n, k = map(int, input().split())
    if not n:
        break
    print(*(wins(n, frozenset(), k) if n < 16 and k < 9 else []) or ["fly"])
""",
    },
)
