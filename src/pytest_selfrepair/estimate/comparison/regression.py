"""Estimate how far a run's pass rate is below that of its baselines, with bounds.

It answers two separate questions: whether tasks like these would be solved more rarely, and whether
these very tasks would be if both runs were sampled again.
"""

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.comparison.paired_runs import by_id
from pytest_selfrepair.estimate.findings import Spread
from pytest_selfrepair.estimate.intervals.draws_noise import (
    Rates,
    largest_k,
    least_limit_of_draws,
    rates,
    same_tasks,
)
from pytest_selfrepair.estimate.intervals.paired_score import paired_score
from pytest_selfrepair.estimate.intervals.power import spread_of
from pytest_selfrepair.estimate.run.branches import branches, spread, spread_of_two
from pytest_selfrepair.estimate.run.outcome import solved_with
from pytest_selfrepair.estimate.run.scored import scored, source_names


class Scope(StrEnum):
    """The tasks for which a regression is decided.

    `population`: tasks like these, with the noise of tasks and of draws. `tasks`: these tasks
    alone, with the noise of draws.
    """

    POPULATION = "population"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A fall from the baselines.

    Attributes:
        rate: The rate that fell, as reports name it: ``pass@t``, ``pass@2``.
        fall: Baseline less run, -1 to 1.
        lower: One-sided lower bound at 5 %: above 0 where a fall is shown.
        upper: One-sided upper bound at 5 %.
        p: One-sided p-value of no fall.
        tasks: Tasks that the run and a baseline scored.
        runs: Baselines; each task's mean over them counts.
    """

    rate: str
    fall: float
    lower: float
    upper: float
    p: float
    tasks: int
    runs: int


class Baselines:
    """The runs that another is compared with.

    Args:
        runs: Each run's records, one for each task; at least one run.

    Raises:
        UsageError: A run has two records of one task.
    """

    def __init__(self, runs: Sequence[Sequence[Record]]) -> None:
        self._runs = runs
        self._solved = [_solved(records) for records in runs]

    @functools.cached_property
    def _branches(self) -> list[Mapping[str, tuple[int, int]]]:
        return [_branches(records) for records in self._runs]

    @property
    def number(self) -> int:
        """The number of runs."""
        return len(self._solved)

    @property
    def tasks(self) -> set[str]:
        """The ids of tasks that any of the runs scored."""
        return set().union(*self._solved)

    @property
    def _whole(self) -> set[str]:
        """The ids of tasks with whole trees in all of the runs."""
        first, *others = self._branches
        return set(first).intersection(*others)

    def differences(self, after: Sequence[Record]) -> list[float]:
        """After less the mean of the baselines, for each task scored in both."""
        now = _solved(after)
        return [
            solved - math.fsum(before) / len(before)
            for task_id, solved in now.items()
            if (before := [run[task_id] for run in self._solved if task_id in run])
        ]

    def spread(self, tasks: set[str]) -> float | None:
        """The mean squared difference of a run like these and their mean, on some tasks.

        From every two of the runs: one more differs from the mean of m by (1 + 1/m)/2 of the mean
        squared difference of two. None for fewer than two runs, or runs that share no task.
        """
        found = [
            spread_of([first[each] - second[each] for each in shared])
            for first, second in itertools.combinations(self._solved, 2)
            if (shared := first.keys() & second.keys() & tasks)
        ]
        if not found:
            return None
        return of_mean(math.fsum(found) / len(found), self.number)

    def fall(self, after: Sequence[Record]) -> Regression:
        """Estimate the fall of trees' pass rate as grown, on tasks like these.

        Raises:
            UsageError: No task was scored in both.
        """
        differences = self.differences(after)
        if not differences:
            raise UsageError("no task was scored here and in the baseline")
        found = paired_score(differences)
        return Regression(
            rate="pass@t",
            fall=-found.estimate,
            lower=-found.upper_bound,
            upper=-found.lower_bound,
            p=found.p_fall,
            tasks=found.n,
            runs=self.number,
        )

    def fall_of_tasks(self, after: Sequence[Record]) -> Regression:
        """Estimate the fall of pass@k on these very tasks, where only draws vary.

        k is the largest for which every task has 2k branches, a branch being a program with its
        repairs.

        Raises:
            UsageError: Fewer than two tasks have whole trees here and in every baseline, or one has
                fewer than two branches.
        """
        now = _branches(after)
        shared = sorted(now.keys() & self._whole)
        before, k = self._rates(shared, [now[each][0] for each in shared])
        found = same_tasks(before, rates([now[each] for each in shared], k))
        return Regression(
            rate=f"pass@{k} of these tasks",
            fall=found.fall,
            lower=found.lower,
            upper=found.upper,
            p=found.p,
            tasks=found.tasks,
            runs=self.number,
        )

    def least_limit_of_tasks(self, tasks: set[str], n_p: int) -> float:
        """The least limit that these tasks support where only draws vary.

        Args:
            tasks: Their ids.
            n_p: Programs of each task in the planned run.

        Raises:
            UsageError: As for `fall_of_tasks`.
        """
        shared = sorted(tasks & self._whole)
        before, _ = self._rates(shared, [n_p])
        return least_limit_of_draws(before)

    def tasks_and_draws(self) -> Spread | None:
        """The share of the variance between the first run's tasks that is noise of draws.

        Estimated from two runs where the first run's branches do not suffice.
        """
        found = spread(list(self._branches[0].values()), None)
        if found is not None or self.number == 1:
            return found
        first, second = self._solved[:2]
        shared = sorted(first.keys() & second.keys())
        return spread_of_two([first[each] for each in shared], [second[each] for each in shared])

    def _rates(self, shared: Sequence[str], after: Sequence[int]) -> tuple[list[Rates], int]:
        """Each baseline's rates on some tasks, and their k."""
        if len(shared) < 2:  # noqa: PLR2004 - one task has no variance
            raise UsageError(
                f"found {len(shared)} tasks with whole trees here and in every baseline; "
                "accepted: 2 or more"
            )
        counts = [[run[each] for each in shared] for run in self._branches]
        k = largest_k([*after, *(branches for run in counts for branches, _ in run)])
        if not k:
            raise UsageError(
                "found a single program of some task; accepted: 2 or more of each, here and in "
                "every baseline, from which the noise of draws is known"
            )
        return [rates(each, k) for each in counts], k


def of_mean(spread: float, runs: int) -> float:
    """The spread of a run against the mean of several, from that of two runs."""
    return spread * (1 + 1 / runs) / 2


def _solved(records: Sequence[Record]) -> Mapping[str, float]:
    """Which scored tasks are solved by a program or a repair of the run's first source: 0 or 1."""
    by_id(records, "before")
    source = next(iter(source_names(records)), None)
    return {task.task_id: float(solved_with(task.grown, source)) for task in scored(records)}


def _branches(records: Sequence[Record]) -> Mapping[str, tuple[int, int]]:
    """For each task with a whole tree, its branches and how many of them fail."""
    return branches(scored(records), next(iter(source_names(records)), None))
