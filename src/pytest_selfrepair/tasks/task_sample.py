"""Sample tasks with difficulties in proportion, and scenarios with their zones."""

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
"""The numbers of APPS tasks in arXiv 2306.09896 (section 4)."""


def allocate(counts: Mapping[_Group, int], wanted: int) -> dict[_Group, int]:
    """Allocate a sample in proportion by largest remainders; ties go to the easier group.

    Args:
        counts: The number of tasks of each difficulty, or of scenarios of each zone.
        wanted: The size of the sample; all tasks are taken where there are fewer.
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
    """Draw tasks and return their ids.

    The draw depends only on the ids and the seed, not on the order of tasks or the process, and a
    larger sample contains a smaller one of the same difficulty.

    Args:
        tasks: Each task's id and difficulty; a scenario's zone of agreement.
        allocated: The number to draw of each difficulty; all where there are fewer.
        seed: The seed of the draw.
    """
    drawn: set[str] = set()
    for difficulty, count in allocated.items():
        ids = (task_id for task_id, found in tasks if found is difficulty)
        drawn.update(sorted(ids, key=lambda task_id: _rank(task_id, seed))[:count])
    return frozenset(drawn)


def balanced(tasks: Sequence[tuple[str, StrEnum]], seed: int) -> list[str]:
    """All tasks in a random order whose every prefix has nearly each difficulty's share.

    So a run's bound cuts off no single difficulty or folder. Like a draw, it depends only on ids
    and seed; in each prefix, a difficulty is off its share by less than one task for each
    difficulty.

    Args:
        tasks: Each task's id and difficulty; a scenario's zone of agreement.
        seed: The seed of the order.
    """
    places: list[tuple[float, bytes, str]] = []
    for difficulty in {found for _, found in tasks}:
        ids = [task_id for task_id, found in tasks if found is difficulty]
        lots = sorted((_rank(task_id, seed), task_id) for task_id in ids)
        places += [((i + 0.5) / len(ids), lot, task_id) for i, (lot, task_id) in enumerate(lots)]
    return [task_id for _, _, task_id in sorted(places)]


def share(tasks: Sequence[tuple[str, StrEnum]], shard: Shard, seed: int) -> frozenset[str]:
    """The ids of a shard's tasks.

    Every task is in one shard. Shards differ by at most one task, in all and within each
    difficulty. Like a draw, it depends only on ids and seed, so hosts need no communication.

    Args:
        tasks: Each task's id and difficulty; a scenario's zone of agreement.
        shard: The shard.
        seed: The seed of the assignment.
    """
    dealt = sorted({(found, _rank(task_id, seed), task_id) for task_id, found in tasks})
    return frozenset(task_id for _, _, task_id in dealt[shard.index :: shard.count])


def _in_order(groups: Collection[_Group]) -> list[_Group]:
    """The groups in the order of their enumeration."""
    kinds = dict.fromkeys(type(group) for group in groups)
    return [group for kind in kinds for group in kind if group in groups]


def _rank(task_id: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{task_id}".encode("utf-8", "surrogateescape")).digest()
