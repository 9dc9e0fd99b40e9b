"""Compare two feedback sources on the same failing programs of the same tasks."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TypeAlias

from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import Pair
from pytest_selfrepair.estimate.intervals.bootstrap import FEWEST_TASKS
from pytest_selfrepair.estimate.intervals.decision import Evidence, alone, decided
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.run.outcome import solved_at_once
from pytest_selfrepair.estimate.run.repairs import Tried, passing, tried_by
from pytest_selfrepair.estimate.run.scored import Scored, by_difficulty

_Repairs: TypeAlias = "Mapping[str, Sequence[Tried]]"
"""A task's repairs by one source, by the failing program."""


def pairs(tasks: Sequence[Scored], sources: Sequence[str]) -> tuple[Pair, ...]:
    """Every two sources with a failing program that both repaired; intervals after Holm."""
    found = _every_two(tasks, sources)
    enough = [each for each in found if len(each.differences) >= FEWEST_TASKS]
    sure = iter(decided([Evidence(values=each.differences) for each in enough]))
    return tuple(
        replace(each.pair, difference=next(sure)) if each in enough else each.pair for each in found
    )


def pairs_by_difficulty(tasks: Sequence[Scored], sources: Sequence[str]) -> tuple[Pair, ...]:
    """The same within each difficulty, each corrected separately; none if all tasks share one."""
    groups = {name: some for name, some in by_difficulty(tasks).items() if name != ALL}
    if len(groups) < 2:  # noqa: PLR2004 - for a single one, `pairs` suffices
        return ()
    return tuple(
        replace(_by_itself(found), difficulty=name)
        for name, some in groups.items()
        for found in _every_two(some, sources)
    )


def pair(tasks: Sequence[Scored], first: str, second: str) -> Pair | None:
    """Compare two sources on the failing programs that both repaired; None where there are none."""
    return next(map(_by_itself, _every_two(tasks, [first, second])), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paired:
    """Two sources before they have an interval, with each task's part of their difference."""

    pair: Pair
    differences: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Both:
    """A failing program with its repairs by each of two sources."""

    mine: tuple[Tried, ...]
    other: tuple[Tried, ...]

    @property
    def equally_often(self) -> "_Both":
        """The first repairs of each source, as many as both have."""
        size = min(len(self.mine), len(self.other))
        return _Both(mine=self.mine[:size], other=self.other[:size])


def _every_two(tasks: Sequence[Scored], sources: Sequence[str]) -> list[_Paired]:
    """Every two sources with a failing program that both repaired; repairs are looked up once."""
    repairs = {
        source: [_by_program(tried_by(task, source)) for task in tasks] for source in sources
    }
    return [
        found
        for first, second in itertools.combinations(sources, 2)
        if (found := _paired(tasks, (first, repairs[first]), (second, repairs[second])))
    ]


def _by_itself(found: _Paired) -> Pair:
    if len(found.differences) < FEWEST_TASKS:
        return found.pair
    return replace(found.pair, difference=alone(Evidence(values=found.differences)))


def _paired(
    tasks: Sequence[Scored],
    first: tuple[str, Sequence[_Repairs]],
    second: tuple[str, Sequence[_Repairs]],
) -> _Paired | None:
    """Pair two sources by their repairs of each task; None where they share no program."""
    shared = [
        (task, both)
        for task, ours, theirs in zip(tasks, first[1], second[1], strict=True)
        if (both := _shared(ours, theirs))
    ]
    if not shared:
        return None
    ours = [fmean(_share(each.mine) for each in both) for _, both in shared]
    theirs = [fmean(_share(each.other) for each in both) for _, both in shared]
    differences = tuple(a - b for a, b in zip(ours, theirs, strict=True))
    solved = [_solve(both) for task, both in shared if not solved_at_once(task.grown)]
    found = Pair(
        first=first[0],
        second=second[0],
        tasks=len(shared),
        programs=sum(len(both) for _, both in shared),
        first_rate=fmean(ours),
        second_rate=fmean(theirs),
        difference=Estimate(value=fmean(differences)),
        only_first=sum(mine and not other for mine, other in solved),
        only_second=sum(other and not mine for mine, other in solved),
    )
    return _Paired(pair=found, differences=differences)


def _share(repairs: Sequence[Tried]) -> float:
    return passing(repairs) / len(repairs)


def _solve(programs: Sequence[_Both]) -> tuple[bool, bool]:
    """Whether each source's repairs solve a task, counting equally many repairs of each program."""
    equal = [each.equally_often for each in programs]
    return any(passing(each.mine) for each in equal), any(passing(each.other) for each in equal)


def _shared(ours: _Repairs, theirs: _Repairs) -> list[_Both]:
    """The failing programs that both sources repaired, with the repairs by each."""
    return [
        _Both(mine=tuple(ours[node]), other=tuple(theirs[node])) for node in ours if node in theirs
    ]


def _by_program(repairs: Sequence[Tried]) -> _Repairs:
    found: dict[str, list[Tried]] = {}
    for each in repairs:
        found.setdefault(each.failing.node, []).append(each)
    return found
