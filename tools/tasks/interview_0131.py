"""Power line: merge loads over time, where a sum of zero is not the same as nothing at all."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines


def plan(spans: list[list[int]]) -> str:
    """Return the input for these spans."""
    return lines([len(spans)], *spans)


def random_plan(rng: Random, count: int, end: int, longest: int, watts: int) -> str:
    """Return spans of at most `longest` minutes that end by `end`."""
    spans = []
    for _ in range(count):
        start = rng.randrange(end)
        stop = min(end, start + rng.randrange(1, longest + 1))
        watt = rng.randrange(1, watts + 1)
        spans.append([start, stop, watt if rng.randrange(3) else -watt])
    return plan(spans)


def cases(rng: Random) -> Iterator[str]:
    """Yield n, then n spans."""
    yield plan([[2, 6, 3], [0, 4, 2], [4, 6, 2], [9, 10, 5]])
    yield plan([[1, 5, 7], [3, 8, -7]])
    for spans in (
        [[0, 1, 1]],
        [[0, 1000, -1000]],
        [[0, 2, 5], [2, 4, 5]],
        [[0, 2, 5], [3, 4, 5]],
        [[2, 4, 5], [0, 2, 6]],
        [[0, 9, 1], [3, 5, 4]],
        [[0, 9, 1], [3, 5, 4], [5, 7, 4]],
        [[0, 4, 3], [0, 4, -3]],
        [[0, 4, 3], [0, 4, -3], [6, 7, 2], [6, 7, -2]],
        [[0, 4, 3], [0, 4, -3], [4, 7, 2], [4, 7, -2]],
        [[1, 2, 4], [1, 2, 4], [1, 2, 4]],
        [[5, 6, -2], [4, 5, -2], [6, 8, -1], [6, 8, -1]],
        [[0, 5, 2], [5, 10, 2], [3, 5, 1], [5, 6, 1]],
    ):
        yield plan(spans)
    for count, end in ((4, 9), (6, 15), (8, 25), (12, 60), (20, 40)):
        yield random_plan(rng, count, end, 6, 2)
    yield random_plan(rng, 60, 300, 12, 1)
    yield random_plan(rng, 200, 1440, 60, 3)
    yield random_plan(rng, 200, 1440, 8, 1)
    yield random_plan(rng, 500, 10**9, 10**7, 1000)
    yield random_plan(rng, 500, 10**9, 10**6, 2)
    yield plan([[i, 10**9 - i, (-1) ** i] for i in range(500)])


FIRST = """\
n = int(input())
loads, running = {}, {}
for _ in range(n):
    start, end, watts = map(int, input().split())
    for time, sign in ((start, 1), (end, -1)):
        loads[time] = loads.get(time, 0) + sign * watts
        running[time] = running.get(time, 0) + sign
stretches = []
load = devices = 0
times = sorted(loads)
for time, after in zip(times, times[1:]):
    load += loads[time]
    devices += running[time]
    if devices == 0:
        continue
    if stretches and stretches[-1][1] == time and stretches[-1][2] == load:
        stretches[-1][1] = after
    else:
        stretches.append([time, after, load])
print(len(stretches))
for stretch in stretches:
    print(*stretch)
"""

SECOND = """\
import sys
from itertools import groupby, pairwise

n, *data = map(int, sys.stdin.read().split())
spans = list(zip(data[::3], data[1::3], data[2::3]))
times = sorted(set(data[::3]) | set(data[1::3]))


def load(piece):
    watts = [w for start, end, w in spans if start <= piece[0] and piece[1] <= end]
    return sum(watts) if watts else None


rows = []
for total, pieces in groupby(pairwise(times), load):
    if total is not None:
        pieces = list(pieces)
        rows.append(f"{pieces[0][0]} {pieces[-1][1]} {total}")
print(len(rows), *rows, sep="\\n")
"""

BRUTE = """\
spans = [tuple(map(int, input().split())) for _ in range(int(input()))]
minutes = []
for minute in range(max(end for _, end, _ in spans) + 1):
    on = [watts for start, end, watts in spans if start <= minute < end]
    minutes.append(sum(on) if on else "nothing")
rows = []
begin = 0
for minute in range(1, len(minutes)):
    if minutes[minute] != minutes[begin]:
        if minutes[begin] != "nothing":
            rows.append((begin, minute, minutes[begin]))
        begin = minute
print(len(rows))
for row in rows:
    print(*row)
"""

TASK = Task(
    difficulty="interview",
    topics=("intervals", "sorting"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=23,
    wrong={
        "does not merge equal loads": FIRST.replace("and stretches[-1][2] == load", "and False"),
        "merges across a pause": FIRST.replace("stretches[-1][1] == time and ", ""),
        "takes a load of 0 for nothing": FIRST.replace("if devices == 0", "if load == 0"),
        "prints pauses as loads of 0": FIRST.replace("if devices == 0", "if False"),
        "takes the end as still running": SECOND.replace(
            "start <= piece[0] and piece[1] <= end", "start <= piece[1] and piece[0] <= end"
        ),
        "counts equal spans once": SECOND.replace("list(zip(", "set(zip("),
        "prints the largest load instead of the sum": SECOND.replace("sum(watts)", "max(watts)"),
        "forgets how many": FIRST.replace("print(len(stretches))\n", ""),
        "merges only where nothing begins": FIRST.replace(
            "stretches[-1][2] == load:", "stretches[-1][2] == load and running[time] < 0:"
        ),
    },
)
