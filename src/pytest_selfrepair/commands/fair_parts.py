"""Divide programs into parts of equal expected work, the same on any machine."""

import hashlib
import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_PIECES = 32
"""The least number of pieces that a part's work is cut into, where programs are small enough."""


_PROGRAM, _CASE = 0.008, 0.005
"""Approximate seconds of a program that finishes, for itself and for each case."""

_LATE = 0.1
"""The approximate share of programs that exceed a time limit."""


def expected_seconds(cases: int, limit: float, *, all_cases: bool = False) -> float:
    """The expected seconds of a program.

    A program ends at the first limit it exceeds, so the number of cases matters little.

    Args:
        cases: The number of cases of its task.
        limit: Seconds allowed for a case.
        all_cases: Whether the other cases are run as well.
    """
    return _PROGRAM + _CASE * cases + _LATE * limit * (cases if all_cases else 1)


def fair_parts(
    groups: NDArray[np.int64], keys: NDArray[np.uint64], costs: Sequence[float], parts: int
) -> NDArray[np.int64]:
    """Assign each item to a part.

    Items of a group stay together in pieces, as long as these are small compared with a part; their
    keys decide which share a piece. Pieces are assigned in descending order of cost, each to the
    part with the least cost so far, so no part exceeds the mean by more than one piece.

    Args:
        groups: The group of each item: its position in `costs`.
        keys: A hash of each item.
        costs: The cost of one item of each group, in any unit.
        parts: The number of parts.

    Returns:
        Each item's part, from 0.
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
