"""Reading table: the book read longest ago makes room, unless there are bookmarks in it."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, pick, word


def drawn(rng: Random, k: int, count: int, kinds: str) -> Json:
    """Return the arguments for so many requests."""
    names = {"r": "read", "m": "mark", "u": "unmark"}
    books = sorted({word(rng, 1 + rng.randrange(8), "abcdefgh") for _ in range(2 * k + 2)})
    return [k, [f"{names[pick(rng, kinds)]} {pick(rng, books)}" for _ in range(count)]]


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments k and requests."""
    names = {"r": "read", "m": "mark", "u": "unmark"}
    for k, text in (
        (2, "ra rb ra rc ma rd"),
        (1, "ra ma rb ua rc"),
        (1, "ra"),
        (1, "mx ux"),
        (1, "ra rb ra ra rb"),
        (2, "ra rb ma mb rc rd ua re"),
        (2, "ra rb ma ma ua rc rd"),
        (2, "ra rb ma ma ua ua rb rc"),
        (2, "ra rb ua ma rc rd"),
        (2, "mc ra rb rc rd re"),
        (2, "ra rb ra ma ua rc"),
        (3, "ra rb rc ma mb mc rd ub rd uc re ra rf"),
        (3, "ra rb rc ua rd mb ub re"),
        (2, "ra ma rb rc ua rd ra re"),
        (2, "ra rb rc mc rd uc rc re rf"),
        (3, "ra rb ma mb ra rc ub rd ua re rf"),
    ):
        yield [k, [f"{names[part[0]]} {part[1:]}" for part in text.split()]]
    for k, count, kinds in (
        (1, 12, "rrmu"),
        (2, 20, "rrrmu"),
        (2, 40, "rrmuu"),
        (3, 60, "rrrrmu"),
        (4, 60, "rrmu"),
        (5, 100, "rrrmuu"),
        (10, 300, "rrrrrmmuuu"),
        (20, 600, "rrrrmuu"),
        (50, 1000, "r"),
        (7, 1200, "rrrrrmmuuu"),
    ):
        yield drawn(rng, k, count, kinds)
    yield drawn(rng, 50, 1200, "rrrrrmuu")
    yield drawn(rng, 50, 1200, "rmu")


FIRST = """\
from typing import List


class Solution:
    def takenAway(self, k: int, requests: List[str]) -> List[str]:
        table = {}  # book: its bookmarks; the book read longest ago comes first
        taken = []
        for request in requests:
            kind, book = request.split()
            if kind == "read":
                if book in table:
                    table[book] = table.pop(book)
                    continue
                if len(table) == k:
                    away = next((other for other in table if table[other] == 0), None)
                    if away is None:
                        continue
                    del table[away]
                    taken.append(away)
                table[book] = 0
            elif book in table:
                if kind == "mark":
                    table[book] += 1
                else:
                    table[book] = max(0, table[book] - 1)
        return taken
"""

SECOND = """\
import heapq
from collections import Counter
from typing import List


class Solution:
    def takenAway(self, k: int, requests: List[str]) -> List[str]:
        read_at, marks, old, out = {}, Counter(), [], []
        for time, request in enumerate(requests):
            kind, book = request.split(" ")
            here = book in read_at
            if kind == "read":
                if not here and len(read_at) == k:
                    # Entries of books that are gone, marked or read again since are stale.
                    while old and (read_at.get(old[0][1]) != old[0][0] or marks[old[0][1]]):
                        heapq.heappop(old)
                    if not old:
                        continue
                    out.append(heapq.heappop(old)[1])
                    del read_at[out[-1]]
                read_at[book] = time
                if not marks[book]:
                    heapq.heappush(old, (time, book))
            elif here and kind == "mark":
                marks[book] += 1
            elif here and marks[book]:
                marks[book] -= 1
                if not marks[book]:
                    heapq.heappush(old, (read_at[book], book))
        return out
"""

BRUTE = """\
class Solution:
    def takenAway(self, k, requests):
        table, bookmarks, away = [], [], []
        for number, request in enumerate(requests):
            kind, book = request.split()
            if kind == "mark" and book in table:
                bookmarks.append(book)
            if kind == "unmark" and book in bookmarks:
                bookmarks.remove(book)
            if kind == "read" and book not in table:
                if len(table) == k:
                    # Look back through the requests for the books, the last read one first.
                    order = []
                    for earlier in requests[:number][::-1]:
                        what, name = earlier.split()
                        if what == "read" and name in table and name not in order:
                            order.append(name)
                    free = [name for name in order if name not in bookmarks]
                    if not free:
                        continue
                    table.remove(free[-1])
                    away.append(free[-1])
                table.append(book)
        return away
"""

TASK = Task(
    difficulty="interview",
    topics=("data structures", "caches", "simulation"),
    fn_name="takenAway",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=24,
    wrong={
        "takes away the book that came first": FIRST.replace(
            "table[book] = table.pop(book)\n", "pass\n"
        ),
        "ignores bookmarks": FIRST.replace("if table[other] == 0), None", "), None"),
        "holds one bookmark a book": FIRST.replace("table[book] += 1", "table[book] = 1"),
        "takes out all bookmarks": FIRST.replace("max(0, table[book] - 1)", "0"),
        "owes bookmarks": FIRST.replace("max(0, table[book] - 1)", "table[book] - 1"),
        "takes marking for reading": FIRST.replace(
            "table[book] += 1", "table[book] = table.pop(book) + 1"
        ),
        "takes unmarking for reading": FIRST.replace(
            "table[book] = max(0, table[book] - 1)", "table[book] = max(0, table.pop(book) - 1)"
        ),
        "takes away the oldest when all are marked": FIRST.replace(
            "== 0), None)", "== 0), next(iter(table)))"
        ),
        "looks at the oldest book only": FIRST.replace(
            "next((other for other in table if table[other] == 0), None)",
            "next(iter(table))\n                    if table[away]:\n"
            "                        away = None",
        ),
        "has room for one book more": FIRST.replace("len(table) == k", "len(table) > k"),
    },
)
