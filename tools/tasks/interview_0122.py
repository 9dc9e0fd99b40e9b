"""Cards with two sides: children in a circle are called twice each, and then leave it."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, lines, numbers, pick


def circle(cards: list[list[int]]) -> str:
    """Return the input for these cards, front and back each."""
    return lines([len(cards)], *cards)


def drawn(rng: Random, n: int, top: int) -> str:
    """Return random cards."""
    return circle(
        [[pick(rng, (-1, 1)) * number for number in numbers(rng, 2, 1, top)] for _ in range(n)]
    )


def cases(rng: Random) -> Iterator[str]:
    """Yield n, then n cards."""
    yield circle([[2, 1], [3, -1], [-1, 4]])
    yield circle([[1, 1], [1, 1], [1, 1], [1, 1]])
    yield circle([[5, -7]])
    yield circle([[1, 1], [1, 1]])
    yield circle([[2, 1], [1, 1]])
    yield circle([[-1, -1], [-1, -1], [-1, -1]])
    yield circle([[3, 3], [3, 3], [3, 3]])
    yield circle([[-3, -2], [3, 2], [-3, 2], [3, -2]])
    yield circle([[1, -1], [1, -1], [1, -1], [1, -1], [1, -1]])
    yield circle([[5, 4], [5, 4], [5, 4], [5, 4], [5, 4]])
    yield circle([[2, -5], [-2, 5], [2, -5], [-2, 5], [2, -5], [-2, 5]])
    yield circle([[1000000000, -1000000000], [-999999999, 999999999]])
    for n, top in ((3, 4), (4, 5), (5, 8), (6, 6), (7, 3), (8, 20), (10, 10), (15, 40), (40, 100)):
        yield drawn(rng, n, top)
    yield drawn(rng, 100, 10**9)
    yield circle([[1, 1]] * 300)
    yield circle([[-1, 2]] * 301)
    yield drawn(rng, 999, 3)
    yield drawn(rng, 1000, 1000)
    yield drawn(rng, 1000, 10**9)
    yield circle([[10**9, -(10**9)]] * 1000)


FIRST = """\
n = int(input())
cards = [list(map(int, input().split())) for _ in range(n)]
circle = list(range(n))
turned = [False] * n
gone = []
place = 0
while circle:
    child = circle[place]
    x = cards[child][turned[child]]
    if turned[child]:
        gone.append(child + 1)
        circle.pop(place)
        if x > 0:
            x -= 1
    turned[child] = True
    if circle:
        place = (place + x) % len(circle)
print(*gone)
"""

SECOND = """\
import sys
from collections import deque

n, *numbers = map(int, sys.stdin.read().split())
circle = deque((child, list(numbers[2 * child - 2 : 2 * child])) for child in range(1, n + 1))
order = []
while circle:
    child, card = circle[0]
    x = card.pop(0)
    if card:
        circle.rotate(-(x % len(circle)))
        continue
    circle.popleft()
    order.append(str(child))
    if circle:
        # Clockwise the next neighbour now stands first, anticlockwise last.
        circle.rotate(-((x - 1 if x > 0 else x) % len(circle)))
print(" ".join(order))
"""

BRUTE = """\
n = int(input())
cards = {child: [int(x) for x in input().split()] for child in range(1, n + 1)}
after = {child: child % n + 1 for child in cards}
before = {after[child]: child for child in cards}
called, gone = 1, []
while True:
    x = cards[called].pop(0)
    way = after if x > 0 else before
    if not cards[called]:
        gone.append(called)
        if len(gone) == n:
            break
        after[before[called]] = after[called]
        before[after[called]] = before[called]
    # Once round the circle and more is cut short.
    for _ in range((abs(x) - 1) % (n - len(gone)) + 1):
        called = way[called]
print(*gone)
"""

TASK = Task(
    difficulty="interview",
    topics=("simulation", "circles", "modular arithmetic"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "goes one place too far after one has gone": FIRST.replace("x -= 1", "pass"),
        "goes one place short to both sides": FIRST.replace(
            "            x -= 1", "            x -= 1\n        else:\n            x += 1"
        ),
        "lets children go at their first call": FIRST.replace(
            "turned = [False]", "turned = [True]"
        ),
        "reads the back first": FIRST.replace(
            "cards[child][turned[child]]", "cards[child][not turned[child]]"
        ),
        "always counts clockwise": FIRST.replace(
            "x = cards[child][turned[child]]", "x = abs(cards[child][turned[child]])"
        ),
        "does not count the child that stays": FIRST.replace(
            "    turned[child] = True\n    if circle:",
            "    elif len(circle) > 1 and abs(x) >= len(circle):\n"
            "        x += abs(x) // len(circle) * (1 if x > 0 else -1)\n"
            "    turned[child] = True\n    if circle:",
        ),
        "calls the last child first": FIRST.replace("place = 0", "place = n - 1"),
        "counts children from 0": FIRST.replace("child + 1", "child"),
    },
)
