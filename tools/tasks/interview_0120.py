"""Blinking buoys: the first second from t on at which buoys of several periods blink at once."""

from collections.abc import Iterator
from math import lcm
from random import Random

from tasks.kit import Task, lines, numbers, pick

Night = tuple[int, list[int]]


def nights(*all_nights: Night) -> str:
    """Return the input for nights, each t and the row of periods and delays."""
    rows: list[list[int]] = []
    for t, buoys in all_nights:
        rows += [[len(buoys) // 2, t], buoys]
    return lines([len(all_nights)], *rows)


def meeting(rng: Random, n: int, top: int, until: int) -> Night:
    """Return a night with a good sign, as likely as not at t itself."""
    moment = rng.randrange(until + 1)
    row, periods = [], numbers(rng, n, 1, top)
    for period in periods:
        row += [period, moment % period + period * rng.randrange(2)]
    common = lcm(*periods)
    t = moment + common * rng.randrange(3) + rng.randrange(-2, 3) * rng.randrange(2)
    return max(0, min(t, 10**15)), row


def apart(rng: Random, n: int, top: int, until: int) -> Night:
    """Return any night, often without a good sign."""
    row = []
    for _ in range(n):
        row += [rng.randrange(1, top + 1), rng.randrange(2 * top)]
    return rng.randrange(until + 1), row


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of nights, then two lines each."""
    yield nights((6, [4, 1, 6, 5]), (0, [5, 20, 3, 2]))
    yield nights((0, [2, 0, 4, 1]), (7, [7, 0]))
    yield nights((0, [1, 0]))
    yield nights((10**15, [1, 0]), (10**15, [7, 3]))
    yield nights((0, [1, 5000]), (5000, [1, 5000]), (5001, [1, 5000]))
    yield nights((0, [3, 17]), (17, [3, 17]), (18, [3, 17]), (20, [3, 17]))
    yield nights((0, [6, 1, 4, 3, 3, 1]), (0, [6, 1, 4, 3, 3, 2]))
    yield nights((0, [2, 1, 3, 2, 5, 4]), (30, [2, 1, 3, 2, 5, 4]), (29, [2, 1, 3, 2, 5, 4]))
    yield nights((0, [6, 3, 6, 3]), (0, [6, 3, 6, 4]), (0, [6, 3, 6, 9]))
    yield nights((0, [10, 5000, 10, 0]), (0, [15, 0, 10, 5]), (0, [15, 0, 10, 4]))
    yield nights((0, [12, 8, 18, 2, 27, 11]), (0, [12, 8, 18, 2, 27, 20]))
    for top, until, count in ((5, 20, 6), (8, 40, 10), (12, 100, 10), (20, 100, 20)):
        yield nights(*(meeting(rng, rng.randrange(1, 4), top, until) for _ in range(count)))
        yield nights(*(apart(rng, rng.randrange(1, 4), top, until) for _ in range(count)))
    for top in (60, 200, 1000):
        yield nights(*(apart(rng, 2, top, 10**6) for _ in range(20)))
        yield nights(*(meeting(rng, rng.randrange(2, 7), top, 10**6) for _ in range(20)))
    yield nights(
        (10**15, [997, 996, 991, 990, 983, 982, 977, 976, 971, 970]),
        (0, [997, 996, 991, 990, 983, 982, 977, 976, 971, 970]),
        (0, [1000, 1, 999, 2, 997, 3, 991, 4]),
        (0, [960, 0, 720, 240, 900, 60]),
    )
    yield nights(*((10**15 - 1, [pick(rng, [512, 729, 625]), 4999]) for _ in range(20)))
    yield nights(*(meeting(rng, 5, 1000, 10**14) for _ in range(20)))
    primes = [997, 991, 983, 977, 971, 967]
    delays = [numbers(rng, 6, 0, 5000) for _ in range(12)]
    yield nights(
        *((10**15, [x for pair in zip(primes, row, strict=True) for x in pair]) for row in delays)
    )
    yield nights(*(meeting(rng, 4, 1000, 10**11) for _ in range(20)))


FIRST = """\
from math import gcd

for _ in range(int(input())):
    n, t = map(int, input().split())
    row = list(map(int, input().split()))
    moment, step = 0, 1
    for period, delay in zip(row[::2], row[1::2]):
        tries = 0
        while (moment - delay) % period and tries < period:
            moment += step
            tries += 1
        if (moment - delay) % period:
            moment = None
            break
        step = step * period // gcd(step, period)
    if moment is None:
        print("never")
    else:
        earliest = max([t] + row[1::2])
        print(earliest + (moment - earliest) % step)
"""

SECOND = """\
import sys

data = iter(map(int, sys.stdin.read().split()))


def bezout(a, b):
    if b == 0:
        return a, 1, 0
    g, x, y = bezout(b, a % b)
    return g, y, x - a // b * y


for _ in range(next(data)):
    n, earliest = next(data), next(data)
    rest, modulus = 0, 1
    for _ in range(n):
        p, d = next(data), next(data)
        earliest = max(earliest, d)
        if modulus:
            g, x, _ = bezout(modulus, p)
            if (d - rest) % g:
                modulus = 0
            else:
                rest += modulus * ((d - rest) // g * x % (p // g))
                modulus *= p // g
    if modulus:
        print(rest - (rest - earliest) // modulus * modulus)
    else:
        print("never")
"""

BRUTE = """\
from math import prod

for _ in range(int(input())):
    n, t = map(int, input().split())
    row = list(map(int, input().split()))
    buoys = [(row[2 * i], row[2 * i + 1]) for i in range(n)]
    product = prod(p for p, d in buoys)
    second = t
    while second <= t + max(d for p, d in buoys) + product:
        if all(second >= d and (second - d) % p == 0 for p, d in buoys):
            print(second)
            break
        second += 1
    else:
        print("never")
"""

LAST = "print(earliest + (moment - earliest) % step)"
TASK = Task(
    difficulty="interview",
    topics=("number theory", "modular arithmetic"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=19,
    wrong={
        "lets buoys blink before their delay": FIRST.replace("max([t] + row[1::2])", "t"),
        "does not include second t": FIRST.replace("max([t] +", "max([t + 1] +"),
        "ignores t": FIRST.replace("max([t] + row[1::2])", "max(row[1::2])"),
        "takes the product for the common period": FIRST.replace(
            "step * period // gcd(step, period)", "step * period"
        ),
        "divides in floating point": FIRST.replace("% step)", "% float(step))").replace(
            "+ (moment - earliest) % float(step)", "+ int((moment - earliest) % float(step))"
        ),
        "gives up after 20 tries": FIRST.replace("tries < period", "tries < 20"),
        "prints the moment after coming on deck": FIRST.replace(
            LAST, "print(earliest - t + (moment - earliest) % step)"
        ),
        "compares neighbours only": FIRST.replace(
            "step = step * period // gcd(step, period)",
            "step = max(step, period)",
        ),
    },
)
