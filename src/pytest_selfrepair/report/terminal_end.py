"""The end of a run's summary: what it cost, and what is missing, never silently."""

from collections.abc import Collection

from pytest_selfrepair.report import numbers, phrases
from pytest_selfrepair.report.summary_lines import LineStyle, SummaryLine
from pytest_selfrepair.report.terminal_page import TerminalPage

_MOST_REFUSED = 3
"""Estimates that could not be made that are shown."""
_ABOVE = "the reason stands above, under ERRORS"


def end(page: TerminalPage, errors: Collection[str]) -> list[SummaryLine]:
    """Cost, latency, and what was not scored, not run or not estimated.

    Args:
        page: The page.
        errors: Reasons why tasks were not scored that pytest has shown: they are referred to.
    """
    findings, writer = page.findings, page.writer
    lines = writer.say_each(phrases.cost(findings.cost, findings.account))
    lines += writer.say_each(map(phrases.latency, findings.latency))
    lines += writer.say_each(phrases.lost(findings.lost), LineStyle.UNSURE)
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
