"""Compare two runs in GitHub Markdown, for a pull request or a step summary."""

from collections.abc import Iterator

from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison
from pytest_selfrepair.report import bargain_words, comparison_tables, comparison_words
from pytest_selfrepair.report.bargain_tables import by_change
from pytest_selfrepair.report.markdown import escaped
from pytest_selfrepair.report.typeset import capitalize_first


def markdown(found: RunComparison) -> str:
    """The answer, both pass rates by difficulty, flipped tasks, cost, settings, and missing tasks.

    Untrusted names are escaped and shown as text.
    """
    before, after = escaped(found.before.title), escaped(found.after.title)
    groups = {each.difficulty: escaped(each.difficulty) for each in found.versus.changes}
    parts = [
        [f"### Self-repair: {after} against {before}"],
        [_answer(found)],
        comparison_tables.overall(found.overall).markdown(),
        comparison_tables.by_difficulty(found.versus, groups).markdown(),
        list(_listed(found, numbers=False)),
        comparison_tables.settings(found.versus.settings, escaped).markdown()
        or [comparison_words.settings(()) + "."],
        [f"- {text}" for text in comparison_words.missing(found.versus, escaped)],
    ]
    if not found.has_tasks:
        parts = parts[:1]
    return _joined([*parts, *_games(found)])


def against(found: RunComparison) -> str:
    """The section on the baseline in a run's own Markdown."""
    parts = [
        [f"#### Against {escaped(found.before.title)}"],
        [_answer(found)],
        [
            *_listed(found, numbers=True),
            f"- {comparison_words.settings(found.versus.settings, escaped)}",
        ],
        [f"- {text}" for text in comparison_words.missing(found.versus, escaped)],
    ]
    if not found.has_tasks:
        parts = parts[:1]
    return _joined([*parts, *_games(found)])


def _games(found: RunComparison) -> list[list[str]]:
    """The section on games, where both runs have games."""
    if not found.bargain:
        return []
    names = {each.arm: escaped(each.arm) for each in found.bargain}
    said = escaped(bargain_words.changed(found.bargain))
    return [[f"{capitalize_first(said)}."], by_change(found.bargain, names).markdown()]


def _answer(found: RunComparison) -> str:
    said, numbers = comparison_words.verdict(found), comparison_words.answer(found)
    return f"**{said}**{numbers.removeprefix(said)}."


def _listed(found: RunComparison, *, numbers: bool) -> Iterator[str]:
    if (whole := found.overall) is None:
        return
    if numbers:
        yield f"- {comparison_words.pass_at_1(whole)}"
    yield f"- {comparison_words.sources(found.versus, escaped)}"
    if (equal := comparison_words.at_equal_tokens(found, numbers=numbers)) is not None:
        yield f"- {equal}"
    for text in (
        *comparison_words.flips(found.versus, escaped),
        *comparison_words.costs(found.versus),
    ):
        yield f"- {text}"


def _joined(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"
