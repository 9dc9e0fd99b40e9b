"""Signboard: words on exactly k lines, as even as can be; any of the best layouts will do."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, numbers, word


def board(count: int, width: int, text: str) -> str:
    """Return the input for this text."""
    return f"{count} {width}\n{text}\n"


def random_text(rng: Random, count: int, longest: int) -> str:
    """Return `count` words of up to `longest` letters."""
    return " ".join(word(rng, size, "aeinorst") for size in numbers(rng, count, 1, longest))


def cases(rng: Random) -> Iterator[str]:
    """Yield k and w, then the text."""
    yield board(2, 14, "fresh eggs and milk")
    yield board(3, 9, "open all day")
    for count, width, text in (
        (1, 1, "a"),
        (1, 60, "a"),
        (2, 60, "a"),
        (1, 3, "a b"),
        (1, 2, "a b"),
        (2, 5, "a b c"),
        (2, 4, "aa bb aa bb"),
        (2, 7, "a a a a a"),
        (3, 6, "aaa bb cc ddddd"),
        (3, 8, "aa bb cc dd ee ff"),
        (2, 10, "aaaa bb ccc dddddd"),
        (2, 10, "one two four five six"),
        (4, 7, "this is a very odd old sign"),
        (3, 20, "no dogs no cats no bikes"),
        (4, 4, "aa aa aa aa aa aa"),
        (5, 30, "to be or not to be"),
    ):
        yield board(count, width, text)
    for count, words, width in ((2, 8, 25), (3, 9, 17), (4, 9, 14), (5, 10, 11), (4, 12, 18)):
        yield board(count, width, random_text(rng, words, 6))
    yield board(12, 30, random_text(rng, 50, 9))
    yield board(30, 26, random_text(rng, 100, 12))
    yield board(20, 60, random_text(rng, 199, 8))
    yield board(50, 60, random_text(rng, 200, 14))
    yield board(50, 20, random_text(rng, 200, 5))
    yield board(40, 14, random_text(rng, 200, 5))
    yield board(50, 60, " ".join(["ab"] * 200))
    yield board(25, 60, random_text(rng, 200, 7))


FIRST = """\
k, w = map(int, input().split())
words = input().split()
n = len(words)
FAR = 10**9
# best[i]: the least sum for the first i words on the lines so far; came[line][i]: where it breaks
best = [0] + [FAR] * n
came = []
for _ in range(k):
    after, origin = [FAR] * (n + 1), [0] * (n + 1)
    for end in range(1, n + 1):
        length = -1
        for start in range(end - 1, -1, -1):
            length += 1 + len(words[start])
            if length > w:
                break
            total = best[start] + (w - length) ** 2
            if total < after[end]:
                after[end], origin[end] = total, start
    best = after
    came.append(origin)
if best[n] >= FAR:
    print("impossible")
else:
    lines = []
    end = n
    for origin in reversed(came):
        lines.append(" ".join(words[origin[end] : end]))
        end = origin[end]
    print("\\n".join(reversed(lines)))
"""

SECOND = """\
import sys
from functools import cache

sys.setrecursionlimit(5000)
k, w, *words = sys.stdin.read().split()
k, w = int(k), int(w)


@cache
def layout(first, rows):
    # the least sum for the words from `first` on, and how many of them the next row takes
    if rows == 0 or first == len(words):
        return (0, 0) if rows == 0 and first == len(words) else None
    found = []
    room = w + 1
    for taken, word in enumerate(words[first:], 1):
        room -= len(word) + 1
        if room < 0:
            break
        rest = layout(first + taken, rows - 1)
        if rest is not None:
            found.append((rest[0] + room * room, taken))
    return min(found, default=None)


first = 0
if layout(0, k) is None:
    print("impossible")
else:
    for rows in range(k, 0, -1):
        taken = layout(first, rows)[1]
        print(*words[first : first + taken])
        first += taken
"""

BRUTE = """\
from itertools import combinations

k, w = map(int, input().split())
words = input().split()
layouts = []
for breaks in combinations(range(1, len(words)), k - 1):
    edges = [0, *breaks, len(words)]
    rows = [" ".join(words[a:b]) for a, b in zip(edges, edges[1:])]
    if max(map(len, rows)) <= w:
        layouts.append((sum((w - len(row)) ** 2 for row in rows), rows))
if layouts:
    print("\\n".join(min(layouts)[1]))
else:
    print("impossible")
"""

FILL = """\
k, w = map(int, input().split())
words = input().split()
rows = []
for i, word in enumerate(words):
    fits = rows and len(rows[-1]) + 1 + len(word) <= w
    if fits and len(words) - i > k - len(rows):
        rows[-1] += " " + word
    else:
        rows.append(word)
print("\\n".join(rows) if len(rows) == k else "impossible")
"""

CHECKER = """\
def cost(given, answer):
    (k, w), text = map(int, given.splitlines()[0].split()), given.splitlines()[1]
    rows = [row.rstrip() for row in answer.rstrip().splitlines()]
    assert len(rows) == k, f"{len(rows)} lines, not {k}"
    assert all(rows), "an empty line"
    assert " ".join(rows) == text, "not the words of the text with single spaces"
    assert max(map(len, rows)) <= w, f"a line is longer than {w}"
    return sum((w - len(row)) ** 2 for row in rows)


def check(given, expected, answer):
    if "impossible" in (expected.strip(), answer.strip()):
        return expected.strip() == answer.strip()
    return cost(given, answer) == cost(given, expected)
"""

TASK = Task(
    difficulty="interview",
    topics=("dynamic programming", "strings", "formatting"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=23,
    checker=CHECKER,
    wrong={
        "fills each line as far as it goes": FILL,
        "counts a space behind each word": FIRST.replace("length = -1", "length = 0"),
        "forgets the spaces": FIRST.replace("length = -1", "length = 0").replace(
            "length += 1 + len", "length += len"
        ),
        "adds up gaps, not their squares": FIRST.replace("(w - length) ** 2", "(w - length)"),
        "does not count the last line": FIRST.replace(
            "(w - length) ** 2", "(w - length) ** 2 * (end < n)"
        ),
        "makes the widest gap small": FIRST.replace(
            "best[start] + (w - length) ** 2", "max(best[start], w - length)"
        ),
        "lets lines stay empty": FIRST.replace(
            "end in range(1, n + 1)", "end in range(n + 1)"
        ).replace(
            "length = -1\n",
            "length = -1\n        after[end], origin[end] = best[end] + w * w, end\n",
        ),
        "prints the least sum": FIRST.replace(
            'print("\\n".join(reversed(lines)))', "print(best[n])"
        ),
        "prints nothing when it is impossible": FIRST.replace('print("impossible")', "print()"),
    },
)
