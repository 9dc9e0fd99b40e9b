"""The summary that ends a run on the terminal: did repair pay, at what cost, how sure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import Curve, Findings, Pair
from pytest_selfrepair.estimate.gain import AtEqualTokens, RepairConclusion
from pytest_selfrepair.estimate.run.outcome import TaskOutcome
from pytest_selfrepair.report import numbers, phrases
from pytest_selfrepair.report.curve import Series, plot
from pytest_selfrepair.report.tables import by_difficulty, by_outcome, by_source
from pytest_selfrepair.report.visible_text import Paper

_MOST_SHOWN = 3
"""Pairs of sources, and estimates that could not be made, that are shown."""

_BECAME = {
    str(TaskOutcome.SOLVED): "solved at once",
    str(TaskOutcome.REPAIRED): "only by repair",
}
_ABOVE = "the reason stands above, under ERRORS"
_WIDEST_NAME = 16
_PLOT_WIDTH = 66


class LineStyle(StrEnum):
    """How a line may be shown where there is colour; its words say the same without."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    FAINT = "faint"


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of a summary: its text without colours, and how it may be shown."""

    text: str
    style: LineStyle = LineStyle.PLAIN


STYLES = {
    RepairConclusion.PAYS: LineStyle.GOOD,
    RepairConclusion.DOES_NOT_PAY: LineStyle.BAD,
    RepairConclusion.CANNOT_TELL: LineStyle.UNSURE,
    RepairConclusion.CANNOT_GAIN: LineStyle.UNSURE,
}


def summary(
    findings: Findings,
    *,
    quiet: bool = False,
    width: int = 80,
    unicode: bool = True,
    beside: Sequence[SummaryLine] = (),
    errors: Collection[str] = (),
) -> list[SummaryLine]:
    """The lines of a run's summary, none wider than the terminal.

    Args:
        findings: What the run found.
        quiet: Three lines alone: the answer, rates and tokens, cost and what was not scored.
        width: Columns of the terminal; fewer than 24 count as 24.
        unicode: False where the terminal shows ASCII alone (`plain.shows_unicode`).
        beside: Lines that follow the answer: what the run is beside its baseline.
        errors: Reasons why tasks were not scored that pytest has shown: they are referred to.
    """
    page = _Page(findings, Paper(width=width, unicode=unicode), errors)
    return [*page.short(), *beside] if quiet else page.whole(beside)


def apart(parts: Iterable[Sequence[SummaryLine]]) -> list[SummaryLine]:
    """Parts of a page, those that are empty left out, with a blank line between two."""
    lines: list[SummaryLine] = []
    for part in parts:
        if part and lines:
            lines.append(SummaryLine(""))
        lines += part
    return lines


class _Page:
    """Findings on their way to a terminal."""

    def __init__(self, findings: Findings, paper: Paper, errors: Collection[str]) -> None:
        self._errors = errors
        self._findings = findings
        self._paper = paper
        shown = findings.about.sources
        limit = min(_WIDEST_NAME, max(paper.columns // 4, 8))
        told = [each.source for each in findings.headline]
        told += [each.source for each in findings.sources]
        self._names = paper.names([*shown, *told], limit)
        groups = [each.difficulty for each in findings.difficulties]
        kinds = [*findings.tally.programs, *findings.tally.repairs, *findings.tally.baseline]
        kinds += [rate.group for each in findings.sources for rate in each.by_outcome]
        self._groups = paper.names([*groups, *kinds], limit)

    def short(self) -> list[SummaryLine]:
        """Exactly three lines."""
        texts = (self._short_answer(), self._short_rates(), self._short_cost())
        answers = {found.answer for found in self._findings.headline}
        style = (
            STYLES.get(answers.pop() or RepairConclusion.CANNOT_TELL, LineStyle.PLAIN)
            if len(answers) == 1
            else LineStyle.PLAIN
        )
        styles = (style, LineStyle.PLAIN, LineStyle.PLAIN)
        return [
            SummaryLine(self._paper.cut(self._paper.text(text)), style)
            for text, style in zip(texts, styles, strict=True)
        ]

    def whole(self, beside: Sequence[SummaryLine]) -> list[SummaryLine]:
        """All of it, in parts with a blank line between two."""
        parts = [
            self._budget(),
            self._answers(),
            list(beside),
            self._rates(),
            self._sources(),
            self._curve(),
            self._outcomes(),
            self._end(),
        ]
        return apart(parts)

    def _say(
        self, text: str, style: LineStyle = LineStyle.PLAIN, *, indent: str = ""
    ) -> list[SummaryLine]:
        """A sentence, foreign words in it made harmless, over as many lines as it needs."""
        wrapped = self._paper.wrap(self._paper.text(text), indent, indent or "  ")
        return [SummaryLine(line, style) for line in wrapped]

    def _budget(self) -> list[SummaryLine]:
        """That the budget of the run was spent, which comes first: rates are of fewer tasks."""
        missing = self._findings.about.not_run_budget
        if missing is None:
            return []
        count = numbers.plural(len(missing.tasks), "task")
        were = "was" if len(missing.tasks) == 1 else "were"
        return [
            *self._say(f"the budget of the run is spent: {count} {were} not run", LineStyle.UNSURE),
            *self._say(missing.reason, indent="  "),
        ]

    def _answers(self) -> list[SummaryLine]:
        """Whether repair pays, in words, with the numbers that carry it."""
        found = self._findings.headline
        if not found:
            return self._say(phrases.not_compared(self._findings), LineStyle.UNSURE)
        lines = [line for each in found for line in self._answer(each)]
        if (note := phrases.several(found)) is not None:
            lines += self._say(note, LineStyle.FAINT)
        for spread in self._findings.spreads:
            lines += self._say(phrases.spread(spread), LineStyle.FAINT)
        return lines

    def _answer(self, found: AtEqualTokens) -> Iterator[SummaryLine]:
        style = STYLES[found.answer or RepairConclusion.CANNOT_TELL]
        yield from self._say(f"{found.source}: {phrases.answer(found)}", style)
        for text in (phrases.against(found), *phrases.others(found), phrases.price(found)):
            yield from self._say(text, indent="  ")
        for note in (phrases.trees_compared(found), phrases.short(found), phrases.bounds(found)):
            if note is not None:
                yield from self._say(f"({note})", indent="  ")
        for each in self._findings.sources:
            if each.source != found.source:
                continue
            if each.leaks:
                yield from self._say(f"({phrases.LEAKS})", LineStyle.UNSURE, indent="  ")
            if (left_out := phrases.unanswered(each)) is not None:
                yield from self._say(f"({left_out})", LineStyle.UNSURE, indent="  ")
        for text in phrases.depths(phrases.by_source(self._findings.depths).get(found.source, [])):
            yield from self._say(text, indent="  ")

    def _rates(self) -> list[SummaryLine]:
        findings = self._findings
        table = by_difficulty(findings, self._names, self._groups).lines(self._paper)
        bounds = [
            line
            for text in phrases.bounds_of_difficulties(findings.difficulties)
            for line in self._say(text, LineStyle.UNSURE)
        ]
        if not table or not findings.about.sources:
            return [*map(SummaryLine, table), *bounds]
        note = (
            "sampling: without repair, under the same stopping rule and at the same tokens as the "
            "source left of it"
        )
        return [*map(SummaryLine, table), *bounds, *self._say(note, LineStyle.FAINT)]

    def _sources(self) -> list[SummaryLine]:
        table = by_source(self._findings, self._names).lines(self._paper)
        pairs = self._findings.pairs
        lines = [line for pair in pairs[:_MOST_SHOWN] for line in self._pair(pair)]
        if (more := len(pairs) - _MOST_SHOWN) > 0:
            lines += self._say(f"and {more} more pairs of sources: see the other reports")
        return [*map(SummaryLine, table), *lines]

    def _pair(self, pair: Pair) -> list[SummaryLine]:
        programs = numbers.plural(pair.programs, "failing program")
        within = ", ".join(
            f"{each.difficulty} {_difference(each)}"
            for each in self._findings.pairs_by_difficulty
            if (each.first, each.second) == (pair.first, pair.second)
        )
        return self._say(
            f"{pair.first} against {pair.second}, on the same {programs}: "
            f"{_difference(pair)} points of repairs that pass; tasks that only "
            f"one solves: {pair.only_first} and {pair.only_second}"
            + (f"; {within}" if within else "")
        )

    def _curve(self) -> list[SummaryLine]:
        curves = _chosen(self._findings.curves)
        if all(len(curve.points) < 2 for curve in curves):  # noqa: PLR2004 - points of a line
            return []
        limit = self._paper.columns - 4
        series = [
            Series(
                label=self._paper.clip(self._paper.text(curve.label), limit),
                points=tuple((each.tokens, each.pass_rate.value) for each in curve.points),
            )
            for curve in curves
        ]
        drawn = "with" if curves[0].replacement else "without"
        title = (
            "pass@t: pass rate by tokens generated a task "
            f"({curves[0].policy}, {drawn} replacement)"
        )
        width = min(_PLOT_WIDTH, self._paper.columns)
        lines = plot(series, width=width, unicode=self._paper.unicode)
        return [*self._say(title), *(SummaryLine(self._paper.cut(line)) for line in lines)]

    def _outcomes(self) -> list[SummaryLine]:
        findings = self._findings
        table = by_outcome(findings, self._names, self._groups).lines(self._paper)
        lines = [SummaryLine(line) for line in table]
        if tasks := findings.tally.tasks:
            said = ", ".join(
                f"{numbers.number(count)} {_BECAME.get(kind, kind)}"
                for kind, count in tasks.items()
            )
            lines += self._say(f"tasks: {said}")
        if (variety := phrases.variety(findings.tally, findings.about.temperature)) is not None:
            lines += self._say(variety)
        for each in findings.sources:
            cost = ""
            if each.tokens_per_repair is not None:
                cost = f", {numbers.number(each.tokens_per_repair)} tokens a repair"
            lines += self._say(
                f"{each.source}: {numbers.plural(each.repairs.failing, 'failing program')}{cost}, "
                f"{numbers.plural(each.solved_only_by_repair, 'task')} solved by repair alone"
            )
        for judged in findings.tally.judged:
            lines += self._say(f"judged: {judged}")
        for flips in findings.tally.flips:
            lines += self._say(
                f"verdicts that the checker {flips.checker} would flip: "
                f"{numbers.number(flips.flipped)} of {numbers.number(flips.compared)}"
            )
        if lacking := findings.tally.lacking:
            named = ", ".join(f"{name} {count}" for name, count in lacking.items())
            lines += self._say(
                f"programs that import what they may not have (--selfrepair-packages): {named}"
            )
        return lines

    def _end(self) -> list[SummaryLine]:
        """What it cost, and what is missing: never silently."""
        findings = self._findings
        paid = phrases.cost(findings.cost, findings.account)
        said = [*paid, *map(phrases.latency, findings.latency)]
        lines = [line for text in said for line in self._say(text)]
        for text in phrases.lost(findings.lost):
            lines += self._say(text, LineStyle.UNSURE)
        for unscored in findings.unscored:
            lines += self._say(f"not scored: {phrases.named(unscored)}", LineStyle.UNSURE)
            lines += self._reason(unscored.reason)
        if findings.about.not_run:
            lines += self._say(
                f"not run: {numbers.number(findings.about.not_run)}", LineStyle.UNSURE
            )
        for note in findings.notes:
            lines += self._say(f"note: {note}")
        for refused in findings.refused[:_MOST_SHOWN]:
            lines += self._say(f"not estimated: {refused.what}: {refused.why}", LineStyle.FAINT)
        if (more := len(findings.refused) - _MOST_SHOWN) > 0:
            lines += self._say(
                f"and {more} more not estimated: see the other reports", LineStyle.FAINT
            )
        return lines

    def _reason(self, text: str) -> list[SummaryLine]:
        """Why tasks were not scored, or that pytest has just said so."""
        return self._say(_ABOVE if text in self._errors else text, indent="  ")

    def _short_answer(self) -> str:
        findings = self._findings
        spent = "budget spent; " if findings.about.not_run_budget is not None else ""
        if not findings.headline:
            return f"{spent}{phrases.not_compared(findings).partition(':')[0]}"
        said = (
            f"{self._names[each.source]}: {phrases.short_answer(each)}"
            for each in findings.headline
        )
        return f"{spent}{'; '.join(said)}"

    def _short_rates(self) -> str:
        """Pass rates, in brackets those without repair, and the tokens at which both stand."""
        said = [
            f"{self._names[each.source]} {numbers.percent(each.pass_rate.value)} "
            f"({'' if number else 'without '}{numbers.percent(each.stopping.rate.value)}) "
            f"at {numbers.number(each.tokens)}{'' if number else ' tokens'}"
            for number, each in enumerate(self._findings.headline)
        ]
        return "; ".join(said) or "no rates"

    def _short_cost(self) -> str:
        about = self._findings.about
        unscored = sum(len(each.tasks) for each in self._findings.unscored)
        budget = about.not_run_budget
        not_run = about.not_run + (len(budget.tasks) if budget is not None else 0)
        tasks = [f"{numbers.number(about.scored)} scored"]
        tasks += [f"{numbers.number(unscored)} not scored"] if unscored else []
        tasks += [f"{numbers.number(not_run)} not run"] if not_run else []
        return f"{', '.join(tasks)}; {phrases.short_cost(self._findings.cost)}"


def _difference(pair: Pair) -> str:
    ends, p = numbers.between(pair.difference, numbers.points), pair.difference.p
    sure = ""
    if ends is not None and p is not None:
        sure = f" ({pair.difference.level:.0%}: {ends}, p = {numbers.p_value(p)})"
    return f"{numbers.points(pair.difference.value)}{sure}"


def _chosen(curves: Sequence[Curve]) -> list[Curve]:
    """The curves of one way to draw trees, over all difficulties, i.i.d. first.

    Of the ways that show most sources, the one without replacement and in batches, if there is one.
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
    # Where trees were cut short, a source has no unbiased curve and may have one with replacement.
    best = min(ways, key=lambda way: (-len(drawn[way]), way[1], list(Policy).index(way[0])))
    chosen = drawn[best]
    return sorted(chosen, key=lambda curve: curve.source is not None)
