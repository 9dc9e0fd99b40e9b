"""The summary that ends a run on the terminal, for tasks and games."""

from collections.abc import Collection, Sequence

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report import cost_phrases, numbers
from pytest_selfrepair.report.bargain_terminal import games_in_full, games_in_short
from pytest_selfrepair.report.summary_lines import LineStyle, SummaryLine, apart
from pytest_selfrepair.report.terminal import summary
from pytest_selfrepair.report.visible_text import Paper


def run_summary(
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
        findings: The run's findings.
        quiet: Show only three lines for each kind of item.
        width: Columns of the terminal; fewer than 24 count as 24.
        unicode: False where the terminal shows only ASCII (`visible_text.shows_unicode`).
        beside: Lines that follow the answer: the comparison with the baseline.
        errors: Reasons for unscored tasks that pytest has shown already; they are only referred to.
    """
    games, paper = findings.bargain, Paper(width=width, unicode=unicode)
    tasks: list[SummaryLine] = []
    if has_tasks(findings):
        tasks = summary(
            findings, quiet=quiet, width=width, unicode=unicode, beside=beside, errors=errors
        )
    if games is None:
        return tasks
    if quiet:
        return [*tasks, *games_in_short(games, paper), *([] if tasks else beside)]
    end = [] if tasks else [*beside, *_end(findings, paper)]
    return apart([tasks, games_in_full(games, paper), end])


def has_tasks(findings: Findings) -> bool:
    """Whether a report covers tasks; also true where a run has neither tasks nor games."""
    return bool(findings.about.tasks) or findings.bargain is None


def _end(findings: Findings, paper: Paper) -> list[SummaryLine]:
    """The lines that a run without tasks reports after its games."""
    said = [(text, LineStyle.UNSURE) for text in cost_phrases.lost(findings.lost)]
    if findings.about.not_run:
        said.append((f"not run: {numbers.number(findings.about.not_run)}", LineStyle.UNSURE))
    said += [(f"note: {note}", LineStyle.PLAIN) for note in findings.notes]
    return [
        SummaryLine(line, style) for text, style in said for line in paper.wrap(paper.text(text))
    ]
