"""Posters: the area of every rectangle that later rectangles leave to be seen."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task


def poster(rng: Random, wall: int, side: int) -> list[int]:
    """Return a poster with sides up to `side` on a wall of `wall` by `wall`."""
    wide, high = rng.randrange(1, side + 1), rng.randrange(1, side + 1)
    x, y = rng.randrange(wall - wide + 1), rng.randrange(wall - high + 1)
    return [x, y, x + wide, y + high]


def cases(rng: Random) -> Iterator[Json]:
    """Yield a list of posters each, as the only argument."""
    yield [[[0, 0, 4, 3], [2, 2, 6, 5], [4, 0, 5, 2]]]
    yield [[[1, 1, 3, 3], [0, 0, 3, 4]]]
    yield [[[0, 0, 1, 1]]]
    yield [[[0, 0, 5, 5], [0, 0, 5, 5]]]
    yield [[[0, 0, 9, 9], [3, 3, 6, 6]]]
    yield [[[3, 3, 6, 6], [0, 0, 9, 9], [4, 4, 5, 5]]]
    yield [[[0, 0, 6, 6], [0, 0, 4, 4], [2, 2, 6, 6]]]
    yield [[[0, 0, 6, 2], [0, 0, 3, 2], [3, 0, 6, 2]]]
    yield [[[0, 4, 9, 6], [4, 0, 6, 9], [0, 4, 9, 6]]]
    yield [[[0, 0, 2, 2], [2, 0, 4, 2], [0, 2, 2, 4], [2, 2, 4, 4], [1, 1, 3, 3]]]
    yield [[[0, 0, 8, 1], [1, 0, 3, 1], [2, 0, 5, 1], [4, 0, 6, 1]]]
    yield [[[place, place, 12 - place, 12 - place] for place in range(6)]]
    yield [[[5 - place, 5 - place, 7 + place, 7 + place] for place in range(6)]]
    for count, wall, side in (
        (3, 6, 4),
        (4, 7, 5),
        (5, 8, 6),
        (6, 9, 6),
        (8, 12, 7),
        (12, 20, 9),
        (20, 30, 14),
    ):
        yield [[poster(rng, wall, side) for _ in range(count)]]
    yield [[[0, 0, 10**9, 10**9]]]
    for count, wall, side in (
        (10, 1000, 700),
        (30, 10**6, 10**6),
        (60, 10**9, 10**9),
        (60, 10**9, 4 * 10**8),
    ):
        yield [[poster(rng, wall, side) for _ in range(count)]]
    yield [
        [[10**7 * k, 0, 10**7 * k + 5 * 10**6, 10**9] for k in range(30)]
        + [[0, 10**7 * k, 10**9, 10**7 * k + 5 * 10**6] for k in range(30)]
    ]


FIRST = """\
from itertools import pairwise


def visible_areas(posters):
    xs = sorted({x for poster in posters for x in poster[0::2]})
    ys = sorted({y for poster in posters for y in poster[1::2]})
    areas = [0] * len(posters)
    for left, right in pairwise(xs):
        column = [n for n, poster in enumerate(posters) if poster[0] <= left < poster[2]]
        column.reverse()
        for low, high in pairwise(ys):
            for n in column:
                if posters[n][1] <= low < posters[n][3]:
                    areas[n] += (right - left) * (high - low)
                    break
    return areas
"""

SECOND = """\
def without(piece, cover):
    # What is left of a piece: a strip on either side, and parts above and below the cover.
    x1, y1, x2, y2 = piece
    a1, b1, a2, b2 = cover
    if a1 >= x2 or a2 <= x1 or b1 >= y2 or b2 <= y1:
        return [piece]
    rest = [(x1, y1, a1, y2), (a2, y1, x2, y2)]
    x1, x2 = max(x1, a1), min(x2, a2)
    rest += [(x1, y1, x2, b1), (x1, b2, x2, y2)]
    return [(u1, v1, u2, v2) for u1, v1, u2, v2 in rest if u1 < u2 and v1 < v2]


def visible_areas(posters):
    areas = []
    for number, poster in enumerate(posters):
        pieces = [tuple(poster)]
        for cover in posters[number + 1 :]:
            pieces = [part for piece in pieces for part in without(piece, cover)]
        areas.append(sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in pieces))
    return areas
"""

BRUTE = """\
def visible_areas(posters):
    areas = [0] * len(posters)
    for number, (x1, y1, x2, y2) in enumerate(posters):
        for x in range(x1, x2):
            for y in range(y1, y2):
                hidden = False
                for a1, b1, a2, b2 in posters[number + 1 :]:
                    if a1 <= x < a2 and b1 <= y < b2:
                        hidden = True
                areas[number] += not hidden
    return areas
"""

OVERLAPS = """\
def visible_areas(posters):
    areas = []
    for number, (x1, y1, x2, y2) in enumerate(posters):
        area = (x2 - x1) * (y2 - y1)
        for a1, b1, a2, b2 in posters[number + 1 :]:
            wide = min(x2, a2) - max(x1, a1)
            high = min(y2, b2) - max(y1, b1)
            if wide > 0 and high > 0:
                area -= wide * high
        areas.append(max(area, 0))
    return areas
"""

TASK = Task(
    difficulty="interview",
    topics=("geometry", "coordinate compression"),
    fn_name="visible_areas",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    wrong={
        "takes off overlaps twice": OVERLAPS,
        "forgets to ask whether posters meet": OVERLAPS.replace(
            "if wide > 0 and high > 0", "if wide * high > 0"
        ),
        "looks at the next poster only": SECOND.replace(
            "number + 1 :]", "number + 1 : number + 2]"
        ),
        "lets the first poster hide the later ones": FIRST.replace(
            "        column.reverse()\n", ""
        ),
        "counts only what a single poster covers": FIRST.replace(
            "in column:\n", "in column if len(column) == 1 else []:\n"
        ),
        "counts grid lines": FIRST.replace(
            "(right - left) * (high - low)", "(right - left + 1) * (high - low + 1)"
        ),
        "loses the parts above and below": SECOND.replace(
            "    rest += [(x1, y1, x2, b1), (x1, b2, x2, y2)]\n", ""
        ),
        "counts the corners of the parts twice": SECOND.replace(
            "    x1, x2 = max(x1, a1), min(x2, a2)\n", ""
        ),
        "gives the sum": FIRST.replace("return areas", "return [sum(areas)]"),
    },
    slow={"looks at every square of the grid": BRUTE},
)
