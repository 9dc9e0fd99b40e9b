"""Rank several runs on the terminal: which is best, which orders are shown, and the cost."""

from pytest_selfrepair.estimate.comparison.ranked import RunRanking
from pytest_selfrepair.report import ranking_tables, ranking_words
from pytest_selfrepair.report.tables import Table
from pytest_selfrepair.report.terminal import LineStyle, SummaryLine, apart
from pytest_selfrepair.report.visible_text import Paper

_WIDEST_NAME = 20


def ranking(
    found: RunRanking, *, quiet: bool = False, width: int = 80, unicode: bool = True
) -> list[SummaryLine]:
    """The lines of a ranking, none wider than the terminal.

    Args:
        found: The ranking.
        quiet: Show only the answer, the orders shown and the first table.
        width: Columns of the terminal; fewer than 24 count as 24.
        unicode: False where the terminal shows only ASCII (`visible_text.shows_unicode`).
    """
    paper = Paper(width=width, unicode=unicode)
    limit = min(_WIDEST_NAME, max(paper.columns // 4, 8))
    names = paper.names(ranking_tables.names_in(found), limit)

    def say(text: str | None, style: LineStyle = LineStyle.PLAIN) -> list[SummaryLine]:
        if text is None:
            return []
        return [SummaryLine(line, style) for line in paper.wrap(paper.text(text), "", "  ")]

    def show(table: Table) -> list[SummaryLine]:
        return [SummaryLine(line) for line in table.lines(paper)]

    style = LineStyle.GOOD if len(found.perhaps_best) == 1 else LineStyle.UNSURE
    head = [*say(ranking_words.answer(found), style), *say(ranking_words.orders(found))]
    first = show(ranking_tables.overall(found, names))
    if quiet:
        return apart([head, first])
    runs = [
        line for run in found.runs for line in say(f"{run.label}: {run.run.title}", LineStyle.FAINT)
    ]
    gains = show(ranking_tables.gains(found, names))
    return apart(
        [
            [*head, *runs],
            [*first, *(say(ranking_words.HOW_RANKED, LineStyle.FAINT) if first else [])],
            show(ranking_tables.pairs(found, names)),
            show(ranking_tables.by_difficulty(found, names)),
            [*gains, *(say(ranking_words.GAINS_ALONE, LineStyle.FAINT) if gains else [])],
            show(ranking_tables.costs(found, names)),
            say(ranking_words.separation(found)),
            show(ranking_tables.settings(found, names)) or say("settings that differ: none"),
            [line for text in ranking_words.missing(found) for line in say(text, LineStyle.UNSURE)],
        ]
    )
