"""A money box: add up numbers, one a line, up to a 0; nobody says how many there are."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def cases(rng: Random) -> Iterator[str]:
    """Yield coins, one a line, and a 0 behind them."""
    yield column([5, 10])
    yield column([])
    for coins in ([7], [1, 1], [1000], [1, 2, 3], [3, 2, 1], [10, 20, 10], [500, 1]):
        yield column(coins)
    yield column([1] * 20)
    for count in (2, 4, 5, 6, 8, 11, 15, 20, 28, 36, 45):
        yield column(numbers(rng, count, 1, 200))
    yield column([1000] * 59)


def column(coins: list[int]) -> str:
    """Return the coins and a 0, one a line."""
    return lines(*([coin] for coin in coins), [0])


FIRST = """\
total = 0
while True:
    coin = int(input())
    if coin == 0:
        break
    total += coin
print(total)
"""

SECOND = """\
import sys

print(sum(map(int, sys.stdin.read().split())))
"""

BRUTE = """\
box = []
coin = int(input())
while coin:
    box += ["euro"] * coin
    coin = int(input())
print(len(box))
"""

TASK = Task(
    difficulty="introductory",
    topics=("loops", "sums"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "stops at a coin of 1": FIRST.replace("coin == 0", "coin <= 1"),
        "takes the first coin for their number": FIRST.replace(
            "while True", "for _ in range(int(input()))"
        ),
        "reads one line only": SECOND.replace("sys.stdin.read()", "input()"),
        "forgets the first coin": FIRST.replace("total = 0", "total = 0\ninput()"),
        "counts the coins": FIRST.replace("+= coin", "+= 1"),
        "keeps the last coin only": FIRST.replace("+= coin", "= coin"),
        "prints after every coin": FIRST.replace("\nprint", "\n    print"),
    },
)
