"""The summary that ends a run on the terminal: did repair pay, at what cost, how sure."""

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
    """The lines of a run's summary, none wider than the terminal.

    Args:
        findings: What the run found.
        quiet: Three lines alone: the answer, rates and tokens, cost and what was not scored.
        width: Columns of the terminal; fewer than 24 count as 24.
        unicode: False where the terminal shows ASCII alone (`visible_text.shows_unicode`).
        beside: Lines that follow the answer: what the run is beside its baseline.
        errors: Reasons why tasks were not scored that pytest has shown: they are referred to.
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
