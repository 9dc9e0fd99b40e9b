"""Knitting pattern: the shortest description with at most one bracket, as in ab(cd)12e."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, word


def cases(rng: Random) -> Iterator[str]:
    """Yield one row of stitches each."""
    yield lines(["aaaaaabcdbcdbcd"])
    yield lines(["abab"])
    long, short = "bcdefghijkl", "a" * 12
    for row in (
        "a",
        "zz",
        "aaaa",
        "aaaaa",
        "abcabc",
        "abcdabcd",
        "aaaaaaaaaa",
        "aaaaaaaaaaa",
        "xaaaaaaay",
        "ababababa",
        "abcdefgh",
        "aabbaabbaabb",
        "xabcabcabcabcy",
        short + long * 2,
        long * 2 + short,
        "aaaaaaabcdefbcdef",
        "bcdefbcdefaaaaaaaa",
        "pqrspqrs" + "t" * 7,
        "ab" * 9 + "c" * 4,
        "ab" * 11 + "a",
        "ababab" * 4 + "c" + "de" * 7,
    ):
        yield lines([row])
    for length, letters in ((10, "ab"), (14, "ab"), (20, "ab"), (30, "abc"), (40, "ab")):
        yield lines([word(rng, length, letters)])
    for before, period, times, after in (
        (5, 4, 3, 6),
        (12, 1, 15, 9),
        (0, 7, 8, 3),
        (40, 3, 12, 0),
        (30, 9, 4, 70),
        (50, 2, 105, 40),
        (100, 40, 5, 100),
    ):
        row = word(rng, before, "abc") + word(rng, period, "abc") * times + word(rng, after, "abc")
        yield lines([row])
    yield lines([word(rng, 250, "abcdef") * 2])
    yield lines(["k" * 500])
    yield lines([word(rng, 500, "ab")])


FIRST = """\
row = input().strip()
n = len(row)
best = row
for period in range(1, n // 2 + 1):
    same = 0
    for start in range(n - period - 1, -1, -1):
        same = same + 1 if row[start] == row[start + period] else 0
        times = same // period + 1
        if times > 1 and times * period - period - 2 - len(str(times)) > n - len(best):
            end = start + times * period
            best = f"{row[:start]}({row[start:start + period]}){times}{row[end:]}"
print(best)
"""

SECOND = """\
row = input().strip()
n = len(row)
found = [(n, 0, 0, 0)]
for start in range(n):
    for period in range(1, (n - start) // 2 + 1):
        run = row[start : start + period]
        times = 1
        while row.startswith(run, start + times * period):
            times += 1
        if times >= 2:
            length = n - (times - 1) * period + len(f"(){times}")
            found.append((length, start, period, times))
length, start, period, times = min(found)
if times:
    run, end = row[start : start + period], row[start + period * times :]
    print(row[:start], "(", run, ")", times, end, sep="")
else:
    print(row)
"""

BRUTE = """\
row = input().strip()
best = row
for i in range(len(row)):
    for j in range(i + 1, len(row) + 1):
        for k in range(2, len(row) + 1):
            if row[:i] + row[i:j] * k == row[: i + (j - i) * k]:
                description = f"{row[:i]}({row[i:j]}){k}" + row[i + (j - i) * k :]
                if len(description) <= len(best):
                    best = description
print(best)
"""

LEFTMOST = """\
import re

row = input().strip()
found = re.search(r"(.+?)\\1+", row)
if found:
    times = len(found.group()) // len(found.group(1))
    short = f"{row[: found.start()]}({found.group(1)}){times}{row[found.end() :]}"
    row = min(row, short, key=len)
print(row)
"""

CHECKER = """\
import re


def check(given, expected, answer):
    answer = answer.strip()
    assert len(answer) <= len(given), "longer than the row"
    parts = re.fullmatch(r"([a-z]*)(?:\\(([a-z]+)\\)([1-9][0-9]{0,2})([a-z]*))?", answer)
    assert parts, "not a description"
    before, run, times, after = (part or "" for part in parts.groups())
    assert times != "1", "a run is written once, not repeated"
    assert before + run * int(times or 0) + after == given.strip(), "describes another row"
    return len(answer) <= len(expected.strip()) or "not as short as can be"
"""

SAVED = "times * period - period - 2 - len(str(times))"
TASK = Task(
    difficulty="interview",
    topics=("strings", "compression"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=28,
    checker=CHECKER,
    wrong={
        "repeats single letters only": FIRST.replace("n // 2 + 1", "min(2, n // 2 + 1)"),
        "counts the repeats as one character": FIRST.replace("len(str(times))", "1"),
        "repeats at most nine times": FIRST.replace(
            "same // period + 1", "min(9, same // period + 1)"
        ),
        "always uses brackets": FIRST.replace("best = row", "best = row + '   '"),
        "covers as many letters as it can": FIRST.replace("best = row", "best, most = row, 4")
        .replace(SAVED + " > n - len(best)", "times * period > most")
        .replace("            end =", "            most = times * period\n            end ="),
        "takes the leftmost run": LEFTMOST,
        "writes a run at most twice": FIRST.replace(
            "same // period + 1", "min(2, same // period + 1)"
        ),
        "forgets the brackets' length": FIRST.replace("- 2 - len", "- len"),
        "says how often the run comes again": FIRST.replace("){times}", "){times - 1}"),
        "tries runs of up to nine letters": FIRST.replace("n // 2 + 1", "min(10, n // 2 + 1)"),
    },
)
