"""The terminal summary at the end of a run: whether repair pays, its cost and uncertainty."""

from collections.abc import Collection, Sequence

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report.summary_lines import SummaryLine, apart
from pytest_selfrepair.report.terminal_answers import answers, budget
from pytest_selfrepair.report.terminal_end import end
from pytest_selfrepair.report.terminal_page import TerminalPage
from pytest_selfrepair.report.terminal_rates import curve, outcomes, rates, sources
from pytest_selfrepair.report.terminal_short import in_short
from pytest_selfrepair.report.visible_text import Paper


def summary(
    findings: Findings,
    *,
    quiet: bool = False,
    width: int = 80,
    unicode: bool = True,
    beside: Sequence[SummaryLine] = (),
    errors: Collection[str] = (),
) -> list[SummaryLine]:
    """Lay out a run's summary, with no line wider than the terminal.

    Args:
        findings: The run's findings.
        quiet: Only three lines: the answer, rates and tokens, cost and unscored tasks.
        width: The terminal's columns; fewer than 24 count as 24.
        unicode: False for a terminal that shows only ASCII (`visible_text.shows_unicode`).
        beside: Lines after the answer: the comparison with the baseline.
        errors: Reasons for unscored tasks that pytest has already shown, to be referred to.
    """
    page = TerminalPage.of(findings, Paper(width=width, unicode=unicode))
    if quiet:
        return [*in_short(page), *beside]
    return apart(
        [
            budget(page),
            answers(page),
            beside,
            rates(page),
            sources(page),
            curve(page),
            outcomes(page),
            end(page, errors),
        ]
    )
