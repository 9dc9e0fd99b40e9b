"""Regatta: low points with a worst race dropped, and ties broken by results, then by last races."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, shuffled

NAMES = (
    *("Alma", "Brise", "Cleo", "Dora", "Elle", "Fenja", "Gull", "Hanne", "Ida", "Juno", "Kiebitz"),
    *("Lotta", "Marlin", "Nixe", "Ostwind", "Perle", "Quirl", "Rike", "Silva", "Tern", "Undine"),
    *("Vesta", "Welle", "Xenia", "Yola", "Zora", "Ahab", "Bora", "Cutty", "Delfin"),
)


def regatta(boats: list[str], races: list[list[str]]) -> str:
    """Return the input for these boats and races."""
    return lines([len(boats), len(races)], boats, *(race or ["-"] for race in races))


def random_regatta(rng: Random, count: int, races: int, *, lost: int) -> str:
    """Return races that about one boat in `lost` does not finish."""
    boats = shuffled(rng, NAMES)[:count]
    orders = [shuffled(rng, boats) for _ in range(races)]
    return regatta(boats, [[boat for boat in o if rng.randrange(lost)] for o in orders])


def close_regatta(rng: Random, boats: str, races: int) -> str:
    """Return races of single-letter boats in which just two neighbours change places."""
    orders = []
    for _ in range(races):
        order = list(boats)
        at = rng.randrange(len(order) - 1)
        order[at : at + 2] = order[at + 1], order[at]
        orders.append(order if rng.randrange(2) else order[::-1])
    return regatta(shuffled(rng, boats), orders)


def cases(rng: Random) -> Iterator[str]:
    """Yield the boats and the races."""
    yield regatta(["Gull", "Alma", "Tern"], [["Alma", "Gull", "Tern"], ["Gull", "Tern"]])
    yield regatta(["B", "C", "A"], [list("CAB"), list("BCA"), list("ABC"), list("CBA")])
    for boats, text in (
        ("A", "A"),
        ("A", "-"),
        ("BA", "-/-"),
        ("CAB", "B/-/B/-"),
        ("AB", "AB/BA"),
        ("AB", "BA/AB"),
        ("AB", "AB/BA/AB"),
        ("AB", "AB/BA/AB/BA"),
        ("BA", "BA/AB/BA/AB"),
        ("ABC", "ABC/BCA/CAB"),
        ("ABC", "ABC/BCA/CAB/-"),
        ("ABCD", "ABCD/DBCA/BACD"),
        ("ABCD", "ABCD/DCBA/BADC/CDAB"),
        ("ABCD", "ABC/ABC/ABC/DCBA/DCBA"),
        ("ABCDE", "BACDE/EDCBA/A/B/C/D"),
        ("ZYX", "Z/Y/Z/Y/X"),
        ("ABCDE", "AB/BA/B/ACB"),
    ):
        yield regatta(list(boats), [list(race.strip("-")) for race in text.split("/")])
    for count, races in ((3, 2), (4, 3), (5, 4), (6, 5)):
        yield random_regatta(rng, count, races, lost=4)
    for boats, races in (("ABCD", 4), ("ABCDE", 6), ("PQRSTU", 8), ("ABCDEFGH", 5)):
        yield close_regatta(rng, boats, races)
    yield random_regatta(rng, 10, 7, lost=3)
    yield random_regatta(rng, 20, 4, lost=2)
    yield random_regatta(rng, 30, 3, lost=2)
    yield random_regatta(rng, 30, 20, lost=9)
    yield random_regatta(rng, 30, 20, lost=2)


FIRST = """\
b, r = map(int, input().split())
names = input().split()
results = {name: [] for name in names}
for _ in range(r):
    race = input().split()
    for name in names:
        results[name].append(race.index(name) + 1 if name in race else b + 1)
table = []
for name in names:
    places = results[name]
    counted = sorted(places)
    if r >= 4:
        counted.pop()
    table.append((sum(counted), counted, places[::-1], name))
table.sort()
rank = 0
for i, row in enumerate(table):
    if i == 0 or row[:3] != table[i - 1][:3]:
        rank = i + 1
    print(rank, row[3], row[0])
"""

SECOND = """\
import sys
from functools import cmp_to_key

head, boats, *races = [line.split() for line in sys.stdin.read().splitlines()]
missing = len(boats) + 1
finish = [{name: place for place, name in enumerate(race, 1)} for race in races]


def points(name):
    got = [race.get(name, missing) for race in finish]
    if len(got) > 3:
        got.remove(max(got))
    return got


def compare(one, other):
    ours, theirs = points(one), points(other)
    if sum(ours) != sum(theirs):
        return sum(ours) - sum(theirs)
    for place in range(1, missing + 1):
        more = theirs.count(place) - ours.count(place)
        if more:
            return more
    for race in reversed(finish):
        apart = race.get(one, missing) - race.get(other, missing)
        if apart:
            return apart
    return 0


order = sorted(sorted(boats), key=cmp_to_key(compare))
for name in order:
    first = next(i for i, other in enumerate(order, 1) if compare(name, other) == 0)
    print(first, name, sum(points(name)))
"""

BRUTE = """\
b, r = map(int, input().split())
names = input().split()
races = [input().split() for _ in range(r)]


def row(name):
    places = []
    for race in races:
        place = b + 1
        for i in range(len(race)):
            if race[i] == name:
                place = i + 1
        places.append(place)
    left = sorted(places)
    if r >= 4:
        left = left[: r - 1]
    return [sum(left)] + left + [places[i] for i in range(r - 1, -1, -1)]


lines = []
for name in names:
    better = 0
    for other in names:
        if row(other) < row(name):
            better += 1
    lines.append((better + 1, name, row(name)[0]))
for line in sorted(lines):
    print(*line)
"""

TASK = Task(
    difficulty="interview",
    topics=("sorting", "simulation"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "drops no race": FIRST.replace("r >= 4", "False"),
        "drops a race out of three too": FIRST.replace("r >= 4", "r >= 3"),
        "drops a race only out of five": FIRST.replace("r >= 4", "r > 4"),
        "gives b points for a race not finished": FIRST.replace("else b + 1", "else b"),
        "gives one point more than the last who finished": FIRST.replace(
            "else b + 1", "else len(race) + 1"
        ),
        "breaks ties by name": FIRST.replace(
            "sum(counted), counted, places[::-1]", "sum(counted), 0, 0"
        ),
        "skips the sorted results": FIRST.replace("sum(counted), counted", "sum(counted), 0"),
        "skips the last races": FIRST.replace("places[::-1], name", "0, name"),
        "looks at the first races first": FIRST.replace("places[::-1]", "places"),
        "looks at the last race only": FIRST.replace("places[::-1]", "places[-1:]"),
        "gives every boat a rank of its own": FIRST.replace("i == 0 or", "True or"),
        "counts the dropped race in the second rule": FIRST.replace(
            "sum(counted), counted", "sum(counted), sorted(places)"
        ),
    },
)
