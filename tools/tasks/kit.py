"""What a task module declares, and the random draws for its cases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias, TypeVar

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task; docs/tasks.md says how to write one.

    Attributes:
        difficulty: introductory, interview or competition.
        topics: Its topics, a few words each.
        cases: Yields the inputs, the examples first, then from small to large. An input is the
            text on standard input if `fn_name` is None, else the list of arguments.
        references: Right programs that use different methods. The first one's answers are the
            expected outputs, and its signature becomes the starter code.
        brute: An obviously right program, however slow.
        brute_cases: The number of first cases that `brute` runs on; None: all.
        wrong: Fast programs with wrong answers, by their mistake.
        slow: Right programs that exceed the time limit, by their method.
        why_not_slow: Why a competition task has no slow program: the cases on which a naive
            program is wrong.
        fn_name: The function (or method of `class Solution`) of a call-based task.
        checker: The text of `checker.py`, if several answers are right.
        examples: The number of cases that the statement shows.
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


# `Random.shuffle`, `choice` and `sample` may change between versions of Python. `randrange` of a
# seeded generator has not changed, so every draw below uses it.


def numbers(rng: Random, count: int, low: int, high: int) -> list[int]:
    """Return `count` integers from `low` to `high`, inclusive."""
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
    """Return a line for each row, its items separated by single spaces, each with a newline."""
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)
