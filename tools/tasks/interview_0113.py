"""Scooter: the shortest way through a grid for one that goes straight or turns right only."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, pick, shuffled


def town(*rows: str) -> str:
    """Return the input for these rows."""
    return lines([len(rows), len(rows[0])], *([row] for row in rows))


def drawn(rng: Random, height: int, width: int, walls: int) -> str:
    """Return a random town in which about `walls` squares in 100 are buildings."""
    squares = ["#" if rng.randrange(100) < walls else "." for _ in range(height * width)]
    start, end = shuffled(rng, range(height * width))[:2]
    squares[start], squares[end] = "S", "E"
    flat = "".join(squares)
    return town(*(flat[i : i + width] for i in range(0, height * width, width)))


def blocks(rng: Random, height: int, width: int) -> str:
    """Return streets between blocks of buildings, with some squares blocked."""
    rows = [
        "".join("#" if (r % 3 and c % 3) or rng.randrange(14) == 0 else "." for c in range(width))
        for r in range(height)
    ]
    free = [(r, c) for r in range(height) for c in range(width) if rows[r][c] == "."]
    for mark in "SE":
        r, c = pick(rng, free)
        free.remove((r, c))
        rows[r] = rows[r][:c] + mark + rows[r][c + 1 :]
    return town(*rows)


def cases(rng: Random) -> Iterator[str]:
    """Yield h and w, then the rows."""
    yield town("#..", "E..", "#.#", "#S#")
    yield town("E..", "##.", "##S")
    yield town("SE")
    yield town("E", ".", "S")
    yield town("S#E")
    yield town("S.", ".E")
    yield town("S..", "##.", "E..")
    yield town("E..", "##.", "S..")
    yield town("..E", ".##", "..S")
    yield town(".....", ".###.", ".#E#.", ".#.#.", "S#...")
    yield town("#####", "E...#", "###.#", "S...#", "#####")
    yield town("S....", "####.", "E..#.", ".#.#.", ".....")
    yield town("...E", ".##.", "S...", "##..")
    for height, width, walls in (
        (3, 3, 20),
        (3, 4, 20),
        (4, 4, 25),
        (4, 6, 30),
        (5, 5, 30),
        (6, 6, 30),
        (7, 9, 30),
        (10, 10, 35),
        (15, 20, 35),
    ):
        yield drawn(rng, height, width, walls)
    yield blocks(rng, 10, 10)
    yield blocks(rng, 16, 22)
    yield blocks(rng, 28, 25)
    yield drawn(rng, 50, 50, 35)
    yield blocks(rng, 49, 49)
    yield blocks(rng, 50, 50)
    # One street that winds inwards to the right, and the same one mirrored.
    size, rows = 49, [["#"] * 49 for _ in range(49)]
    r, c, dr, dc = 0, 0, 0, 1
    rows[0][0] = "S"
    for length in (size - 1, *(side for side in range(size - 1, 1, -2) for _ in range(2))):
        for _ in range(length):
            r, c = r + dr, c + dc
            rows[r][c] = "."
        dr, dc = dc, -dr
    rows[r][c] = "E"
    yield town(*("".join(row) for row in rows))
    yield town(*("".join(row[::-1]) for row in rows))


FIRST = """\
from collections import deque

h, w = map(int, input().split())
grid = [input().strip() for _ in range(h)]
moves = [(-1, 0), (0, 1), (1, 0), (0, -1)]
queue = deque()
seen = set()
for r in range(h):
    for c in range(w):
        if grid[r][c] == "S":
            for d in range(4):
                queue.append((r, c, d, 0))
                seen.add((r, c, d))
answer = "TOW"
while queue:
    r, c, d, far = queue.popleft()
    if grid[r][c] == "E":
        answer = far
        break
    for turn in ((d, (d + 1) % 4) if far else (d,)):
        y, x = r + moves[turn][0], c + moves[turn][1]
        if 0 <= y < h and 0 <= x < w and grid[y][x] != "#" and (y, x, turn) not in seen:
            seen.add((y, x, turn))
            queue.append((y, x, turn, far + 1))
print(answer)
"""

SECOND = """\
import sys

h, w, *grid = sys.stdin.read().split()
h, w = int(h), int(w)
edge = "#" * (w + 2)
flat = edge + "".join("#" + row + "#" for row in grid) + edge
steps = [1, w + 2, -1, -w - 2]
# Backwards from E: 4 * place + d stands for having come to the place in direction d.
far = {4 * flat.index("E") + d: 0 for d in range(4)}
layer = list(far)
start = flat.index("S")
best = None
while layer and best is None:
    following = []
    for state in layer:
        place, d = divmod(state, 4)
        before = place - steps[d]
        if flat[before] == "#":
            continue
        if before == start:
            best = far[state] + 1
            break
        for old in (d, (d - 1) % 4):
            if 4 * before + old not in far:
                far[4 * before + old] = far[state] + 1
                following.append(4 * before + old)
    layer = following
print("TOW" if best is None else best)
"""

BRUTE = """\
h, w = map(int, input().split())
grid = [input() for _ in range(h)]
start = [(r, c) for r in range(h) for c in range(w) if grid[r][c] == "S"][0]
right = {"up": "right", "right": "down", "down": "left", "left": "up"}
step = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
now = {(start, way) for way in right}
answer = "TOW"
for time in range(1, 4 * h * w + 1):
    later = set()
    for (r, c), way in now:
        for new in {way, right[way]}:
            y, x = r + step[new][0], c + step[new][1]
            if y in range(h) and x in range(w) and grid[y][x] != "#":
                later.add(((y, x), new))
    now = later
    if any(grid[y][x] == "E" for (y, x), way in now):
        answer = time
        break
print(answer)
"""

TURNS = "((d, (d + 1) % 4) if far else (d,))"
TASK = Task(
    difficulty="interview",
    topics=("graphs", "breadth-first search", "grids"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    wrong={
        "turns to all sides": FIRST.replace(TURNS, "range(4)"),
        "turns left": FIRST.replace("(d + 1) % 4", "(d - 1) % 4"),
        "turns both ways": FIRST.replace("(d, (d + 1) % 4)", "(d, (d + 1) % 4, (d + 3) % 4)"),
        "visits a square once": FIRST.replace("(y, x, turn) not in seen", "(y, x) not in seen")
        .replace("seen.add((y, x, turn))", "seen.add((y, x))")
        .replace("seen.add((r, c, d))", "seen.add((r, c))"),
        "starts upwards": FIRST.replace("for d in range(4):", "for d in (0,):"),
        "must turn at once after the start": FIRST.replace(
            "if far else (d,)", "if far != 1 else (d + 1,)"
        ).replace("moves[turn]", "moves[turn % 4]"),
        "counts the first square": FIRST.replace("answer = far", "answer = far + 1"),
        "must turn on every square": FIRST.replace(TURNS, "((d + 1) % 4,)"),
    },
)
