"""Switched lamps: how many of n lamps are on after every k-th one was switched for several k."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers, shuffled


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments n and steps."""
    yield [10, [2, 3]]
    yield [7, [1, 4, 4]]
    yield [1, [1]]
    yield [1, [2]]
    yield [1, [1, 1]]
    yield [12, [4, 6]]
    yield [30, [2, 3, 5]]
    yield [30, [6, 6, 6]]
    yield [100, [2, 4, 8, 16]]
    yield [100, [10, 15, 25, 101]]
    yield [5, [1000000000]]
    yield [999, [1]]
    for count in (2, 3, 4, 5, 6):
        yield [rng.randrange(200, 400), numbers(rng, count, 1, 12)]
    yield [5000, numbers(rng, 10, 2, 30)]
    yield [10**18, [7]]
    yield [10**18 - 1, [3, 3, 7, 7, 7]]
    yield [10**17 + 19, numbers(rng, 9, 2, 20)]
    yield [10**18, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43]]
    yield [10**18, [2**power for power in range(14)]]
    yield [10**18 - 7, shuffled(rng, numbers(rng, 7, 2, 60) + numbers(rng, 7, 10**6, 10**7))]
    yield [10**18, numbers(rng, 14, 9 * 10**8, 10**9 - 1)]


FIRST = """\
from math import gcd


def lamps_on(n: int, steps: list[int]) -> int:
    common = [1]
    weight = [0]
    total = 0
    for step in steps:
        for i in range(len(common)):
            both = common[i] * step // gcd(common[i], step)
            share = -2 * weight[i] if weight[i] else 1
            common.append(both)
            weight.append(share)
            total += share * (n // both)
    return total
"""

SECOND = """\
from collections import Counter
from math import lcm


def lamps_on(n, steps):
    # A lamp is off or on as the product of (1 - 2 * [step divides it]) is 1 or -1.
    terms = Counter({1: 1})
    for step in steps:
        for common, factor in list(terms.items()):
            common = lcm(common, step)
            if common <= n:
                terms[common] -= 2 * factor
    return (n - sum(factor * (n // common) for common, factor in terms.items())) // 2
"""

EVERY_LAMP = """\
def lamps_on(n, steps):
    lit = 0
    for lamp in range(1, n + 1):
        lit += sum(lamp % step == 0 for step in steps) % 2
    return lit
"""

TASK = Task(
    difficulty="competition",
    topics=("inclusion-exclusion", "number theory"),
    fn_name="lamps_on",
    cases=cases,
    references=(FIRST, SECOND),
    brute=EVERY_LAMP,
    brute_cases=18,
    wrong={
        "counts lamps that were switched at all": FIRST.replace("-2 * weight", "-weight"),
        "counts lamps that were switched once": FIRST.replace(
            "share = -2 * weight[i] if weight[i] else 1",
            "size = bin(i).count('1') + 1; share = size * (-1) ** (size - 1)",
        ),
        "takes products for common multiples": FIRST.replace(" // gcd(common[i], step)", ""),
        "takes equal steps for one": FIRST.replace("in steps", "in set(steps)"),
        "divides in floating point": FIRST.replace("n // both", "int(n / both)"),
        "adds every step alone": "def lamps_on(n, steps):\n    return sum(n // s for s in steps)\n",
    },
    slow={"looks at every lamp": EVERY_LAMP},
)
