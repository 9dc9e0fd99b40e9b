"""Frescoes: the cheapest order of repairs when some come before others; any cheapest will do."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers, shuffled


def church(jobs: list[list[int]], pairs: list[list[int]]) -> str:
    """Return the input for these frescoes and pairs."""
    return lines([len(jobs), len(pairs)], *jobs, *pairs)


def random_church(rng: Random, count: int, pairs: int, days: int, cost: int) -> str:
    """Return a church with up to `pairs` pairs, none twice and without a ring."""
    jobs = [[rng.randrange(1, days + 1), rng.randrange(1, cost + 1)] for _ in range(count)]
    order = shuffled(rng, range(1, count + 1))
    found = set()
    for _ in range(pairs):
        a, b = sorted(numbers(rng, 2, 0, count - 1))
        if a < b:
            found.add((order[a], order[b]))
    return church(jobs, shuffled(rng, [list(pair) for pair in sorted(found)]))


def cases(rng: Random) -> Iterator[str]:
    """Yield n and m, then n frescoes and m pairs."""
    yield church([[5, 1], [1, 9], [3, 2]], [[1, 2]])
    yield church([[2, 4], [1, 2]], [])
    yield church([[1, 1]], [])
    yield church([[100, 1], [1, 100]], [])
    yield church([[100, 1], [1, 100]], [[1, 2]])
    yield church([[1, 100], [100, 1]], [[2, 1]])
    yield church([[2, 3]] * 3, [[3, 1]])
    yield church([[3, 2], [1, 1], [4, 9]], [[1, 2], [2, 3], [1, 3]])
    yield church([[9, 1], [1, 50], [2, 9]], [[1, 2]])
    yield church([[1, 10], [10, 1], [1, 30], [4, 6]], [[2, 3]])
    yield church([[4, 5], [5, 4], [1, 1], [9, 9]], [[3, 1], [4, 2]])
    yield church([[3, 1], [3, 1], [1, 20], [1, 20]], [[1, 3], [2, 4]])
    for count, pairs in ((3, 1), (4, 2), (5, 4), (6, 5), (6, 9), (7, 4)):
        yield random_church(rng, count, pairs, 9, 9)
    for count, pairs in ((8, 6), (9, 9), (10, 20), (11, 8), (12, 12)):
        yield random_church(rng, count, pairs, 100, 100)
    yield random_church(rng, 14, 40, 3, 3)
    yield random_church(rng, 14, 12, 1000, 1000)
    yield random_church(rng, 14, 6, 20, 1000)
    yield random_church(rng, 14, 0, 1000, 20)


FIRST = """\
n, m = map(int, input().split())
days, costs = [], []
for _ in range(n):
    d, c = map(int, input().split())
    days.append(d)
    costs.append(c)
needs = [0] * n
for _ in range(m):
    a, b = map(int, input().split())
    needs[b - 1] |= 1 << (a - 1)
best = {0: 0}
last = {}
length = {0: 0}
for done in range(1 << n):
    if done not in best:
        continue
    for i in range(n):
        if not done >> i & 1 and needs[i] & done == needs[i]:
            after = done | 1 << i
            length[after] = length[done] + days[i]
            total = best[done] + costs[i] * length[after]
            if after not in best or total < best[after]:
                best[after] = total
                last[after] = i
order = []
done = (1 << n) - 1
while done:
    order.append(last[done] + 1)
    done ^= 1 << last[done]
print(*order[::-1])
"""

SECOND = """\
import sys
from functools import cache

n, m, *rest = map(int, sys.stdin.read().split())
jobs = [(rest[2 * i], rest[2 * i + 1]) for i in range(n)]
before = [[] for _ in range(n)]
for a, b in zip(rest[2 * n :: 2], rest[2 * n + 1 :: 2]):
    before[b - 1].append(1 << a - 1)


@cache
def cheapest(left):
    # what the frescoes that are left cost per day while the first of them is repaired
    if left == 0:
        return 0, None
    rate = sum(jobs[i][1] for i in range(n) if left & 1 << i)
    choices = []
    for i in reversed(range(n)):
        if left & 1 << i and not any(left & bit for bit in before[i]):
            total, _ = cheapest(left - (1 << i))
            choices.append((total + rate * jobs[i][0], i))
    return min(choices, key=lambda choice: choice[0])


left = 2**n - 1
while left:
    _, i = cheapest(left)
    print(i + 1, end=" ")
    left -= 1 << i
print()
"""

BRUTE = """\
from itertools import permutations

n, m = map(int, input().split())
jobs = [tuple(map(int, input().split())) for _ in range(n)]
pairs = [tuple(map(int, input().split())) for _ in range(m)]
found = []
for order in permutations(range(1, n + 1)):
    if all(order.index(a) < order.index(b) for a, b in pairs):
        day = total = 0
        for i in order:
            day += jobs[i - 1][0]
            total += day * jobs[i - 1][1]
        found.append((total, order))
print(*max(order for total, order in found if total == min(found)[0]))
"""

EVERY_ORDER = """\
n, m = map(int, input().split())
jobs = [tuple(map(int, input().split())) for _ in range(n)]
needs = [set() for _ in range(n)]
for _ in range(m):
    a, b = map(int, input().split())
    needs[b - 1].add(a - 1)
best, answer = None, None


def go(order, day, total):
    global best, answer
    if len(order) == n:
        if best is None or total < best:
            best, answer = total, list(order)
        return
    for i in range(n):
        if i not in order and needs[i].issubset(order):
            order.append(i)
            end = day + jobs[i][0]
            go(order, end, total + end * jobs[i][1])
            order.pop()


go([], 0, 0)
print(*[i + 1 for i in answer])
"""

GREEDY = """\
from fractions import Fraction

n, m = map(int, input().split())
jobs = [tuple(map(int, input().split())) for _ in range(n)]
pairs = [tuple(map(int, input().split())) for _ in range(m)]
order = []
while len(order) < n:
    free = [
        i
        for i in range(1, n + 1)
        if i not in order and all(a in order for a, b in pairs if b == i)
    ]
    order.append(max(free, key=lambda i: Fraction(jobs[i - 1][1], jobs[i - 1][0])))
print(*order)
"""

DEAR_ONES_WITH_ALL_THEY_NEED = """\
from fractions import Fraction

n, m = map(int, input().split())
jobs = [tuple(map(int, input().split())) for _ in range(n)]
pairs = [tuple(map(int, input().split())) for _ in range(m)]
order = []


def take(i):
    for a, b in pairs:
        if b == i and a not in order:
            take(a)
    if i not in order:
        order.append(i)


for i in sorted(range(1, n + 1), key=lambda i: Fraction(-jobs[i - 1][1], jobs[i - 1][0])):
    take(i)
print(*order)
"""

CHECKER = """\
import re


def cost(given, answer):
    rows = [list(map(int, line.split())) for line in given.splitlines()]
    n, m = rows[0]
    words = answer.split()
    assert len(words) == n, "not every fresco once"
    assert all(re.fullmatch("[0-9]{1,4}", word) for word in words), "not a list of numbers"
    order = list(map(int, words))
    assert sorted(order) == list(range(1, n + 1)), "not every fresco once"
    place = {fresco: i for i, fresco in enumerate(order)}
    for a, b in rows[n + 1 : n + 1 + m]:
        assert place[a] < place[b], f"fresco {b} is repaired before fresco {a}"
    day = total = 0
    for fresco in order:
        days, rate = rows[fresco]
        day += days
        total += day * rate
    return total


def check(given, expected, answer):
    found, least = cost(given, answer), cost(given, expected)
    return found == least or f"costs {found}, the cheapest order {least}"
"""

TASK = Task(
    difficulty="competition",
    topics=("dynamic programming", "subsets", "scheduling"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=18,
    checker=CHECKER,
    wrong={
        "takes the best rate that is free": GREEDY,
        "takes the shortest that is free": GREEDY.replace(
            "Fraction(jobs[i - 1][1], jobs[i - 1][0])", "-jobs[i - 1][0]"
        ),
        "takes the dearest that is free": GREEDY.replace(
            "Fraction(jobs[i - 1][1], jobs[i - 1][0])", "jobs[i - 1][1]"
        ),
        "takes the best rate with all it needs": DEAR_ONES_WITH_ALL_THEY_NEED,
        "ignores the pairs": FIRST.replace(" and needs[i] & done == needs[i]", ""),
        "reads the pairs the wrong way round": FIRST.replace("a, b = map", "b, a = map"),
        "counts frescoes from 0": FIRST.replace("last[done] + 1", "last[done]"),
        "prints the cost": FIRST.replace("print(*order[::-1])", "print(best[(1 << n) - 1])"),
        "counts only its own days": FIRST.replace("costs[i] * length[after]", "costs[i] * days[i]"),
    },
    slow={"tries every order": EVERY_ORDER},
)
