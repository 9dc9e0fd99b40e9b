"""Zipper: merge two lanes in turn, the longer one first, the left one where they are equal."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Json, Task, pick

NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ian", "Jo", "Kim", "Leo")


def cases(rng: Random) -> Iterator[Json]:
    """Yield the arguments left and right."""
    yield [["Ann", "Cid"], ["Bo", "Dora", "Eli", "Fay"]]
    yield [["Ida"], ["Jan"]]
    yield [[], []]
    yield [["Ann"], []]
    yield [[], ["Ann"]]
    yield [[], ["Ann", "Bo", "Cid"]]
    yield [["Ann", "Bo", "Cid"], []]
    yield [["Zoe", "Yan"], ["Ann", "Bo"]]
    yield [["Ann", "Bo"], ["Zoe"]]
    yield [["Zoe"], ["Ann", "Bo"]]
    yield [["Ann", "Ann"], ["Ann"]]
    yield [["Kim", "Kim", "Leo"], ["Leo", "Kim", "Kim"]]
    yield [["a", "b", "c", "d", "e"], ["V", "W", "X", "Y", "Z"]]
    yield [["a", "b", "c", "d", "e"], ["Z"]]
    yield [["Z"], ["a", "b", "c", "d", "e"]]
    for left, right in ((4, 3), (3, 4), (6, 6), (9, 5), (2, 8), (15, 11), (20, 30), (49, 50)):
        yield [[pick(rng, NAMES) for _ in range(length)] for length in (left, right)]
    yield [[f"left{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"], ["other"] * 50]
    yield [[pick(rng, NAMES) for _ in range(50)] for _ in range(2)]


FIRST = """\
def zipper(left, right):
    if len(left) >= len(right):
        first, second = left, right
    else:
        first, second = right, left
    order = []
    for place in range(len(first)):
        order.append(first[place])
        if place < len(second):
            order.append(second[place])
    return order
"""

SECOND = """\
from collections import deque


def zipper(left, right):
    lanes = deque(sorted([deque(left), deque(right)], key=len, reverse=True))
    order = []
    while any(lanes):
        if lanes[0]:
            order.append(lanes[0].popleft())
        lanes.rotate()
    return order
"""

BRUTE = """\
def zipper(left, right):
    if left == [] or right == []:
        return left + right
    if len(right) > len(left):
        left, right = right, left
    while len(right) < len(left):
        right = right + [None]
    pairs = [name for pair in zip(left, right) for name in pair]
    return [name for name in pairs if name is not None]
"""

TASK = Task(
    difficulty="introductory",
    topics=("lists",),
    fn_name="zipper",
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    wrong={
        "always begins on the left": FIRST.replace("len(left) >= len(right)", "True"),
        "begins on the right for equal lanes": FIRST.replace(">=", ">"),
        "begins with the shorter lane": FIRST.replace(">=", "<="),
        "loses the cars that are left": FIRST.replace("len(first)):", "len(second)):"),
        "puts one lane behind the other": FIRST.replace(
            "    order = []", "    return first + second\n    order = []"
        ),
        "takes the cars from the end": SECOND.replace("popleft", "pop"),
        "loses the second of two equal names": FIRST.replace(
            "return order", "return list(dict.fromkeys(order))"
        ),
        "fails when a lane is empty": FIRST.replace("if place < len(second)", "if True"),
    },
)
