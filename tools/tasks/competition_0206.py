"""Tidal stones: the earliest way over stones that the tide floods, with waiting, by the clock."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, pick, word


def beach(period: int, rows: list[str]) -> str:
    """Return the input for these rows."""
    return f"{len(rows)} {len(rows[0])} {period}\n" + "\n".join(rows) + "\n"


def random_beach(rng: Random, height: int, width: int, period: int, kinds: str) -> str:
    """Return a beach with the start top left and the target bottom right."""
    cells = "S" + word(rng, height * width - 2, kinds) + "T"
    return beach(period, [cells[i : i + width] for i in range(0, len(cells), width)])


def snake(rng: Random, height: int, width: int, kinds: str, *, target: bool) -> str:
    """Return one long way to and fro with dry ground between its stones; the period is 10."""
    rows = []
    for row in range(height):
        if row % 2 == 0:
            rows.append("".join("." + pick(rng, kinds) for _ in range(width // 2)))
        else:
            gap = width - 1 if row % 4 == 1 else 0
            rows.append("#" * gap + "." + "#" * (width - 1 - gap))
    rows[0] = "S" + rows[0][1:]
    if target:
        end = width - 1 if (height - 1) % 4 == 0 else 0
        rows[-1] = rows[-1][:end] + "T" + rows[-1][end + 1 :]
    else:
        rows[-1] = "#" * (width - 1) + "T"
        rows[-2] = rows[-2][:-1] + "#"
    return beach(10, rows)


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of rows and columns, the period and the rows."""
    yield beach(4, ["S1.", "#2#", "T3."])
    yield beach(3, ["S1T"])
    for period, text in (
        (2, "ST"),
        (2, "S#T"),
        (3, "S2T"),
        (2, "S1T"),
        (4, "S11T"),
        (5, "S12T"),
        (5, "S23T"),
        (6, "S54321T"),
        (10, "S987654321T"),
        (3, "T#S/.#./..."),
        (4, "S3.3T/.####/....."),
        (4, "S.1.T/.###./....."),
        (5, "S43#/##2#/T1.#"),
        (7, "S2/2T"),
        (6, "S333333/#####32/T22.333"),
    ):
        yield beach(period, text.split("/"))
    for height, width, period in ((2, 5, 3), (4, 4, 5), (5, 6, 4), (6, 6, 7), (8, 8, 6)):
        yield random_beach(rng, height, width, period, "#.1223344556")
    for period in (5, 6, 7, 8):
        yield random_beach(rng, 9, 9, period, "#...12334")
    for period in (6, 8, 10):
        yield random_beach(rng, 20, 30, period, "#..12345")
    yield snake(rng, 5, 10, ".334", target=True)
    yield snake(rng, 21, 20, ".1667", target=True)
    yield snake(rng, 61, 60, ".87541", target=True)
    yield random_beach(rng, 60, 60, 10, "##....1123")
    yield snake(rng, 60, 60, ".57", target=False)


FIRST = """\
from collections import deque

r, c, k = map(int, input().split())
rows = [input() for _ in range(r)]
# dry[i][j]: for how many minutes of each period one can be there
dry = [[0 if x == "#" else int(x) if x.isdigit() else k for x in row] for row in rows]
for i in range(r):
    for j in range(c):
        if rows[i][j] == "S":
            start = i, j
        elif rows[i][j] == "T":
            target = i, j


def search():
    seen = {(*start, 0)}
    queue = deque([(*start, 0)])
    while queue:
        i, j, time = queue.popleft()
        if (i, j) == target:
            return time
        phase = (time + 1) % k
        for y, x in ((i, j), (i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
            if 0 <= y < r and 0 <= x < c and phase < dry[y][x] and (y, x, phase) not in seen:
                seen.add((y, x, phase))
                queue.append((y, x, time + 1))
    return -1


print(search())
"""

SECOND = """\
import sys

head, *rows = sys.stdin.read().split("\\n")
r, c, k = map(int, head.split())
flat = "#".join(rows[:r]) + "#" * (c + 2)
start, target = flat.index("S"), flat.index("T")
opens = []
for x in flat:
    if x == "#":
        opens.append(())
    else:
        opens.append(range(min(k, int(x)) if x in "123456789" else k))
# Back from the target, at whatever minute of the period it is reached.
layer = [(target, phase) for phase in range(k)]
far = {state: 0 for state in layer}
steps = 0
while layer and (start, 0) not in far:
    steps += 1
    before = []
    for cell, phase in layer:
        earlier = (phase - 1) % k
        for other in (cell, cell - 1, cell + 1, cell - c - 1, cell + c + 1):
            if other >= 0 and earlier in opens[other] and (other, earlier) not in far:
                far[other, earlier] = steps
                before.append((other, earlier))
    layer = before
print(far.get((start, 0), -1))
"""

MINUTE_BY_MINUTE = """\
r, c, k = map(int, input().split())
rows = [input() for _ in range(r)]
cells = {(i, j): rows[i][j] for i in range(r) for j in range(c) if rows[i][j] != "#"}
here = {cell for cell, kind in cells.items() if kind == "S"}
target = [cell for cell, kind in cells.items() if kind == "T"][0]
time = 0
while target not in here and time <= r * c * k:
    time += 1
    phase = time % k
    there = set()
    for i, j in here:
        for cell in ((i, j), (i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if cell in cells:
                kind = cells[cell]
                if kind in ".ST" or phase < int(kind):
                    there.add(cell)
    here = there
print(time if target in here else -1)
"""

BRUTE = """\
r, c, k = map(int, input().split())
rows = [input() for _ in range(r)]
states = [(i, j, p) for i in range(r) for j in range(c) for p in range(k)]
best = {}
for i, j, p in states:
    if rows[i][j] == "S" and p == 0:
        best[i, j, p] = 0
changed = True
while changed:
    changed = False
    for i, j, p in states:
        if (i, j, p) in best:
            for y, x, q in states:
                if abs(i - y) + abs(j - x) <= 1 and q == (p + 1) % k and rows[y][x] != "#":
                    if rows[y][x] in "ST." or q < int(rows[y][x]):
                        if best[i, j, p] + 1 < best.get((y, x, q), 10**9):
                            best[y, x, q] = best[i, j, p] + 1
                            changed = True
print(min((t for (i, j, p), t in best.items() if rows[i][j] == "T"), default=-1))
"""

TASK = Task(
    difficulty="competition",
    topics=("graphs", "shortest paths", "grids"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    wrong={
        "remembers cells, not cells with the time": FIRST.replace(
            "(y, x, phase) not in seen", "(y, x) not in seen"
        ).replace("seen.add((y, x, phase))", "seen.add((y, x))"),
        "never waits": FIRST.replace("(i, j), (i - 1, j)", "(i - 1, j)"),
        "waits on a stone though it is flooded": FIRST.replace(
            "and phase < dry[y][x]", "and ((y, x) == (i, j) or phase < dry[y][x])"
        ),
        "floods stones one minute late": FIRST.replace("else int(x) if", "else int(x) + 1 if"),
        "looks at the stone when setting out": FIRST.replace("phase < dry", "time % k < dry"),
        "turns the tide round": FIRST.replace("phase < dry", "k - 1 - phase < dry"),
        "ignores the tide": FIRST.replace("phase < dry", "0 < dry"),
        "prints the time within the period": FIRST.replace("return time\n", "return time % k\n"),
        "cannot step upwards": FIRST.replace("(i - 1, j), ", ""),
    },
    slow={"follows all places minute by minute": MINUTE_BY_MINUTE},
)
