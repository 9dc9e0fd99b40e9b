"""What every task module gives, and the few draws its cases are made from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias, TypeVar

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task; `docs/tasks.md` says how to write one.

    Attributes:
        difficulty: introductory, interview or competition.
        topics: What it takes, in a few words.
        cases: Yields the inputs, from small to large: the examples first. An input is the text to
            read when `fn_name` is None, else the list of arguments.
        references: Programs that answer rightly, by different ways; the first answers the cases
            and its head becomes the starter code.
        brute: A program that is obviously right, however slow.
        brute_cases: On how many of the first cases `brute` is run; None: on all of them.
        wrong: Programs that answer fast and wrongly, by what they get wrong.
        slow: Programs that answer rightly but not in time, by what they do.
        why_not_slow: Why a competition task has none: on which cases a naive program is wrong.
        fn_name: The function (or method of `class Solution`) of a call-based task.
        checker: The text of `checker.py`, where several answers are right.
        examples: How many of the cases the statement shows.
    """

    difficulty: str
    topics: tuple[str, ...]
    cases: Callable[[Random], Iterator[Json]]
    references: tuple[str, ...]
    brute: str
    brute_cases: int | None = None
    wrong: Mapping[str, str]
    slow: Mapping[str, str] = field(default_factory=dict)
    why_not_slow: str = ""
    fn_name: str | None = None
    checker: str | None = None
    examples: int = 2


# `Random.shuffle`, `choice` and `sample` may change between Python versions; `randrange` drawn
# from a seeded generator has not, so every draw below goes through it.


def numbers(rng: Random, count: int, low: int, high: int) -> list[int]:
    """Return `count` integers from `low` to `high`, both included."""
    return [rng.randrange(low, high + 1) for _ in range(count)]


def pick(rng: Random, items: Sequence[Item]) -> Item:
    """Return one of the items."""
    return items[rng.randrange(len(items))]


def shuffled(rng: Random, items: Sequence[Item]) -> list[Item]:
    """Return the items in a random order."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = rng.randrange(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


def word(rng: Random, length: int, letters: str) -> str:
    """Return a text of `length` characters drawn from `letters`."""
    return "".join(pick(rng, letters) for _ in range(length))


def lines(*rows: Sequence[int | str]) -> str:
    """Return one line a row, its items parted by single spaces, each line ended."""
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)
