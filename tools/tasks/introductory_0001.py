"""Zoo tickets: add up prices by age; 6 and 17 still belong to the middle price."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of people on one line and their ages on the next."""
    yield family([4, 10, 40])
    yield family([6, 17])
    for ages in ([5], [6], [17], [18], [0], [120], [5, 18], [1, 2, 3, 70], [7, 7, 7]):
        yield family(ages)
    yield family([4, 5, 6, 7])
    yield family([16, 17, 18, 19])
    for count in (2, 3, 5, 8, 13):
        yield family(numbers(rng, count, 0, 25))
    for count in (20, 30, 40, 49):
        yield family(numbers(rng, count, 0, 99))
    yield family(numbers(rng, 50, 100, 120))


def family(ages: list[int]) -> str:
    """Return the number of ages on one line and the ages on the next."""
    return lines([len(ages)], ages)


FIRST = """\
n = int(input())
total = 0
for age in map(int, input().split()):
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

BRUTE = """\
n = int(input())
price_at_age = [0] * 6 + [5] * 12 + [9] * 103
prices = []
for word in input().split():
    prices.append(price_at_age[int(word)])
print(sum(prices))
"""

TASK = Task(
    difficulty="introductory",
    topics=("conditions", "sums"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "lets children of 6 in free": FIRST.replace("age < 6", "age <= 6"),
        "lets everybody of 17 pay 9": FIRST.replace("age <= 17", "age < 17"),
        "takes the middle price up to 18": FIRST.replace("age <= 17", "age <= 18"),
        "reads one age a line": FIRST.replace("input().split()", "[input() for _ in range(n)]"),
        "leaves the last person out": FIRST.replace(".split()", ".split()[: n - 1]"),
        "charges only one person": FIRST.replace("+= 5", "= 5").replace("+= 9", "= 9"),
        "prints after every person": FIRST.replace("\nprint", "\n    print"),
    },
)
