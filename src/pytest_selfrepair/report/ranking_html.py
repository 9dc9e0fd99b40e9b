"""The page that ranks several runs: ranks, curves on one axis, and a matrix of tasks.

It holds no trees; those are in each run's own page.
"""

from collections.abc import Iterator

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.comparison.ranked import GrowthPoint, RankedPair, RunRanking
from pytest_selfrepair.report import ranking_words
from pytest_selfrepair.report.document import D3, PLOT, document
from pytest_selfrepair.report.typeset import interval_name
from pytest_selfrepair.report.visible import visible

_STYLES = ("css/base.css", "css/run.css")
_SCRIPTS = (D3, PLOT, "js/dom.js", "js/theme.js", "js/curves.js")

_MOST_TASKS = 2_000
"""Rows of both matrices together: a browser lays out no more within a second."""


def ranking_page(found: RunRanking, *, made: str | None = None) -> str:
    """Render the whole page as HTML.

    Args:
        found: The ranking.
        made: When the page is made, in words or as a date; None: not shown.
    """
    separating = found.separating[:_MOST_TASKS]
    alike = [each for each in found.outcomes if not each.told_apart]
    alike = alike[: _MOST_TASKS - len(separating)]
    whole, verdict = found.overall, ranking_words.verdict(found)
    facts = {
        "found": found,
        "whole": whole,
        "verdict": verdict,
        "numbers": ranking_words.answer(found).removeprefix(verdict).removeprefix(": "),
        "orders": ranking_words.orders(found),
        "how_ranked": ranking_words.HOW_RANKED,
        "gains_alone": ranking_words.GAINS_ALONE,
        "separation": ranking_words.separation(found),
        "alone": ranking_words.alone(found),
        "bound": max(map(_reach, found.pairs), default=0.0),
        "separating": separating,
        "alike": alike,
        "not_shown": len(found.outcomes) - len(separating) - len(alike),
        "curves": list(_curves(found)),
        "intervals": interval_name(whole.rates[0].at_budget) if whole else "",
        "made": made,
    }
    return document("ranking.html", facts, styles=_STYLES, scripts=_SCRIPTS)


def _reach(pair: RankedPair) -> float:
    """The largest distance from zero of a difference and its interval: the scale of the bars."""
    difference = pair.difference
    ends = (difference.value, difference.low, difference.high)
    return max(abs(end) for end in ends if end is not None)


def _curves(found: RunRanking) -> Iterator[dict[str, object]]:
    """A line for each run and difficulty, in the form that the page's script reads."""
    for group in found.groups:
        for run, rates in zip(found.runs, group.rates, strict=True):
            yield {
                "source": visible(run.label),
                "label": visible(run.label),
                "baseline": None,
                "policy": Policy.BATCH,
                "replacement": False,
                "difficulty": visible(group.difficulty),
                "points": [_point(point) for point in rates.growth if point.programs],
            }


def _point(point: GrowthPoint) -> dict[str, object]:
    return {
        "tokens": point.tokens,
        "all_tokens": None,
        "dollars": None,
        "rate": point.pass_rate.value,
        "low": point.pass_rate.low,
        "high": point.pass_rate.high,
        "band": None,
        "n_p": point.programs,
        "n_fr": None if point.repaired else 0,
    }
