"""Picture of lamps: which switches to flip so that just the wanted lamps are on."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, numbers, pick, shuffled, word


def mixed(rng: Random, rows: list[str]) -> str:
    """Return the lamps that are on after some of the switches were flipped."""
    lamps = 0
    for row in rows:
        lamps ^= int(row, 2) * rng.randrange(2)
    return f"{lamps:0{len(rows[0])}b}"


def bound(rng: Random, count: int, size: int, rank: int) -> list[str]:
    """Return switches of which at most `rank` are independent."""
    base = [word(rng, size, "01") for _ in range(rank)]
    return shuffled(rng, base + [mixed(rng, base) for _ in range(count - rank)])


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments target and switches."""
    yield ["1100", ["1010", "0101", "0011", "0101"]]
    yield ["1011", ["1101", "0011", "0001"]]
    yield ["0", ["0"]]
    yield ["0", ["1"]]
    yield ["1", ["0"]]
    yield ["1", ["1"]]
    yield ["000", ["111", "101", "111"]]
    yield ["1001", ["1001", "1111", "0110"]]
    yield ["111", ["110", "011", "101"]]
    yield ["110", ["000", "011", "000", "101"]]
    yield ["10000", ["11000", "01100", "00110", "00011", "00001"]]
    yield ["010", ["110", "110", "110", "110"]]
    yield ["0110", ["0010", "0100", "0010", "0100"]]
    for count, size in ((3, 4), (5, 5), (6, 4), (8, 9), (9, 7), (10, 10), (11, 12)):
        rows = [word(rng, size, "01") for _ in range(count)]
        yield [mixed(rng, rows), rows]
    for count, size, rank in ((8, 10, 4), (10, 9, 5), (11, 6, 3)):
        rows = bound(rng, count, size, rank)
        yield [mixed(rng, rows), rows]
        yield [word(rng, size, "01"), rows]
    rows = [word(rng, 40, "01") for _ in range(20)]
    yield [mixed(rng, rows), rows]
    yield [word(rng, 40, "0001"), rows]
    rows = bound(rng, 60, 50, 30)
    yield [mixed(rng, rows), rows]
    yield [word(rng, 60, "01"), bound(rng, 60, 60, 40)]
    rows = ["".join("1" if i - j in {-1, 0, 1} else "0" for j in range(60)) for i in range(60)]
    yield [mixed(rng, rows), rows]
    rows = [
        "".join("01"[i in pair] for i in range(60))
        for pair in (numbers(rng, 2, 0, 59) for _ in range(60))
    ]
    yield [mixed(rng, rows), rows]
    rows = [word(rng, 60, "01") for _ in range(60)]
    yield [mixed(rng, [pick(rng, rows) for _ in range(31)]), rows]
    yield ["0" * 60, rows]


FIRST = """\
def picture(target: str, switches: list[str]) -> list[int]:
    # basis: leading lamp -> (lamps, switches that change just these), both as bits
    basis = {}

    def reduce(lamps, flipped):
        while lamps and lamps.bit_length() in basis:
            more, with_these = basis[lamps.bit_length()]
            lamps ^= more
            flipped ^= with_these
        return lamps, flipped

    for i, switch in enumerate(switches):
        lamps, flipped = reduce(int(switch, 2), 1 << i)
        if lamps:
            basis[lamps.bit_length()] = lamps, flipped
    lamps, flipped = reduce(int(target, 2), 0)
    if lamps:
        return [-1]
    return [i for i in range(len(switches)) if flipped >> i & 1]
"""

SECOND = """\
def picture(target, switches):
    count = len(switches)
    # One equation a lamp: the switches connected to it, and whether it has to be on.
    rows = [[int(s[lamp]) for s in switches] + [int(target[lamp])] for lamp in range(len(target))]
    pivots = []
    for column in reversed(range(count)):
        done = len(pivots)
        for r in range(done, len(rows)):
            if rows[r][column]:
                rows[done], rows[r] = rows[r], rows[done]
                for other in range(len(rows)):
                    if other != done and rows[other][column]:
                        rows[other] = [a ^ b for a, b in zip(rows[other], rows[done])]
                pivots.append(column)
                break
    if any(row[count] for row in rows[len(pivots) :]):
        return [-1]
    return sorted(column for row, column in zip(rows, pivots) if row[count])
"""

BRUTE = """\
from itertools import combinations


def picture(target, switches):
    for size in range(len(switches) + 1):
        for chosen in combinations(range(len(switches)), size):
            lamps = ["0"] * len(target)
            for i in chosen:
                for lamp, connected in enumerate(switches[i]):
                    if connected == "1":
                        lamps[lamp] = "1" if lamps[lamp] == "0" else "0"
            if "".join(lamps) == target:
                return list(chosen)
    return [-1]
"""

CHECKER = """\
def check(given, expected, answer):
    target, switches = given
    assert isinstance(answer, list), "not a list"
    assert all(type(i) is int for i in answer), "not a list of integers"
    if expected == [-1] or answer == [-1]:
        return answer == expected
    assert all(0 <= i < len(switches) for i in answer), "no such switch"
    assert all(i < j for i, j in zip(answer, answer[1:])), "not in rising order"
    lamps = 0
    for i in answer:
        lamps ^= int(switches[i], 2)
    return lamps == int(target, 2)
"""

TASK = Task(
    difficulty="interview",
    topics=("bit manipulation", "linear algebra"),
    fn_name="picture",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=26,
    checker=CHECKER,
    wrong={
        "flips whatever brings it nearer": """\
def picture(target, switches):
    missing = int(target, 2)
    flipped = []
    for i, switch in enumerate(switches):
        if bin(missing ^ int(switch, 2)).count("1") < bin(missing).count("1"):
            missing ^= int(switch, 2)
            flipped.append(i)
    return [-1] if missing else flipped
""",
        "sets lamps instead of changing them": """\
def picture(target, switches):
    wanted, lamps, flipped = int(target, 2), 0, []
    for i, switch in enumerate(switches):
        if int(switch, 2) | wanted == wanted and int(switch, 2) | lamps != lamps:
            lamps |= int(switch, 2)
            flipped.append(i)
    return flipped if lamps == wanted else [-1]
""",
        "looks at pairs at most": """\
def picture(target, switches):
    wanted = int(target, 2)
    lamps = [int(switch, 2) for switch in switches]
    if not wanted:
        return []
    for i in range(len(lamps)):
        if lamps[i] == wanted:
            return [i]
        for j in range(i):
            if lamps[i] ^ lamps[j] == wanted:
                return [j, i]
    return [-1]
""",
        "counts switches from 1": FIRST.replace("return [i for", "return [i + 1 for"),
        "returns nothing for no choice": FIRST.replace("return [-1]", "return []"),
        "forgets what a basis row is made of": FIRST.replace(
            "= lamps, flipped\n    lamps", "= lamps, 1 << i\n    lamps"
        ),
        "takes no choice for the dark picture": FIRST.replace(
            "    if lamps:\n        return", "    if lamps or not flipped:\n        return"
        ),
        "uses every column for one row only": SECOND.replace(
            "for other in range(len(rows))", "for other in range(done + 1, len(rows))"
        ),
    },
)
