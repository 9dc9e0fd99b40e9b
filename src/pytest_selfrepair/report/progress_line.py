"""The progress line of a run: tasks done, requests in flight, and cost."""

from dataclasses import dataclass

_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """The progress of a run.

    Attributes:
        total: Tasks to run.
        done: Tasks that have ended, scored or not.
        solved: Tasks solved by an initial program.
        repaired: Tasks solved by a repair alone.
        in_flight: Requests in flight.
        tokens: Tokens generated and paid for.
        dollars: US dollars paid; None where a price is unknown.
        max_tokens: The run bound in tokens; None: unlimited.
        max_dollars: The run bound in US dollars; None: unlimited.
        rate_limits: How often an endpoint reported its rate limit.
        seconds: Seconds since the run started.
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
        """Estimated seconds left at the pace so far; None before the first task ends."""
        return self.seconds / self.done * (self.total - self.done) if self.done else None


def live_line(progress: RunProgress, columns: int) -> str:
    """The line, fitted to a number of columns."""
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
