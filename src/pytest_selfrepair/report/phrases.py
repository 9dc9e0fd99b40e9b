"""The sentences that all text reports share."""

import math
from collections.abc import Iterable, Iterator, Sequence

from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import (
    Findings,
    OutcomeCounts,
    SourceFindings,
    Spread,
    Unscored,
)
from pytest_selfrepair.estimate.gain import (
    Against,
    AtEqualTokens,
    Bounds,
    DifficultyRates,
    RepairConclusion,
)
from pytest_selfrepair.estimate.run.depths import fresh_is_better
from pytest_selfrepair.report.numbers import (
    between,
    dollars,
    number,
    number_of_programs,
    p_value,
    percent,
    plural,
    points,
)

MOST_NAMED = 3
"""Tasks named for each reason why tasks were not scored."""


MANY_DISTINCT = 2 / 3
"""The share of distinct programs above which their variety is not mentioned."""


def answer(found: AtEqualTokens) -> str:
    """Whether repair pays; where that is inconclusive, the gain that could have been detected."""
    if found.answer is RepairConclusion.CANNOT_GAIN:
        return "all programs of a task are the same, so whether repair pays is not said"
    if found.answer in {RepairConclusion.PAYS, RepairConclusion.DOES_NOT_PAY}:
        return str(found.answer)
    return f"cannot tell with {plural(found.tasks, 'task')} whether repair pays{_power(found)}"


def _power(found: AtEqualTokens) -> str:
    if found.detectable is None:
        return ""
    return f"; a gain of {_about(found.detectable)} could have been shown"


def _about(gain: float) -> str:
    return f"about {100 * gain:.0f} points"


def short_answer(found: AtEqualTokens) -> str:
    """The answer in fewer words."""
    if found.answer is RepairConclusion.CANNOT_GAIN:
        return "all programs of a task are the same"
    if found.answer in {RepairConclusion.PAYS, RepairConclusion.DOES_NOT_PAY}:
        return str(found.answer)
    could = ""
    if found.detectable is not None:
        could = f" ({_about(found.detectable)} could be shown)"
    return f"cannot tell with {plural(found.tasks, 'task')}{could}"


def against(found: AtEqualTokens) -> str:
    """The gain over sampling under repair's own stopping rule, its interval, and the tokens."""
    beside, tasks = found.stopping, plural(found.tasks, "task")
    return (
        f"{gain(beside, with_p=True)}: {percent(found.pass_rate.value)} of {tasks} solved, "
        f"against {percent(beside.rate.value)} by sampling {_more(beside)} if all first ones "
        f"fail, at the same {number(found.tokens)} tokens generated per task"
    )


def others(found: AtEqualTokens) -> list[str]:
    """The gain over each other baseline."""
    one, paper = found.one_by_one, found.paper
    at_once = f"{percent(one.rate.value)} by {_more(one)}, at {number(one.tokens)} tokens"
    everywhere = f"{percent(paper.rate.value)} by {number_of_programs(paper.programs)}"
    return [
        f"stopping after each draw: {gain(one)}, against {at_once}",
        f"the paper's comparison: {gain(paper)}, against {everywhere} of every task",
    ]


def gain(beside: Against, *, with_p: bool = False) -> str:
    """A gain in points with its interval, and its p-value where a conclusion depends on it."""
    ends, p = between(beside.gain, points), beside.gain.p
    sure = "too few tasks for an interval"
    if ends is not None:
        tested = f", p = {p_value(p)}" if with_p and p is not None else ""
        sure = f"{beside.gain.level:.0%} interval over tasks: {ends}{tested}"
    return f"{points(beside.gain.value)} points ({sure})"


def _more(beside: Against) -> str:
    return f"{number_of_programs(beside.programs).replace(' ', ' more ', 1)}"


def not_compared(findings: Findings) -> str:
    """Why a run without any comparison has no conclusion."""
    if not findings.about.scored:
        return "nothing was scored: cannot tell whether repair pays"
    if not findings.sources:
        return "there is no feedback source: cannot tell whether repair pays"
    return (
        "cannot tell whether repair pays: trees ended at their first pass, and no baseline was "
        "sampled"
    )


def several(headline: Sequence[AtEqualTokens]) -> str | None:
    """That several sources' conclusions are corrected together; None for fewer than two."""
    if len(headline) < 2:  # noqa: PLR2004 - one needs no correction
        return None
    return (
        f"p-values and intervals are corrected for {len(headline)} sources (Holm): if no source "
        "gains or loses anything, at most 5 % of runs say that one does"
    )


def bounds(found: AtEqualTokens) -> str | None:
    """Bounds on the rates, whatever the missing tasks' results; None where none is missing.

    Wide where many are missing: a budget leaves out expensive tasks, which are hard, first.
    """
    if found.bounds is None or found.stopping.bounds is None:
        return None
    were = "were" if found.bounds.missing > 1 else "was"
    return (
        f"if the {plural(found.bounds.missing, 'task')} not scored or not run {were} counted: "
        f"{_within(found.bounds)} solved, {_within(found.stopping.bounds)} without repair"
    )


def bounds_of_difficulties(difficulties: Sequence[DifficultyRates]) -> list[str]:
    """Bounds on the rates of each difficulty with missing tasks; over all tasks, on pass@1."""
    return [
        f"{', '.join(_bounds_of(each))} if {plural(each.bounds.missing, 'missing task')} "
        f"{'are' if each.bounds.missing > 1 else 'is'} counted"
        for each in difficulties
        if each.bounds is not None
    ]


def _bounds_of(difficulty: DifficultyRates) -> Iterator[str]:
    if difficulty.bounds is not None:
        yield f"pass@1 of {difficulty.difficulty} lies {_within(difficulty.bounds)}"
    for each in difficulty.sources:
        if difficulty.difficulty != ALL and each.bounds is not None and each.stopping.bounds:
            yield f"that of trees on feedback {each.source} {_within(each.bounds)}"
            yield f"that of sampling beside them {_within(each.stopping.bounds)}"


def _within(bounds: Bounds) -> str:
    return f"between {percent(bounds.low)} and {percent(bounds.high)}"


def variety(tally: OutcomeCounts, temperature: float | None) -> str | None:
    """How many distinct programs a task had, where that may matter; else None."""
    if tally.drawn is None or tally.distinct is None:
        return None
    if temperature != 0 and tally.distinct > MANY_DISTINCT * tally.drawn:
        return None
    return (
        f"programs of a task: {tally.drawn:.1f} drawn, {tally.distinct:.1f} distinct (effective "
        "number, mean over tasks)"
    )


def spread(found: Spread) -> str:
    """Whether more tasks, or more samples of each, would make a rate more precise."""
    of = f" of {found.source}" if found.source else ""
    narrower = 1 - math.sqrt(max(0.0, 1 - found.share_of_draws))
    rate = f"pass@{found.k or 't'}"
    return (
        f"more tasks, or more samples of each? {100 * found.share_of_draws:.0f} % of the variance "
        f"of {rate}{of} over {plural(found.tasks, 'task')} is noise of draws, so more samples of "
        f"each task narrow its interval by at most {100 * narrower:.0f} %; twice as many tasks "
        "narrow it by 29 %"
    )


def trees_compared(found: AtEqualTokens) -> str | None:
    """Which trees were compared, if not those as grown; else None."""
    if found.n_p is None:
        return None
    return (
        f"trees of {plural(found.n_p, 'program')} with one repair each: no further programs were "
        "sampled that larger ones could be compared with"
    )


def short(found: AtEqualTokens) -> str | None:
    """How many tasks have too few programs for the comparison; None where none has."""
    if not found.stopping.short:
        return None
    have = "has" if found.stopping.short == 1 else "have"
    return (
        f"{number(found.stopping.short)} of {plural(found.unsolved, 'unsolved task')} {have} fewer "
        "further programs than that; the interval allows for the missing ones"
    )


LEAKS = "its feedback leaks the reference solution: an upper bound, not a rival of other sources"
"""The warning on a source that uses the reference solution."""


def unanswered(found: SourceFindings) -> str | None:
    """How many failing programs a source gave no feedback on; None where none."""
    if not found.unanswered:
        return None
    programs = plural(found.unanswered, "failing program")
    return f"{programs} without feedback, left out of its repairs and of every paired comparison"


def depths(found: Sequence[AtEqualTokens]) -> list[str]:
    """One source at every depth, and where fresh sampling would have used the tokens better."""
    if not found:
        return []
    said = [
        f"depth {each.depth}: {percent(each.pass_rate.value)} at {number(each.tokens)} tokens "
        f"(without repair {percent(each.stopping.rate.value)}, gain "
        f"{points(each.stopping.gain.value)})"
        for each in found
    ]
    worse = fresh_is_better(found)
    levels = " and ".join(map(str, worse))
    verdict = (
        f"the tokens of level {levels} would have been better used for fresh sampling"
        if worse
        else "no level's tokens would have been better used for fresh sampling"
    )
    return ["; ".join(said), f"{verdict} (by the estimates alone)"]


def by_source(found: Iterable[AtEqualTokens]) -> dict[str, list[AtEqualTokens]]:
    """Depths by their source, in order."""
    groups: dict[str, list[AtEqualTokens]] = {}
    for each in found:
        groups.setdefault(each.source, []).append(each)
    return groups


def price(found: AtEqualTokens) -> str:
    """The cost of repair's trees per solved task."""
    if found.tokens_per_solved is None:
        return "no task is solved"
    money = ""
    if found.dollars_per_solved:  # none for free models
        money = f", {dollars(found.dollars_per_solved)} US dollars"
    return f"a solved task costs {number(found.tokens_per_solved)} tokens{money}"


def named(unscored: Unscored) -> str:
    """How many tasks there are, with the first of them by name."""
    first = ", ".join(unscored.tasks[:MOST_NAMED])
    more = ", …" if len(unscored.tasks) > MOST_NAMED else ""
    return f"{number(len(unscored.tasks))} ({first}{more})"
