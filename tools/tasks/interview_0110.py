"""Scribes' marks: brackets, bars that open or close, a joker that closes anything, quotations."""

from collections.abc import Iterator, Sequence
from random import Random

from tasks.kit import Task, pick, word


def pages(rows: Sequence[str]) -> str:
    """Return the input for these lines."""
    return "\n".join([str(len(rows)), *rows]) + "\n"


def line(rng: Random, length: int, mistakes: int) -> str:
    """Return a line whose marks fit, but for one in `mistakes` of them."""
    text, opened = "", ""
    while len(text) < length:
        kind = pick(rng, ("open", "close", "close", "open", "text", "quote"))
        if rng.randrange(mistakes) == 0:
            text += pick(rng, "([|])*'")
        elif kind == "open":
            mark = pick(rng, "([" if opened.endswith("|") else "([|")
            opened += mark
            text += mark
        elif kind == "close" and opened:
            text += {"(": ")", "[": "]", "|": "|"}[opened[-1]] if rng.randrange(4) else "*"
            opened = opened[:-1]
        elif kind == "quote":
            text += f"'{word(rng, rng.randrange(4), 'ab()[]|*')}'"
        else:
            text += pick(rng, "abcxyz")
    if rng.randrange(2):  # else it stays as it is, perhaps with open marks
        text += "".join({"(": ")", "[": "]", "|": "|"}[mark] for mark in reversed(opened))
    return text[:100]


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of lines, then the lines."""
    yield pages(["a(b[c]|d|)", "[x(", "(|b)|", "([a*'*)'"])
    yield pages(["*", "'it", "(*)"])
    for rows in (
        "abc",
        "| || ||| |||| |a|b|",
        "( ) [ ] ' * |",
        "() (] [) [] )( ][",
        "(|)|) (||) |()| |(|)| |(|)",
        "(|*) (|*|) (|*|*) [[** [[*** |*| |**",
        "'' ''' '''' '(' '('( ')') '*'* '|'|",
        "([|(|[ ([|]) ([|]*) [(|'",
        "a(b'c)d'e) a'b a'b'c'd ('|'[' (['a]b",
        "((((((((( ))))) ((((*****) [(])",
        "|(|)|[|]| |[|(|*|*| (|)",
        "a*b ab* a() a(*)*",
    ):
        yield pages(rows.split())
    for count, length, mistakes in (
        (10, 6, 9),
        (10, 9, 12),
        (20, 12, 15),
        (30, 20, 40),
        (40, 30, 60),
        (60, 40, 100),
        (100, 70, 300),
        (100, 75, 1000),
    ):
        yield pages([line(rng, length, mistakes) for _ in range(count)])
    for letters in ("([|])*'", "(|a", "[]|*", "()'"):
        yield pages([word(rng, rng.randrange(1, 12), letters) for _ in range(100)])
    yield pages(["(|" * 50, "[" * 50 + "*" * 50, "'" * 99, "(" * 99 + "'", "[" * 60 + "]" * 40])


FIRST = """\
PARTNER = {"(": ")", "[": "]", "|": "|"}


def judge(text):
    opened = []
    quoted = False
    for place, mark in enumerate(text, 1):
        if mark == "'":
            quoted = not quoted
        elif quoted or mark.isalpha():
            continue
        elif mark in "([":
            opened.append(mark)
        elif mark == "|":
            if opened and opened[-1] == "|":
                opened.pop()
            else:
                opened.append("|")
        elif opened and (mark == "*" or PARTNER[opened[-1]] == mark):
            opened.pop()
        else:
            return f"wrong {place}"
    missing = "'" * quoted
    for mark in reversed(opened):
        missing += PARTNER[mark]
    return f"add {missing}" if missing else "complete"


for _ in range(int(input())):
    print(judge(input()))
"""

SECOND = """\
import re
import sys


def judge(text):
    # The text that would close everything; a quotation becomes letters of the same number.
    parts = text.split("'")
    ended = len(parts) % 2 == 1
    plain = "'".join("a" * len(part) if n % 2 else part for n, part in enumerate(parts))
    missing = ""
    for found in re.finditer(r"[^a-z']", plain):
        mark = found[0]
        if missing and mark in (missing[0], "*"):
            missing = missing[1:]
        elif mark in "([|":
            missing = {"(": ")", "[": "]", "|": "|"}[mark] + missing
        else:
            return "wrong %d" % (found.start() + 1)
    if not ended:
        missing = "'" + missing
    return "add " + missing if missing else "complete"


print("\\n".join(map(judge, sys.stdin.read().split()[1:])))
"""

BRUTE = """\
def closing(text, start, closer):
    # Read from start up to the mark that closes what is open; return (place behind it, verdict).
    place = start
    while place < len(text):
        mark = text[place]
        if mark == "'":
            end = text.find("'", place + 1)
            if end < 0:
                return len(text), "add '" + closer
            place = end
        elif mark == closer or mark == "*" and closer:
            return place + 1, ""
        elif mark in ")]*":
            return len(text), "wrong " + str(place + 1)
        elif mark in "([|":
            place, verdict = closing(text, place + 1, {"(": ")", "[": "]", "|": "|"}[mark])
            if verdict.startswith("add"):
                return len(text), verdict + closer
            if verdict:
                return len(text), verdict
            continue
        place += 1
    return len(text), "add " + closer if closer else ""


for _ in range(int(input())):
    print(closing(input(), 0, "")[1] or "complete")
"""

ANY_BAR = FIRST.replace('opened[-1] == "|"', '"|" in opened').replace(
    "                opened.pop()", "                del opened[''.join(opened).rindex('|')]"
)
POP = """\
            opened.pop()
        else:
            return"""
CLEAR = """\
            if mark == "*":
                opened[1:] = []
"""

TASK = Task(
    difficulty="interview",
    topics=("parsing", "stacks"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "closes a bar that is not the innermost mark": ANY_BAR,
        "looks into quotations": FIRST.replace("quoted or mark", "mark"),
        "forgets an open quotation": FIRST.replace('"\'" * quoted', '""'),
        "ends the quotation last": FIRST.replace('"\'" * quoted', '""').replace(
            '    return f"add', '    missing += "\'" * quoted\n    return f"add'
        ),
        "closes from the outside": FIRST.replace("reversed(opened)", "opened"),
        "counts places from 0": FIRST.replace("(text, 1)", "(text)"),
        "lets * close everything": FIRST.replace(POP, CLEAR + POP),
        "lets a lone * pass": FIRST.replace(
            "        else:\n            return", "        elif mark != '*':\n            return"
        ),
        "lets * close no bar": FIRST.replace(
            '(mark == "*" or', '(mark == "*" and opened[-1] != "|" or'
        ),
        "counts marks instead of nesting them": FIRST.replace(
            "PARTNER[opened[-1]] == mark):\n            opened.pop()",
            'mark in ")]"):\n            opened.pop()',
        ),
    },
)
