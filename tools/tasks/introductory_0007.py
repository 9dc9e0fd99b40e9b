"""Lost gloves: count the pairs of a left and a right glove of one colour."""

from collections.abc import Iterator, Sequence
from random import Random

from tasks.kit import Task, lines, pick, word


def box(gloves: Sequence[str]) -> str:
    """Return the input for gloves such as 'red left'."""
    return lines([len(gloves)], *(glove.split() for glove in gloves))


def cases(rng: Random) -> Iterator[str]:
    """Yield the number of gloves, then one glove a line."""
    yield box(["red left", "blue right", "red right", "red left"])
    yield box(["green left", "green left"])
    for gloves in (
        "red left",
        "red left,red right",
        "red right,red left",
        "red left,blue right",
        "red right,red right,red right,red left,red left",
        "a left,b left,a right,b right",
        "a left,a right,a left,a right",
        "left left,right right,left right",
        "red left,green left,blue left,blue right,blue right",
        "x right,y right,z right,x left,x left,y left",
    ):
        yield box(gloves.split(","))
    for count, colours in ((6, 2), (8, 3), (12, 3), (17, 5), (25, 6), (40, 8), (60, 12), (100, 30)):
        kinds = [word(rng, rng.randrange(1, 9), "abcdeilnorstu") for _ in range(colours)]
        yield box([f"{pick(rng, kinds)} {pick(rng, ('left', 'right'))}" for _ in range(count)])
    yield box([f"{pick(rng, 'abc')} {pick(rng, ('left', 'left', 'right'))}" for _ in range(200)])
    yield box([f"{pick(rng, 'ab')}{pick(rng, 'cd')} right" for _ in range(200)])


FIRST = """\
n = int(input())
left = {}
right = {}
for _ in range(n):
    colour, hand = input().split()
    gloves = left if hand == "left" else right
    gloves[colour] = gloves.get(colour, 0) + 1
pairs = 0
for colour in left:
    pairs += min(left[colour], right.get(colour, 0))
print(pairs)
"""

SECOND = """\
import sys
from collections import Counter

gloves = Counter(sys.stdin.read().splitlines()[1:])
print(sum(min(gloves[f"{c} left"], gloves[f"{c} right"]) for c in {g.split()[0] for g in gloves}))
"""

BRUTE = """\
single = []
pairs = 0
for _ in range(int(input())):
    colour, hand = input().split()
    other = [colour, "right" if hand == "left" else "left"]
    if other in single:
        single.remove(other)
        pairs += 1
    else:
        single.append([colour, hand])
print(pairs)
"""

NEIGHBOURS = """\
n = int(input())
gloves = sorted(input().split() for _ in range(n))
pairs = 0
for one, other in zip(gloves, gloves[1:]):
    pairs += one[0] == other[0] and one[1] != other[1]
print(pairs)
"""

TASK = Task(
    difficulty="introductory",
    topics=("counting", "dictionaries"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "ignores colours": FIRST.replace(
            "gloves[colour] = gloves", "colour = 0\n    gloves[0] = gloves"
        ),
        "pairs any two gloves of a colour": FIRST.replace(
            "min(left[colour], right.get(colour, 0))", "(left[colour] + right.get(colour, 0)) // 2"
        ),
        "counts the colours that have a pair": FIRST.replace(
            "min(left[colour], right.get(colour, 0))", "colour in right"
        ),
        "lets a glove belong to several pairs": FIRST.replace(
            "min(left[colour], right.get(colour, 0))", "left[colour] * right.get(colour, 0)"
        ),
        "counts gloves in place of pairs": FIRST.replace("print(pairs)", "print(pairs * 2)"),
        "pairs neighbours only": NEIGHBOURS,
    },
)
