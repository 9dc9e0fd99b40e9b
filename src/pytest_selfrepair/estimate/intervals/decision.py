"""The only place where a difference becomes a conclusion: above zero, below it, or not shown.

Estimate, interval, p-value and conclusion come from one test (`paired_score`), so none can
contradict another. For a family of differences, Holm's procedure (1979, Scandinavian Journal of
Statistics 6:65) keeps the chance that any conclusion is false at 5 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.paired_score import (
    LEVEL,
    METHOD,
    PairedScore,
    paired_score,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A mean difference to be tested: one value for each task, at least one task.

    Attributes:
        values: In [-1, 1], or influence values of a difference, whose mean is the difference.
        cautious: The same if everything that was not sampled had gone against it; None: nothing was
            missing. The interval then covers both, and both must show a difference.
    """

    values: Sequence[float]
    cautious: Sequence[float] | None = None


def side(found: Estimate) -> int:
    """1 or -1 where a difference is shown to be above or below 0, else 0."""
    if found.p is None or found.p >= 1 - found.level:
        return 0
    return 1 if found.value > 0 else -1


def decided(family: Sequence[Evidence], level: float = LEVEL) -> tuple[Estimate, ...]:
    """Give each difference its interval and p-value, after Holm where there are several.

    The difference with the i-th smallest of n p-values is tested, and has its interval, at (1 -
    level)/(n - i + 1); from the first that is not shown on, none is, and all get the interval of
    that step. So a p-value, multiplied as in Holm's procedure, is below 1 - level exactly where the
    interval excludes 0.

    Args:
        family: The differences that are stated together.
        level: Coverage of a single interval; each of several covers at least this.
    """
    tests = [_Test.of(each) for each in family]
    found: dict[int, Estimate] = {}
    worst, step = 0.0, 0
    for rank, number in enumerate(sorted(range(len(tests)), key=lambda i: (tests[i].p, i))):
        test, factor = tests[number], step or len(tests) - rank
        worst = max(worst, min(1.0, (len(tests) - rank) * test.p))
        if not step and worst >= 1 - level:
            step = factor
        low, high = test.within(1 - (1 - level) / factor)
        method = METHOD if len(tests) == 1 else f"{METHOD}, Holm over {len(tests)}"
        found[number] = Estimate(
            value=test.plain.estimate, low=low, high=high, level=level, method=method, p=worst
        )
    return tuple(found[number] for number in range(len(tests)))


def alone(evidence: Evidence, level: float = LEVEL) -> Estimate:
    """Test a single difference."""
    return decided([evidence], level)[0]


def without_interval(found: Estimate) -> Estimate:
    """The value alone, where the data are too few for an interval."""
    return replace(found, low=None, high=None, method=None, p=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    plain: PairedScore
    cautious: PairedScore | None

    @classmethod
    def of(cls, evidence: Evidence) -> "_Test":
        cautious = None if evidence.cautious is None else paired_score(evidence.cautious)
        return cls(plain=paired_score(evidence.values), cautious=cautious)

    @property
    def p(self) -> float:
        """The larger p-value of the two tests; 1 where they show opposite signs."""
        if self.cautious is None:
            return self.plain.p
        if self.plain.estimate * self.cautious.estimate <= 0:
            return 1.0
        return max(self.plain.p, self.cautious.p)

    def within(self, level: float) -> tuple[float, float]:
        """An interval that covers both."""
        low, high = self.plain.within(level)
        if self.cautious is None:
            return low, high
        other = self.cautious.within(level)
        return min(low, other[0]), max(high, other[1])
