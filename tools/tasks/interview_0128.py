"""Dice formulas: the least and the largest value of an expression such as 2d6 * (d4 - 1)."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, pick

LONGEST = 120


def formula(rng: Random, size: int, top: int, faces: int) -> str:
    """Return a formula of `size` numbers or dice."""
    if size == 1:
        die = f"d{rng.randrange(1, faces + 1)}"
        count = rng.randrange(1, top + 1)
        return pick(rng, [str(count), die, die, f"{pick(rng, [1, 2, min(count, 3)])}{die}"])
    left = rng.randrange(1, size)
    parts = [formula(rng, left, top, faces), formula(rng, size - left, top, faces)]
    parts = [f"({part})" if rng.randrange(3) == 0 else part for part in parts]
    space = " " * (rng.randrange(4) // 2)
    return f"{parts[0]}{space}{pick(rng, '+-*')}{space}{parts[1]}"


def short(rng: Random, count: int, size: int, top: int, faces: int) -> Iterator[str]:
    """Yield so many formulas that are not too long."""
    while count:
        text = formula(rng, rng.randrange(1, size + 1), top, faces)
        if len(text) <= LONGEST:
            yield text
            count -= 1


def formulas(*texts: str) -> str:
    """Return the input for these formulas."""
    return lines([len(texts)], *([text] for text in texts))


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of formulas, then one a line."""
    yield formulas("3d6 + 2", "12-d4*2", "(1+d3) * (d4 - 2d3)")
    yield formulas("7", "d20", "2d1")
    yield formulas("1")
    yield formulas("d1")
    yield formulas("10-2-3", "10-(2-3)", "10-2*3", "2*3-10", "(10-2)*3")
    yield formulas("d6-d6", "d6-(d6-d6)", "d6*d6", "2d6*2", "2*2d6")
    yield formulas("(d4-2)*(d4-3)", "(1-d6)*(1-d6)", "(d3-5)*d2", "(d3-2)*(2-d3)")
    yield formulas("1+2*3+4*5-6", "(1+2)*(3+4)*(5-6)", "((((d2))))", "( d2 )")
    yield formulas("d2   +   d2", "4 - d3 - d3", "4 -(d3 - d3)", "4- d3 +d3")
    yield formulas("2-d2*3", "2-3*d2-1", "5*2-d2*2*2")
    yield formulas("(d2-2)*(d2-3)*(d3-4)", "(d2-3)*(d2-3)*(d2-3)", "(2-d3)*(2-d3)*(2-d3)")
    yield formulas("1d6", "6d1", "3d2*1d2", "1*d4")
    for count, size in ((6, 2), (8, 3), (8, 4), (10, 4), (10, 5), (10, 5)):
        yield formulas(*short(rng, count, size, 9, 3))
    for count, size, faces in ((20, 6, 12), (30, 9, 20), (50, 12, 100)):
        yield formulas(*short(rng, count, size, 30, faces))
    yield formulas("1000d1000*1000d1000*1000d1000", "1-1000d1000*(1-1000d1000)")
    yield formulas("*".join(["(1-d1000)"] * 12), "*".join(["(1-d1000)"] * 11))
    yield formulas(
        "(" * 59 + "d7" + ")" * 59, "-".join(["d9"] * 40), "-(".join(["d9"] * 24) + ")" * 23
    )
    yield formulas(*short(rng, 50, 25, 1000, 1000))


FIRST = """\
import re

for _ in range(int(input())):
    tokens = re.findall(r"\\d*d\\d+|\\d+|[-+*()]", input())
    at = 0

    def factor():
        global at
        token = tokens[at]
        at += 1
        if token == "(":
            value = total()
            at += 1
            return value
        if "d" in token:
            count, faces = token.split("d")
            count = int(count or 1)
            return count, count * int(faces)
        return int(token), int(token)

    def product():
        global at
        low, high = factor()
        while at < len(tokens) and tokens[at] == "*":
            at += 1
            a, b = factor()
            ends = (low * a, low * b, high * a, high * b)
            low, high = min(ends), max(ends)
        return low, high

    def total():
        global at
        low, high = product()
        while at < len(tokens) and tokens[at] in "+-":
            at += 1
            plus = tokens[at - 1] == "+"
            a, b = product()
            low, high = (low + a, high + b) if plus else (low - b, high - a)
        return low, high

    print(*total())
"""

SECOND = """\
import sys

RANK = {"(": 0, "+": 1, "-": 1, "*": 2}


def apply(values, sign):
    c, d = values.pop()
    a, b = values.pop()
    if sign == "+":
        values.append((a + c, b + d))
    elif sign == "-":
        values.append((a - d, b - c))
    else:
        ends = sorted(x * y for x in (a, b) for y in (c, d))
        values.append((ends[0], ends[-1]))


for text in sys.stdin.read().split("\\n")[1:]:
    if not text:
        continue
    values, signs, i = [], [], 0
    while i < len(text):
        sign = text[i]
        i += 1
        if sign == "(":
            signs.append(sign)
        elif sign == ")":
            while signs[-1] != "(":
                apply(values, signs.pop())
            signs.pop()
        elif sign in "+-*":
            while signs and RANK[signs[-1]] >= RANK[sign]:
                apply(values, signs.pop())
            signs.append(sign)
        elif sign != " ":
            start = i - 1
            while i < len(text) and text[i] not in "()+-* ":
                i += 1
            count, letter, faces = text[start:i].partition("d")
            count = int(count) if count else 1
            values.append((count, count * int(faces) if letter else count))
    while signs:
        apply(values, signs.pop())
    print("%d %d" % values[0])
"""

BRUTE = """\
import re
from itertools import product

for _ in range(int(input())):
    text = input().strip()
    pieces = re.split(r"(\\d*d\\d+)", text)
    rolls = []
    for dice in pieces[1::2]:
        count, faces = dice.split("d")
        rolled = product(range(1, int(faces) + 1), repeat=int(count or 1))
        rolls.append({sum(points) for points in rolled})
    values = set()
    for roll in product(*rolls):
        pieces[1::2] = map(str, roll)
        values.add(eval("".join(pieces)))
    print(min(values), max(values))
"""

TASK = Task(
    difficulty="interview",
    topics=("parsing", "expressions", "arithmetic"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=16,
    wrong={
        "rolls all dice low or all high": """\
import re

for _ in range(int(input())):
    text = input().strip()
    low = re.sub(r"(\\d*)d(\\d+)", lambda m: m[1] or "1", text)
    high = re.sub(r"(\\d*)d(\\d+)", lambda m: str(int(m[1] or 1) * int(m[2])), text)
    print(*sorted((eval(low), eval(high))))
""",
        "subtracts low from low": FIRST.replace("(low - b, high - a)", "(low - a, high - b)"),
        "multiplies low by low": FIRST.replace(
            "low, high = min(ends), max(ends)", "low, high = ends[0], ends[3]"
        ),
        "compares two products only": FIRST.replace(
            "ends = (low * a, low * b, high * a, high * b)", "ends = (low * a, high * b)"
        ),
        "calculates from left to right": FIRST.replace('tokens[at] == "*"', "False")
        .replace('tokens[at] in "+-"', 'tokens[at] in "+-*"')
        .replace(
            "low, high = (low + a",
            "ends = (low * a, low * b, high * a, high * b)\n"
            '            low, high = (min(ends), max(ends)) if tokens[at - 1] == "*" else (low + a',
        ),
        "calculates from right to left": FIRST.replace(
            "            a, b = product()\n", "            a, b = total()\n"
        ),
        "counts dice from 0": FIRST.replace("return count, count *", "return 0, count *"),
        "takes d6 for no dice": FIRST.replace("int(count or 1)", "int(count or 0)"),
        "rolls one die for all": FIRST.replace("return count, count *", "return 1, 1 *"),
    },
)
