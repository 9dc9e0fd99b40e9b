"""Concert order: sing song 1 as early as possible, then song 2, and so on."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from tasks.kit import Json, Task, numbers, shuffled


def conditions(rng: Random, n: int, count: int) -> list[list[int]]:
    """Return so many conditions that do not contradict each other."""
    order = shuffled(rng, range(1, n + 1))
    places = (sorted(shuffled(rng, range(n))[:2]) for _ in range(count))
    return [[order[i], order[j]] for i, j in places]


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments n and before."""
    yield [4, [[4, 1], [2, 3]]]
    yield [3, [[1, 2], [2, 3], [3, 1]]]
    yield [1, []]
    yield [5, []]
    yield [2, [[2, 1]]]
    yield [2, [[2, 1], [1, 2]]]
    yield [3, [[3, 1], [3, 1], [3, 2]]]
    yield [4, [[2, 3], [3, 2]]]
    yield [5, [[3, 1], [5, 1], [2, 5]]]
    yield [5, [[5, 2], [4, 1]]]
    yield [6, [[6, 1], [5, 2], [4, 3]]]
    yield [6, [[4, 5], [5, 6], [6, 5], [2, 1]]]
    for n, count in ((5, 4), (6, 4), (6, 7), (7, 5), (7, 8), (7, 11)):
        yield [n, conditions(rng, n, count)]
    yield [10, conditions(rng, 10, 9)]
    yield [20, conditions(rng, 20, 25)]
    yield [50, conditions(rng, 50, 60)]
    loose = conditions(rng, 50, 40)
    yield [50, [*loose, *([b, a] for a, b in loose[20:21])]]
    yield [120, conditions(rng, 120, 200)]
    yield [200, [[song, pick] for song, pick in enumerate(numbers(rng, 100, 101, 200), 1)]]
    chain = shuffled(rng, range(1, 301))
    yield [300, [[a, b] for a, b in pairwise(range(300, 0, -1))]]
    yield [300, shuffled(rng, [[a, b] for a, b in pairwise(chain)])]
    yield [300, shuffled(rng, [[a, b] for a, b in pairwise([*chain, chain[150]])])]
    yield [300, conditions(rng, 300, 500)]
    yield [300, conditions(rng, 300, 2000)]


FIRST = """\
import heapq


def concert_order(n: int, before: list[list[int]]) -> list[int]:
    earlier = [[] for _ in range(n + 1)]
    waiting = [0] * (n + 1)
    for a, b in before:
        earlier[b].append(a)
        waiting[a] += 1
    # From the end: the last song is the least loved one that need not be before another.
    heap = [-song for song in range(1, n + 1) if waiting[song] == 0]
    heapq.heapify(heap)
    order = []
    while heap:
        song = -heapq.heappop(heap)
        order.append(song)
        for other in earlier[song]:
            waiting[other] -= 1
            if waiting[other] == 0:
                heapq.heappush(heap, -other)
    return order[::-1] if len(order) == n else []
"""

SECOND = """\
def concert_order(n, before):
    needs = {song: {song} for song in range(1, n + 1)}
    for a, b in before:
        needs[b].add(a)
    for via in needs:
        for song in needs:
            if via in needs[song]:
                needs[song] |= needs[via]
    for a, b in before:
        if b in needs[a]:
            return []
    done = []

    def sing(songs):
        for song in sorted(songs):
            if song not in done:
                sing(needs[song] - {song} - set(done))
                done.append(song)

    sing(set(needs))
    return done
"""

BRUTE = """\
from itertools import permutations


def concert_order(n, before):
    best, found = None, []
    for order in permutations(range(1, n + 1)):
        places = [order.index(song) for song in range(1, n + 1)]
        if all(places[a - 1] < places[b - 1] for a, b in before):
            if best is None or places < best:
                best, found = places, list(order)
    return found
"""

SMALLEST = """\
import heapq


def concert_order(n, before):
    later = [[] for _ in range(n + 1)]
    missing = [0] * (n + 1)
    for a, b in before:
        later[a].append(b)
        missing[b] += 1
    heap = [song for song in range(1, n + 1) if not missing[song]]
    order = []
    while heap:
        song = heapq.heappop(heap)
        order.append(song)
        for other in later[song]:
            missing[other] -= 1
            if not missing[other]:
                heapq.heappush(heap, other)
    return order if len(order) == n else []
"""

DEPTH_FIRST = """\
def concert_order(n, before):
    needs = [set() for _ in range(n + 1)]
    for a, b in before:
        needs[b].add(a)
    state = [0] * (n + 1)
    order = []

    def sing(song):
        if state[song] == 1:
            return False
        if state[song] == 0:
            state[song] = 1
            for other in sorted(needs[song]):
                if not sing(other):
                    return False
            state[song] = 2
            order.append(song)
        return True

    for song in range(1, n + 1):
        if not sing(song):
            return []
    return order
"""

TASK = Task(
    difficulty="interview",
    topics=("graphs", "topological order", "heaps"),
    fn_name="concert_order",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=18,
    wrong={
        "takes the most loved song that is free": SMALLEST,
        "sings what a song needs in the order of numbers": DEPTH_FIRST,
        "goes from the end by the most loved": FIRST.replace("-song", "song")
        .replace("-heapq", "heapq")
        .replace("-other", "other"),
        "returns what it can of a contradiction": FIRST.replace(" if len(order) == n else []", ""),
        "returns places": FIRST.replace(
            "order[::-1] if", "[n - order.index(song) for song in range(1, n + 1)] if"
        ),
        "turns the conditions round": FIRST.replace("for a, b in", "for b, a in"),
        "takes a stack for the heap": FIRST.replace("-heapq.heappop(heap)", "-heap.pop()").replace(
            "heapq.heappush(heap, -other)", "heap.append(-other)"
        ),
    },
)
