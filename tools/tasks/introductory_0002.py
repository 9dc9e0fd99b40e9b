"""Taxi fare: a first kilometre at another price; a ride of no kilometres costs nothing."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task


def cases(rng: Random) -> Iterator[Json]:
    """Yield one distance each, as the only argument."""
    del rng  # the cases are few enough to choose them all
    for km in (3, 1, 0, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 25, 49, 50, 99, 100, 128, 333, 500, 999):
        yield [km]
    yield [1000]


FIRST = """\
def fare(km):
    if km == 0:
        return 0
    return 4 + 2 * (km - 1)
"""

SECOND = """\
def fare(km):
    price = 0
    for kilometre in range(km):
        price += 2 if kilometre else 4
    return price
"""

BRUTE = """\
def fare(km):
    prices = [0, 4]
    while len(prices) <= km:
        prices.append(prices[-1] + 2)
    return prices[km]
"""

TASK = Task(
    difficulty="introductory",
    topics=("arithmetic", "conditions"),
    fn_name="fare",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "charges for a ride of no kilometres": FIRST.replace("return 0", "return 4"),
        "forgets that a ride may be of no kilometres": FIRST.replace("km == 0", "km < 0"),
        "charges the first kilometre twice": FIRST.replace("(km - 1)", "km"),
        "charges only the first kilometre": FIRST.replace(" + 2 * (km - 1)", ""),
        "charges 4 for every kilometre": SECOND.replace("2 if kilometre else 4", "4"),
        "takes one kilometre off too many": FIRST.replace("km - 1", "km - 2"),
        "prints instead of returning": SECOND.replace("return price", "print(price)"),
    },
)
