"""Exactly one visit: count the numbers up to n that exactly one of a and b divides."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def cases(rng: Random) -> Iterator[str]:
    """Yield two lines each: n, then a and b."""
    yield lines([10], [2, 3])
    yield lines([6], [4, 4])
    for n, a, b in (
        (1, 1, 1),
        (1, 1, 2),
        (1, 5, 7),
        (12, 4, 6),
        (12, 3, 4),
        (24, 6, 4),
        (100, 1, 10),
        (99, 100, 99),
        (50, 7, 49),
        (36, 6, 9),
        (5, 50, 60),
        (9999, 2, 4),
    ):
        yield lines([n], [a, b])
    for most in (20, 50, 200, 1000, 5000, 9000):
        yield lines(numbers(rng, 1, most // 2, most), numbers(rng, 2, 1, 12))
    yield lines([10000], [15, 25])
    yield lines([10000], [100, 100])
    yield lines([10000], [9999, 10000])


FIRST = """\
n = int(input())
a, b = map(int, input().split())
count = 0
for house in range(1, n + 1):
    if (house % a == 0) != (house % b == 0):
        count += 1
print(count)
"""

SECOND = """\
from math import gcd

n = int(input())
a, b = map(int, input().split())
both = a * b // gcd(a, b)
print(n // a + n // b - 2 * (n // both))
"""

TASK = Task(
    difficulty="introductory",
    topics=("divisibility", "counting"),
    cases=cases,
    references=(FIRST, SECOND),
    wrong={
        "counts houses with two visits": FIRST.replace(") != (", ") or ("),
        "takes the houses with two visits off once": SECOND.replace("2 * ", ""),
        "leaves the last house out": FIRST.replace("n + 1", "n"),
        "takes the product for the common multiple": SECOND.replace(" // gcd(a, b)", ""),
        "reads everything from one line": FIRST.replace("= int(input())\na", ""),
    },
)
