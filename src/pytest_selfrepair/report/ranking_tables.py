"""The tables that rank several runs, for every text report."""

from collections.abc import Mapping

from pytest_selfrepair.estimate.comparison.ranked import RankedGroup, RunRanking
from pytest_selfrepair.estimate.comparison.run_comparison import RunConclusion
from pytest_selfrepair.report import ranking_words
from pytest_selfrepair.report.comparison_words import value
from pytest_selfrepair.report.numbers import (
    bracketed,
    dollars,
    number,
    p_value,
    percent,
    points,
)
from pytest_selfrepair.report.tables import Table

Names = Mapping[str, str]
"""Maps labels, sources and other names to their escaped form."""

_NONE = "-"
_LEVEL = 0.95


def overall(found: RunRanking, names: Names) -> Table:
    """Each run's rank, pass@t at the common budget and as grown, and pass@1."""
    whole = found.overall
    rows = [
        (
            names[run.label],
            ranking_words.rank(run),
            bracketed(rates.at_budget, percent),
            bracketed(rates.pass_at_1, percent),
            bracketed(rates.pass_at_t, percent),
            number(rates.tree_tokens.value),
        )
        for run, rates in zip(found.runs, whole.rates if whole else (), strict=False)
    ]
    level = f"[{_level(whole):.0%}]"
    at = number(whole.budget) if whole else ""
    return Table(
        headers=(
            "run",
            "rank",
            f"pass@t, {at} tokens {level}",
            f"pass@1 {level}",
            f"as grown {level}",
            "at tokens",
        ),
        rows=tuple(rows),
        together=(2, 1, 2),
    )


def gains(found: RunRanking, names: Names) -> Table:
    """The gain of each source of each run over both baselines, in points."""
    rows = [
        (
            f"{names[run.label]}: {names[gain.source]}",
            percent(gain.pass_rate.value),
            number(gain.tokens),
            bracketed(gain.stopping, points),
            bracketed(gain.paper, points),
        )
        for run in found.runs
        for gain in run.gains
    ]
    return Table(
        headers=("run: feedback", "pass@t", "at tokens", "gain, points", "gain, paper's"),
        rows=tuple(rows),
        together=(2, 2),
    )


def costs(found: RunRanking, names: Names) -> Table:
    """The cost per task in each run, and the median seconds to a passing program."""
    return Table(
        headers=("run", "tokens a task", "US dollars a task", "seconds to a pass", "of tasks"),
        rows=tuple(
            (
                names[run.label],
                _NONE if run.tokens is None else number(run.tokens.value),
                _NONE if run.dollars is None else dollars(run.dollars.value),
                _NONE if run.seconds_to_pass is None else f"{run.seconds_to_pass:.1f}",
                number(run.timed),
            )
            for run in found.runs
        )
        if found.tasks
        else (),
        together=(2, 2),
    )


def pairs(found: RunRanking, names: Names) -> Table:
    """Every two runs: the difference at the common budget, and its conclusion."""
    level = f"[{_level(found.overall):.0%} together]"
    said = {
        RunConclusion.BETTER: "before",
        RunConclusion.WORSE: "behind",
        RunConclusion.CANNOT_TELL: "cannot tell",
        RunConclusion.SAME: "the same",
    }
    return Table(
        headers=("two runs", "order", f"points {level}", "p, Holm", "first alone", "second"),
        rows=tuple(
            (
                f"{names[each.first]}, {names[each.second]}",
                said[each.answer],
                bracketed(each.difference, points),
                _NONE if each.difference.p is None else p_value(each.difference.p),
                number(each.only_first),
                number(each.only_second),
            )
            for each in found.pairs
        ),
        together=(3, 2),
    )


def by_difficulty(found: RunRanking, names: Names) -> Table:
    """Every run's pass@t at the common budget of each difficulty; a column for each run."""
    return Table(
        headers=("difficulty", "tasks", "at tokens", *(names[run.label] for run in found.runs)),
        rows=tuple(
            (
                names[group.difficulty],
                number(group.tasks),
                number(group.budget),
                *(percent(rates.at_budget.value) for rates in group.rates),
            )
            for group in found.groups
        ),
        together=(2, *(1 for _ in found.runs)),
    )


def settings(found: RunRanking, names: Names) -> Table:
    """The settings in which runs differ; a column for each setting."""
    return Table(
        headers=("run", *(names[each.name] for each in found.settings)),
        rows=tuple(
            (names[run.label], *(names[value(each.values[at])] for each in found.settings))
            for at, run in enumerate(found.runs)
        )
        if found.settings
        else (),
        together=tuple(1 for _ in found.settings),
        words=True,
    )


def names_in(found: RunRanking) -> list[str]:
    """Every name that these tables write, for callers to escape."""
    return [
        *(run.label for run in found.runs),
        *(gain.source for run in found.runs for gain in run.gains),
        *(group.difficulty for group in found.groups),
        *(each.name for each in found.settings),
        *(value(of) for each in found.settings for of in each.values),
    ]


def _level(whole: RankedGroup | None) -> float:
    return _LEVEL if whole is None else whole.rates[0].at_budget.level
