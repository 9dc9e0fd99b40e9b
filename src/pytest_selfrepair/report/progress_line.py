"""The line that says, while a run goes on, how far it is and what it has cost."""

from dataclasses import dataclass

_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """How far a run is.

    Attributes:
        total: Tasks that are to be run.
        done: Those that have ended, scored or not.
        solved: Those that a program solved.
        repaired: Those that only a repair solved.
        in_flight: Requests under way.
        tokens: Tokens generated and paid for.
        dollars: US dollars paid; None where a price is not known.
        max_tokens: How many tokens the run may generate; None: any number.
        max_dollars: What it may cost; None: anything.
        rate_limits: How often an endpoint said that it was asked too much.
        seconds: Seconds since the run began.
    """

    total: int
    done: int = 0
    solved: int = 0
    repaired: int = 0
    in_flight: int = 0
    tokens: int = 0
    dollars: float | None = None
    max_tokens: int | None = None
    max_dollars: float | None = None
    rate_limits: int = 0
    seconds: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the rest will take at the pace so far; None before the first task ends."""
        return self.seconds / self.done * (self.total - self.done) if self.done else None


def live_line(progress: RunProgress, columns: int) -> str:
    """The line, in at most so many columns."""
    parts = [
        f"{progress.done}/{progress.total} tasks",
        f"{progress.solved} solved, {progress.repaired} repaired",
        f"{progress.in_flight} in flight",
        f"{progress.tokens:,}{_of(progress.max_tokens, ',')} tokens",
    ]
    if progress.dollars is not None:
        parts.append(f"${progress.dollars:,.2f}{_of(progress.max_dollars, ',.2f')}")
    if progress.rate_limits:
        parts.append(f"{progress.rate_limits} rate limits")
    if progress.seconds_left is not None:
        parts.append(f"{_duration(progress.seconds_left)} left")
    return " · ".join(parts)[:columns]


def _of(limit: float | None, style: str) -> str:
    return "" if limit is None else f" of {limit:{style}}"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR / _MINUTE:.0f} min"
