"""Fair pieces: count the substrings with as many R as G as B, where W counts as nothing."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, shuffled, word


def cases(rng: Random) -> Iterator[str]:
    """Yield one ribbon each."""
    yield "RGWB\n"
    yield "WW\n"
    for ribbon in ("R", "W", "RG", "BGR", "RRGGBB", "RGBRGB", "RGRGRG", "GGGG", "WRWGWBW", "RBBG"):
        yield f"{ribbon}\n"
    yield f"{'W' * 50}\n"
    yield f"{'RRGB' * 10}\n"
    for length in (8, 13, 21, 34, 55):
        yield word(rng, length, "RGBW") + "\n"
    yield word(rng, 300, "RGB") + "\n"
    yield word(rng, 1000, "RGBWWWWWWW") + "\n"
    yield "".join(shuffled(rng, "R" * 900 + "G" * 900 + "B" * 900)) + "\n"
    yield "R" * 7000 + "G" * 7000 + "B" * 7000 + "\n"
    yield "RGB" * 10000 + "\n"
    yield word(rng, 60000, "RGBW") + "\n"


FIRST = """\
from collections import Counter

red = green = blue = 0
seen = Counter({(0, 0): 1})
answer = 0
for bead in input():
    if bead == "R":
        red += 1
    elif bead == "G":
        green += 1
    elif bead == "B":
        blue += 1
    key = (red - green, green - blue)
    answer += seen[key]
    seen[key] += 1
print(answer)
"""

SECOND = """\
from itertools import accumulate, groupby

ribbon = input().strip()
big = 4 * len(ribbon)
steps = {"R": 1, "G": big, "B": -1 - big, "W": 0}
places = sorted(accumulate((steps[bead] for bead in ribbon), initial=0))
sizes = [len(list(group)) for _, group in groupby(places)]
print(sum(size * (size - 1) // 2 for size in sizes))
"""

EVERY_PIECE = """\
ribbon = input()
answer = 0
for start in range(len(ribbon)):
    counts = {"R": 0, "G": 0, "B": 0, "W": 0}
    for bead in ribbon[start:]:
        counts[bead] += 1
        if counts["R"] == counts["G"] == counts["B"]:
            answer += 1
print(answer)
"""

EQUAL_ONCE = """\
ribbon = input()
ends = range(1, len(ribbon) + 1)
pieces = {ribbon[start:end] for end in ends for start in range(max(end - 12, 0), end)}
print(sum(p.count("R") == p.count("G") == p.count("B") for p in pieces))
"""

TASK = Task(
    difficulty="competition",
    topics=("prefix sums", "hashing", "strings"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=EVERY_PIECE,
    brute_cases=20,
    wrong={
        "compares red and green only": FIRST.replace("green - blue", "0"),
        "misses pieces from the left end": FIRST.replace("Counter({(0, 0): 1})", "Counter()"),
        "counts equal pieces once": EQUAL_ONCE,
        "lets no piece be all white": FIRST.replace(
            "answer += seen[key]", "answer += seen[key] * (bead != 'W')"
        ),
        "adds the differences up": FIRST.replace(
            "(red - green, green - blue)", "2 * red - green - blue, 0"
        ),
        "counts white as a fourth colour": FIRST.replace(
            "    key", "    else:\n        white += 1\n    key"
        )
        .replace("red = green", "white = red = green")
        .replace("green - blue)", "green - blue, blue - white)")
        .replace("(0, 0)", "(0, 0, 0)"),
    },
    slow={"looks at every piece": EVERY_PIECE},
)
