"""Bicycle workshop: the shortest repair first, for cyclists who do not wait for ever."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, shuffled


def workshop(k: int, *cyclists: list[int]) -> str:
    """Return the input for these cyclists, t, d and p each."""
    return lines([len(cyclists), k], *cyclists)


def drawn(rng: Random, n: int, k: int, last: int, most: int) -> str:
    """Return n cyclists who come by minute `last`, with repairs of `most` minutes at most."""
    cyclists = []
    for _ in range(n):
        patience = rng.randrange(most * n // (2 * k) + 2) if rng.randrange(5) else 0
        cyclists.append([rng.randrange(last + 1), rng.randrange(1, most + 1), patience])
    return workshop(k, *cyclists)


def cases(rng: Random) -> Iterator[str]:
    """Yield n and k, then n cyclists."""
    yield workshop(1, [0, 10, 0], [3, 4, 9], [1, 1, 8], [5, 2, 20])
    yield workshop(2, [4, 5, 1], [4, 5, 1], [4, 5, 1], [9, 1, 0], [6, 2, 2])
    yield workshop(1, [0, 1, 0])
    yield workshop(1, [5, 3, 0], [5, 3, 0])
    yield workshop(1, [5, 3, 3], [5, 3, 2], [5, 3, 9])
    yield workshop(1, [7, 2, 0], [0, 7, 5], [7, 2, 5])
    yield workshop(1, [0, 9, 9], [3, 4, 99], [2, 4, 99], [3, 4, 99], [2, 4, 99])
    yield workshop(2, [0, 9, 9], [0, 1, 9], [1, 1, 0], [2, 8, 7], [2, 6, 7], [3, 6, 7])
    yield workshop(5, [0, 4, 0], [0, 4, 0], [0, 4, 0], [0, 4, 0], [0, 4, 0], [0, 3, 2])
    yield workshop(1, [100, 5, 5], [0, 5, 5], [50, 5, 5])
    yield workshop(2, [0, 5, 0], [5, 5, 0], [5, 5, 0], [5, 4, 0], [5, 6, 5])
    yield workshop(1, [0, 8, 0], [1, 9, 7], [8, 2, 6], [10, 1, 0])
    yield workshop(2, [0, 3, 0], [0, 6, 0], [1, 9, 9], [2, 2, 1], [4, 3, 1], [5, 3, 1])
    for n, k, last, most in (
        (5, 1, 10, 6),
        (6, 1, 12, 5),
        (8, 2, 12, 7),
        (10, 2, 20, 9),
        (12, 1, 20, 4),
        (20, 3, 20, 10),
        (40, 1, 300, 10),
    ):
        yield drawn(rng, n, k, last, most)
    yield workshop(3, [10**6, 1000, 10**6])
    yield drawn(rng, 200, 2, 900, 10)
    yield drawn(rng, 1000, 5, 3000, 20)
    yield drawn(rng, 1000, 1, 10**6, 1000)
    yield drawn(rng, 1000, 3, 100000, 1000)
    yield workshop(1, *shuffled(rng, [[i // 2, 999 - i // 3, 10**6] for i in range(1000)]))


FIRST = """\
import heapq

n, k = map(int, input().split())
cyclists = [tuple(map(int, input().split())) for _ in range(n)]
arrivals = sorted(range(n), key=lambda i: cyclists[i][0])
free = [0] * k
waiting = []
answer = ["left"] * n
came = now = 0
while came < n or waiting:
    now = max(now, heapq.heappop(free))
    if not waiting:
        now = max(now, cyclists[arrivals[came]][0])
    while came < n and cyclists[arrivals[came]][0] <= now:
        i = arrivals[came]
        heapq.heappush(waiting, (cyclists[i][1], cyclists[i][0], i))
        came += 1
    end = now
    while waiting:
        d, t, i = heapq.heappop(waiting)
        if t + cyclists[i][2] >= now:
            answer[i] = now + d
            end = now + d
            break
    heapq.heappush(free, end)
print(*answer, sep="\\n")
"""

SECOND = """\
import sys

n, k, *rest = map(int, sys.stdin.read().split())
undone = [(rest[j + 1], rest[j], j // 3, rest[j + 2]) for j in range(0, 3 * n, 3)]
ends = ["left"] * n
busy = [0] * k
while undone:
    now = max(min(busy), min(t for d, t, i, p in undone))
    undone = [job for job in undone if job[1] + job[3] >= now]
    here = [job for job in undone if job[1] <= now]
    if here:
        best = min(here)
        undone.remove(best)
        ends[best[2]] = now + best[0]
        busy[busy.index(min(busy))] = now + best[0]
for end in ends:
    print(end)
"""

BRUTE = """\
n, k = map(int, input().split())
cyclists = [list(map(int, input().split())) + [i] for i in range(n)]
answer = ["left"] * n
working = []  # the minutes in which repairs end
waiting = []
last = max(t + p for t, d, p, i in cyclists)
minute = min(t for t, d, p, i in cyclists)
while minute <= last:
    working = [end for end in working if end > minute]
    waiting = [c for c in waiting if c[0] + c[2] >= minute]
    waiting += [c for c in cyclists if c[0] == minute]
    while waiting and len(working) < k:
        next_one = sorted(waiting, key=lambda c: (c[1], c[0], c[3]))[0]
        waiting.remove(next_one)
        answer[next_one[3]] = minute + next_one[1]
        working.append(minute + next_one[1])
    minute += 1
for end in answer:
    print(end)
"""

TASK = Task(
    difficulty="interview",
    topics=("simulation", "heaps", "scheduling"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    wrong={
        "serves in the order of arrival": FIRST.replace(
            "(cyclists[i][1], cyclists[i][0], i)", "(cyclists[i][0], i, cyclists[i][1])"
        ).replace("d, t, i = heapq", "t, i, d = heapq"),
        "does not wait to the last minute": FIRST.replace(
            "cyclists[i][2] >= now", "cyclists[i][2] > now or t == now"
        ),
        "lets everybody wait for ever": FIRST.replace("t + cyclists[i][2] >= now", "True"),
        "wants the repair done in that time": FIRST.replace(
            "cyclists[i][2] >= now", "cyclists[i][2] >= now + d"
        ),
        "prefers smaller numbers to longer waits": FIRST.replace(
            "cyclists[i][1], cyclists[i][0], i)", "cyclists[i][1], i, cyclists[i][0])"
        ).replace("d, t, i = heapq", "d, i, t = heapq"),
        "has one mechanic": FIRST.replace("[0] * k", "[0]"),
        "lets a free mechanic go back in time": FIRST.replace(
            "max(now, heapq.heappop(free))", "heapq.heappop(free)"
        ),
        "prefers the longest repair": FIRST.replace(
            "(cyclists[i][1],", "(-cyclists[i][1],"
        ).replace(
            "d, t, i = heapq.heappop(waiting)", "d, t, i = heapq.heappop(waiting)\n        d = -d"
        ),
        "prints when the repair begins": FIRST.replace("answer[i] = now + d", "answer[i] = now"),
    },
)
