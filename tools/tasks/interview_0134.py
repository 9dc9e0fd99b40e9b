"""Moved polynomials: write p(x + c) in the usual way, with all its rules about signs and ones."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers, shuffled


def written(terms: list[tuple[int, int]]) -> str:
    """Return the polynomial of these coefficients and powers, in this order."""
    text = ""
    for coefficient, power in terms:
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} " if text else sign.strip("+")
        if power == 0 or abs(coefficient) != 1:
            text += str(abs(coefficient))
        text += ("", "x")[power] if power < len("ab") else f"x^{power}"
    return text


def random_polynomial(rng: Random, count: int, degree: int, most: int) -> str:
    """Return a polynomial of `count` terms, in a random order."""
    terms = []
    for power in numbers(rng, count, 0, degree):
        coefficient = rng.randrange(1, most + 1)
        terms.append((coefficient if rng.randrange(2) else -coefficient, power))
    return written(shuffled(rng, terms))


def cases(rng: Random) -> Iterator[Json]:
    """Yield a polynomial and c each."""
    yield ["x^2 - 3x + 2", 1]
    yield ["5 - x", -4]
    for text, shift in (
        ("7", 3),
        ("-7", -3),
        ("x", 0),
        ("x", 5),
        ("-x", -1),
        ("x - x", 4),
        ("2x - 1 - x - x", 9),
        ("x^2", -1),
        ("-x^2 - 2x - 1", -1),
        ("x^3 + 3x^2 + 3x + 1", -1),
        ("x^3 - x^3 + 1", 2),
        ("4 + x^2 + 4x", -2),
        ("-1 + x + x^2 + x^2", 0),
        ("12x^10 - 12x^10 - 3x", 1),
        ("x^20", 0),
        ("100x^2 + 20x + 1", 10),
    ):
        yield [text, shift]
    for count, degree, most, shift in ((3, 3, 4, 1), (4, 3, 2, -1), (5, 4, 9, 2), (6, 6, 3, -3)):
        yield [random_polynomial(rng, count, degree, most), shift]
    for count, degree, most in (
        (8, 10, 20),
        (12, 12, 1),
        (20, 20, 1000),
        (30, 20, 1000),
        (40, 9, 5),
    ):
        yield [random_polynomial(rng, count, degree, most), rng.randrange(-100, 101)]
    yield ["x^20 - 1000", 100]
    yield ["-x^20 + x^19", -1]


FIRST = """\
import re


def shifted(text: str, c: int) -> str:
    p = [0] * 21
    for sign, number, x, power in re.findall(r"([+-]?) ?(\\d*)(x?)\\^?(\\d*)", text):
        if number or x:
            coefficient = int(number or 1) * (-1 if sign == "-" else 1)
            p[int(power or 1) if x else 0] += coefficient
    # Divided by x - c again and again, it leaves the coefficients of p(x + c).
    for done in range(20):
        for i in range(19, done - 1, -1):
            p[i] += c * p[i + 1]
    answer = ""
    for power in range(20, -1, -1):
        if p[power] == 0:
            continue
        if answer:
            answer += " - " if p[power] < 0 else " + "
        elif p[power] < 0:
            answer += "-"
        if abs(p[power]) != 1 or power == 0:
            answer += str(abs(p[power]))
        if power:
            answer += "x"
        if power > 1:
            answer += "^" + str(power)
    return answer or "0"
"""

SECOND = """\
from collections import defaultdict
from math import comb


def shifted(text, c):
    moved = defaultdict(int)
    for term in text.replace(" ", "").replace("-", "+-").split("+"):
        if not term:
            continue
        number, x, power = term.partition("x")
        if x and number in ("", "-"):
            number += "1"
        power = int(power[1:] or 1) if x else 0
        # a (x + c)^n by the binomial theorem
        for i in range(power + 1):
            moved[i] += int(number) * comb(power, i) * c ** (power - i)
    parts = []
    for power, number in sorted(moved.items(), reverse=True):
        if number:
            x = "" if power == 0 else "x" if power == 1 else f"x^{power}"
            size = "" if x and abs(number) == 1 else abs(number)
            parts.append(f"{'-' if number < 0 else '+'} {size}{x}")
    if not parts:
        return "0"
    line = " ".join(parts)
    return line[2:] if line[0] == "+" else "-" + line[2:]
"""

BRUTE = """\
def shifted(text, c):
    total = [0] * 30
    sign = 1
    for part in text.replace("-", " - ").split():
        if part == "-":
            sign = -1
        elif part == "+":
            sign = 1
        else:
            number, power = part, 0
            if "x^" in part:
                number, power = part.split("x^")
            elif "x" in part:
                number, power = part[:-1], 1
            product = [0] * 30
            product[0] = sign * int(number if number else 1)
            for _ in range(int(power)):
                # times x, and times c
                product = [a + b * c for a, b in zip([0] + product[:-1], product)]
            total = [a + b for a, b in zip(total, product)]
    line = ""
    for power in reversed(range(30)):
        if total[power]:
            line += f" {total[power]:+d}x^{power} "
    line = line.replace("+", "+ ").replace("-", "- ").replace("x^0 ", " ").replace("x^1 ", "x ")
    line = line.replace(" 1x", " x")
    line = " ".join(line.split())
    if line.startswith("+ "):
        line = line[2:]
    if line.startswith("- "):
        line = "-" + line[2:]
    return line if line else "0"
"""

TASK = Task(
    difficulty="interview",
    topics=("parsing", "polynomials"),
    fn_name="shifted",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "moves the other way": FIRST.replace("+= c * p", "-= c * p"),
        "keeps only the last of equal powers": FIRST.replace("] += coefficient", "] = coefficient"),
        "writes 1x": FIRST.replace("abs(p[power]) != 1 or power == 0", "True"),
        "leaves out a constant of 1": FIRST.replace(" or power == 0", ""),
        "writes x^1": FIRST.replace("if power > 1", "if power"),
        "writes nothing for 0": FIRST.replace('answer or "0"', "answer"),
        "forgets the sign of the first term": FIRST.replace(
            'elif p[power] < 0:\n            answer += "-"', "elif False:\n            pass"
        ),
        "sets the first sign off by a blank": SECOND.replace('"-" + line[2:]', "line"),
        "writes rising powers": SECOND.replace(", reverse=True", ""),
        "adds c only to the constant": FIRST.replace(
            "for done in range(20):", "for done in range(1):"
        ),
        "reads powers of one digit": FIRST.replace("(x?)\\^?(\\d*)", "(x?)\\^?(\\d?)\\d?"),
    },
)
