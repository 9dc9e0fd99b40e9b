"""One half-price ticket: the cheapest way from town 1 to town n with one road at half price."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from tasks.kit import Task, lines, numbers, shuffled


def network(towns: int, roads: list[list[int]]) -> str:
    """Return the input for these roads."""
    return lines([towns, len(roads)], *roads)


def random_network(rng: Random, towns: int, count: int, price: int) -> str:
    """Return a network of `count` roads with prices from 0 to `price`."""
    roads = [[*numbers(rng, 2, 1, towns), rng.randrange(price + 1)] for _ in range(count)]
    return network(towns, roads)


def long_network(rng: Random, towns: int, count: int) -> str:
    """Return a chain of all towns in a random order with short cuts, for long cheapest ways."""
    chain = [1, *shuffled(rng, range(2, towns)), towns]
    roads = [[a, b, rng.randrange(1, 50)] for a, b in pairwise(chain)]
    while len(roads) < count:
        here = rng.randrange(towns - 1)
        jump = rng.randrange(1, min(20, towns - here))
        roads.append([chain[here + jump], chain[here], rng.randrange(30 * jump, 60 * jump)])
    return network(towns, shuffled(rng, roads))


def cases(rng: Random) -> Iterator[str]:
    """Yield n and m, then m roads each."""
    yield network(4, [[1, 2, 6], [2, 4, 6], [1, 3, 1], [3, 4, 13]])
    yield network(3, [[1, 2, 7]])
    yield network(2, [])
    yield network(2, [[1, 2, 0]])
    yield network(2, [[1, 2, 1]])
    yield network(2, [[2, 1, 9]])
    yield network(2, [[1, 2, 4], [1, 2, 9]])
    yield network(2, [[1, 1, 5], [2, 2, 5]])
    yield network(3, [[1, 2, 10], [2, 3, 10], [1, 3, 29]])
    yield network(3, [[1, 2, 10], [2, 3, 10], [1, 3, 30], [3, 1, 31]])
    yield network(5, [[1, 2, 3], [3, 2, 3], [3, 4, 3], [5, 4, 3]])
    yield network(6, [[1, 2, 8], [2, 3, 8], [3, 6, 8], [1, 4, 1], [4, 5, 30], [5, 6, 1]])
    for towns, count in ((3, 4), (4, 6), (5, 8), (6, 9), (8, 14), (10, 14), (12, 30)):
        yield random_network(rng, towns, count, 40)
    yield random_network(rng, 100, 120, 1000)
    yield random_network(rng, 50, 600, 9999)
    yield long_network(rng, 40, 70)
    yield long_network(rng, 300, 500)
    yield random_network(rng, 1000, 2500, 9999)
    yield long_network(rng, 2000, 7000)


FIRST = """\
import heapq

n, m = map(int, input().split())
roads = [[] for _ in range(n + 1)]
for _ in range(m):
    u, v, w = map(int, input().split())
    roads[u].append((v, w))
    roads[v].append((u, w))
done = set()
heap = [(0, 1, 0)]
answer = -1
while heap:
    cost, town, used = heapq.heappop(heap)
    if (town, used) in done:
        continue
    done.add((town, used))
    if town == n:
        answer = cost
        break
    for other, w in roads[town]:
        heapq.heappush(heap, (cost + w, other, used))
        if not used:
            heapq.heappush(heap, (cost + w // 2, other, 1))
print(answer)
"""

SECOND = """\
import sys
from heapq import heappop, heappush

numbers = list(map(int, sys.stdin.read().split()))
n, m = numbers[:2]
roads = list(zip(numbers[2::3], numbers[3::3], numbers[4::3]))
near = {town: [] for town in range(1, n + 1)}
for u, v, w in roads:
    near[u].append((v, w))
    near[v].append((u, w))


def costs_from(start):
    costs = {town: float("inf") for town in near}
    costs[start] = 0
    heap = [(0, start)]
    while heap:
        cost, town = heappop(heap)
        if cost == costs[town]:
            for other, w in near[town]:
                if cost + w < costs[other]:
                    costs[other] = cost + w
                    heappush(heap, (cost + w, other))
    return costs


ahead, back = costs_from(1), costs_from(n)
best = ahead[n]
for u, v, w in roads:
    best = min(best, ahead[u] + w // 2 + back[v], ahead[v] + w // 2 + back[u])
print(best if best < float("inf") else -1)
"""

DISCOUNT_LAST = """\
import heapq

n, m = map(int, input().split())
roads = [[] for _ in range(n + 1)]
for _ in range(m):
    u, v, w = map(int, input().split())
    roads[u].append((v, w))
    roads[v].append((u, w))
done = set()
heap = [(0, 1, 0)]
answer = -1
while heap:
    cost, town, dearest = heapq.heappop(heap)
    if town == n:
        answer = cost - (dearest - dearest // 2)
        break
    if town not in done:
        done.add(town)
        for other, w in roads[town]:
            heapq.heappush(heap, (cost + w, other, max(dearest, w)))
print(answer)
"""

TRY_EACH_ROAD = """\
import heapq

n, m = map(int, input().split())
near = [[] for _ in range(n + 1)]
for road in range(m):
    u, v, w = map(int, input().split())
    near[u].append((v, w, road))
    near[v].append((u, w, road))
best = float("inf")
for half in range(m):
    costs = [float("inf")] * (n + 1)
    costs[1] = 0
    heap = [(0, 1)]
    while heap:
        cost, town = heapq.heappop(heap)
        if cost > costs[town]:
            continue
        for other, w, road in near[town]:
            total = cost + (w // 2 if road == half else w)
            if total < costs[other]:
                costs[other] = total
                heapq.heappush(heap, (total, other))
    best = min(best, costs[n])
print(best if best < float("inf") else -1)
"""

TASK = Task(
    difficulty="competition",
    topics=("graphs", "shortest paths"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=TRY_EACH_ROAD,
    brute_cases=22,
    wrong={
        "spends the ticket on the cheapest full-price way": DISCOUNT_LAST,
        "takes the roads one way": FIRST.replace("    roads[v].append((u, w))\n", ""),
        "rounds half a price up": FIRST.replace("w // 2", "(w + 1) // 2"),
        "spends the ticket on every road": FIRST.replace("if not used", "if True"),
        "keeps only the last of parallel roads": SECOND.replace(
            "in roads:\n    near", "in {r[:2]: r for r in roads}.values():\n    near"
        ).replace("roads:\n    best", "{r[:2]: r for r in roads}.values():\n    best"),
        "prints inf for no way": SECOND.replace('best if best < float("inf") else -1', "best"),
    },
    slow={"searches again for each road": TRY_EACH_ROAD},
)
