"""Summarise a ranking of several runs as GitHub Markdown."""

from pytest_selfrepair.estimate.comparison.ranked import RunRanking
from pytest_selfrepair.report import ranking_tables, ranking_words
from pytest_selfrepair.report.markdown import escaped
from pytest_selfrepair.report.typeset import capitalize_first


def ranking_markdown(found: RunRanking) -> str:
    """The answer, the orders shown, tables of rates, pairs, gains and costs, and missing tasks.

    Untrusted names are escaped and shown as text.
    """
    names = {name: escaped(name) for name in ranking_tables.names_in(found)}
    said = ranking_words.answer(found, escaped)
    orders = ranking_words.orders(found, escaped)
    gains = ranking_tables.gains(found, names).markdown()
    separation = ranking_words.separation(found, escaped)
    parts = [
        [f"### Self-repair: {len(found.runs)} runs on {found.tasks:,} tasks"],
        [f"**{capitalize_first(said)}.**"],
        [f"{capitalize_first(orders)}."] if orders else [],
        ranking_tables.overall(found, names).markdown(),
        [f"{capitalize_first(ranking_words.HOW_RANKED)}."] if found.tasks else [],
        ranking_tables.pairs(found, names).markdown(),
        ranking_tables.by_difficulty(found, names).markdown(),
        gains,
        [f"{capitalize_first(ranking_words.GAINS_ALONE)}."] if gains else [],
        ranking_tables.costs(found, names).markdown(),
        [f"- {separation}"] if separation else [],
        ranking_tables.settings(found, names).markdown() or ["- settings that differ: none"],
        [f"- {text}" for text in ranking_words.missing(found, escaped)],
        [f"- {escaped(run.label)}: {escaped(run.run.title)}" for run in found.runs],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"
