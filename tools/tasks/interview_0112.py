"""Electric ferry: the smallest battery for many equal round trips with charging on the way."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments legs, gains and trips."""
    yield [[5, 4], [3, 6], 2]
    yield [[4, 2], [1, 2], 5]
    yield [[1], [0], 1]
    yield [[1], [0], 7]
    yield [[5], [5], 9]
    yield [[5], [9], 9]
    yield [[5], [4], 1]
    yield [[5], [4], 2]
    yield [[5], [4], 3]
    yield [[3, 3, 3], [0, 9, 0], 1]
    yield [[3, 3, 3], [0, 9, 0], 2]
    yield [[1, 8, 1], [50, 0, 50], 3]
    yield [[6, 1], [1, 6], 4]
    yield [[2, 7, 2], [1, 1, 8], 3]
    yield [[2, 7, 2], [1, 1, 9], 3]
    yield [[2, 7, 2, 4], [0, 5, 1, 8], 1]
    yield [[9, 1, 1, 1], [0, 5, 5, 0], 6]
    yield [[1, 1, 9], [0, 20, 0], 2]
    for size in (2, 3, 4, 5, 6, 7, 8):
        legs = numbers(rng, size, 1, 20)
        yield [legs, numbers(rng, size, 0, 18), rng.randrange(1, 5)]
        yield [legs, numbers(rng, size, 5, 22), rng.randrange(2, 9)]
    yield [numbers(rng, 30, 1, 100), numbers(rng, 30, 0, 100), 40]
    yield [numbers(rng, 100, 1, 10**6), numbers(rng, 100, 0, 10**6), 3]
    yield [numbers(rng, 100, 1, 10**6), numbers(rng, 100, 0, 11 * 10**5), 10**9]
    yield [numbers(rng, 300, 1, 10**9), numbers(rng, 300, 0, 9 * 10**8), 10**9]
    yield [[10**9] * 1000, [0] * 1000, 10**9]
    yield [[10**9] * 1000, [10**9] * 1000, 10**9 - 1]
    yield [numbers(rng, 1000, 1, 10**9), numbers(rng, 1000, 0, 10**9), 1]
    yield [numbers(rng, 1000, 1, 10**9), numbers(rng, 1000, 0, 10**9), 123456789]


FIRST = """\
def smallest_battery(legs, gains, trips):
    loss = sum(legs) - sum(gains)

    def works(capacity):
        charge = lowest = capacity
        for _ in range(min(trips, 2)):
            for leg, gain in zip(legs, gains):
                charge -= leg
                lowest = min(lowest, charge)
                charge = min(charge + gain, capacity)
        # From the second trip on, every trip is like the one before it, but for the loss.
        if trips > 2 and loss > 0:
            lowest -= loss * (trips - 2)
        return lowest >= 0

    low, high = max(legs), sum(legs) * trips
    while low < high:
        middle = (low + high) // 2
        if works(middle):
            high = middle
        else:
            low = middle + 1
    return low
"""

SECOND = """\
def smallest_battery(legs, gains, trips):
    # The hardest stretch from some stop to a later one is what the battery must hold.
    need = behind = 0
    for _ in range(min(trips, 2)):
        for leg, gain in zip(legs, gains):
            behind += leg
            need = max(need, behind)
            behind = max(behind - gain, 0)
    return need + max(trips - 2, 0) * max(sum(legs) - sum(gains), 0)
"""

BRUTE = """\
def smallest_battery(legs, gains, trips):
    capacity = 0
    while True:
        capacity += 1
        charge = capacity
        for _ in range(trips):
            for i in range(len(legs)):
                if charge is not None and charge >= legs[i]:
                    charge = min(capacity, charge - legs[i] + gains[i])
                else:
                    charge = None
        if charge is not None:
            return capacity
"""

ALL_TRIPS = """\
def smallest_battery(legs, gains, trips):
    low, high = 0, sum(legs) * trips
    while low < high:
        middle = (low + high) // 2
        charge = middle
        for _ in range(trips):
            for leg, gain in zip(legs, gains):
                charge = min(charge - leg + gain, middle) if charge >= leg else -1
        if charge < 0:
            low = middle + 1
        else:
            high = middle
    return low
"""

TASK = Task(
    difficulty="interview",
    topics=("binary search", "simulation"),
    fn_name="smallest_battery",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=33,
    wrong={
        "charges more than the battery holds": FIRST.replace(
            "min(charge + gain, capacity)", "charge + gain"
        ),
        "makes one trip only": FIRST.replace("min(trips, 2)", "1").replace("trips > 2", "False"),
        "thinks that two trips show everything": FIRST.replace("trips > 2", "False"),
        "multiplies the need of one trip": FIRST.replace("min(trips, 2)", "1")
        .replace("trips > 2", "False")
        .replace("return low", "return low * trips"),
        "thinks that the first trip is like all others": FIRST.replace("min(trips, 2)", "1")
        .replace("trips > 2", "trips > 1")
        .replace("(trips - 2)", "(trips - 1)"),
        "counts the second trip twice": FIRST.replace("(trips - 2)", "(trips - 1)"),
        "takes the longest leg": FIRST.replace("sum(legs) * trips", "max(legs)"),
        "charges before it looks at the battery": FIRST.replace(
            "                lowest = min(lowest, charge)\n", ""
        ).replace(
            "charge + gain, capacity)\n",
            "charge + gain, capacity)\n                lowest = min(lowest, charge)\n",
        ),
        "may not arrive empty": FIRST.replace("lowest >= 0", "lowest > 0").replace(
            "sum(legs) * trips", "sum(legs) * trips + 1"
        ),
        "takes a gain for a loss where a trip charges more": FIRST.replace(
            "trips > 2 and loss > 0", "trips > 2"
        ),
    },
    slow={"makes every trip": ALL_TRIPS},
)
