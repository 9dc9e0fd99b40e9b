"""Longest quiet stretch: the widest gap that overlapping bookings leave in the opening hours."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers


def bookings(rng: Random, count: int, last: int, longest: int) -> list[list[int]]:
    """Return bookings that begin before `last` and take up to `longest` minutes."""
    begins = numbers(rng, count, 0, last - longest)
    return [[begin, begin + rng.randrange(1, longest + 1)] for begin in begins]


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments opening, closing and bookings."""
    yield [540, 720, [[600, 630], [560, 610]]]
    yield [0, 60, [[0, 25], [25, 60]]]
    yield [0, 1, []]
    yield [100, 200, []]
    yield [100, 200, [[0, 300]]]
    yield [100, 200, [[0, 100], [200, 300]]]
    yield [100, 200, [[10, 20], [500, 900]]]
    yield [100, 200, [[10, 120], [150, 400]]]
    yield [0, 100, [[0, 90], [10, 20], [30, 40]]]
    yield [0, 100, [[60, 70], [10, 20]]]
    yield [0, 100, [[50, 100]]]
    yield [0, 100, [[0, 50]]]
    yield [0, 100, [[10, 40], [10, 20], [10, 30], [45, 100]]]
    yield [300, 400, [[310, 320], [310, 320], [330, 340], [600, 601]]]
    yield [300, 400, [[320, 400], [100, 110], [200, 205]]]
    for count in (3, 5, 8, 13, 21):
        yield [200, 1200, bookings(rng, count, 1440, 100)]
    for count in (40, 80, 200):
        yield [1000, 9000, bookings(rng, count, 10000, 120)]
    yield [0, 10000, bookings(rng, 600, 10000, 40)]
    yield [0, 10000, bookings(rng, 1000, 10000, 9)]


FIRST = """\
def longest_quiet(opening, closing, bookings):
    best = 0
    free_from = opening
    for begin, end in sorted(bookings):
        best = max(best, min(begin, closing) - free_from)
        free_from = max(free_from, end)
    return max(best, closing - free_from)
"""

SECOND = """\
def longest_quiet(opening, closing, bookings):
    change = [0] * (closing + 1)
    for begin, end in bookings:
        begin, end = max(begin, opening), min(end, closing)
        if begin < end:
            change[begin] += 1
            change[end] -= 1
    best = run = busy = 0
    for minute in range(opening, closing):
        busy += change[minute]
        run = 0 if busy else run + 1
        best = max(best, run)
    return best
"""

BRUTE = """\
def longest_quiet(opening, closing, bookings):
    quiet = []
    for minute in range(opening, closing):
        quiet.append("x" if any(begin <= minute < end for begin, end in bookings) else ".")
    return max(map(len, "".join(quiet).split("x")))
"""

TASK = Task(
    difficulty="interview",
    topics=("intervals", "sorting"),
    fn_name="longest_quiet",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=23,
    wrong={
        "does not sort": FIRST.replace("sorted(bookings)", "bookings"),
        "forgets bookings inside others": FIRST.replace("max(free_from, end)", "end"),
        "forgets the stretch before closing": FIRST.replace(
            "max(best, closing - free_from)", "best"
        ),
        "counts minutes after closing": FIRST.replace("min(begin, closing)", "begin"),
        "forgets the stretch after opening": FIRST.replace(
            "free_from = opening", "free_from = min((b for b, _ in bookings), default=opening)"
        ),
        "counts minutes before opening": FIRST.replace("free_from = opening", "free_from = 0"),
    },
)
