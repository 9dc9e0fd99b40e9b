"""Boxes of cubes: count boxes a x b x c that hold n cubes, the longest edge at most k shortest."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, pick

HIGHLY_COMPOSITE = 735134400  # the number up to 10**9 with the most divisors


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments n and k."""
    yield [24, 5]
    yield [7, 6]
    yield [1, 1]
    yield [2, 1]
    yield [7, 7]
    yield [8, 1]
    yield [8, 2]
    yield [8, 10**9]
    yield [24, 6]
    yield [36, 3]
    yield [64, 4]
    yield [125, 1]
    yield [216, 3]
    yield [1000, 2]
    for _ in range(6):
        yield [12 * rng.randrange(1, 40), rng.randrange(2, 15)]
    yield [360, 2]
    yield [720, 4]
    yield [3168, 2]  # the best box is not the one with the longest short edge
    yield [11016, 5]
    yield [999**3, 1]
    yield [1000**3, 1]
    yield [1000**3 - 1, 10**9]
    yield [999999937, 999999936]
    yield [999999937, 999999937]
    yield [2**29, 2]
    yield [999 * 1000 * 1000, 1000]
    yield [31607**2, 31607]
    yield [31607**2, 31606]
    for k in (2, 400):
        yield [HIGHLY_COMPOSITE, k]
    for _ in range(3):
        n = 1
        while n < 10**7:
            n *= pick(rng, (2, 2, 3, 5, 7, 11))
        yield [n, rng.randrange(2, 5000)]


FIRST = """\
def boxes(n: int, k: int) -> list[int]:
    count = least = 0
    a = 1
    while a * a * a <= n:
        if n % a == 0:
            rest = n // a
            b = a
            while b * b <= rest:
                if rest % b == 0:
                    c = rest // b
                    if c <= k * a:
                        surface = 2 * (a * b + b * c + a * c)
                        count += 1
                        least = surface if count == 1 else min(least, surface)
                b += 1
        a += 1
    return [count, least]
"""

SECOND = """\
def boxes(n, k):
    divisors, rest, p = [1], n, 2
    while rest > 1:
        if p * p > rest:
            p = rest
        powers = [1]
        while rest % p == 0:
            rest //= p
            powers.append(powers[-1] * p)
        divisors = [d * power for d in divisors for power in powers]
        p += 1
    divisors.sort()
    surfaces = []
    for c in reversed(divisors):
        if c ** 3 < n:
            break
        for a in divisors:
            b = n // c // a
            if a > b or b > c and a * c > n:
                break
            if n // c % a == 0 and a <= b <= c and c <= k * a:
                surfaces.append(2 * (a * b + b * c + c * a))
    return [len(surfaces), min(surfaces, default=0)]
"""

BRUTE = """\
def boxes(n, k):
    found = []
    for a in range(1, n + 1):
        for b in range(a, n // a + 1):
            if n % (a * b) == 0 and b <= n // (a * b) <= k * a:
                c = n // (a * b)
                found.append(a * b + a * b + a * c + a * c + b * c + b * c)
    return [len(found), min(found)] if found else [0, 0]
"""

TASK = Task(
    difficulty="interview",
    topics=("number theory", "divisors"),
    fn_name="boxes",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=23,
    wrong={
        "wants the longest edge shorter than that": FIRST.replace("c <= k * a", "c < k * a"),
        "compares with the middle edge": FIRST.replace("c <= k * a", "c <= k * b"),
        "forgets cubes": FIRST.replace("a * a * a <= n", "a * a * a < n"),
        "forgets two equal edges": FIRST.replace("b * b <= rest", "b * b < rest"),
        "forgets equal short edges": FIRST.replace("b = a\n", "b = a + 1\n"),
        "counts only three of the faces": FIRST.replace("2 * (a * b", "(a * b"),
        "takes the cube root in floating point": FIRST.replace(
            "while a * a * a <= n", "while a <= int(n ** (1 / 3))"
        ),
        "takes the whole part of the ratio": FIRST.replace("c <= k * a", "c // a <= k"),
        "takes the least longest edge for the best": FIRST.replace(
            "surface = 2 * (a * b + b * c + a * c)", "surface = (c, 2 * (a * b + b * c + a * c))"
        ).replace("return [count, least]", "return [count, least and least[1]]"),
        "takes the last box for the best": FIRST.replace(
            "if count == 1 else min(least, surface)", ""
        ),
    },
)
