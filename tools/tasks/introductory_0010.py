"""Trail signs: add up times such as 2h, 35m and 1h5m, and print the sum in the same manner."""

from collections.abc import Iterator, Sequence
from random import Random

from tasks.kit import Task, lines, pick


def trail(signs: Sequence[str]) -> str:
    """Return the input for these signs."""
    return lines([len(signs)], *([sign] for sign in signs))


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of signs, then one sign a line."""
    yield trail(["1h", "35m", "90m"])
    yield trail(["20m", "1h40m"])
    for signs in (
        "5m",
        "1h",
        "1h1m",
        "60m",
        "59m",
        "61m",
        "99m",
        "99h99m",
        "30m 30m",
        "10h 10m",
        "10m 10h",
        "1h59m 1m",
        "2h 3h 4h",
        "1h50m 10m 1h",
        "12m 7m 33m",
        "20h20m 2h2m",
    ):
        yield trail(signs.split())
    for count in (3, 4, 6, 9, 14, 22, 33):
        yield trail([sign(rng) for _ in range(count)])
    yield trail(["99h99m"] * 50)


def sign(rng: Random) -> str:
    """Return a random sign."""
    hours, minutes = rng.randrange(1, 5), rng.randrange(1, 100)
    return pick(rng, (f"{hours}h", f"{minutes}m", f"{hours}h{minutes}m"))


FIRST = """\
n = int(input())
total = 0
for _ in range(n):
    time = input().strip()
    if "h" in time:
        hours, time = time.split("h")
        total += int(hours) * 60
    if time:
        total += int(time[:-1])
result = ""
if total >= 60:
    result += f"{total // 60}h"
if total % 60:
    result += f"{total % 60}m"
print(result)
"""

SECOND = """\
import re
import sys

text = sys.stdin.read()
hours = sum(map(int, re.findall(r"(\\d+)h", text)))
minutes = sum(map(int, re.findall(r"(\\d+)m", text)))
hours, minutes = hours + minutes // 60, minutes % 60
print(f"{hours}h" * (hours > 0) + f"{minutes}m" * (minutes > 0))
"""

BRUTE = """\
hours = minutes = 0
for _ in range(int(input())):
    number = ""
    for letter in input():
        if letter == "h":
            hours += int(number)
            number = ""
        elif letter == "m":
            for _ in range(int(number)):
                minutes += 1
                if minutes == 60:
                    hours, minutes = hours + 1, 0
        else:
            number += letter
if hours == 0:
    print(str(minutes) + "m")
elif minutes == 0:
    print(str(hours) + "h")
else:
    print(str(hours) + "h" + str(minutes) + "m")
"""

TASK = Task(
    difficulty="introductory",
    topics=("parsing", "strings"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "prints 0h": FIRST.replace("total >= 60", "total >= 0"),
        "prints 0m": FIRST.replace("if total % 60:", "if True:"),
        "leaves 60 minutes as they are": FIRST.replace("total >= 60", "total > 60"),
        "forgets to carry": SECOND.replace("hours + minutes // 60, minutes % 60", "hours, minutes"),
        "counts an hour as 100 minutes": FIRST.replace("int(hours) * 60", "int(hours) * 100"),
        "reads one digit only": FIRST.replace("int(time[:-1])", "int(time[0])"),
        "reads one digit of the hours": FIRST.replace("int(hours)", "int(hours[0])"),
        "keeps days apart": FIRST.replace("total // 60}", "total // 60 % 24}"),
    },
)
