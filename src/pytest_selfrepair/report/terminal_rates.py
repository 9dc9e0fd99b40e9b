"""The middle of a run's summary: rates by difficulty and source, pass@t, and outcomes."""

from collections.abc import Sequence

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import Curve, Pair
from pytest_selfrepair.estimate.run.outcome import TaskOutcome
from pytest_selfrepair.report import numbers, phrases
from pytest_selfrepair.report.curve import Series, plot
from pytest_selfrepair.report.summary_lines import LineStyle, SummaryLine
from pytest_selfrepair.report.tables import by_difficulty, by_outcome, by_source
from pytest_selfrepair.report.terminal_page import TerminalPage

_MOST_PAIRS = 3
"""The number of pairs of sources shown."""
_PLOT_WIDTH = 66
_OUTCOME_WORDS = {
    str(TaskOutcome.SOLVED): "solved at once",
    str(TaskOutcome.REPAIRED): "only by repair",
}


def rates(page: TerminalPage) -> list[SummaryLine]:
    """Pass rates by difficulty, with and without repair."""
    findings, writer = page.findings, page.writer
    table = writer.table(by_difficulty(findings, page.names, page.groups))
    bounds = phrases.bounds_of_difficulties(findings.difficulties)
    lines = table + writer.say_each(bounds, LineStyle.UNSURE)
    if not table or not findings.about.sources:
        return lines
    note = (
        "sampling: without repair, with the stopping rule and the tokens of the source to its left"
    )
    return lines + writer.say(note, LineStyle.FAINT)


def sources(page: TerminalPage) -> list[SummaryLine]:
    """The results of each source's repairs, and comparisons of sources."""
    findings = page.findings
    lines = page.writer.table(by_source(findings, page.names))
    lines += page.writer.say_each(_pair(page, pair) for pair in findings.pairs[:_MOST_PAIRS])
    if (more := len(findings.pairs) - _MOST_PAIRS) > 0:
        lines += page.writer.say(f"and {more} more pairs of sources: see the other reports")
    return lines


def curve(page: TerminalPage) -> list[SummaryLine]:
    """The plot of pass rates by tokens; empty where no curve has two points."""
    curves = _chosen(page.findings.curves)
    if all(len(each.points) < 2 for each in curves):  # noqa: PLR2004 - the fewest points of a line
        return []
    paper = page.writer.paper
    limit = paper.columns - 4
    series = [
        Series(
            label=paper.clip(paper.text(each.label), limit),
            points=tuple((point.tokens, point.pass_rate.value) for point in each.points),
        )
        for each in curves
    ]
    drawn = "with" if curves[0].replacement else "without"
    title = (
        f"pass@t: pass rate by tokens generated a task ({curves[0].policy}, {drawn} replacement)"
    )
    lines = plot(series, width=min(_PLOT_WIDTH, paper.columns), unicode=paper.unicode)
    return [*page.writer.say(title), *(SummaryLine(paper.cut(line)) for line in lines)]


def outcomes(page: TerminalPage) -> list[SummaryLine]:
    """The outcomes of programs, repairs and tasks, and how programs were judged."""
    findings, writer = page.findings, page.writer
    tally = findings.tally
    lines = writer.table(by_outcome(findings, page.names, page.groups))
    if tally.tasks:
        said = ", ".join(
            f"{numbers.number(count)} {_OUTCOME_WORDS.get(kind, kind)}"
            for kind, count in tally.tasks.items()
        )
        lines += writer.say(f"tasks: {said}")
    if (variety := phrases.variety(tally, findings.about.temperature)) is not None:
        lines += writer.say(variety)
    for each in findings.sources:
        cost = ""
        if each.tokens_per_repair is not None:
            cost = f", {numbers.number(each.tokens_per_repair)} tokens a repair"
        lines += writer.say(
            f"{each.source}: {numbers.plural(each.repairs.failing, 'failing program')}{cost}, "
            f"{numbers.plural(each.solved_only_by_repair, 'task')} solved by repair alone"
        )
    lines += writer.say_each(f"judged: {judged}" for judged in tally.judged)
    for flips in tally.flips:
        lines += writer.say(
            f"verdicts that the checker {flips.checker} would flip: "
            f"{numbers.number(flips.flipped)} of {numbers.number(flips.compared)}"
        )
    if tally.lacking:
        named = ", ".join(f"{name} {count}" for name, count in tally.lacking.items())
        lines += writer.say(
            f"programs that import what they may not have (--selfrepair-packages): {named}"
        )
    return lines


def _pair(page: TerminalPage, pair: Pair) -> str:
    """Compare two sources on the same failing programs."""
    programs = numbers.plural(pair.programs, "failing program")
    within = ", ".join(
        f"{each.difficulty} {_difference(each)}"
        for each in page.findings.pairs_by_difficulty
        if (each.first, each.second) == (pair.first, pair.second)
    )
    return (
        f"{pair.first} against {pair.second}, on the same {programs}: "
        f"{_difference(pair)} points of repairs that pass; tasks that only "
        f"one solves: {pair.only_first} and {pair.only_second}" + (f"; {within}" if within else "")
    )


def _difference(pair: Pair) -> str:
    ends, p = numbers.between(pair.difference, numbers.points), pair.difference.p
    sure = ""
    if ends is not None and p is not None:
        sure = f" ({pair.difference.level:.0%}: {ends}, p = {numbers.p_value(p)})"
    return f"{numbers.points(pair.difference.value)}{sure}"


def _chosen(curves: Sequence[Curve]) -> list[Curve]:
    """Select the curves of one way to draw trees, over all difficulties, i.i.d. first.

    Among the ways with most sources, drawing without replacement and in batches is preferred.
    """
    found = [
        curve
        for curve in curves
        if curve.difficulty == ALL and curve.points and curve.depth is None
    ]
    ways = {(curve.policy, curve.replacement) for curve in found}
    if not ways:
        return []
    drawn = {
        way: [each for each in found if (each.policy, each.replacement) == way] for way in ways
    }
    # With trees cut short, a source has no unbiased curve but may have one with replacement.
    best = min(ways, key=lambda way: (-len(drawn[way]), way[1], list(Policy).index(way[0])))
    chosen = drawn[best]
    return sorted(chosen, key=lambda curve: curve.source is not None)
