"""Report what a number of tasks can detect, before any of them is sampled."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.comparison.gate import MAX_REGRESSION, GateRule
from pytest_selfrepair.estimate.comparison.regression import Baselines, Scope, of_mean
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.intervals.power import (
    SPREADS,
    least_gain,
    least_limit,
    least_margin,
    spread_of,
)
from pytest_selfrepair.estimate.run.equal_tokens import compared
from pytest_selfrepair.estimate.run.scored import scored, source_names, with_tree
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.report import phrases
from pytest_selfrepair.report.numbers import plural

_AT_SPREADS = "/".join(f"{100 * spread:g}" for spread in SPREADS)


def foreseen_limit(
    settings: Settings, baselines: Baselines | None, task_ids: Iterable[str]
) -> list[str]:
    """Report the regression limit that the tasks support.

    Args:
        settings: The run's settings.
        baselines: The runs that this one is compared with, if any.
        task_ids: The tasks to run.

    Raises:
        UsageError: The requested limit is smaller, or no limit is supported.
    """
    limit = settings.max_regression
    if limit is None or baselines is None:
        return []
    shared = set(task_ids) & baselines.tasks
    tasks = plural(len(shared), "task")
    if settings.gate_scope == Scope.TASKS:
        try:
            least = baselines.least_limit_of_tasks(shared, settings.programs)
        except UsageError as error:
            raise UsageError(f"--selfrepair-gate-scope tasks: {error}") from None
        return [_held(limit, least, f"{tasks}, the same in both runs", settings.gate_rule)]
    spread, how = _spread(settings, baselines, shared)
    least_of = least_margin if settings.gate_rule == GateRule.NONINFERIOR else least_limit
    if spread is None:
        return _at_spreads(tasks, [least_of(len(shared), each) for each in SPREADS])
    found = least_of(len(shared), spread)
    if found is None:
        raise UsageError(
            f"{MAX_REGRESSION}: found {limit:g}; accepted: no limit, as {tasks} in both runs "
            "support none"
        )
    return [_held(limit, found, f"{tasks} and {how}", settings.gate_rule)]


def foreseen_gain(
    settings: Settings, tasks: int, measured: tuple[float, str] | None = None
) -> list[str]:
    """Report the gain that the tasks detect with 80 % power.

    Args:
        settings: The run's settings.
        tasks: The number of tasks.
        measured: The spread of an earlier run, and its name.
    """
    if settings.discordance is not None:
        measured = settings.discordance, "stated (--selfrepair-discordance)"
    if measured is not None:
        spread, how = measured
        gain = least_gain(tasks, spread)
        where = f"at a spread of {100 * spread:.2g} %, {how}"
        if gain is None:
            return [f"{plural(tasks, 'task')} could show no gain with 80 % power, {where}"]
        shown = f"a gain of about {_points(gain)} points"
        return [f"{plural(tasks, 'task')} could show {shown} with 80 % power, {where}"]
    gains = [least_gain(tasks, each) for each in SPREADS]
    if None in gains:
        return [f"{plural(tasks, 'task')} could show no gain with 80 % power"]
    listed = "/".join(_points(gain) for gain in gains if gain is not None)
    return [
        f"{plural(tasks, 'task')} could show a gain of about {listed} points with 80 % power,",
        f"  where {_AT_SPREADS} % of them come out differently",
        "  (--selfrepair-discordance, or an earlier run as --selfrepair-baseline, says how many)",
    ]


def foreseen_split(baselines: Baselines) -> list[str]:
    """Report whether more tasks or more samples of each make a rate more precise, where known."""
    found = baselines.tasks_and_draws()
    return [] if found is None else [phrases.spread(replace(found, source="the baseline"))]


def spread_of_gain(records: Sequence[Record]) -> float | None:
    """The spread of the gain in an earlier run; None where it has no trees."""
    tasks = scored(records)
    source = next(iter(source_names(records)), None)
    if source is None or not with_tree(tasks, source):
        return None
    found = compared(tasks, source, ALL)
    return spread_of(found.evidence.values)


def _points(share: float) -> str:
    points = 100 * share
    return f"{points:.0f}" if points >= 10 else f"{points:.1f}"  # noqa: PLR2004 - two digits


def _spread(settings: Settings, baselines: Baselines, shared: set[str]) -> tuple[float | None, str]:
    """The spread of a run and baselines of equal quality, and its origin."""
    if settings.discordance is not None:
        how = f"a discordance of {100 * settings.discordance:.2g} % (--selfrepair-discordance)"
        return of_mean(settings.discordance, baselines.number), how
    spread = baselines.spread(shared)
    if spread is None:
        return None, ""
    return spread, f"the discordance of {baselines.number} baselines"


def _held(limit: float, least: float, having: str, rule: str) -> str:
    """The line on the least limit, rounded up to a tenth of a point.

    Raises:
        UsageError: The requested limit is smaller.
    """
    least = math.ceil(least * 1000 - 1e-9) / 1000
    said = "a fall of twice as much is shown in 80 % of runs"
    if rule == GateRule.NONINFERIOR:
        said = "80 % of unchanged runs are shown to be within it"
    if limit < least:
        raise UsageError(
            f"{MAX_REGRESSION}: found {limit:g}; accepted: {least:g} or more, the least limit "
            f"with {having} at which {said}"
        )
    return f"gate: with {having} the least limit is {least:g}, at which {said}"


def _at_spreads(tasks: str, least: list[float | None]) -> list[str]:
    if None in least:
        return [f"gate: {tasks} in both runs can hold no limit of a regression"]
    limits = "/".join(f"{each:.2g}" for each in least if each is not None)
    return [
        f"gate: {tasks} in both runs hold a limit of about {limits}",
        f"  where {_AT_SPREADS} % of them come out differently by chance",
        "  (--selfrepair-discordance, or a second --selfrepair-baseline, says how many)",
    ]
