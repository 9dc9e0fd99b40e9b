"""Ring of lamps: a row in run-length form after very many steps of a rule about neighbours."""

from collections.abc import Iterator
from itertools import groupby
from random import Random

from tasks.kit import Task, word


def ring(lamps: str, minutes: int) -> str:
    """Return the input for these lamps."""
    runs = "".join(f"{len(list(run))}{kind}" for kind, run in groupby(lamps))
    return f"{runs}\n{minutes}\n"


def cases(rng: Random) -> Iterator[str]:
    """Yield the lamps in run-length form and the number of minutes."""
    yield ring("......o..", 2)
    yield ring("oo.", 1)
    for lamps, minutes in (
        ("...", 7),
        ("ooo", 1),
        ("o..", 0),
        ("o..", 2),
        ("o.o.", 1),
        ("o...", 2),
        ("oooo", 0),
        (".....", 10),
        ("o....", 3),
        ("oo...", 4),
        ("o...o", 1),
        ("oo.ooo", 5),
        ("o" + "." * 11, 1),
        ("." * 12 + "o", 63),
    ):
        yield ring(lamps, minutes)
    for count, minutes in ((7, 9), (9, 20), (11, 100), (16, 7), (20, 999), (24, 12)):
        yield ring(word(rng, count, ".o"), minutes)
    yield ring("." * 29 + "o", 1000)
    for count in (3, 5, 13, 17, 19, 23, 25, 27, 28, 29):
        yield ring(word(rng, count, ".o"), rng.randrange(10**14, 10**15))
    yield ring(".o." * 10, 10**15)
    yield ring("o" + "." * 28, 10**15 - 1)
    yield ring("o" + "." * 28, 10**15)


FIRST = """\
import re

row = "".join(int(count) * kind for count, kind in re.findall(r"(\\d+)(\\D)", input()))
minutes = int(input())
n = len(row)
full = (1 << n) - 1
lamps = int(row.replace("o", "1").replace(".", "0"), 2)
seen, history = {}, []
while lamps not in seen and len(history) < minutes:
    seen[lamps] = len(history)
    history.append(lamps)
    left = (lamps >> 1) | (lamps & 1) << (n - 1)
    right = (lamps << 1 & full) | lamps >> (n - 1)
    lamps = left ^ right
if len(history) < minutes:
    start = seen[lamps]
    lamps = history[start + (minutes - start) % (len(history) - start)]
row = f"{lamps:0{n}b}".replace("1", "o").replace("0", ".")
print("".join(f"{len(run[0])}{run[1]}" for run in re.findall(r"((.)\\2*)", row)))
"""

SECOND = """\
from itertools import groupby

lamps, digits = [], ""
for sign in input().strip():
    if sign in ".o":
        lamps += [sign == "o"] * int(digits)
        digits = ""
    else:
        digits += sign
minutes = int(input())
n = len(lamps)
# After 2**b minutes a lamp burns if just one of the two lamps 2**b places away burned.
for b in range(minutes.bit_length()):
    if minutes >> b & 1:
        far = pow(2, b, n)
        lamps = [lamps[i - far] != lamps[(i + far) % n] for i in range(n)]
for lamp, run in groupby(lamps):
    print(len(list(run)), ".o"[lamp], sep="", end="")
print()
"""

BRUTE = """\
text = input()
row = ""
while text:
    count = text[:2] if text[1] in "0123456789" else text[0]
    row += text[len(count)] * int(count)
    text = text[len(count) + 1 :]
for _ in range(int(input())):
    after = ""
    for i in range(len(row)):
        both = row[i - 1] + row[(i + 1) % len(row)]
        after += "o" if both in ("o.", ".o") else "."
    row = after
answer = ""
run = 0
for i in range(len(row)):
    run += 1
    if i == len(row) - 1 or row[i + 1] != row[i]:
        answer += str(run) + row[i]
        run = 0
print(answer)
"""

TASK = Task(
    difficulty="interview",
    topics=("simulation", "cycles", "strings"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=23,
    wrong={
        "does not close the ring": FIRST.replace(" | (lamps & 1) << (n - 1)", "").replace(
            " | lamps >> (n - 1)", ""
        ),
        "lights a lamp with two burning neighbours": FIRST.replace("left ^ right", "left | right"),
        "counts the lamp itself": FIRST.replace("left ^ right", "left ^ right ^ lamps"),
        "thinks that the first row comes back": FIRST.replace("start = seen[lamps]", "start = 0"),
        "goes one minute too far": FIRST.replace(
            "% (len(history) - start)]", "% (len(history) - start) + 1 - len(history)]"
        ),
        "leaves out a count of one": FIRST.replace(
            "{len(run[0])}{run[1]}", "{len(run[0]) if len(run[0]) > 1 else ''}{run[1]}"
        ),
        "reads one digit of a count": FIRST.replace("(\\d+)(\\D)", "(\\d)(\\D)"),
        "prints the row itself": FIRST.replace("{len(run[0])}{run[1]}", "{run[0]}"),
        "gives up after 1000 minutes": FIRST.replace("int(input())", "min(int(input()), 1000)"),
    },
)
