"""Summarise the games of a run as GitHub Markdown."""

from pytest_selfrepair.estimate.bargain.bargain_findings import BargainFindings
from pytest_selfrepair.estimate.bargain.gains import Gain
from pytest_selfrepair.report import bargain_words
from pytest_selfrepair.report.bargain_tables import by_gain, by_round
from pytest_selfrepair.report.cost_phrases import cost as cost_words
from pytest_selfrepair.report.markdown import escaped
from pytest_selfrepair.report.typeset import capitalize_first

_MOST_SHOWN = 10
"""The number of reasons for missing items shown."""


def games_markdown(found: BargainFindings) -> str:
    """A conclusion for each role and arm, two tables for each role, levels and missing items.

    Untrusted names are escaped and shown as text.
    """
    names = {arm: escaped(arm) for each in found.about for arm in each.arms}
    parts = [[f"### Bargaining: {escaped(found.title)}"]]
    for about in found.about:
        parts.append([f"#### {escaped(bargain_words.heading(about))}"])
        gains = [each for each in bargain_words.headline(found) if each.role is about.role]
        parts.append([_answer(each) for each in gains] or ["Nothing to compare."])
        rounds = [each for each in found.rounds if each.role is about.role]
        parts.append(by_round(rounds, names).markdown())
        every = [each for each in found.gains if each.role is about.role]
        parts.append(by_gain(every, names).markdown())
    if found.rounds:
        parts.append([f"{bargain_words.SHARE}; {bargain_words.DESCRIPTIVE}."])
    parts.append([f"- {escaped(text)}" for text in bargain_words.asymmetry(found)])
    parts.append(
        [
            f"- **{escaped(bargain_words.level(each))}**: "
            + "; ".join(escaped(bargain_words.test(test)) for test in each.tests)
            for each in found.levels
        ]
    )
    unclear = [
        text for each in found.rounds if (text := bargain_words.unclear_round(each)) is not None
    ]
    missing = [f"not scored: {each}" for each in found.unscored[:_MOST_SHOWN]]
    if (more := len(found.unscored) - _MOST_SHOWN) > 0:
        missing.append(f"{more} more not scored")
    parts.append([f"- {escaped(text)}" for text in (*unclear, *missing)])
    parts.append(["  \n".join(cost_words(found.cost))])
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _answer(gain: Gain) -> str:
    said = (
        bargain_words.numbers_of(gain),
        bargain_words.trade_off(gain),
        bargain_words.bounds(gain),
        bargain_words.unclear(gain),
        bargain_words.leak(gain.arm),
    )
    sentences = [escaped(f"{capitalize_first(text)}.") for text in said if text is not None]
    return f"- **{escaped(bargain_words.answer(gain))}.** {' '.join(sentences)}"
