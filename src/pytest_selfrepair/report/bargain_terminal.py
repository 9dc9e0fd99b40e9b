"""Summarise a run's games on the terminal: whether advice gains, at what price and risk."""

from collections.abc import Iterator

from pytest_selfrepair.estimate.bargain.bargain_findings import BargainFindings, verdict
from pytest_selfrepair.estimate.bargain.gains import Gain
from pytest_selfrepair.estimate.bargain.model_levels import LevelAnswer
from pytest_selfrepair.report import bargain_words
from pytest_selfrepair.report.bargain_tables import by_gain, by_round, once
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.report.phrases import cost as cost_words
from pytest_selfrepair.report.phrases import short_cost
from pytest_selfrepair.report.terminal import LineStyle, SummaryLine, apart
from pytest_selfrepair.report.visible_text import Paper

_WIDEST_NAME = 16
_MOST_SHOWN = 5
"""The number of reasons for missing items shown."""

_STYLES = {"gains": LineStyle.GOOD, "loses": LineStyle.BAD, "cannot tell": LineStyle.UNSURE}
_LEVELS = {
    LevelAnswer.MET: LineStyle.GOOD,
    LevelAnswer.NOT_MET: LineStyle.BAD,
    LevelAnswer.CANNOT_TELL: LineStyle.UNSURE,
}


def games_in_short(found: BargainFindings, paper: Paper) -> list[SummaryLine]:
    """Exactly three lines: the answers, surplus shares, cost and missing items."""
    gains = bargain_words.headline(found)
    answers = "; ".join(f"{each.role}, {bargain_words.answer(each)}" for each in gains)
    last = {(each.role, each.arm): each for each in found.rounds}
    shares = "; ".join(
        f"{each.role}, {each.arm}: {bargain_words.share(each.surplus.value)}"
        for each in last.values()
    )
    items = sum(each.scenarios for each in found.about)
    missing = f", {len(found.unscored)} not scored" if found.unscored else ""
    texts = (
        answers or "nothing to compare",
        f"surplus shares {shares}" if shares else "no games",
        f"{plural(items, 'item')} played{missing}; {short_cost(found.cost)}",
    )
    return [SummaryLine(paper.cut(paper.text(text))) for text in texts]


def games_in_full(found: BargainFindings, paper: Paper) -> list[SummaryLine]:
    """The full summary, in parts separated by a blank line."""
    return _Games(found, paper).whole()


class _Games:
    """Lays out a run's games for the terminal."""

    def __init__(self, found: BargainFindings, paper: Paper) -> None:
        self._found = found
        self._paper = paper
        limit = min(_WIDEST_NAME, max(paper.columns // 4, 8))
        arms = [arm for each in found.about for arm in each.arms]
        arms += [each.arm for each in found.rounds]
        self._names = paper.names(arms, limit)

    def whole(self) -> list[SummaryLine]:
        found = self._found
        parts: list[list[SummaryLine]] = []
        if not found.about:
            said = "no game was scored: whether advice gains cannot be told"
            parts.append(self._say(said, LineStyle.UNSURE))
        for about in found.about:
            own = [each for each in bargain_words.headline(found) if each.role is about.role]
            parts.append([*self._say(bargain_words.heading(about)), *self._answers(own)])
            rounds = [each for each in found.rounds if each.role is about.role]
            gains = [each for each in found.gains if each.role is about.role]
            parts.append(
                [SummaryLine(line) for line in by_round(rounds, self._names).lines(self._paper)]
            )
            parts.append(
                [SummaryLine(line) for line in by_gain(gains, self._names).lines(self._paper)]
            )
            lasting = {each.arm: each for each in rounds if each.round > 1}
            shown = [*once(rounds)[:1], *lasting.values()]
            parts.append(
                [line for each in shown for line in self._say(bargain_words.behaviour(each))]
            )
        if found.rounds:
            notes = (bargain_words.SHARE, bargain_words.DESCRIPTIVE)
            parts.append(
                [line for text in bargain_words.asymmetry(found) for line in self._say(text)]
            )
            parts.append([line for note in notes for line in self._say(note, LineStyle.FAINT)])
        parts += [self._levels(), self._end()]
        return apart(parts)

    def _say(
        self, text: str, style: LineStyle = LineStyle.PLAIN, *, indent: str = ""
    ) -> list[SummaryLine]:
        wrapped = self._paper.wrap(self._paper.text(text), indent, indent or "  ")
        return [SummaryLine(line, style) for line in wrapped]

    def _answers(self, gains: list[Gain]) -> list[SummaryLine]:
        if not gains:
            return self._say("nothing to compare: one round, or no arm beside", LineStyle.UNSURE)
        return [line for each in gains for line in self._answer(each)]

    def _answer(self, gain: Gain) -> Iterator[SummaryLine]:
        yield from self._say(bargain_words.answer(gain), _STYLES[verdict(gain.delta)])
        said = (
            bargain_words.numbers_of(gain),
            bargain_words.trade_off(gain),
            bargain_words.bounds(gain),
            bargain_words.unclear(gain),
        )
        for text in said:
            if text is not None:
                yield from self._say(text, indent="  ")
        if (leak := bargain_words.leak(gain.arm)) is not None:
            yield from self._say(f"({leak})", LineStyle.UNSURE, indent="  ")

    def _levels(self) -> list[SummaryLine]:
        lines: list[SummaryLine] = []
        for level in self._found.levels:
            lines += self._say(bargain_words.level(level), _LEVELS[level.answer])
            for test in level.tests:
                lines += self._say(bargain_words.test(test), indent="  ")
        return lines

    def _end(self) -> list[SummaryLine]:
        """The cost and what is missing, never left out silently."""
        found = self._found
        lines = [
            line
            for figures in found.rounds
            if (text := bargain_words.unclear_round(figures)) is not None
            for line in self._say(text, LineStyle.UNSURE)
        ]
        lines += [line for text in cost_words(found.cost) for line in self._say(text)]
        for text in found.unscored[:_MOST_SHOWN]:
            lines += self._say(f"not scored: {text}", LineStyle.UNSURE)
        if (more := len(found.unscored) - _MOST_SHOWN) > 0:
            lines += self._say(f"and {more} more not scored", LineStyle.UNSURE)
        return lines
