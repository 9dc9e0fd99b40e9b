"""Programs shared out in fair parts: the same on any machine, from the inputs alone."""

import hashlib
import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_PIECES = 32
"""Into how many pieces the work of a part is cut at least, where programs are small enough."""


_PROGRAM, _CASE = 0.008, 0.005
"""Seconds that a program takes for itself and for each case, about, where it ends in time."""

_LATE = 0.1
"""The share of programs that run into a time limit, about."""


def expected_seconds(cases: int, limit: float, *, all_cases: bool = False) -> float:
    """What a program is expected to take.

    A program is over with the first limit that it runs into, so that cases count little beside it.

    Args:
        cases: Cases of its task.
        limit: Seconds that a case may take.
        all_cases: Whether the others are run as well.
    """
    return _PROGRAM + _CASE * cases + _LATE * limit * (cases if all_cases else 1)


def fair_parts(
    groups: NDArray[np.int64], keys: NDArray[np.uint64], costs: Sequence[float], parts: int
) -> NDArray[np.int64]:
    """The part of each item.

    Items of a group stay together in pieces, as far as these are small beside a part; which of
    them share a piece, their keys decide. The most expensive piece goes first, each to the part
    that has least. So no part has more than the mean and one piece.

    Args:
        groups: The group of each item: its position in `costs`.
        keys: A hash of each item.
        costs: What one item of each group costs, in any unit.
        parts: How many there are.

    Returns:
        For each item its part, from 0.
    """
    order = np.lexsort((keys, groups))
    numbers = np.bincount(groups, minlength=len(costs))
    total = float(sum(int(number) * cost for number, cost in zip(numbers, costs, strict=True)))
    most = total / (parts * _PIECES)
    pieces: list[tuple[float, bytes, NDArray[np.int64]]] = []
    starts = np.concatenate(([0], np.cumsum(numbers)))
    for group, cost in enumerate(costs):
        members = order[starts[group] : starts[group + 1]]
        if not len(members):
            continue
        small = cost * len(members) <= most
        wanted = len(members) if small else max(1, int(most // cost))
        for number, piece in enumerate(np.array_split(members, -(-len(members) // wanted))):
            tie = hashlib.sha256(f"{group}/{number}".encode()).digest()
            pieces.append((-cost * len(piece), tie, piece))
    pieces.sort(key=lambda piece: piece[:2])
    loads = [(0.0, part) for part in range(parts)]
    found = np.zeros(len(groups), np.int64)
    for negative, _, piece in pieces:
        load, part = heapq.heappop(loads)
        found[piece] = part
        heapq.heappush(loads, (load - negative, part))
    return found
