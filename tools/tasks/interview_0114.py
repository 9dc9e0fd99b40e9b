"""Rings of dancers: join two rings, leave one, swap two dancers, ask for sizes."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from tasks.kit import Task, lines, pick, shuffled


def feast(n: int, text: str) -> str:
    """Return the input for calls parted by semicolons."""
    calls = [call.split() for call in text.split(";")]
    return lines([n, len(calls)], *calls)


def called(rng: Random, n: int, q: int, kinds: str) -> str:
    """Return q random calls of those kinds, the last one a size."""
    names = {"j": "join", "l": "leave", "w": "swap", "z": "size", "s": "same"}
    calls = []
    for _ in range(q - 1):
        name = names[pick(rng, kinds)]
        count = 1 if name in {"leave", "size"} else 2
        calls.append(" ".join([name, *(str(rng.randrange(1, n + 1)) for _ in range(count))]))
    return feast(n, ";".join([*calls, f"size {rng.randrange(1, n + 1)}"]))


def cases(rng: Random) -> Iterator[str]:
    """Yield n and q, then q calls."""
    yield feast(4, "join 1 2;join 3 2;leave 2;size 1;swap 3 4;same 1 4;size 3")
    yield feast(2, "join 1 2;join 2 1;size 2;same 1 2;leave 1;same 2 1")
    for n, text in (
        (1, "size 1"),
        (1, "join 1 1;leave 1;swap 1 1;size 1;same 1 1"),
        (3, "join 1 2;join 1 3;leave 1;size 2;size 1;same 2 3"),
        (3, "join 2 1;join 3 1;leave 3;size 3;same 1 2;size 2"),
        (3, "join 1 2;swap 1 2;size 1;leave 1;size 2"),
        (4, "join 1 2;join 3 4;swap 1 3;leave 1;size 4;same 2 3;same 1 4"),
        (4, "leave 1;leave 1;size 1;join 1 2;leave 2;leave 2;size 1;join 2 1;size 2"),
        (4, "join 1 2;swap 2 3;same 2 1;same 3 1;join 2 4;size 4;size 1"),
        (4, "swap 1 2;join 1 3;same 2 3;same 1 3;size 1;size 2"),
        (5, "join 1 2;join 2 3;join 3 1;size 3;join 4 5;join 5 1;size 4;same 3 4"),
        (5, "join 1 2;join 3 2;leave 2;join 2 4;size 2;size 1;size 3;same 1 4"),
    ):
        yield feast(n, text)
    for n, q, kinds in (
        (4, 15, "jlwzs"),
        (5, 30, "jjlwzs"),
        (6, 40, "jjlzs"),
        (8, 60, "jjwzs"),
        (12, 100, "jjlwzs"),
        (30, 200, "jjjlwwzs"),
        (100, 600, "jjjlwzs"),
        (1000, 1500, "jjjjwzs"),
    ):
        yield called(rng, n, q, kinds)
    order = shuffled(rng, range(1, 801))
    chain = [f"join {a} {b}" for a, b in pairwise(order)]
    leaving = [f"leave {a};size {order[-1]}" for a in order[:-1]]
    yield feast(800, ";".join(chain + leaving))
    yield called(rng, 1000, 3000, "jjjlwzs")


FIRST = """\
n, q = map(int, input().split())
ring = list(range(n + 1))
members = [{a} for a in range(n + 1)]
for _ in range(q):
    name, *dancers = input().split()
    a = int(dancers[0])
    b = int(dancers[-1])
    if name == "join":
        small, large = ring[a], ring[b]
        if small != large:
            if len(members[small]) > len(members[large]):
                small, large = large, small
            for dancer in members[small]:
                ring[dancer] = large
            members[large] |= members[small]
            members[small] = set()
    elif name == "leave":
        members[ring[a]].discard(a)
        ring[a] = len(members)
        members.append({a})
    elif name == "swap":
        members[ring[a]].discard(a)
        members[ring[b]].discard(b)
        ring[a], ring[b] = ring[b], ring[a]
        members[ring[a]].add(a)
        members[ring[b]].add(b)
    elif name == "size":
        print(len(members[ring[a]]))
    else:
        print("yes" if ring[a] == ring[b] else "no")
"""

SECOND = """\
import sys

rows = sys.stdin.read().splitlines()
n, q = map(int, rows[0].split())
# A dancer stands on a place; places are joined for ever, and one that was left counts nobody.
place = list(range(n + 1))
parent = list(range(n + 1))
size = [1] * (n + 1)


def find(x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


for row in rows[1 : q + 1]:
    call = row.split()
    a = int(call[1])
    b = int(call[2]) if len(call) > 2 else 0
    if call[0] == "join":
        x, y = find(place[a]), find(place[b])
        if x != y:
            if size[x] < size[y]:
                x, y = y, x
            parent[y] = x
            size[x] += size[y]
    if call[0] == "leave":
        size[find(place[a])] -= 1
        place[a] = len(parent)
        parent.append(len(parent))
        size.append(1)
    if call[0] == "swap":
        place[a], place[b] = place[b], place[a]
    if call[0] == "size":
        print(size[find(place[a])])
    if call[0] == "same":
        print(["no", "yes"][find(place[a]) == find(place[b])])
"""

BRUTE = """\
n, q = map(int, input().split())
rings = [[dancer] for dancer in range(1, n + 1)]


def ring_of(dancer):
    return [ring for ring in rings if dancer in ring][0]


for _ in range(q):
    call = input().split()
    a, b = int(call[1]), int(call[-1])
    one, other = ring_of(a), ring_of(b)
    if call[0] == "join" and one is not other:
        rings.remove(one)
        other.extend(one)
    if call[0] == "leave":
        one.remove(a)
        rings = [ring for ring in rings if ring] + [[a]]
    if call[0] == "swap":
        i, j = one.index(a), other.index(b)
        one[i], other[j] = b, a
    if call[0] == "size":
        print(len(one))
    if call[0] == "same":
        print("yes" if one is other else "no")
"""

LEAVING = """\
        place[a] = len(parent)
        parent.append(len(parent))
        size.append(1)
"""
TASK = Task(
    difficulty="interview",
    topics=("data structures", "union-find", "simulation"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=20,
    wrong={
        "forgets that one left": SECOND.replace("size[find(place[a])] -= 1", "pass"),
        "joins one ring with itself": SECOND.replace("if x != y:", "if True:").replace(
            "parent[y] = x\n", "parent[y] = x if x != y else y\n"
        ),
        "takes a node out of the forest": SECOND.replace(
            LEAVING, "        parent[a] = a\n        size[a] = 1\n"
        ),
        "swaps the rings": SECOND.replace(
            "place[a], place[b] = place[b], place[a]",
            "x, y = find(place[a]), find(place[b])\n        size[x], size[y] = size[y], size[x]",
        ),
        "swaps nobody": SECOND.replace("place[a], place[b] = place[b], place[a]", "pass"),
        "breaks up the ring that one leaves": FIRST.replace(
            "members[ring[a]].discard(a)\n        ring[a] = len(members)",
            "for other in members[ring[a]]:\n            ring[other] = other\n"
            "            members[other] = {other}\n        ring[a] = len(members)",
        ),
        "moves a instead of swapping": FIRST.replace(
            "ring[a], ring[b] = ring[b], ring[a]", "ring[a] = ring[b]"
        ),
        "compares the dancers joined last": FIRST.replace(
            "for dancer in members[small]:\n                ring[dancer] = large",
            "ring[a] = ring[b] = large",
        ),
    },
)
