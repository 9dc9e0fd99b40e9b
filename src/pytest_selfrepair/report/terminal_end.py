"""The end of a run's summary: the cost and everything missing."""

from collections.abc import Collection

from pytest_selfrepair.report import cost_phrases, numbers, phrases
from pytest_selfrepair.report.summary_lines import LineStyle, SummaryLine
from pytest_selfrepair.report.terminal_page import TerminalPage

_MOST_REFUSED = 3
"""The number of refused estimates shown."""
_ABOVE = "the reason stands above, under ERRORS"


def end(page: TerminalPage, errors: Collection[str]) -> list[SummaryLine]:
    """Cost, latency, and the tasks not scored, not run and estimates refused.

    Args:
        page: The page.
        errors: Reasons for unscored tasks that pytest has already shown, to be referred to.
    """
    findings, writer = page.findings, page.writer
    lines = writer.say_each(cost_phrases.cost(findings.cost, findings.account))
    lines += writer.say_each(map(cost_phrases.latency, findings.latency))
    lines += writer.say_each(cost_phrases.lost(findings.lost), LineStyle.UNSURE)
    for unscored in findings.unscored:
        lines += writer.say(f"not scored: {phrases.named(unscored)}", LineStyle.UNSURE)
        reason = _ABOVE if unscored.reason in errors else unscored.reason
        lines += writer.say(reason, indent="  ")
    if findings.about.not_run:
        not_run = numbers.number(findings.about.not_run)
        lines += writer.say(f"not run: {not_run}", LineStyle.UNSURE)
    lines += writer.say_each(f"note: {note}" for note in findings.notes)
    for refused in findings.refused[:_MOST_REFUSED]:
        lines += writer.say(f"not estimated: {refused.what}: {refused.why}", LineStyle.FAINT)
    if (more := len(findings.refused) - _MOST_REFUSED) > 0:
        lines += writer.say(
            f"and {more} more not estimated: see the other reports", LineStyle.FAINT
        )
    return lines
