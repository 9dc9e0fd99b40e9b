"""Two runs side by side on the terminal: did it get better, by how much, where, at what cost."""

from pytest_selfrepair.estimate.comparison.two_runs import Progress, TwoRuns
from pytest_selfrepair.report import bargain_words, versus_tables, versus_words
from pytest_selfrepair.report.bargain_tables import by_change
from pytest_selfrepair.report.plain import Paper
from pytest_selfrepair.report.terminal import Line, Style, apart

_WIDEST_GROUP = 16
_FEW_IDS = 3

_STYLES = {
    Progress.BETTER: Style.GOOD,
    Progress.WORSE: Style.BAD,
    Progress.CANNOT_TELL: Style.UNSURE,
    Progress.SAME: Style.PLAIN,
}


def comparison(
    found: TwoRuns, *, quiet: bool = False, width: int = 80, unicode: bool = True
) -> list[Line]:
    """The lines of a comparison, none wider than the terminal.

    Args:
        found: What the runs came to.
        quiet: Three lines alone: the answer, which tasks flipped, and the cost.
        width: Columns of the terminal; fewer than 24 count as 24.
        unicode: False where the terminal shows ASCII alone (`plain.shows_unicode`).
    """
    page = _Page(found, Paper(width=width, unicode=unicode))
    if quiet:
        return [*(page.short() if found.has_tasks else []), *page.games(quiet=True)]
    return apart([page.whole() if found.has_tasks else page.titles(), page.games()])


def against(
    found: TwoRuns, *, quiet: bool = False, width: int = 80, unicode: bool = True
) -> list[Line]:
    """The few lines that a run's summary has of its baseline; arguments as of `comparison`.

    Quiet it is one line.
    """
    page = _Page(found, Paper(width=width, unicode=unicode))
    if quiet:
        return [*(page.baseline_short() if found.has_tasks else []), *page.games(quiet=True)]
    return apart([page.baseline() if found.has_tasks else [], page.games()])


class _Page:
    """A comparison on its way to a terminal."""

    def __init__(self, found: TwoRuns, paper: Paper) -> None:
        self._found = found
        self._versus = found.versus
        self._paper = paper
        self._style = _STYLES[found.answer]

    def whole(self) -> list[Line]:
        """All of it, in parts with a blank line between two."""
        parts = [
            [*self._answer(), *self.titles(), *self._sources()],
            self._overall(),
            self._by_difficulty(),
            self._flips(versus_words.MOST_IDS),
            self._costs(),
            self._settings(),
            self._missing(),
        ]
        return apart(parts)

    def short(self) -> list[Line]:
        """Exactly three lines."""
        costs = versus_words.costs(self._versus)
        return [
            self._cut(versus_words.short_answer(self._found), self._style),
            self._cut(versus_words.odds(self._versus)),
            self._cut(costs[0] if costs else "no cost to compare"),
        ]

    def baseline(self) -> list[Line]:
        """What a run's own summary says of the run before."""
        said = f"against {self._found.before.title}: {versus_words.answer(self._found)}"
        lines = self._say(said, self._style)
        if (whole := self._found.overall) is not None:
            for text in (versus_words.pass_at_1(whole), versus_words.at_equal_tokens(self._found)):
                if text is not None:
                    lines += self._say(text, indent="  ")
        for text in (
            *versus_words.flips(self._versus, most=_FEW_IDS),
            *versus_words.costs(self._versus)[:1],
            versus_words.settings(self._versus.settings),
        ):
            lines += self._say(text, indent="  ")
        for text in versus_words.missing(self._versus):
            lines += self._say(text, Style.UNSURE, indent="  ")
        return lines

    def baseline_short(self) -> list[Line]:
        """The same in one line."""
        return [self._cut(f"baseline: {versus_words.short_answer(self._found)}", self._style)]

    def _cut(self, text: str, style: Style = Style.PLAIN) -> Line:
        return Line(self._paper.cut(self._paper.text(text)), style)

    def _say(self, text: str, style: Style = Style.PLAIN, *, indent: str = "") -> list[Line]:
        """A sentence, foreign words in it made harmless, over as many lines as it needs."""
        wrapped = self._paper.wrap(self._paper.text(text), indent, f"{indent}  ")
        return [Line(line, style) for line in wrapped]

    def _answer(self) -> list[Line]:
        lines = self._say(versus_words.answer(self._found), self._style)
        if (equal := versus_words.at_equal_tokens(self._found, numbers=False)) is not None:
            lines += self._say(equal, indent="  ")
        return lines

    def titles(self) -> list[Line]:
        """What the runs are called."""
        found = self._found
        return [
            *self._say(f"before: {found.before.title}", Style.FAINT),
            *self._say(f"after: {found.after.title}", Style.FAINT),
        ]

    def games(self, *, quiet: bool = False) -> list[Line]:
        """What the games of scenarios came to, where both runs have some."""
        found = self._found.bargain
        if not found:
            return []
        if quiet:
            return [self._cut(bargain_words.changed(found))]
        names = self._paper.names([each.arm for each in found], _WIDEST_GROUP)
        table = by_change(found, names).lines(self._paper)
        return [*self._say(bargain_words.changed(found)), *map(Line, table)]

    def _sources(self) -> list[Line]:
        if self._found.overall is None:
            return []
        return self._say(versus_words.sources(self._versus), Style.FAINT)

    def _overall(self) -> list[Line]:
        return [
            Line(line) for line in versus_tables.overall(self._found.overall).lines(self._paper)
        ]

    def _by_difficulty(self) -> list[Line]:
        limit = min(_WIDEST_GROUP, max(self._paper.columns // 4, 8))
        groups = self._paper.names([each.difficulty for each in self._versus.changes], limit)
        table = versus_tables.by_difficulty(self._versus, groups)
        return [Line(line) for line in table.lines(self._paper)]

    def _flips(self, most: int) -> list[Line]:
        texts = versus_words.flips(self._versus, most=most)
        return [line for text in texts for line in self._say(text)]

    def _costs(self) -> list[Line]:
        return [line for text in versus_words.costs(self._versus) for line in self._say(text)]

    def _settings(self) -> list[Line]:
        """A table; values that are too wide for one are told below one another, and whole."""
        found = self._versus.settings
        if not found:
            return self._say(versus_words.settings(found))
        table = versus_tables.settings(found, self._paper.text)
        if table.width <= self._paper.columns:
            return [Line(line) for line in table.lines(self._paper)]
        lines = self._say("settings that differ:")
        for name, before, after in table.rows:
            lines += self._say(name, indent="  ")
            lines += self._say(f"before: {before}", indent="    ")
            lines += self._say(f"after: {after}", indent="    ")
        return lines

    def _missing(self) -> list[Line]:
        texts = versus_words.missing(self._versus)
        return [line for text in texts for line in self._say(text, Style.UNSURE)]
