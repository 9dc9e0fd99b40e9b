"""Summarise a run's games on the terminal: whether advice gains, at what price and risk."""

from collections.abc import Iterator

from pytest_selfrepair.estimate.bargain.bargain_findings import BargainFindings, verdict
from pytest_selfrepair.estimate.bargain.gains import Gain
from pytest_selfrepair.estimate.bargain.model_levels import LevelAnswer
from pytest_selfrepair.report import bargain_words
from pytest_selfrepair.report.bargain_tables import by_gain, by_round, once
from pytest_selfrepair.report.cost_phrases import cost as cost_words
from pytest_selfrepair.report.cost_phrases import short_cost
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.report.summary_lines import LineStyle, LineWriter, SummaryLine, apart
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
    return list(map(LineWriter(paper=paper).cut, texts))


def games_in_full(found: BargainFindings, paper: Paper) -> list[SummaryLine]:
    """The full summary, in parts separated by a blank line."""
    return _Games(found, paper).whole()


class _Games:
    """Lays out a run's games for the terminal."""

    def __init__(self, found: BargainFindings, paper: Paper) -> None:
        self._found = found
        self._writer = LineWriter(paper=paper)
        limit = min(_WIDEST_NAME, max(paper.columns // 4, 8))
        arms = [arm for each in found.about for arm in each.arms]
        arms += [each.arm for each in found.rounds]
        self._names = paper.names(arms, limit)

    def whole(self) -> list[SummaryLine]:
        found = self._found
        parts: list[list[SummaryLine]] = []
        if not found.about:
            said = "no game was scored: cannot tell whether advice gains"
            parts.append(self._writer.say(said, LineStyle.UNSURE))
        for about in found.about:
            own = [each for each in bargain_words.headline(found) if each.role is about.role]
            parts.append([*self._writer.say(bargain_words.heading(about)), *self._answers(own)])
            rounds = [each for each in found.rounds if each.role is about.role]
            gains = [each for each in found.gains if each.role is about.role]
            parts.append(self._writer.table(by_round(rounds, self._names)))
            parts.append(self._writer.table(by_gain(gains, self._names)))
            lasting = {each.arm: each for each in rounds if each.round > 1}
            shown = [*once(rounds)[:1], *lasting.values()]
            parts.append(self._writer.say_each(map(bargain_words.behaviour, shown)))
        if found.rounds:
            notes = (bargain_words.SHARE, bargain_words.DESCRIPTIVE)
            parts.append(self._writer.say_each(bargain_words.asymmetry(found)))
            parts.append(self._writer.say_each(notes, LineStyle.FAINT))
        parts += [self._levels(), self._end()]
        return apart(parts)

    def _answers(self, gains: list[Gain]) -> list[SummaryLine]:
        if not gains:
            return self._writer.say(
                "nothing to compare: one round, or no arm beside", LineStyle.UNSURE
            )
        return [line for each in gains for line in self._answer(each)]

    def _answer(self, gain: Gain) -> Iterator[SummaryLine]:
        yield from self._writer.say(bargain_words.answer(gain), _STYLES[verdict(gain.delta)])
        said = (
            bargain_words.numbers_of(gain),
            bargain_words.trade_off(gain),
            bargain_words.bounds(gain),
            bargain_words.unclear(gain),
        )
        for text in said:
            if text is not None:
                yield from self._writer.say(text, indent="  ")
        if (leak := bargain_words.leak(gain.arm)) is not None:
            yield from self._writer.say(f"({leak})", LineStyle.UNSURE, indent="  ")

    def _levels(self) -> list[SummaryLine]:
        lines: list[SummaryLine] = []
        for level in self._found.levels:
            lines += self._writer.say(bargain_words.level(level), _LEVELS[level.answer])
            for test in level.tests:
                lines += self._writer.say(bargain_words.test(test), indent="  ")
        return lines

    def _end(self) -> list[SummaryLine]:
        """The cost and the missing items, which are never left out silently."""
        found = self._found
        unclear = filter(None, map(bargain_words.unclear_round, found.rounds))
        unscored = (f"not scored: {text}" for text in found.unscored[:_MOST_SHOWN])
        lines = self._writer.say_each(unclear, LineStyle.UNSURE)
        lines += self._writer.say_each(cost_words(found.cost))
        lines += self._writer.say_each(unscored, LineStyle.UNSURE)
        if (more := len(found.unscored) - _MOST_SHOWN) > 0:
            lines += self._writer.say(f"and {more} more not scored", LineStyle.UNSURE)
        return lines
