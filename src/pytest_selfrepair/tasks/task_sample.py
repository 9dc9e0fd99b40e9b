"""Some of many tasks, drawn so that every difficulty keeps its share; scenarios by their zones."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.core.task import Difficulty

_Group = TypeVar("_Group", bound=StrEnum)

PAPER: Mapping[Difficulty, int] = MappingProxyType(
    {Difficulty.INTRODUCTORY: 60, Difficulty.INTERVIEW: 180, Difficulty.COMPETITION: 60}
)
"""The tasks of APPS that arXiv 2306.09896 measures on (section 4)."""


def allocate(counts: Mapping[_Group, int], wanted: int) -> dict[_Group, int]:
    """Share out a sample in proportion, by largest remainders; ties go to the easier.

    Args:
        counts: How many tasks there are of each difficulty, or scenarios of each zone.
        wanted: The size of the sample; where there are fewer tasks, all are taken.
    """
    total = sum(counts.values())
    wanted = min(wanted, total)
    shares = {
        difficulty: divmod(wanted * counts[difficulty], max(total, 1))
        for difficulty in _in_order(counts)
    }
    allocated = {difficulty: whole for difficulty, (whole, _) in shares.items()}
    by_remainder = sorted(shares, key=lambda difficulty: -shares[difficulty][1])
    for difficulty in by_remainder[: wanted - sum(allocated.values())]:
        allocated[difficulty] += 1
    return allocated


def draw(
    tasks: Sequence[tuple[str, StrEnum]], allocated: Mapping[_Group, int], seed: int
) -> frozenset[str]:
    """The ids of the tasks that are drawn.

    Which they are depends on the ids and the seed alone: neither on the order of the tasks nor on
    the process, and a larger sample holds a smaller one of the same difficulty.

    Args:
        tasks: The id of each, and its difficulty; of a scenario its zone of agreement.
        allocated: How many of each difficulty; where there are fewer, all are taken.
        seed: Draws them.
    """
    drawn: set[str] = set()
    for difficulty, count in allocated.items():
        ids = (task_id for task_id, found in tasks if found is difficulty)
        drawn.update(sorted(ids, key=lambda task_id: _lot(task_id, seed))[:count])
    return frozenset(drawn)


def balanced(tasks: Sequence[tuple[str, StrEnum]], seed: int) -> list[str]:
    """All tasks in a random order of which every beginning has nearly each difficulty's share.

    So what a bound of the run cuts off is no difficulty, and no folder. Like a draw it depends on
    ids and seed alone; in each beginning a difficulty is less than one task off its share for each
    difficulty that there is.

    Args:
        tasks: The id of each, and its difficulty; of a scenario its zone of agreement.
        seed: Orders them.
    """
    places: list[tuple[float, bytes, str]] = []
    for difficulty in {found for _, found in tasks}:
        ids = [task_id for task_id, found in tasks if found is difficulty]
        lots = sorted((_lot(task_id, seed), task_id) for task_id in ids)
        places += [((i + 0.5) / len(ids), lot, task_id) for i, (lot, task_id) in enumerate(lots)]
    return [task_id for _, _, task_id in sorted(places)]


def share(tasks: Sequence[tuple[str, StrEnum]], shard: Shard, seed: int) -> frozenset[str]:
    """The ids of the tasks that are in a shard.

    Every task is in one shard. Shards differ by one task at most, and so they do in the tasks of
    each difficulty. Like a draw it depends on ids and seed alone: hosts need not ask each other.

    Args:
        tasks: The id of each, and its difficulty; of a scenario its zone of agreement.
        shard: The shard.
        seed: Deals them out.
    """
    dealt = sorted({(found, _lot(task_id, seed), task_id) for task_id, found in tasks})
    return frozenset(task_id for _, _, task_id in dealt[shard.index :: shard.count])


def _in_order(groups: Collection[_Group]) -> list[_Group]:
    """Groups as their enumeration has them."""
    kinds = dict.fromkeys(type(group) for group in groups)
    return [group for kind in kinds for group in kind if group in groups]


def _lot(task_id: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{task_id}".encode("utf-8", "surrogateescape")).digest()
