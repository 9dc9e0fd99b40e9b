"""Two buses: keep friends together and rivals apart, and the buses as equal as possible."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers, pick, shuffled


def trip(n: int, text: str) -> str:
    """Return the input for wishes such as 1=2 (same) and 1!3 (apart), parted by spaces."""
    wishes = [
        [u, word, v]
        for sign, word in (("=", "same"), ("!", "apart"))
        for u, found, v in (wish.partition(sign) for wish in text.split())
        if found
    ]
    return lines([n, len(wishes)], *wishes)


def drawn(rng: Random, groups: list[int], spare: int) -> str:
    """Return wishes that bind the members into groups of these sizes, and some that follow."""
    n = sum(groups)
    members = shuffled(rng, range(1, n + 1))
    bus = [rng.randrange(5) // 3 for _ in range(n + 1)]
    bonds = []
    at = 0
    for size in groups:
        group = members[at : at + size]
        bonds += [(pick(rng, group[:i]), group[i]) for i in range(1, size)]
        for _ in range(spare if size > 1 else 0):
            one, other = shuffled(rng, group)[:2]
            bonds.append((one, other))
        at += size
    wishes = [[u, "same" if bus[u] == bus[v] else "apart", v] for u, v in shuffled(rng, bonds)]
    return lines([n, len(wishes)], *wishes)


def cases(rng: Random) -> Iterator[str]:
    """Yield n and m, then m wishes."""
    yield trip(6, "1!2 3!2 1=4")
    yield trip(3, "1!2 2!3 3!1")
    yield trip(1, "")
    yield trip(2, "")
    yield trip(2, "1=2")
    yield trip(2, "1!2 2!1")
    yield trip(2, "1=2 2!1")
    yield trip(5, "1=2 2=3 3=4 4=5")
    yield trip(4, "1!2 2!3 3!4 4!1")
    yield trip(5, "1!2 2!3 3!4 4!5 5!1")
    yield trip(6, "1=2 2=3 4=5 5!6 6!1")
    yield trip(9, "1=2 2=3 4=5 6=7 8=9")
    yield trip(7, "1!2 1!3 1!4 5!6 5!7")
    yield trip(10, "1=2 1=3 1=4 5=6 5=7 8=9 8=10")  # 4 + 3 + 3: the largest first is best
    yield trip(12, "1=2 2=3 4=5 5=6 7=8 9=10 11=12")  # 3 + 3 and 2 + 2 + 2
    yield trip(8, "1!2 2!3 4!5 5=6 6!3 7!8")
    yield drawn(rng, [3, 3, 2, 2, 2], 0)
    yield drawn(rng, [5, 4, 1], 1)
    yield drawn(rng, [4, 4, 3, 2], 1)
    yield drawn(rng, [11], 3)
    yield drawn(rng, [6, 5, 5, 4, 4, 1], 1)
    yield trip(24, " ".join(f"{u}={u + 1}" for u in range(1, 24) if u not in {5, 10, 14, 18, 22}))
    yield drawn(rng, [9, 8, 8, 7, 6, 5, 5], 2)
    yield drawn(rng, numbers(rng, 14, 1, 9), 2)
    yield drawn(rng, [30, 29, 13, 12, 11, 8, 3], 3)
    yield drawn(rng, [1] * 150, 0)
    yield drawn(rng, [2] * 40 + [5] * 20, 1)
    yield drawn(rng, numbers(rng, 40, 1, 8), 1)
    yield drawn(rng, [200], 200)
    yield drawn(rng, [41, 39, 37, 31, 29, 23], 30)
    circle = shuffled(rng, range(1, 200))
    odd = [f"{u}!{v}" for u, v in zip(circle, [*circle[1:], circle[0]], strict=True)]
    yield trip(200, " ".join(odd))
    yield trip(200, " ".join([*odd[1:], *(odd[1:][::-1])]))


FIRST = """\
n, m = map(int, input().split())
near = [[] for _ in range(n + 1)]
for _ in range(m):
    u, wish, v = input().split()
    near[int(u)].append((int(v), wish == "apart"))
    near[int(v)].append((int(u), wish == "apart"))
side = [None] * (n + 1)
groups = []
possible = True
for first in range(1, n + 1):
    if side[first] is not None:
        continue
    side[first] = 0
    group = [first]
    for u in group:
        for v, apart in near[u]:
            if side[v] is None:
                side[v] = side[u] ^ apart
                group.append(v)
            elif side[v] != side[u] ^ apart:
                possible = False
    groups.append(group)
if not possible:
    print("IMPOSSIBLE")
else:
    # ways[total]: the groups that are turned over so that total members ride in bus B
    ways = {0: ()}
    for i, group in enumerate(groups):
        ones = sum(side[u] for u in group)
        after = {}
        for total, turned in ways.items():
            after.setdefault(total + ones, turned)
            after.setdefault(total + len(group) - ones, (turned, i))
        ways = after
    turned = ways[min(ways, key=lambda total: abs(n - 2 * total))]
    while turned:
        turned, i = turned
        for u in groups[i]:
            side[u] ^= 1
    print("".join("AB"[bus] for bus in side[1:]))
"""

SECOND = """\
import sys

rows = sys.stdin.read().splitlines()
n, m = map(int, rows[0].split())
together = list(range(2 * n))  # member u in one bus is node u, in the other one node u + n


def find(x):
    while together[x] != x:
        together[x] = together[together[x]]
        x = together[x]
    return x


for row in rows[1 : m + 1]:
    u, wish, v = row.split()
    u, v = int(u) - 1, int(v) - 1
    shift = n if wish == "apart" else 0
    together[find(u)] = find(v + shift)
    together[find(u + n)] = find((v + n + shift) % (2 * n))
roots = [find(x) for x in range(2 * n)]
if any(roots[u] == roots[u + n] for u in range(n)):
    print("IMPOSSIBLE")
else:
    pairs = sorted({min((roots[u], roots[u + n]), (roots[u + n], roots[u])) for u in range(n)})
    count = {root: roots[:n].count(root) for root in roots}
    reach = [1]
    for one, other in pairs:
        reach.append(reach[-1] << count[one] | reach[-1] << count[other])
    total = max((t for t in range(n + 1) if reach[-1] >> t & 1), key=lambda t: -abs(n - t - t))
    chosen = set()
    for (one, other), bits in zip(pairs[::-1], reach[-2::-1]):
        root = one if total >= count[one] and bits >> total - count[one] & 1 else other
        chosen.add(root)
        total -= count[root]
    print(*("A" if roots[u] in chosen else "B" for u in range(n)), sep="")
"""

BRUTE = """\
from itertools import product

n, m = map(int, input().split())
wishes = [input().split() for _ in range(m)]
best = None
for buses in product("AB", repeat=n):
    if all((buses[int(u) - 1] == buses[int(v) - 1]) == (wish == "same") for u, wish, v in wishes):
        if best is None or abs(buses.count("A") * 2 - n) < abs(best.count("A") * 2 - n):
            best = buses
print("".join(best) if best else "IMPOSSIBLE")
"""

CHECKER = """\
def check(given, expected, answer):
    first, *wishes = given.splitlines()
    n = int(first.split()[0])
    expected, answer = expected.strip(), answer.strip()
    if expected == "IMPOSSIBLE" or answer == "IMPOSSIBLE":
        return answer == expected
    assert len(answer) == n and set(answer) <= set("AB"), "not n letters A or B"
    for wish in wishes:
        u, kind, v = wish.split()
        same = answer[int(u) - 1] == answer[int(v) - 1]
        assert same == (kind == "same"), f"wish not met: {wish}"
    best = abs(2 * expected.count("A") - n)
    assert abs(2 * answer.count("A") - n) == best, "the buses could be more equal"
    return True
"""

GREEDY = """\
groups.sort(key=lambda g: -abs(len(g) - 2 * sum(side[u] for u in g)))
    total = 0
    for i, group in enumerate(groups):
        ones = sum(side[u] for u in group)
        if abs(total + len(group) - 2 * ones) < abs(total + 2 * ones - len(group)):
            total += len(group) - 2 * ones
        else:
            total += 2 * ones - len(group)
            for u in group:
                side[u] ^= 1
    turned = ()
"""
TASK = Task(
    difficulty="interview",
    topics=("graphs", "bipartite graphs", "knapsack"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    checker=CHECKER,
    wrong={
        "balances the buses by greed": FIRST.replace(
            "# ways[total]: the groups that are turned over so that total members ride in bus B\n"
            "    ways = {0: ()}\n",
            GREEDY + "    ways = {0: ()}\n",
        ).replace("turned = ways[min(ways, key=lambda total: abs(n - 2 * total))]", "turned = ()"),
        "does not care for balance": FIRST.replace(
            "turned = ways[min(ways, key=lambda total: abs(n - 2 * total))]", "turned = ()"
        ),
        "turns every second group": FIRST.replace(
            "turned = ways[min(ways, key=lambda total: abs(n - 2 * total))]",
            "turned = ()\n    for group in groups[::2]:\n        for u in group:\n"
            "            side[u] ^= 1",
        ),
        "forgets who wants the same bus": FIRST.replace(
            "u, wish, v = input().split()",
            "u, wish, v = input().split()\n    if wish == 'same':\n        continue",
        ),
        "never finds it impossible": FIRST.replace("possible = False", "pass"),
        "takes the wish one way only": FIRST.replace(
            '    near[int(v)].append((int(u), wish == "apart"))\n', ""
        ),
        "wants neither bus empty": FIRST.replace(
            "if not possible:", "if not possible or len(groups) == 1 and not any(side[1:]):"
        ),
        "fills bus A": FIRST.replace("abs(n - 2 * total)", "total"),
    },
)
