"""Night shift: minutes from one time of day to another, past midnight; equal times are a day."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def cases(rng: Random) -> Iterator[str]:
    """Yield two times of day each."""
    yield lines(["22:30", "06:15"])
    yield lines(["08:00", "08:00"])
    for shift in (
        "00:00 23:59",
        "23:59 00:00",
        "00:00 00:00",
        "12:00 12:01",
        "12:01 12:00",
        "09:05 10:00",
        "10:50 11:10",
        "18:00 06:00",
        "07:08 19:08",
        "23:45 00:05",
        "13:20 13:10",
        "23:59 23:59",
    ):
        yield lines(shift.split())
    for _ in range(12):
        begin, end = numbers(rng, 2, 0, 1439)
        yield lines([f"{minute // 60:02}:{minute % 60:02}" for minute in (begin, end)])


FIRST = """\
def minutes(time):
    hours, rest = time.split(":")
    return int(hours) * 60 + int(rest)


begin, end = input().split()
lasted = minutes(end) - minutes(begin)
if lasted <= 0:
    lasted += 24 * 60
print(lasted)
"""

SECOND = """\
h, m, end_h, end_m = map(int, input().replace(":", " ").split())
print((60 * (end_h - h) + end_m - m - 1) % 1440 + 1)
"""

BRUTE = """\
begin, end = input().split()
hour, minute = int(begin[:2]), int(begin[3:])
passed = 0
while passed == 0 or f"{hour:02}:{minute:02}" != end:
    passed += 1
    minute += 1
    if minute == 60:
        minute = 0
        hour += 1
    if hour == 24:
        hour = 0
print(passed)
"""

TASK = Task(
    difficulty="introductory",
    topics=("clock arithmetic",),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "gives 0 for equal times": FIRST.replace("<= 0", "< 0"),
        "forgets midnight": FIRST.replace("    lasted += 24 * 60", "    pass"),
        "takes the distance of the two times": FIRST.replace("lasted += 24 * 60", "lasted *= -1"),
        "adds half a day": FIRST.replace("24 * 60", "12 * 60"),
        "takes an hour for 100 minutes": FIRST.replace("* 60", "* 100"),
        "counts full hours only": FIRST.replace("print(lasted)", "print(lasted // 60 * 60)"),
        "counts the last minute as well": FIRST.replace("print(lasted)", "print(lasted + 1)"),
    },
)
