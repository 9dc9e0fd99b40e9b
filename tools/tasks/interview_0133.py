"""Cleaning robots: they act in turn, bump into walls and each other, and break at three bumps."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, pick, shuffled, word


def hall(height: int, width: int, robots: list[str]) -> str:
    """Return the input for these robots."""
    return "\n".join([f"{height} {width} {len(robots)}", *robots]) + "\n"


def random_hall(rng: Random, height: int, width: int, count: int, letters: int) -> str:
    """Return robots on different cells with up to `letters` letters each, most of them F."""
    robots = []
    for cell in shuffled(rng, range(height * width))[:count]:
        program = word(rng, rng.randrange(1, letters + 1), "FFFFFLR")
        robots.append(f"{cell // width + 1} {cell % width + 1} {pick(rng, 'NESW')} {program}")
    return hall(height, width, robots)


def cases(rng: Random) -> Iterator[str]:
    """Yield the hall and the robots."""
    yield hall(3, 4, ["2 1 E FFRF", "2 3 W FLFF"])
    yield hall(1, 3, ["1 1 W FFFLLF", "1 3 W FF"])
    for height, width, text in (
        (1, 1, "1 1 N F"),
        (1, 1, "1 1 N L"),
        (1, 1, "1 1 S FFRRFF"),
        (5, 5, "3 3 N LF"),
        (5, 5, "3 3 S RF"),
        (2, 2, "1 1 E FRFRFRF"),
        (2, 2, "1 1 W FRFRF"),
        (1, 4, "1 1 E FFF/1 2 E FFF"),
        (1, 4, "1 2 E FFF/1 1 E FFF"),
        (1, 2, "1 1 E F/1 2 W F"),
        (3, 3, "2 1 E F/1 2 S F/2 3 W F/3 2 N F"),
        (1, 6, "1 1 E F/1 3 W FFFFF"),
        (1, 5, "1 1 W FFFF/1 4 W FFFF"),
        (1, 7, "1 4 E F/1 1 E FFFFFF"),
        (2, 3, "1 1 E FF/1 2 N FFF/2 2 N LLLF"),
        (4, 4, "1 1 N FFRFRFFF/4 4 E FLFFFLFF"),
    ):
        yield hall(height, width, text.split("/"))
    for height, width, count in ((2, 3, 3), (3, 3, 4), (4, 4, 5), (5, 3, 6), (6, 6, 9)):
        yield random_hall(rng, height, width, count, 10)
    yield random_hall(rng, 8, 8, 20, 20)
    yield random_hall(rng, 10, 10, 99, 40)
    yield random_hall(rng, 20, 30, 40, 60)
    yield random_hall(rng, 50, 50, 50, 100)
    yield random_hall(rng, 50, 50, 100, 100)
    yield random_hall(rng, 30, 20, 100, 100)


FIRST = """\
STEPS = {"N": (-1, 0), "E": (0, 1), "S": (1, 0), "W": (0, -1)}
LEFT = {"N": "W", "W": "S", "S": "E", "E": "N"}
RIGHT = {"N": "E", "E": "S", "S": "W", "W": "N"}

r, c, n = map(int, input().split())
robots = []
for _ in range(n):
    row, column, heading, program = input().split()
    robots.append([int(row), int(column), heading, 0, program])
taken = {(robot[0], robot[1]) for robot in robots}
longest = max(len(robot[4]) for robot in robots)
for turn in range(longest):
    for robot in robots:
        row, column, heading, bumps, program = robot
        if turn >= len(program) or bumps == 3:
            continue
        if program[turn] == "L":
            robot[2] = LEFT[heading]
        elif program[turn] == "R":
            robot[2] = RIGHT[heading]
        else:
            y, x = row + STEPS[heading][0], column + STEPS[heading][1]
            if not (1 <= y <= r and 1 <= x <= c) or (y, x) in taken:
                robot[3] += 1
            else:
                taken.remove((row, column))
                taken.add((y, x))
                robot[:2] = y, x
for robot in robots:
    print(*robot[:4])
"""

SECOND = """\
import sys

head, *rows = sys.stdin.read().splitlines()
height, width, _ = map(int, head.split())
free = {complex(x, -y) for y in range(1, height + 1) for x in range(1, width + 1)}
ends = {}


def robot(number, place, way, program):
    bumps = 0
    for letter in program:
        if letter == "L":
            way *= 1j
        elif letter == "R":
            way *= -1j
        elif place + way in free:
            free.add(place)
            place += way
            free.remove(place)
        else:
            bumps += 1
            if bumps == 3:
                break
        yield
    ends[number] = place, way, bumps


running = []
for number, text in enumerate(rows):
    y, x, heading, program = text.split()
    place = complex(int(x), -int(y))
    free.remove(place)
    way = {"E": 1, "N": 1j, "W": -1, "S": -1j}[heading]
    running.append(robot(number, place, way, program))
while running:
    running = [one for one in running if next(one, "end") != "end"]
for number in range(len(rows)):
    place, way, bumps = ends[number]
    heading = "E" if way == 1 else "W" if way == -1 else "N" if way == 1j else "S"
    print(int(-place.imag), int(place.real), heading, bumps)
"""

BRUTE = """\
r, c, n = map(int, input().split())
floor = [["wall"] * (c + 2)]
for _ in range(r):
    floor.append(["wall"] + ["free"] * c + ["wall"])
floor.append(["wall"] * (c + 2))
headings, programs, bumps = [], [], []
for number in range(n):
    row, column, heading, program = input().split()
    floor[int(row)][int(column)] = number
    headings.append("NESW".index(heading))
    programs.append(list(program))
    bumps.append(0)


def find(number):
    for y in range(1, r + 1):
        for x in range(1, c + 1):
            if floor[y][x] == number:
                return y, x


while any(programs):
    for number in range(n):
        if programs[number]:
            letter = programs[number].pop(0)
            if letter == "R":
                headings[number] = (headings[number] + 1) % 4
            if letter == "L":
                headings[number] = (headings[number] + 3) % 4
            if letter == "F":
                y, x = find(number)
                ny, nx = [(y - 1, x), (y, x + 1), (y + 1, x), (y, x - 1)][headings[number]]
                if floor[ny][nx] == "free":
                    floor[y][x] = "free"
                    floor[ny][nx] = number
                else:
                    bumps[number] += 1
                    if bumps[number] == 3:
                        programs[number] = []
for number in range(n):
    y, x = find(number)
    print(y, x, "NESW"[headings[number]], bumps[number])
"""

TASK = Task(
    difficulty="interview",
    topics=("simulation", "grids"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    wrong={
        "turns the wrong way": FIRST.replace('== "L"', '== "R "')
        .replace('== "R"', '== "L"')
        .replace('== "R "', '== "R"'),
        "never breaks down": FIRST.replace(" or bumps == 3", ""),
        "breaks down at the second bump": FIRST.replace("bumps == 3", "bumps == 2"),
        "still turns when it is broken": FIRST.replace(" or bumps == 3", "").replace(
            "        else:\n            y, x", "        elif bumps < 3:\n            y, x"
        ),
        "takes broken robots away": FIRST.replace(
            "robot[3] += 1\n",
            "robot[3] += 1\n                if robot[3] == 3:\n"
            "                    taken.discard((row, column))\n",
        ),
        "lets each robot do all its letters at once": FIRST.replace(
            "for turn in range(longest):\n    for robot in robots:",
            "for robot in robots:\n    for turn in range(longest):",
        ),
        "looks at where the robots were before the round": FIRST.replace(
            "    for robot in robots:\n        row",
            "    before = set(taken)\n    for robot in robots:\n        row",
        )
        .replace("(y, x) in taken", "(y, x) in before")
        .replace("taken.remove", "taken.discard"),
        "bumps into walls only": FIRST.replace(" or (y, x) in taken", "").replace(
            "taken.remove", "taken.discard"
        ),
        "goes round the edge": FIRST.replace(
            "            if not (1 <= y",
            "            y, x = (y - 1) % r + 1, (x - 1) % c + 1\n            if not (1 <= y",
        ),
        "tells columns before rows": FIRST.replace(
            "print(*robot[:4])", "print(robot[1], robot[0], *robot[2:4])"
        ),
    },
)
