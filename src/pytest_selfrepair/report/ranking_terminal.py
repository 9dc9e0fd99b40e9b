"""Rank several runs on the terminal: which is best, which orders are shown, and the cost."""

from pytest_selfrepair.estimate.comparison.ranked import RunRanking
from pytest_selfrepair.report import ranking_tables, ranking_words
from pytest_selfrepair.report.summary_lines import LineStyle, LineWriter, SummaryLine, apart
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

    writer = LineWriter(paper=paper)
    say, show = writer.say, writer.table
    style = LineStyle.GOOD if len(found.perhaps_best) == 1 else LineStyle.UNSURE
    orders = filter(None, [ranking_words.orders(found)])
    head = [*say(ranking_words.answer(found), style), *writer.say_each(orders)]
    first = show(ranking_tables.overall(found, names))
    if quiet:
        return apart([head, first])
    titles = (f"{run.label}: {run.run.title}" for run in found.runs)
    runs = writer.say_each(titles, LineStyle.FAINT)
    gains = show(ranking_tables.gains(found, names))
    return apart(
        [
            [*head, *runs],
            [*first, *(say(ranking_words.HOW_RANKED, LineStyle.FAINT) if first else [])],
            show(ranking_tables.pairs(found, names)),
            show(ranking_tables.by_difficulty(found, names)),
            [*gains, *(say(ranking_words.GAINS_ALONE, LineStyle.FAINT) if gains else [])],
            show(ranking_tables.costs(found, names)),
            writer.say_each(filter(None, [ranking_words.separation(found)])),
            show(ranking_tables.settings(found, names)) or say("settings that differ: none"),
            writer.say_each(ranking_words.missing(found), LineStyle.UNSURE),
        ]
    )
