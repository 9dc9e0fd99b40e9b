"""Touring band: an order of inns that want to see a_i coins and change the purse by b_i."""

from collections.abc import Iterator, Sequence
from random import Random

from tasks.kit import Task, lines, shuffled


def tour(purse: int, inns: Sequence[Sequence[int]]) -> str:
    """Return the input for a purse and inns (a, b)."""
    return lines([len(inns), purse], *inns)


def planned(rng: Random, count: int, slack: int, change: int, lift: int = 0) -> str:
    """Return a tour that some order just allows; but `lift` asks for more at one inn."""
    first = purse = rng.randrange(1, change + 1)
    gains = rng.randrange(count + 1)
    inns = []
    for place in range(count):
        wanted = max(purse - rng.randrange(slack + 1), 0)
        if place < gains:
            altered = rng.randrange(change + 1)
        else:
            altered = -rng.randrange(min(wanted, change) + 1)
        purse += altered
        inns.append([wanted, altered])
    inns[rng.randrange(count)][0] += lift
    return tour(first, shuffled(rng, inns))


def cases(rng: Random) -> Iterator[str]:
    """Yield n and s, then a and b of every inn."""
    yield tour(5, [(6, -3), (5, 2), (4, -3)])
    yield tour(3, [(1, -1), (3, -1), (3, 0), (3, 1), (6, 0)])
    yield tour(0, [(0, 0)])
    yield tour(2, [(3, 5)])
    yield tour(3, [(3, -3)])
    yield tour(0, [(0, 1), (1, 1), (2, 1), (4, 0)])
    yield tour(0, [(3, 9), (2, 1), (1, 1), (0, 1)])
    yield tour(10, [(10, -1), (9, -8)])
    yield tour(10, [(9, -8), (10, -1)])
    yield tour(10, [(8, -1), (10, -9)])
    yield tour(10, [(10, -9), (9, -1), (8, -1)])
    yield tour(4, [(4, -2), (2, 3), (5, -5)])
    yield tour(7, [(5, -1), (5, -1), (5, -1), (7, -2)])
    for count in (3, 4, 4, 5, 5, 6, 6, 7):
        yield planned(rng, count, 1, 8)
    for count in (5, 6, 7):
        yield planned(rng, count, 1, 8, lift=3)
    for count in (12, 20, 40, 80, 150):
        yield planned(rng, count, 2, 20)
    yield planned(rng, 300, 0, 1000)
    yield planned(rng, 300, 0, 1000, lift=10**8)
    yield planned(rng, 1000, 5, 10**6)
    yield planned(rng, 1000, 10**5, 10**6)
    yield tour(10**6, [(10**6 - place * 1000, -1000) for place in range(1000)])
    yield tour(999, [(place, -1) for place in range(1, 1001)])


FIRST = """\
n, s = map(int, input().split())
inns = [tuple(map(int, input().split())) for _ in range(n)]
earning = [i for i in range(n) if inns[i][1] >= 0]
costing = [i for i in range(n) if inns[i][1] < 0]
earning.sort(key=lambda i: inns[i][0])
costing.sort(key=lambda i: -(inns[i][0] + inns[i][1]))
order = earning + costing
for i in order:
    if s < inns[i][0]:
        print("impossible")
        break
    s += inns[i][1]
else:
    print(*[i + 1 for i in order])
"""

SECOND = """\
import sys


def anyhow(purse, inns):
    # Nothing here makes the purse lighter, so whoever lets the band in may be next.
    order = []
    while inns:
        open_now = [inn for inn in inns if inn[0] <= purse]
        if not open_now:
            return None
        order += [number for _, _, number in open_now]
        purse += sum(change for _, change, _ in open_now)
        inns = [inn for inn in inns if inn not in set(open_now)]
    return order


n, s, *rest = map(int, sys.stdin.read().split())
inns = list(zip(rest[0::2], rest[1::2], range(1, n + 1)))
# Read backwards, a costing inn earns, and it wants to see what it left in the purse.
back = [(a + b, -b, number) for a, b, number in inns if b < 0]
there = anyhow(s, [inn for inn in inns if inn[1] >= 0])
home = anyhow(s + sum(b for _, b, _ in inns), back)
if there is None or home is None:
    print("impossible")
else:
    print(*there, *home[::-1])
"""

BRUTE = """\
from itertools import permutations

n, s = map(int, input().split())
inns = [tuple(map(int, input().split())) for _ in range(n)]
answer = "impossible"
for order in permutations(range(n)):
    purse = s
    for i in order:
        if purse < inns[i][0]:
            break
        purse += inns[i][1]
    else:
        answer = " ".join(str(i + 1) for i in order)
print(answer)
"""

AFFORDABLE = """\
n, s = map(int, input().split())
inns = [tuple(map(int, input().split())) for _ in range(n)]
left = set(range(n))
order = []
while left:
    can = [i for i in left if inns[i][0] <= s]
    if not can:
        break
    i = max(can, key=lambda i: inns[i][1])
    left.remove(i)
    order.append(i + 1)
    s += inns[i][1]
print("impossible" if left else " ".join(map(str, order)))
"""

CHECKER = """\
import re


def check(given, expected, answer):
    words = answer.split()
    if expected.split() == ["impossible"]:
        return words == ["impossible"] or "no order is possible"
    (n, purse), *inns = (list(map(int, line.split())) for line in given.splitlines())
    assert words != ["impossible"], "an order is possible"
    assert len(words) == n, "not every inn exactly once"
    assert all(re.fullmatch("[0-9]{1,4}", word) for word in words), "not numbers of inns"
    assert sorted(map(int, words)) == list(range(1, n + 1)), "not every inn exactly once"
    for word in words:
        wanted, change = inns[int(word) - 1]
        if purse < wanted:
            return f"inn {word} wants to see {wanted} coins, but there are {purse}"
        purse += change
    return True
"""

COSTING = "-(inns[i][0] + inns[i][1])"
TASK = Task(
    difficulty="interview",
    topics=("greedy", "sorting"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    checker=CHECKER,
    wrong={
        "visits costing inns by what they want to see": FIRST.replace(COSTING, "-inns[i][0]"),
        "visits the cheapest inns first": FIRST.replace(COSTING, "-inns[i][1]"),
        "visits the dearest inns first": FIRST.replace(COSTING, "inns[i][1]"),
        "leaves the least in the purse first": FIRST.replace(COSTING, "inns[i][0] + inns[i][1]"),
        "visits the best-paying inns first": FIRST.replace(
            "key=lambda i: inns[i][0])", "key=lambda i: -inns[i][1])"
        ),
        "sorts all inns by what they want to see": FIRST.replace(
            "order = earning + costing", "order = sorted(range(n), key=lambda i: inns[i][0])"
        ),
        "takes the best inn that is open": AFFORDABLE,
        "wants more than a coins": FIRST.replace("s < inns", "s <= inns"),
        "counts inns from 0": FIRST.replace("i + 1 for i", "i for i"),
    },
)
