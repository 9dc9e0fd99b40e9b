"""Zoo tickets: add up prices by age; 6 and 17 still belong to the middle price."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of people and their ages, one number a line."""
    yield column([4, 10, 40])
    yield column([6, 17])
    for ages in ([5], [6], [17], [18], [0], [120], [5, 18], [1, 2, 3, 70], [7, 7, 7]):
        yield column(ages)
    yield column([4, 5, 6, 7])
    yield column([16, 17, 18, 19])
    for count in (2, 3, 5, 8, 13):
        yield column(numbers(rng, count, 0, 25))
    for count in (20, 30, 40, 49):
        yield column(numbers(rng, count, 0, 99))
    yield column(numbers(rng, 50, 100, 120))


def column(ages: list[int]) -> str:
    """Return the number of ages and the ages, one a line."""
    return lines([len(ages)], *([age] for age in ages))


FIRST = """\
n = int(input())
total = 0
for _ in range(n):
    age = int(input())
    if age < 6:
        total += 0
    elif age <= 17:
        total += 5
    else:
        total += 9
print(total)
"""

SECOND = """\
import sys

n, *ages = map(int, sys.stdin.read().split())
pupils = sum(6 <= age < 18 for age in ages)
adults = sum(age >= 18 for age in ages)
print(5 * pupils + 9 * adults)
"""

TASK = Task(
    difficulty="introductory",
    topics=("conditions", "sums"),
    cases=cases,
    references=(FIRST, SECOND),
    wrong={
        "lets children of 6 in free": FIRST.replace("age < 6", "age <= 6"),
        "lets everybody of 17 pay 9": FIRST.replace("age <= 17", "age < 17"),
        "takes the middle price up to 18": FIRST.replace("age <= 17", "age <= 18"),
        "reads all ages from one line": FIRST.replace("n = int(input())", "n = 1"),
        "leaves the last person out": FIRST.replace("range(n)", "range(n - 1)"),
        "charges only one person": FIRST.replace("+= 5", "= 5").replace("+= 9", "= 9"),
        "prints after every person": FIRST.replace("\nprint", "\n    print"),
    },
)
