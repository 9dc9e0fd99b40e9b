"""Friends at the station: one train from every sorted list, the least sum of waiting times."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers


def trains(rng: Random, count: int, last: int) -> list[int]:
    """Return up to `count` times from 0 to `last`."""
    return sorted(set(numbers(rng, count, 0, last)))


def cases(rng: Random) -> Iterator[Json]:
    """Yield a list of sorted lists each, as the only argument."""
    yield [[[5, 20, 50], [9, 23, 40], [24, 70]]]
    yield [[[1], [5, 9], [10, 30]]]
    yield [[[0], [0]]]
    yield [[[0], [1000000000]]]
    yield [[[1000000000], [0], [7]]]
    yield [[[3, 8, 11], [1, 5, 11, 20]]]
    yield [[[10, 14], [11, 20]]]
    yield [[[10, 20], [19, 21]]]
    yield [[[5, 6, 7], [1, 2, 3], [8, 9]]]
    yield [[[1, 100], [50, 101], [60, 160]]]
    yield [[[0, 30], [10, 31], [20, 45], [29, 46]]]
    yield [[[2], [2], [2], [2], [1]]]
    yield [[[4, 9], [4, 9], [5, 9], [3, 8]]]
    for towns, count, last in ((2, 4, 40), (3, 4, 60), (3, 5, 60), (4, 4, 99), (5, 4, 80)):
        for _ in range(2):
            yield [[trains(rng, count, last) for _ in range(towns)]]
    for towns, count, last in ((6, 20, 999), (8, 60, 9999), (3, 250, 10**5)):
        yield [[trains(rng, count, last) for _ in range(towns)]]
    yield [[trains(rng, 5, 10**9), trains(rng, 2000, 10**9), trains(rng, 900, 10**9)]]
    yield [[list(range(0, 4000, 2)), list(range(100001, 104001, 2))]]
    yield [[trains(rng, 500, 10**9) for _ in range(8)]]
    yield [[trains(rng, 2000, 10**9), trains(rng, 2000, 10**9)]]


FIRST = """\
from bisect import bisect_right
from typing import List


class Solution:
    def leastWaiting(self, arrivals: List[List[int]]) -> int:
        best = None
        for trains in arrivals:
            for last in trains:
                total = 0
                for others in arrivals:
                    place = bisect_right(others, last) - 1
                    if place < 0:
                        break
                    total += last - others[place]
                else:
                    if best is None or total < best:
                        best = total
        return best
"""

SECOND = """\
from heapq import merge
from typing import List


class Solution:
    def leastWaiting(self, arrivals: List[List[int]]) -> int:
        latest = {}
        found = []
        lines = [[(time, town) for time in times] for town, times in enumerate(arrivals)]
        for time, town in merge(*lines):
            latest[town] = time
            if len(latest) == len(arrivals):
                found.append(time * len(arrivals) - sum(latest.values()))
        return min(found)
"""

BRUTE = """\
from itertools import product


class Solution:
    def leastWaiting(self, arrivals):
        sums = []
        for chosen in product(*arrivals):
            sums.append(sum(max(chosen) - time for time in chosen))
        return min(sums)
"""

EARLIEST = """\
class Solution:
    def leastWaiting(self, arrivals):
        places = [0] * len(arrivals)
        best = float("inf")
        while True:
            times = [trains[place] for trains, place in zip(arrivals, places)]
            best = min(best, max(times) * len(times) - sum(times))
            first = times.index(min(times))
            places[first] += 1
            if places[first] == len(arrivals[first]):
                return best
"""

TASK = Task(
    difficulty="interview",
    topics=("two pointers", "sorting"),
    fn_name="leastWaiting",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=23,
    wrong={
        "moves on the earliest train": EARLIEST,
        "counts only the longest wait": EARLIEST.replace(
            "max(times) * len(times) - sum(times)", "max(times) - min(times)"
        ),
        "takes the next train after the first friend's": FIRST.replace(
            "bisect_right", "bisect_left"
        )
        .replace(" - 1\n", "\n")
        .replace("place < 0", "place == len(others)")
        .replace("last - others[place]", "others[place] - last"),
        "never lets two friends arrive together": FIRST.replace("bisect_right", "bisect_left"),
        "lets the first friend be the last": FIRST.replace(
            "in arrivals:\n            for", "in arrivals[:1]:\n            for"
        ),
        "meets as early as possible": SECOND.replace("min(found)", "found[0]"),
        "lets friends take a later train": FIRST.replace(
            "last - others[place]", "min(abs(last - time) for time in others[place : place + 2])"
        ),
    },
    slow={"tries all choices": BRUTE},
)
