"""Greenhouse: count the stretches of hours that are even in warmth and hold a watered hour."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def house(spread: int, hours: list[str]) -> str:
    """Return the input for these hours."""
    return lines([len(hours), spread], hours)


def random_house(rng: Random, count: int, spread: int, warm: range, dry: int) -> str:
    """Return random temperatures; about one hour in `dry` is watered."""
    warmth = numbers(rng, count, warm[0], warm[-1])
    return house(spread, [f"{t}*" if rng.randrange(dry) == 0 else f"{t}" for t in warmth])


def drifting_house(rng: Random, count: int, spread: int, dry: int) -> str:
    """Return temperatures that change by a degree at most from hour to hour."""
    warmth, hours = 0, []
    for _ in range(count):
        warmth = max(-50, min(50, warmth + rng.randrange(-1, 2)))
        hours.append(f"{warmth}*" if rng.randrange(dry) == 0 else f"{warmth}")
    return house(spread, hours)


def cases(rng: Random) -> Iterator[str]:
    """Yield n and d, then n hours."""
    yield house(2, ["20", "21*", "23", "24*"])
    yield house(0, ["7", "7*", "7", "8"])
    for spread, text in (
        (0, "0"),
        (0, "0*"),
        (100, "-50* 50"),
        (99, "-50* 50"),
        (5, "1 2 3 4 5"),
        (5, "1* 2* 3* 4* 5*"),
        (4, "1 2 3* 4 5"),
        (3, "1 2 3* 4 5"),
        (1, "3* 2 1 2 3*"),
        (2, "9 1* 9 1 9*"),
        (3, "-2 0* 1 -3* -3 2 1*"),
        (10, "5* 0 20 0 5*"),
    ):
        yield house(spread, text.split())
    for count in (6, 9, 14, 20, 30, 45):
        yield random_house(rng, count, 6, range(-5, 10), 4)
    yield drifting_house(rng, 60, 3, 7)
    yield drifting_house(rng, 300, 5, 20)
    yield random_house(rng, 1000, 30, range(1, 41), 3)
    yield drifting_house(rng, 3000, 12, 100)
    yield house(100, ["1*"] * 5000)
    yield random_house(rng, 30000, 100, range(-9, 10), 500)


FIRST = """\
from collections import deque

n, d = map(int, input().split())
low, high = deque(), deque()
warmth = []
left, watered, count = 0, -1, 0
for right, hour in enumerate(input().split()):
    if hour.endswith("*"):
        watered = right
    t = int(hour.rstrip("*"))
    warmth.append(t)
    while low and warmth[low[-1]] >= t:
        low.pop()
    while high and warmth[high[-1]] <= t:
        high.pop()
    low.append(right)
    high.append(right)
    while warmth[high[0]] - warmth[low[0]] > d:
        left += 1
        if low[0] < left:
            low.popleft()
        if high[0] < left:
            high.popleft()
    if watered >= left:
        count += watered - left + 1
print(count)
"""

SECOND = """\
import sys

head, row = sys.stdin.read().splitlines()
d = int(head.split()[1])
# last[t + 50]: one more than the last hour with temperature t
last = [0] * 101
first = after = total = 0
for hour, text in enumerate(row.split(), 1):
    t = int(text.strip("*")) + 50
    last[t] = hour
    if text[-1] == "*":
        after = hour
    first = max(first, max(last[: max(0, t - d)], default=0), max(last[t + d + 1 :], default=0))
    total += max(0, after - first)
print(total)
"""

BRUTE = """\
n, d = map(int, input().split())
hours = input().split()
count = 0
for i in range(n):
    for j in range(i + 1, n + 1):
        stretch = hours[i:j]
        warmth = [int(hour.replace("*", "")) for hour in stretch]
        if max(warmth) - min(warmth) <= d and any("*" in hour for hour in stretch):
            count += 1
print(count)
"""

EVERY_STRETCH = """\
n, d = map(int, input().split())
hours = input().split()
warmth = [int(hour.strip("*")) for hour in hours]
water = [hour[-1] == "*" for hour in hours]
count = 0
for i in range(n):
    low = high = warmth[i]
    wet = False
    for j in range(i, n):
        if warmth[j] < low:
            low = warmth[j]
        elif warmth[j] > high:
            high = warmth[j]
        if high - low > d:
            break
        if water[j]:
            wet = True
        if wet:
            count += 1
print(count)
"""

BLOCKS = """\
n, d = map(int, input().split())
hours = input().split()
count = left = 0
low = high = None
watered = -1
for right, hour in enumerate(hours):
    t = int(hour.strip("*"))
    if hour[-1] == "*":
        watered = right
    if low is None or max(high, t) - min(low, t) > d:
        left, low, high = right, t, t
    low, high = min(low, t), max(high, t)
    count += max(0, watered - left + 1)
print(count)
"""

TASK = Task(
    difficulty="competition",
    topics=("sliding window", "monotonic queues", "counting"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=22,
    wrong={
        "begins anew where the spread is too large": BLOCKS,
        "wants the spread to be less than d": FIRST.replace("> d", ">= d and left < right"),
        "forgets the watering": FIRST.replace("count += watered - left", "count += right - left"),
        "counts all even stretches": FIRST.replace("watered = right", "pass").replace(
            "if watered >= left:\n        count += watered", "if True:\n        count += right"
        ),
        "wants exactly one watered hour": EVERY_STRETCH.replace("wet = True", "wet += 1")
        .replace("if wet:", "if wet == 1:")
        .replace("in range(i, n)", "in range(i, min(n, i + 300))"),
        "counts stretches of one hour no more": FIRST.replace(
            "count += watered - left + 1", "count += watered - left + (watered < right)"
        ),
        "compares the first hour with the last": FIRST.replace(
            "warmth[high[0]] - warmth[low[0]] > d", "abs(warmth[left] - t) > d"
        ),
        "looks at neighbouring hours only": BLOCKS.replace(
            "max(high, t) - min(low, t) > d", "abs(low - t) > d"
        ).replace("low, high = min(low, t), max(high, t)", "low = t"),
    },
    slow={"tries every stretch": EVERY_STRETCH},
)
