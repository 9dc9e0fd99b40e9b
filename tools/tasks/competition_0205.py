"""Swaying numbers: count multiples of m whose digits go up and down in turn, up to 10**18."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task


def cases(rng: Random) -> Iterator[Json]:
    """Yield low, high and m."""
    yield [95, 131, 4]
    yield [1, 9, 3]
    for low, high, m in (
        (1, 1, 1),
        (1, 1, 2),
        (10, 11, 1),
        (11, 11, 1),
        (99, 101, 1),
        (1, 100, 1),
        (120, 132, 2),
        (120, 120, 5),
        (131, 131, 1),
        (121, 123, 1),
        (1, 1000, 7),
        (898, 989, 1),
        (1, 30000, 30),
    ):
        yield [low, high, m]
    for _ in range(5):
        low = rng.randrange(1, 60000)
        yield [low, low + rng.randrange(30000), rng.randrange(1, 31)]
    yield [1, 123456, 1]
    yield [10**6, 10**9, 30]
    yield [rng.randrange(10**11), rng.randrange(10**12, 10**13), 13]
    yield [909090909090909090, 909090909090909090, 18]
    yield [1, 10**18, 1]
    yield [10**17, 10**18, 29]
    yield [rng.randrange(10**17), rng.randrange(10**17, 10**18), 30]
    yield [1, 10**18, 27]


FIRST = """\
from functools import cache


def count_wagons(low: int, high: int, m: int) -> int:
    @cache
    def ways(left, last, up, rest):
        if left == 0:
            return int(rest == 0)
        digits = range(last + 1, 10) if up else range(last)
        return sum(ways(left - 1, d, not up, (rest * 10 + d) % m) for d in digits)

    def begun(length, digit):
        if length == 1:
            return int(digit % m == 0)
        return sum(ways(length - 1, digit, up, digit % m) for up in (True, False))

    def up_to(n):
        digits = list(map(int, str(n)))
        length = len(digits)
        total = sum(begun(shorter, d) for shorter in range(1, length) for d in range(1, 10))
        rest = 0
        for i, digit in enumerate(digits):
            for d in range(i == 0, digit + 1):
                if i >= 1 and d == digits[i - 1]:
                    continue
                if i >= 2 and (digits[i - 1] > digits[i - 2]) == (d > digits[i - 1]):
                    continue
                if d == digit:
                    break
                if i == 0:
                    total += begun(length, d)
                else:
                    up = d < digits[i - 1]
                    total += ways(length - i - 1, d, up, (rest * 10 + d) % m)
            else:
                return total
            rest = (rest * 10 + digit) % m
        return total + int(rest == 0)

    return up_to(high) - (up_to(low - 1) if low > 1 else 0)
"""

SECOND = """\
from collections import Counter


def step(state, d, m):
    last, way, rest = state
    if last is None:
        # no digit yet: a leading zero leaves it so
        return (None, 0, 0) if d == 0 else (d, 0, d % m)
    now = (d > last) - (d < last)
    if now == 0 or now == way:
        return None
    return (d, now, (rest * 10 + d) % m)


def below(n, m):
    edge, loose = (None, 0, 0), Counter()
    for digit in map(int, str(n)):
        after = Counter()
        for state, ways in loose.items():
            for d in range(10):
                new = step(state, d, m)
                if new is not None:
                    after[new] += ways
        if edge is not None:
            for d in range(digit):
                new = step(edge, d, m)
                if new is not None:
                    after[new] += 1
            edge = step(edge, digit, m)
        loose = after
    return sum(ways for (last, _, rest), ways in loose.items() if last is not None and rest == 0)


def count_wagons(low, high, m):
    return below(high + 1, m) - below(low, m)
"""

BRUTE = """\
def count_wagons(low, high, m):
    count = 0
    for number in range(low, high + 1):
        text = str(number)
        fine = number % m == 0
        for i in range(1, len(text)):
            if text[i] == text[i - 1]:
                fine = False
        for i in range(2, len(text)):
            a, b, c = text[i - 2 : i + 1]
            if not (a < b > c or a > b < c):
                fine = False
        count += fine
    return count
"""

MULTIPLES = """\
def sways(number):
    way = 0
    number, last = divmod(number, 10)
    while number:
        number, digit = divmod(number, 10)
        if digit == last or (digit > last) - (digit < last) == way:
            return False
        way = (digit > last) - (digit < last)
        last = digit
    return True


def count_wagons(low, high, m):
    return sum(map(sways, range((low + m - 1) // m * m, high + 1, m)))
"""

GROWING = """\
def count_wagons(low, high, m):
    count = 0
    stack = [(d, d, up) for d in range(1, 10) for up in (0, 1)]
    while stack:
        number, last, up = stack.pop()
        if number > high:
            continue
        if number >= low and number % m == 0 and (number > 9 or up):
            count += 1
        for d in range(last + 1, 10) if up else range(last):
            stack.append((number * 10 + d, d, 1 - up))
    return count
"""

TASK = Task(
    difficulty="competition",
    topics=("dynamic programming", "digits", "number theory"),
    fn_name="count_wagons",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    wrong={
        "leaves out the highest number": FIRST.replace("total + int(rest == 0)", "total"),
        "leaves out the lowest number": FIRST.replace("up_to(low - 1)", "up_to(low)"),
        "leaves out numbers of one digit": FIRST.replace("int(digit % m == 0)", "0"),
        "wants the second digit to be larger": FIRST.replace("in (True, False)", "in (True,)"),
        "only wants neighbouring digits to differ": SECOND.replace(
            "if now == 0 or now == way", "if now == 0"
        ),
        "allows equal neighbours": SECOND.replace(
            "if now == 0 or now == way", "if now and now == way"
        ),
        "lets leading zeros count as digits": SECOND.replace("if d == 0 else", "if False else"),
        "forgets m": FIRST.replace("rest == 0", "True").replace("digit % m == 0", "True"),
        "takes the digit sum for the number": FIRST.replace(
            "(rest * 10 + d)", "(rest + d)"
        ).replace("rest * 10 + digit", "rest + digit"),
    },
    slow={"tries all multiples": MULTIPLES, "builds all swaying numbers": GROWING},
)
