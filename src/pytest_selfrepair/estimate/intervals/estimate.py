"""A point estimate with its interval."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A point estimate with its interval and p-value.

    Attributes:
        value: The estimate.
        low: Lower end of the interval over tasks; None where there are too few tasks for one.
        high: Upper end.
        level: The interval's nominal coverage, 0 to 1.
        method: The interval's method in words: ``score interval over tasks (Wilson)``.
        p: Two-sided p-value of no difference, from the test that gives the interval: below 1 -
            `level` exactly where the interval excludes 0. None for a value that is not a
            difference.
    """

    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    method: str | None = None
    p: float | None = None
