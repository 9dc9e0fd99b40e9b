"""Snail: the best way right and down through a grid with at most k moves in a row alike."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers


def bed(k: int, rows: list[list[int]]) -> str:
    """Return the input for these rows of plants."""
    return lines([len(rows), len(rows[0]), k], *rows)


def drawn(rng: Random, size: tuple[int, int], k: int, low: int, high: int) -> str:
    """Return random rows of plants."""
    h, w = size
    return bed(k, [numbers(rng, w, low, high) for _ in range(h)])


def cases(rng: Random) -> Iterator[str]:
    """Yield h, w and k, then the rows."""
    yield bed(2, [[1, 2, 3, 9], [4, 0, -5, 9], [6, -1, 2, 3]])
    yield bed(1, [[5, 1, 1], [2, 8, 3]])
    yield bed(1, [[1, 1, 1]])
    yield bed(1, [[-7]])
    yield bed(2, [[4, -9, 3]])
    yield bed(2, [[4], [-9], [3], [1]])
    yield bed(1, [[1, 5], [9, 2]])
    yield bed(1, [[0, 3, 1], [4, 0, 2], [1, 7, 0]])
    yield bed(2, [[0, 50, 50], [0, 0, 50], [0, 0, -99]])
    yield bed(2, [[9, 9, 9, 9], [-9, -9, -9, 9], [-9, -9, -9, 9], [-9, -9, -9, 9]])
    yield bed(3, [[9, 9, 9, 9], [-9, -9, -9, 9], [-9, -9, -9, 9], [-9, -9, -9, 9]])
    yield bed(1, [[-5, -1, -9, -9], [-9, -9, -9, -9], [-9, -9, -9, -9]])
    yield bed(10, [[-1] * 6, [-2] * 6, [-3] * 6])
    for h, w, k, low, high in (
        (2, 5, 2, -9, 9),
        (2, 6, 2, 0, 9),
        (2, 5, 1, 0, 9),
        (3, 7, 2, -9, 9),
        (3, 9, 2, -9, 9),
        (4, 4, 1, -99, 99),
        (5, 5, 2, -20, -1),
        (5, 6, 3, -9, 9),
        (6, 6, 2, -9, 9),
        (7, 5, 2, -99, 99),
        (12, 4, 3, -99, 99),
        (20, 20, 4, -99, 99),
        (30, 60, 2, -50, 99),
        (21, 60, 3, -99, 99),
        (60, 59, 1, -99, 99),
        (60, 60, 10, -99, 99),
        (60, 60, 2, -99, -50),
        (60, 6, 10, -99, 99),
    ):
        yield drawn(rng, (h, w), k, low, high)
    yield drawn(rng, (60, 5), 10, -99, 99)


FIRST = """\
h, w, k = map(int, input().split())
plants = [list(map(int, input().split())) for _ in range(h)]
NONE = float("-inf")
# right[c][s], down[c][s]: best joy at column c of the row after s moves in a row that way
right = down = None
for r in range(h):
    new_right = [[NONE] * (k + 1) for _ in range(w)]
    new_down = [[NONE] * (k + 1) for _ in range(w)]
    for c in range(w):
        plant = plants[r][c]
        if r == c == 0:
            new_right[0][0] = plant
            continue
        if c:
            turn = max(max(new_down[c - 1][1:]), new_right[c - 1][0])
            new_right[c][1] = turn + plant
            for s in range(2, k + 1):
                new_right[c][s] = new_right[c - 1][s - 1] + plant
        if r:
            turn = max(right[c])
            new_down[c][1] = turn + plant
            for s in range(2, k + 1):
                new_down[c][s] = down[c][s - 1] + plant
    right, down = new_right, new_down
joy = max(right[-1] + down[-1])
print("too tiring" if joy == NONE else joy)
"""

SECOND = """\
import sys

h, w, k, *flat = map(int, sys.stdin.read().split())
# Prefix sums along rows and columns; a way is made of runs of 1 to k moves, in turns.
along = [[0] * (w + 1) for _ in range(h)]
below = [[0] * (h + 1) for _ in range(w)]
for r in range(h):
    for c in range(w):
        along[r][c + 1] = along[r][c] + flat[r * w + c]
        below[c][r + 1] = below[c][r] + flat[r * w + c]
across, downward = {}, {}  # best joy of ways that end here with a run across, or downward
across[0, 0] = downward[0, 0] = flat[0]
for r in range(h):
    for c in range(w):
        if r == c == 0:
            continue
        ways = [
            downward[r, c - s] + along[r][c + 1] - along[r][c - s + 1]
            for s in range(1, min(k, c) + 1)
            if (r, c - s) in downward
        ]
        if ways:
            across[r, c] = max(ways)
        ways = [
            across[r - s, c] + below[c][r + 1] - below[c][r - s + 1]
            for s in range(1, min(k, r) + 1)
            if (r - s, c) in across
        ]
        if ways:
            downward[r, c] = max(ways)
end = (h - 1, w - 1)
found = [best[end] for best in (across, downward) if end in best]
print(max(found) if found else "too tiring")
"""

BRUTE = """\
from itertools import combinations

h, w, k = map(int, input().split())
plants = [list(map(int, input().split())) for _ in range(h)]
joys = []
for places in combinations(range(h + w - 2), h - 1):
    moves = "".join("D" if i in places else "R" for i in range(h + w - 2))
    if "D" * (k + 1) in moves or "R" * (k + 1) in moves:
        continue
    r = c = 0
    joy = plants[0][0]
    for move in moves:
        r += move == "D"
        c += move == "R"
        joy += plants[r][c]
    joys.append(joy)
print(max(joys, default="too tiring"))
"""

GREEDY_STATE = """\
h, w, k = map(int, input().split())
plants = [list(map(int, input().split())) for _ in range(h)]
# best[r, c]: the best joy there, with the direction and length of the run that leads to it
best = {(0, 0): (plants[0][0], "", 0)}
for r in range(h):
    for c in range(w):
        ways = []
        for before, way in (((r, c - 1), "R"), ((r - 1, c), "D")):
            if before in best:
                joy, last, run = best[before]
                run = run + 1 if last == way else 1
                if run <= k:
                    ways.append((joy + plants[r][c], way, run))
        if ways:
            best[r, c] = max(ways)
print(best[h - 1, w - 1][0] if (h - 1, w - 1) in best else "too tiring")
"""

TASK = Task(
    difficulty="interview",
    topics=("dynamic programming", "grids"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    wrong={
        "keeps one best way a plant": GREEDY_STATE,
        "ignores k": FIRST.replace(
            "h, w, k = map(int, input().split())", "h, w, k = map(int, input().split())\nk = 60"
        ),
        "visits k plants in a row": SECOND.replace("h, w, k, *flat", "h, w, m, *flat").replace(
            "# Prefix", "k = max(1, m - 1)\n# Prefix"
        ),
        "makes one move too many": SECOND.replace("min(k, c)", "min(k + 1, c)").replace(
            "min(k, r)", "min(k + 1, r)"
        ),
        "limits moves to the right only": SECOND.replace("min(k, r)", "r"),
        "does not eat the first plant": FIRST.replace(
            "new_right[0][0] = plant", "new_right[0][0] = 0"
        ),
        "takes 0 for no way": FIRST.replace('float("-inf")', "0"),
        "prints -1 for no way": FIRST.replace('"too tiring"', "-1"),
        "starts to the right": FIRST.replace("turn = max(right[c])", "turn = max(right[c][1:])"),
    },
)
