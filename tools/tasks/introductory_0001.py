"""Trusted readings: add up the even numbers; a sum of 0 is not the same as no even number."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def cases(rng: Random) -> Iterator[str]:
    """Yield one line of integers each."""
    yield lines([3, 8, 5, 10])
    yield lines([7, 1])
    for row in ([4, -4], [0], [1], [2], [-3], [-6], [0, 5, 0], [6, 6, 6], [-1000, 999]):
        yield lines(row)
    yield lines([11, -13, 15, -17])
    yield lines([1000] * 20)
    for count in (2, 3, 5, 8, 13, 21):
        yield lines(numbers(rng, count, -30, 30))
    for count in (30, 40, 49):
        yield lines(numbers(rng, count, -1000, 1000))
    yield lines([2 * value + 1 for value in numbers(rng, 50, -500, 499)])
    yield lines([-1000] * 50)


FIRST = """\
numbers = list(map(int, input().split()))
evens = [x for x in numbers if x % 2 == 0]
if evens:
    print(sum(evens))
else:
    print("none")
"""

SECOND = """\
total = 0
found = False
for token in input().split():
    if token[-1] in "02468":
        total += int(token)
        found = True
print(total if found else "none")
"""

TASK = Task(
    difficulty="introductory",
    topics=("lists", "parity"),
    cases=cases,
    references=(FIRST, SECOND),
    wrong={
        "takes a sum of zero for no even number": FIRST.replace("if evens", "if sum(evens)"),
        "prints 0 for no even number": FIRST.replace('"none"', "0"),
        "adds the odd numbers": FIRST.replace("== 0", "== 1"),
        "skips negative numbers": FIRST.replace("== 0", "== 0 and x >= 0"),
        "adds equal numbers once": FIRST.replace("sum(evens)", "sum(set(evens))"),
        "counts instead of adding": FIRST.replace("sum(evens)", "len(evens)"),
    },
)
