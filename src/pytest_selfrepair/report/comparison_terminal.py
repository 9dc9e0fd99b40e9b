"""Compare two runs on the terminal: whether, where and by how much one is better, and the cost."""

from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison, RunConclusion
from pytest_selfrepair.report import bargain_words, comparison_tables, comparison_words
from pytest_selfrepair.report.bargain_tables import by_change
from pytest_selfrepair.report.summary_lines import LineStyle, LineWriter, SummaryLine, apart
from pytest_selfrepair.report.visible_text import Paper

_WIDEST_GROUP = 16
_FEW_IDS = 3

_STYLES = {
    RunConclusion.BETTER: LineStyle.GOOD,
    RunConclusion.WORSE: LineStyle.BAD,
    RunConclusion.CANNOT_TELL: LineStyle.UNSURE,
    RunConclusion.SAME: LineStyle.PLAIN,
}


def comparison(
    found: RunComparison, *, quiet: bool = False, width: int = 80, unicode: bool = True
) -> list[SummaryLine]:
    """The lines of a comparison, none wider than the terminal.

    Args:
        found: The comparison.
        quiet: Show three lines only: the answer, the flipped tasks, and the cost.
        width: Columns of the terminal; fewer than 24 count as 24.
        unicode: False where the terminal shows only ASCII (`visible_text.shows_unicode`).
    """
    page = _Page(found, Paper(width=width, unicode=unicode))
    if quiet:
        return [*(page.short() if found.has_tasks else []), *page.games(quiet=True)]
    return apart([page.whole() if found.has_tasks else page.titles(), page.games()])


def against(
    found: RunComparison, *, quiet: bool = False, width: int = 80, unicode: bool = True
) -> list[SummaryLine]:
    """The lines on the baseline in a run's summary; arguments as of `comparison`.

    A single line where `quiet`.
    """
    page = _Page(found, Paper(width=width, unicode=unicode))
    if quiet:
        return [*(page.baseline_short() if found.has_tasks else []), *page.games(quiet=True)]
    return apart([page.baseline() if found.has_tasks else [], page.games()])


class _Page:
    """Lays out a comparison for the terminal."""

    def __init__(self, found: RunComparison, paper: Paper) -> None:
        self._found = found
        self._versus = found.versus
        self._paper = paper
        self._writer = LineWriter(paper=paper, hanging=True)
        self._style = _STYLES[found.answer]

    def whole(self) -> list[SummaryLine]:
        """The full comparison, in parts separated by a blank line."""
        parts = [
            [*self._answer(), *self.titles(), *self._sources()],
            self._overall(),
            self._by_difficulty(),
            self._flips(comparison_words.MOST_IDS),
            self._costs(),
            self._settings(),
            self._missing(),
        ]
        return apart(parts)

    def short(self) -> list[SummaryLine]:
        """Exactly three lines."""
        costs = comparison_words.costs(self._versus)
        return [
            self._writer.cut(comparison_words.short_answer(self._found), self._style),
            self._writer.cut(comparison_words.odds(self._versus)),
            self._writer.cut(costs[0] if costs else "no cost to compare"),
        ]

    def baseline(self) -> list[SummaryLine]:
        """The comparison with the run before in a run's own summary."""
        said = f"against {self._found.before.title}: {comparison_words.answer(self._found)}"
        lines = self._writer.say(said, self._style)
        if (whole := self._found.overall) is not None:
            for text in (
                comparison_words.pass_at_1(whole),
                comparison_words.at_equal_tokens(self._found),
            ):
                if text is not None:
                    lines += self._writer.say(text, indent="  ")
        for text in (
            *comparison_words.flips(self._versus, most=_FEW_IDS),
            *comparison_words.costs(self._versus)[:1],
            comparison_words.settings(self._versus.settings),
        ):
            lines += self._writer.say(text, indent="  ")
        for text in comparison_words.missing(self._versus):
            lines += self._writer.say(text, LineStyle.UNSURE, indent="  ")
        return lines

    def baseline_short(self) -> list[SummaryLine]:
        """The same in one line."""
        return [
            self._writer.cut(f"baseline: {comparison_words.short_answer(self._found)}", self._style)
        ]

    def _answer(self) -> list[SummaryLine]:
        lines = self._writer.say(comparison_words.answer(self._found), self._style)
        if (equal := comparison_words.at_equal_tokens(self._found, numbers=False)) is not None:
            lines += self._writer.say(equal, indent="  ")
        return lines

    def titles(self) -> list[SummaryLine]:
        """The titles of the runs."""
        found = self._found
        return [
            *self._writer.say(f"before: {found.before.title}", LineStyle.FAINT),
            *self._writer.say(f"after: {found.after.title}", LineStyle.FAINT),
        ]

    def games(self, *, quiet: bool = False) -> list[SummaryLine]:
        """The lines on games, where both runs have games."""
        found = self._found.bargain
        if not found:
            return []
        if quiet:
            return [self._writer.cut(bargain_words.changed(found))]
        names = self._paper.names([each.arm for each in found], _WIDEST_GROUP)
        table = self._writer.table(by_change(found, names))
        return [*self._writer.say(bargain_words.changed(found)), *table]

    def _sources(self) -> list[SummaryLine]:
        if self._found.overall is None:
            return []
        return self._writer.say(comparison_words.sources(self._versus), LineStyle.FAINT)

    def _overall(self) -> list[SummaryLine]:
        return self._writer.table(comparison_tables.overall(self._found.overall))

    def _by_difficulty(self) -> list[SummaryLine]:
        limit = min(_WIDEST_GROUP, max(self._paper.columns // 4, 8))
        groups = self._paper.names([each.difficulty for each in self._versus.changes], limit)
        return self._writer.table(comparison_tables.by_difficulty(self._versus, groups))

    def _flips(self, most: int) -> list[SummaryLine]:
        return self._writer.say_each(comparison_words.flips(self._versus, most=most))

    def _costs(self) -> list[SummaryLine]:
        return self._writer.say_each(comparison_words.costs(self._versus))

    def _settings(self) -> list[SummaryLine]:
        """A table of settings; values too wide for it are listed below one another in full."""
        found = self._versus.settings
        if not found:
            return self._writer.say(comparison_words.settings(found))
        table = comparison_tables.settings(found, self._paper.text)
        if table.width <= self._paper.columns:
            return self._writer.table(table)
        lines = self._writer.say("settings that differ:")
        for name, before, after in table.rows:
            lines += self._writer.say(name, indent="  ")
            lines += self._writer.say(f"before: {before}", indent="    ")
            lines += self._writer.say(f"after: {after}", indent="    ")
        return lines

    def _missing(self) -> list[SummaryLine]:
        return self._writer.say_each(comparison_words.missing(self._versus), LineStyle.UNSURE)
