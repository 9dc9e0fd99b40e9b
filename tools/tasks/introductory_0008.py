"""Watering: days on which two days' rain is under 5 mm and there was no watering the day before."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers, pick


def weather(rain: list[int]) -> str:
    """Return the input for the rain of these days."""
    return lines([len(rain)], rain)


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of days, then their rain."""
    yield weather([0, 0, 4, 1, 0, 2])
    yield weather([9, 0, 20])
    for rain in (
        [0],
        [4],
        [5],
        [4, 0],
        [5, 0],
        [0, 5, 0],
        [2, 2, 2, 2, 2],
        [2, 3, 2, 3],
        [5, 0, 0, 0, 0],
        [50, 1, 3, 1, 4, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [6, 0, 0, 6, 0, 0, 6, 0, 0],
    ):
        yield weather(rain)
    for count in (7, 9, 12, 16, 22, 30):
        yield weather(numbers(rng, count, 0, 5))
    for count in (40, 60, 100):
        yield weather([pick(rng, (0, 0, 1, 2, 3, 4, 5, 12)) for _ in range(count)])
    yield weather(numbers(rng, 100, 5, 50))


FIRST = """\
n = int(input())
rain = list(map(int, input().split()))
days = []
yesterday = 0
watered = False
for day in range(n):
    watered = not watered and yesterday + rain[day] < 5
    if watered:
        days.append(day + 1)
    yesterday = rain[day]
if days:
    print(*days)
else:
    print("never")
"""

SECOND = """\
input()
rain = [0, *map(int, input().split())]
days = [-1]
for day in range(1, len(rain)):
    if sum(rain[day - 1 : day + 1]) <= 4 and days[-1] != day - 1:
        days.append(day)
print(" ".join(map(str, days[1:])) or "never")
"""

BRUTE = """\
n = int(input())
rain = [int(text) for text in input().split()]


def waters(day):
    if day == 0:
        return False
    both = rain[day - 1] + (rain[day - 2] if day > 1 else 0)
    return both < 5 and not waters(day - 1)


days = [str(day) for day in range(1, n + 1) if waters(day)]
if not days:
    days = ["never"]
print(" ".join(days))
"""

TASK = Task(
    difficulty="introductory",
    topics=("simulation", "conditions"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "waters at 5 mm as well": FIRST.replace("< 5", "<= 5"),
        "looks at today's rain only": FIRST.replace("yesterday + rain[day]", "rain[day]"),
        "waters every dry evening": FIRST.replace("not watered and ", ""),
        "counts days from 0": FIRST.replace("day + 1", "day"),
        "prints an empty line for never": FIRST.replace('"never"', ""),
        "never waters on the first day": FIRST.replace("watered = False", "watered = True"),
        "counts the days": FIRST.replace("print(*days)", "print(len(days))"),
    },
)
