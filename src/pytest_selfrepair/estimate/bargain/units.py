"""The units that intervals resample: scenarios with their games, or one scenario's games."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import NormalDist, fmean

from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap
from pytest_selfrepair.estimate.intervals.decision import Evidence, decided
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.statistics import mean_of
from pytest_selfrepair.estimate.intervals.student import quantile


class IntervalScope(StrEnum):
    """What an interval covers.

    Attributes:
        SCENARIOS: Scenarios like these.
        ONE_SCENARIO: Further games of this scenario only.
    """

    SCENARIOS = "scenarios like these"
    ONE_SCENARIO = "this scenario only"


Groups = Sequence[Sequence[float]]
"""One value for each game, grouped by scenario; no group is empty."""


def scope_of(groups: Sequence[Sequence[object]]) -> IntervalScope:
    """What an interval over these groups covers."""
    return IntervalScope.ONE_SCENARIO if len(groups) == 1 else IntervalScope.SCENARIOS


def units(groups: Groups) -> list[float]:
    """The independent values: scenario means, or the games of a single scenario."""
    if len(groups) == 1:
        return list(groups[0])
    return [fmean(group) for group in groups]


def mean_of_groups(groups: Groups, *, how: Bootstrap = BOOTSTRAP) -> Estimate:
    """The mean over scenarios of their games' means, with its interval.

    Shares between 0 and 1 get the interval of a rate; others, as where a limit was overstepped,
    that of a cost.

    Args:
        groups: The values.
        how: How units are resampled.
    """
    values = units(groups)
    resampling = how.of([""] * len(values))
    in_zone = min(values) >= 0 and max(values) <= 1
    statistic = mean_of(values)
    found = resampling.rate(statistic) if in_zone else resampling.estimate(statistic)
    if found.method is None:
        return found
    what = "games of one scenario" if len(groups) == 1 else "scenarios"
    method = found.method.replace("over tasks", f"over {what}")
    return Estimate(
        value=found.value, low=found.low, high=found.high, level=found.level, method=method
    )


def decide(family: Sequence[Groups]) -> tuple[Estimate, ...]:
    """Decide on a family of differences by the score test of paired differences.

    That test allows for an unseen difference of 1, far more than a scenario's mean of G games can
    hide: 1/G. So differences are tested in units of 1/G, or of the largest difference where that is
    larger, as where a limit was overstepped. docs/bargaining.md has the error rates.

    Args:
        family: Each comparison's differences, grouped by scenario; none is empty.
    """
    scales = [_scale(groups) for groups in family]
    found = decided(
        [
            Evidence(values=[each / scale for each in units(groups)])
            for groups, scale in zip(family, scales, strict=True)
        ]
    )
    return tuple(_in_units(each, scale) for each, scale in zip(found, scales, strict=True))


def _scale(groups: Groups) -> float:
    values = units(groups)
    games = 1 if len(groups) == 1 else min(map(len, groups))
    return max(1 / games if len(values) > 1 else 1.0, *map(abs, values))


def _in_units(found: Estimate, scale: float) -> Estimate:
    return replace(
        found,
        value=found.value * scale,
        low=None if found.low is None else found.low * scale,
        high=None if found.high is None else found.high * scale,
    )


ONE_SIDED = 0.95
"""Coverage of each end of a share's interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRate:
    """A share of events with one-sided confidence bounds.

    Attributes:
        value: Events ÷ trials; None without trials.
        low: Its lower bound at 95 %.
        high: Its upper bound at 95 %.
        events: Events.
        trials: Trials.
    """

    value: float | None
    low: float | None
    high: float | None
    events: int
    trials: int


def clustered_rate(counts: Sequence[tuple[int, int]]) -> EventRate:
    """Estimate a share of events whose trials come in clusters.

    Wilson's score bounds with the effective sample size of Korn and Graubard (1998, Survey
    Methodology 24:193): p(1 - p) ÷ the variance over clusters, corrected for the degrees of freedom
    and never more than the trials.

    Args:
        counts: Events and trials of each cluster.
    """
    tried = [(events, trials) for events, trials in counts if trials]
    events, trials = sum(each for each, _ in tried), sum(each for _, each in tried)
    if not trials:
        return EventRate(value=None, low=None, high=None, events=0, trials=0)
    share = events / trials
    effective = float(trials)
    clusters = len(tried)
    z = NormalDist().inv_cdf(ONE_SIDED)
    if clusters > 1 and 0 < share < 1:
        residuals = math.fsum((each - share * n) ** 2 for each, n in tried)
        variance = clusters / (clusters - 1) * residuals / trials**2
        if variance > 0:
            t = quantile(ONE_SIDED, clusters - 1)
            effective = min(effective, share * (1 - share) / variance * (z / t) ** 2)
    effective = max(effective, 1.0)
    middle = (share + z * z / (2 * effective)) / (1 + z * z / effective)
    half = (
        z
        * math.sqrt(share * (1 - share) / effective + z * z / (4 * effective**2))
        / (1 + z * z / effective)
    )
    return EventRate(
        value=share,
        low=max(0.0, middle - half),
        high=min(1.0, middle + half),
        events=events,
        trials=trials,
    )
