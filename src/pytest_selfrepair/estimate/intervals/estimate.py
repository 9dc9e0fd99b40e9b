"""An estimate: a number, and how sure it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number and how sure it is.

    Attributes:
        value: The estimate.
        low: Lower end of the interval over tasks; None where there are too few tasks for one.
        high: Upper end.
        level: The interval's nominal coverage, 0 to 1.
        method: How the interval was made, in words: ``score interval over tasks (Wilson)``.
        p: Two-sided p-value of no difference, of the test that made the interval: below 1 - `level`
            exactly where the interval is without 0. None of what is no difference.
    """

    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    method: str | None = None
    p: float | None = None
