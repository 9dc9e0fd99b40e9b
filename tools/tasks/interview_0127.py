"""Names of designs: sort version numbers with drafts, betas and fixes, the newest first."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers, pick, shuffled


def name(rng: Random, top: int, parts: int) -> str:
    """Return the name of a design with numbers up to `top`."""
    values = numbers(rng, rng.randrange(1, parts + 1), 0, top)
    points = ".".join("0" * (rng.randrange(8) // 6) + str(value) for value in values)
    points += ".0" * (rng.randrange(5) // 4 if len(values) < parts else 0)
    kind = pick(rng, ["", "", "-draft", "-beta", "-fix"])
    return points + kind + (pick(rng, ["", "1", "2", "10", "01", "3"]) if kind else "")


def cases(rng: Random) -> Iterator[Json]:
    """Yield a list of names each, as the only argument."""
    for text in (
        "1.2 1.10 1.2-beta 1.2-fix 1.2-draft 1.10-draft10 1.10-draft2",
        "2 2.0 02.0.0 2-fix",
        "7",
        "0 0.0-draft",
        "1-draft1 1-draft 1-draft01",
        "1-beta 1-beta2 1-beta10 1-beta9 1-beta02",
        "1.0-fix 1 1.0.1-draft 1.0.0.0.1-beta",
        "3-draft 3-beta 3-fix 3",
        "10 9 8.9.10 8.10.9 8.9.9",
        "1.2.3 1.2.3.4 1.2.3-fix2 1.2.3.0-beta 1.2",
        "999999999999999999 999999999999999998 1000000000000000 0999999999999999",
        "1 01 001 1.0 1.00 1.0.0.0.0",
        "0.9-fix999 0.10-draft1 0.9-fix99 0.9-fix100",
        "9007199254740992 9007199254740993 9007199254740994",
        "1.20 1.3 1.200 1.003 1.02",
        "2-fix 2.0-fix1 2.0.0-fix01 2-fix2",
        "1.0.0 1 1-beta 1.0-beta1",
    ):
        yield [text.split()]
    for count, top, parts in (
        (5, 2, 2),
        (8, 2, 3),
        (12, 1, 3),
        (20, 12, 2),
        (30, 3, 3),
        (50, 11, 5),
        (80, 1, 4),
        (150, 2, 5),
        (300, 120, 2),
        (300, 10**17, 3),
    ):
        yield [[name(rng, top, parts) for _ in range(count)]]
    yield [shuffled(rng, [f"1.{minor}-fix{fix}" for minor in range(15) for fix in range(1, 21)])]
    yield [["4" + ".0" * (i % 5) + ("-beta" if i % 3 else "-beta1") for i in range(300)]]


FIRST = """\
import re


def newest_first(names: list[str]) -> list[str]:
    def age(name):
        points, _, suffix = name.partition("-")
        values = [int(value) for value in points.split(".")]
        values += [0] * (5 - len(values))
        word = re.match("[a-z]*", suffix).group()
        number = suffix[len(word) :]
        return values, ["draft", "beta", "", "fix"].index(word), int(number or 1)

    return sorted(names, key=age, reverse=True)
"""

SECOND = """\
from functools import cmp_to_key
from itertools import zip_longest


def newest_first(names):
    def compare(one, other):
        ours, theirs = one.split("-"), other.split("-")
        for a, b in zip_longest(ours[0].split("."), theirs[0].split("."), fillvalue="0"):
            if int(a) != int(b):
                return int(b) - int(a)
        values = []
        for parts in (ours, theirs):
            value = 2000
            if len(parts) == 2:
                word = parts[1].rstrip("0123456789")
                value = {"draft": 0, "beta": 1000, "fix": 3000}[word]
                value += int(parts[1][len(word) :] or "1")
            values.append(value)
        return values[1] - values[0]

    return sorted(names, key=cmp_to_key(compare))
"""

BRUTE = """\
def newest_first(names):
    def newer(one, other):
        rows = []
        for name in (one, other):
            for word, code in (("-draft", ".0"), ("-beta", ".1"), ("-fix", ".3")):
                if word in name:
                    points, number = name.split(word)
                    break
            else:
                points, code, number = name, ".2", ""
            while points.count(".") < 4:
                points += ".0"
            rows.append([int(x) for x in (points + code + "." + (number or "1")).split(".")])
        for a, b in zip(*rows):
            if a > b:
                return True
            if a < b:
                return False
        return False

    order = []
    for name in names:
        place = len(order)
        while place > 0 and newer(name, order[place - 1]):
            place -= 1
        order.insert(place, name)
    return order
"""

TASK = Task(
    difficulty="interview",
    topics=("sorting", "parsing", "strings"),
    fn_name="newest_first",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "compares texts": FIRST.replace("[int(value) for value", "[value for value").replace(
            "[0] * (5", '["0"] * (5'
        ),
        "sorts the oldest first": FIRST.replace(", reverse=True", ""),
        "turns equal names round": FIRST.replace(
            "sorted(names, key=age, reverse=True)", "sorted(names, key=age)[::-1]"
        ),
        "takes a shorter name for older": FIRST.replace(
            "values += [0] * (5 - len(values))", "pass"
        ),
        "sorts words by alphabet": FIRST.replace(
            '["draft", "beta", "", "fix"]', '["", "beta", "draft", "fix"]'
        ),
        "takes fixes for older than the design": FIRST.replace('"", "fix"]', '"fix", ""]'),
        "takes no number for 0": FIRST.replace("int(number or 1)", "int(number or 0)"),
        "compares the numbers of words as texts": FIRST.replace(
            "int(number or 1)", '(number or "1")'
        ),
        "reads points as decimal fractions": FIRST.replace(
            '[int(value) for value in points.split(".")]',
            '[float(("" if i == 0 else "0.") + x) for i, x in enumerate(points.split("."))]',
        ),
        "counts in floating point": FIRST.replace("[int(value)", "[float(value)"),
        "writes the names anew": FIRST.replace(
            "sorted(names,", 'sorted((re.sub(r"\\b0+(?=[0-9])", "", name) for name in names),'
        ),
    },
)
