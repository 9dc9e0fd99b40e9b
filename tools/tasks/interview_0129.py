"""Turntables: turn the rings of a grid, each further and the other way than the one around it."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers


def counted(height: int, width: int) -> list[list[int]]:
    """Return a grid of the numbers from 1 on."""
    return [[width * i + j + 1 for j in range(width)] for i in range(height)]


def cases(rng: Random) -> Iterator[Json]:
    """Yield a grid and k each."""
    yield [[[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]], 1]
    yield [[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]], 3]
    for height, width, k in (
        (1, 1, 5),
        (1, 4, 1),
        (4, 1, 3),
        (2, 2, 1),
        (2, 2, 4),
        (2, 5, 3),
        (3, 3, 0),
        (3, 3, 8),
        (3, 5, 2),
        (5, 3, 7),
        (5, 5, 1),
        (4, 6, 2),
        (6, 6, 5),
        (7, 9, 4),
    ):
        yield [counted(height, width), k]
    for height, width, k in ((4, 5, 11), (6, 7, 23), (8, 4, 40), (9, 9, 99)):
        yield [[numbers(rng, width, 0, 9) for _ in range(height)], k]
    for height, width in (
        (8, 8),
        (5, 12),
        (13, 10),
        (1, 40),
        (30, 2),
        (29, 30),
        (30, 29),
        (30, 30),
    ):
        yield [[numbers(rng, width, -99, 999) for _ in range(height)], rng.randrange(10**9)]
    yield [counted(30, 30), 10**9]


FIRST = """\
class Solution:
    def turnRings(self, grid: list[list[int]], k: int) -> list[list[int]]:
        turned = [row[:] for row in grid]
        top, left, bottom, right = 0, 0, len(grid) - 1, len(grid[0]) - 1
        number = 1
        while top < bottom and left < right:
            places = [(top, j) for j in range(left, right)]
            places += [(i, right) for i in range(top, bottom)]
            places += [(bottom, j) for j in range(right, left, -1)]
            places += [(i, left) for i in range(bottom, top, -1)]
            steps = number * k if number % 2 else -number * k
            for at, (i, j) in enumerate(places):
                y, x = places[(at + steps) % len(places)]
                turned[y][x] = grid[i][j]
            top, left, bottom, right = top + 1, left + 1, bottom - 1, right - 1
            number += 1
        return turned
"""

SECOND = """\
class Solution:
    def turnRings(self, grid, k):
        return self.turned(grid, k, k)

    def turned(self, grid, steps, more):
        # Take the ring off in four strips, turn it and put it around what is inside.
        height, width = len(grid), len(grid[0]) if grid else 0
        if height < 2 or width < 2:
            return grid
        ring = grid[0] + [row[-1] for row in grid[1:-1]]
        ring += grid[-1][::-1] + [row[0] for row in grid[-2:0:-1]]
        cut = -steps % len(ring)
        ring = ring[cut:] + ring[:cut]
        steps = -steps - more if steps > 0 else -steps + more
        inside = self.turned([row[1:-1] for row in grid[1:-1]], steps, more)
        first, ring = ring[:width], ring[width:]
        east, ring = ring[: height - 2], ring[height - 2 :]
        last, west = ring[:width][::-1], ring[width:][::-1]
        middle = [[w, *row, e] for w, row, e in zip(west, inside, east)]
        return [first, *middle, last]
"""

BRUTE = """\
class Solution:
    def turnRings(self, grid, k):
        n, m = len(grid), len(grid[0])
        depth = [[min(i, j, n - 1 - i, m - 1 - j) for j in range(m)] for i in range(n)]
        for ring in range(n):
            if n - 2 * ring >= 2 and m - 2 * ring >= 2:
                for _ in range((ring + 1) * k):
                    after = [row[:] for row in grid]
                    for i in range(n):
                        for j in range(m):
                            if depth[i][j] == ring:
                                # clockwise: right on top, down on the right and so on
                                if i == ring and j < m - 1 - ring:
                                    y, x = i, j + 1
                                elif j == m - 1 - ring and i < n - 1 - ring:
                                    y, x = i + 1, j
                                elif i == n - 1 - ring and j > ring:
                                    y, x = i, j - 1
                                else:
                                    y, x = i - 1, j
                                if ring % 2 == 0:
                                    after[y][x] = grid[i][j]
                                else:
                                    after[i][j] = grid[y][x]
                    grid = after
        return grid
"""

TASK = Task(
    difficulty="interview",
    topics=("matrices", "simulation"),
    fn_name="turnRings",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    wrong={
        "turns all rings the same way": FIRST.replace("if number % 2 else -number * k", ""),
        "turns all rings equally far": FIRST.replace("number * k", "k"),
        "turns the outermost ring to the left": FIRST.replace("at + steps", "at - steps"),
        "counts rings from 0": FIRST.replace("number = 1\n", "number = 0\n").replace(
            "if number % 2 else -number * k", "if number % 2 == 0 else -number * k"
        ),
        "turns a single row too": FIRST.replace(
            "while top < bottom and left < right", "while top <= bottom and left < right"
        ),
        "turns the outermost ring only": FIRST.replace("while top", "if top"),
        "takes the outline for the number of cells": FIRST.replace(
            "(at + steps) % len(places)",
            "((at + steps) % (2 * (bottom - top + right - left + 2))) % len(places)",
        ),
        "writes into the grid it reads": FIRST.replace("[row[:] for row in grid]", "grid"),
    },
)
