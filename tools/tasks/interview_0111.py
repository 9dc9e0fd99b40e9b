"""Library: due dates that slip past Sundays and holidays, and fees for the open days after them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from tasks.kit import Task, lines, pick

FIRST_DAY = date(1896, 1, 1)
DAYS = (date(2104, 12, 31) - FIRST_DAY).days


def desk(holidays: str, loans: Sequence[str]) -> str:
    """Return the input for these holidays and loans."""
    dates = holidays.split()
    return lines([len(dates)], dates, [len(loans)], *(loan.split() for loan in loans))


def loan(rng: Random, begin: date, days: int, late: int) -> str:
    """Return a loan that ends up to `late` days after it is due."""
    back = begin + timedelta(min(rng.randrange(days + late + 1), 1000))
    return f"{begin} {days} {back}"


def some_day(rng: Random) -> date:
    """Return a day on which a book may be lent for a while."""
    return FIRST_DAY + timedelta(rng.randrange(DAYS - 1100))


def cases(rng: Random) -> Iterator[str]:
    """Yield holidays and loans."""
    yield desk("05-01", ["2024-04-17 14 2024-05-05", "2024-05-06 7 2024-05-13"])
    yield desk("12-25 12-26 01-01", ["2023-12-11 14 2023-12-28", "2023-12-01 30 2024-01-20"])
    yield desk("02-29", ["2023-02-20 9 2023-03-03", "2024-02-20 9 2024-03-03"])
    yield desk("01-01", ["2024-01-01 1 2024-01-01"])
    yield desk("07-04", ["2100-02-21 7 2100-03-02", "2000-02-22 7 2000-03-02"])
    yield desk("08-15", ["1900-02-22 7 1900-03-09", "1896-02-22 7 1896-03-09"])
    yield desk("10-03", ["2024-06-03 12 2024-06-17", "2024-06-03 13 2024-06-17"])
    yield desk("03-04 03-02", ["2024-02-17 14 2024-03-05", "2024-02-17 15 2024-03-06"])
    yield desk("06-06", ["2022-06-01 3 2022-06-15", "2022-06-01 3 2022-06-16"])
    yield desk("06-06", ["2022-06-01 3 2022-06-17", "2022-06-01 3 2022-06-18"])
    yield desk("12-30 12-31 01-01 01-02", ["2021-12-20 10 2022-01-03", "2021-12-20 11 2022-01-04"])
    yield desk("11-11", ["2104-11-01 60 2104-12-31", "1896-01-01 1 1896-01-03"])
    yield desk("05-08", ["2001-05-05 60 2001-05-06", "2001-05-05 1 2004-01-30"])
    yield desk("02-28 02-29 03-01", ["2096-02-01 27 2096-03-05", "2097-02-01 27 2097-03-05"])
    yield desk("09-09", ["2010-09-08 1 2010-09-10", "2010-09-09 1 2010-09-09"])
    months = [f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    for holidays, loans, late in (
        (1, 5, 10),
        (2, 10, 30),
        (4, 10, 20),
        (8, 20, 60),
        (12, 20, 400),
        (20, 30, 30),
        (29, 50, 15),
        (29, 50, 940),
    ):
        feasts = sorted({pick(rng, months) for _ in range(holidays)} | {"02-29"})
        days = [rng.randrange(1, 61) for _ in range(loans)]
        yield desk(" ".join(feasts), [loan(rng, some_day(rng), d, late) for d in days])
    feasts = [f"12-{day}" for day in range(10, 32)] + [f"01-0{day}" for day in range(1, 9)]
    starts = [date(year, 12, 1 + year % 20) for year in range(1990, 2040)]
    yield desk(" ".join(feasts), [loan(rng, start, 21, 40) for start in starts])
    starts = [date(1904 + 4 * n, 1, 20) for n in range(50)]
    yield desk("02-29 03-01", [f"{start} 40 {start + timedelta(1000)}" for start in starts])


FIRST = """\
from datetime import date, timedelta

input()
holidays = set(input().split())


def is_open(day):
    return day.weekday() != 6 and day.isoformat()[5:] not in holidays


for _ in range(int(input())):
    lent, days, returned = input().split()
    due = date.fromisoformat(lent) + timedelta(days=int(days))
    while not is_open(due):
        due += timedelta(days=1)
    late = 0
    day = due
    while day < date.fromisoformat(returned):
        day += timedelta(days=1)
        if is_open(day):
            late += 1
    print(due, 5 * min(late, 10) + 20 * max(late - 10, 0))
"""

SECOND = """\
import sys
from bisect import bisect_left, bisect_right
from datetime import date, timedelta

words = iter(sys.stdin.read().split())
closed = set()
for _ in range(int(next(words))):
    holiday = next(words)
    for year in range(1895, 2107):
        try:
            closed.add(date.fromisoformat(f"{year}-{holiday}").toordinal())
        except ValueError:
            pass
# Ordinal 7 is a Sunday. Sundays are counted by division, the other closed days by a list.
feasts = sorted(day for day in closed if day % 7)


def open_until(day):
    return day - day // 7 - bisect_right(feasts, day)


for _ in range(int(next(words))):
    lent, days, returned = next(words), int(next(words)), next(words)
    due = (date.fromisoformat(lent) + timedelta(days)).toordinal()
    while due % 7 == 0 or due in closed:
        due += 1
    back = date.fromisoformat(returned).toordinal()
    late = max(0, open_until(back) - open_until(due)) if back > due else 0
    print(date.fromordinal(due), sum(5 if n < 10 else 20 for n in range(late)))
"""

BRUTE = """\
input()
holidays = input().split()
calendar = []
weekday = 3  # 1 January 1896 was a Wednesday
for year in range(1896, 2106):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    for month, size in enumerate([31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]):
        for day in range(size):
            name = "%02d-%02d" % (month + 1, day + 1)
            calendar.append(("%d-%s" % (year, name), weekday != 0 and name not in holidays))
            weekday = (weekday + 1) % 7
names = [name for name, _ in calendar]
for _ in range(int(input())):
    lent, days, returned = input().split()
    place = names.index(lent) + int(days)
    while not calendar[place][1]:
        place += 1
    fees = [5] * 10 + [20] * 1000
    fee = 0
    for name, is_open in calendar[place + 1 :]:
        if name > returned:
            break
        if is_open:
            fee += fees.pop(0)
    print(names[place], fee)
"""

MOVE = "while not is_open(due)"
TASK = Task(
    difficulty="interview",
    topics=("calendar", "simulation"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "does not move the due date": FIRST.replace(MOVE, "while False"),
        "moves the due date by one day only": FIRST.replace(MOVE, "if not is_open(due)"),
        "counts closed days, too": FIRST.replace("if is_open(day)", "if True"),
        "is open on Sundays": FIRST.replace("day.weekday() != 6 and ", ""),
        "is closed on Saturdays": FIRST.replace("weekday() != 6", "weekday() < 5"),
        "takes Saturdays for Sundays": FIRST.replace("weekday() != 6", "weekday() != 5"),
        "knows no holidays": FIRST.replace(" and day.isoformat()[5:] not in holidays", ""),
        "leaves the day of return out": FIRST.replace(
            "        if is_open(day)", "        if is_open(day) and str(day) < returned"
        ),
        "counts from the day on which it was first due": FIRST.replace(
            MOVE, "day = due\n    " + MOVE
        ).replace("    late = 0\n    day = due\n", "    late = 0\n"),
        "takes 1900 and 2100 for leap years": BRUTE.replace(
            "year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)", "year % 4 == 0"
        ),
        "takes 2000 for no leap year": BRUTE.replace(" or year % 400 == 0", ""),
        "raises the fee a day early": FIRST.replace("10", "9"),
        "raises the fee for all days": FIRST.replace(
            "5 * min(late, 10) + 20 * max(late - 10, 0)", "late * (5 if late <= 10 else 20)"
        ),
    },
)
