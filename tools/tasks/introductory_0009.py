"""Tower clock: strokes at full and half hours that are heard between two times of one day."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments begin and end."""
    yield ["10:15", "12:30"]
    yield ["13:00", "13:00"]
    for stay in (
        "00:00 00:00",
        "00:00 23:59",
        "12:00 12:00",
        "00:01 00:29",
        "00:30 00:30",
        "23:30 23:59",
        "23:00 23:29",
        "11:59 12:01",
        "12:01 12:59",
        "12:00 13:00",
        "13:05 14:00",
        "07:30 08:30",
        "09:31 10:29",
        "00:00 11:59",
        "12:00 23:59",
    ):
        yield list(stay.split())
    for _ in range(11):
        stay_minutes = sorted(numbers(rng, 2, 0, 1439))
        yield [f"{minute // 60:02}:{minute % 60:02}" for minute in stay_minutes]


FIRST = """\
class Solution:
    def strikes(self, begin: str, end: str) -> int:
        total = 0
        for minute in range(self.minutes(begin), self.minutes(end) + 1):
            if minute % 60 == 0:
                hour = minute // 60
                total += hour % 12 or 12
            elif minute % 60 == 30:
                total += 1
        return total

    def minutes(self, time):
        hours, rest = time.split(":")
        return int(hours) * 60 + int(rest)
"""

SECOND = """\
class Solution:
    def strikes(self, begin: str, end: str) -> int:
        total = 0
        for hour in range(24):
            total += (begin <= f"{hour:02}:00" <= end) * ((hour - 1) % 12 + 1)
            total += begin <= f"{hour:02}:30" <= end
        return total
"""

BRUTE = """\
class Solution:
    def strikes(self, begin, end):
        heard = ""
        dial = [12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] * 2
        hour, minute = map(int, begin.split(":"))
        while True:
            if minute == 0:
                heard += "dong" * dial[hour]
            if minute == 30:
                heard += "ding"
            if [hour, minute] == list(map(int, end.split(":"))):
                return heard.count("g")
            hour, minute = (hour, minute + 1) if minute < 59 else (hour + 1, 0)
"""

TASK = Task(
    difficulty="introductory",
    topics=("clock arithmetic", "loops"),
    fn_name="strikes",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "strikes up to 23 times": FIRST.replace("hour % 12 or 12", "hour"),
        "strikes 0 times at 12": FIRST.replace("hour % 12 or 12", "hour % 12"),
        "strikes 0 times at midnight": FIRST.replace("hour % 12 or 12", "hour - 12 * (hour > 12)"),
        "does not hear the last minute": FIRST.replace(
            "self.minutes(end) + 1", "self.minutes(end)"
        ),
        "does not hear the first minute": FIRST.replace(
            "range(self.minutes(begin)", "range(self.minutes(begin) + 1"
        ),
        "forgets the half hours": FIRST.replace("total += 1", "pass"),
        "counts full hours by their number": FIRST.replace(
            "total += hour % 12 or 12", "total += 1"
        ),
    },
)
