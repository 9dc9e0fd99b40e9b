"""Kitchen floor: tiles rounded up in both directions, spares rounded down, boxes rounded up."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, pick


def cases(rng: Random) -> Iterator[str]:
    """Yield w, d and t."""
    for floor in (
        (175, 150, 30),
        (40, 20, 10),
        (1, 1, 1),
        (1, 1, 100),
        (10, 1, 1),
        (3, 3, 1),
        (100, 30, 33),
        (50, 29, 50),
        (101, 100, 100),
        (29, 1, 1),
        (19, 2, 2),
        (8, 8, 1),
        (72, 10, 10),
        (35, 49, 7),
        (360, 410, 45),
        (99, 99, 100),
        (300, 299, 10),
        (299, 300, 10),
    ):
        yield lines(floor)
    for _ in range(8):
        yield lines([rng.randrange(50, 900), rng.randrange(50, 900), rng.randrange(5, 60)])
    for _ in range(4):
        side = pick(rng, (12, 25, 33, 60))
        yield lines([side * rng.randrange(5, 60), side * rng.randrange(5, 60), side])
    yield lines([9999, 9998, 7])
    yield lines([10000, 10000, 1])


FIRST = """\
w, d, t = map(int, input().split())
columns = (w + t - 1) // t
rows = (d + t - 1) // t
tiles = columns * rows
tiles += tiles // 10
print((tiles + 7) // 8)
"""

SECOND = """\
import math

w, d, t = map(int, input().split())
floor = math.ceil(w / t) * math.ceil(d / t)
boxes, rest = divmod(floor + floor // 10, 8)
print(boxes + (rest > 0))
"""

BRUTE = """\
w, d, t = map(int, input().split())
tiles = spares = 0
for left in range(0, w, t):
    for top in range(0, d, t):
        tiles += 1
        if tiles % 10 == 0:
            spares += 1
boxes = 0
while boxes * 8 < tiles + spares:
    boxes += 1
print(boxes)
"""

TASK = Task(
    difficulty="introductory",
    topics=("arithmetic",),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=30,
    wrong={
        "uses what is cut off": FIRST.replace("columns * rows", "(w * d + t * t - 1) // (t * t)"),
        "lays whole tiles only": FIRST.replace("(w + t - 1)", "w").replace("(d + t - 1)", "d"),
        "adds a tile where none is cut": FIRST.replace("(w + t - 1) // t", "w // t + 1"),
        "forgets the spares": FIRST.replace("tiles // 10", "0"),
        "buys a spare for every 10 begun": FIRST.replace("tiles // 10", "(tiles + 9) // 10"),
        "rounds boxes down": FIRST.replace("(tiles + 7)", "tiles"),
        "always takes another box": FIRST.replace("(tiles + 7) // 8", "tiles // 8 + 1"),
        "adds spares by the box": FIRST.replace("tiles += tiles // 10\n", "").replace(
            "(tiles + 7) // 8", "(tiles + 7) // 8 + tiles // 80"
        ),
    },
)
