"""One dip: the longest row of stops that rises all the way, but for at most one place."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers, shuffled


def cases(rng: Random) -> Iterator[Json]:
    """Yield a list of heights each, as the only argument."""
    yield [[3, 5, 8, 2, 1, 4, 9]]
    yield [[7, 7, 7, 7]]
    for text in (
        "0",
        "5 5",
        "5 4",
        "1 2 3 4 5",
        "5 4 3 2 1",
        "1 2 2 3",
        "4 5 6 1 2 3",
        "1 5 9 2 6 3 7 4 8",
        "9 1 2 3",
        "1 2 3 0",
        "10 1 20 2 30 3 40",
        "1 3 2 4 3 5 4 6",
        "6 7 8 3 4 5 0 1 2",
        "2 9000 0 1",
        "50 60 10 70 20 80 30 90 40",
    ):
        yield [[int(height) for height in text.split()]]
    for count, top in ((7, 5), (8, 9), (9, 20), (10, 6), (10, 9000), (11, 12), (12, 4)):
        yield [numbers(rng, count, 0, top)]
    yield [numbers(rng, 60, 0, 40)]
    yield [numbers(rng, 200, 0, 9000)]
    yield [shuffled(rng, range(900))]
    yield [[step // 3 + rng.randrange(60) for step in range(1500)]]
    yield [list(range(1000, 2000)) + list(range(1000))]
    yield [list(range(2000, 0, -1))]
    yield [numbers(rng, 2000, 0, 50)]
    yield [numbers(rng, 2000, 0, 9000)]


FIRST = """\
from bisect import bisect_left
from typing import List


class Solution:
    def mostStops(self, heights: List[int]) -> int:
        def rising(row):
            # longest[i]: the most stops that rise strictly among the first i
            ends, longest = [], [0]
            for height in row:
                place = bisect_left(ends, height)
                ends[place : place + 1] = [height]
                longest.append(len(ends))
            return longest

        front = rising(heights)
        back = rising([-height for height in reversed(heights)])[::-1]
        return max(a + b for a, b in zip(front, back))
"""

SECOND = """\
from typing import List


class Solution:
    def mostStops(self, heights: List[int]) -> int:
        kinds = sorted(set(heights))
        rank = {height: i for i, height in enumerate(kinds, 1)}
        size = len(kinds)
        # Two Fenwick trees of maxima by height: rows without a dip, and rows with one.
        plain, dipped = [0] * (size + 1), [0] * (size + 1)

        def best(tree, i):
            most = 0
            while i:
                most = max(most, tree[i])
                i -= i & -i
            return most

        def enter(tree, i, value):
            while i <= size:
                tree[i] = max(tree[i], value)
                i += i & -i

        for height in heights:
            i = rank[height]
            straight = best(plain, i - 1) + 1
            after = max(best(dipped, i - 1), best(plain, size)) + 1
            enter(plain, i, straight)
            enter(dipped, i, after)
        return max(best(plain, size), best(dipped, size))
"""

BRUTE = """\
class Solution:
    def mostStops(self, heights):
        most = 0
        for choice in range(1 << len(heights)):
            stops = [height for i, height in enumerate(heights) if choice >> i & 1]
            dips = sum(later <= stop for stop, later in zip(stops, stops[1:]))
            if dips <= 1:
                most = max(most, len(stops))
        return most
"""

TASK = Task(
    difficulty="interview",
    topics=("dynamic programming", "binary search"),
    fn_name="mostStops",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    wrong={
        "adds one for the dip": FIRST.replace(
            "max(a + b for a, b in zip(front, back))", "min(front[-1] + 1, len(heights))"
        ),
        "allows no dip": FIRST.replace("max(a + b for a, b in zip(front, back))", "front[-1]"),
        "allows equal heights all the way": FIRST.replace("bisect_left", "bisect_right"),
        "allows any number of dips": SECOND.replace("best(dipped, i - 1)", "best(dipped, size)"),
        "dips by going lower only": SECOND.replace(
            "best(plain, size)) + 1", "best(higher, size - i)) + 1"
        )
        .replace("plain, dipped = [0]", "higher = [0] * (size + 1)\n        plain, dipped = [0]")
        .replace(
            "enter(plain, i, straight)",
            "enter(plain, i, straight)\n            enter(higher, size + 1 - i, straight)",
        ),
        "dips only between neighbours of the trail": """\
class Solution:
    def mostStops(self, heights):
        most = run = before = 1
        runs = [1]
        for a, b in zip(heights, heights[1:]):
            if b > a:
                runs[-1] += 1
            else:
                runs.append(1)
        return max(map(sum, zip(runs, runs[1:] + [0])))
""",
        "cuts the trail where its longest rise ends": FIRST.replace(
            "return max(a + b for a, b in zip(front, back))",
            "cut = front.index(front[-1])\n        return front[cut] + back[cut]",
        ),
        "counts a stop at the cut twice": FIRST.replace("zip(front, back)", "zip(front[1:], back)"),
    },
)
