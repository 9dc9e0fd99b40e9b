"""The page that compares two runs: figures, settings, and both trees of every flipped task.

It holds no other trees; those are in each run's own page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.estimate.comparison.paired_runs import by_id
from pytest_selfrepair.estimate.comparison.run_changes import Changes
from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison
from pytest_selfrepair.report import bargain_words, comparison_words
from pytest_selfrepair.report.bargain_tables import by_change
from pytest_selfrepair.report.details import details
from pytest_selfrepair.report.document import JSDIFF, PRISM, PRISM_PYTHON, document

_STYLES = ("css/base.css", "css/run.css")
_SCRIPTS = (
    PRISM,
    PRISM_PYTHON,
    JSDIFF,
    "js/dom.js",
    "js/data.js",
    "js/theme.js",
    "js/tasks.js",
    "js/tree.js",
    "js/views.js",
)

_BEFORE, _AFTER = " · before", " · after"
"""Suffixes of a task's id in the list of trees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flipped:
    """A task that only one of the runs solved, for the page.

    Attributes:
        task_id: The task.
        way: ``lost`` or ``won``.
        difficulty: Its difficulty in the run before; None: unknown.
        before: Where its tree is shown, and how many of its programs and repairs pass.
        after: The same of the run after.
    """

    task_id: str
    way: str
    difficulty: str | None
    before: tuple[str, str]
    after: tuple[str, str]


def page(
    found: RunComparison,
    before: Sequence[Record],
    after: Sequence[Record],
    *,
    statements: Mapping[str, str] = MappingProxyType({}),
    made: str | None = None,
) -> str:
    """Render the whole page as HTML.

    Args:
        found: The comparison.
        before: The records of the run before.
        after: The records of the run after.
        statements: Task statements by task id, in place of those that the records have.
        made: When the page is made, in words or as a date; None: not shown.

    Raises:
        UsageError: A run has two records of one task.
    """
    flips = [(each, "lost") for each in found.versus.lost]
    flips += [(each, "won") for each in found.versus.won]
    was, now = by_id(before, "before"), by_id(after, "after")
    pairs = [(was[each], now[each]) for each, _ in flips]
    shown = [record for pair in pairs for record in _called_apart(*pair)]
    known = {
        record.task_id: text
        for record, original in zip(shown, (each for pair in pairs for each in pair), strict=True)
        if (text := statements.get(original.task_id))
    }
    trees = details(shown, known, (*found.before.sources, *found.after.sources))
    facts = {
        "found": found,
        "versus": found.versus,
        "whole": found.overall,
        "verdict": comparison_words.verdict(found),
        "sources": comparison_words.sources(found.versus),
        "equal": comparison_words.at_equal_tokens(found, numbers=False),
        "bound": max((_reach(each) for each in found.versus.changes), default=0.0),
        "flipped": [
            _flipped(way, *pair, trees.keys) for (_, way), pair in zip(flips, pairs, strict=True)
        ],
        "tasks": trees,
        "made": made,
        "games": _games(found),
    }
    return document("comparison.html", facts, styles=_STYLES, scripts=_SCRIPTS)


def _games(found: RunComparison) -> dict[str, object] | None:
    """The games section, where both runs have games."""
    if not found.bargain:
        return None
    table = by_change(found.bargain, {each.arm: each.arm for each in found.bargain})
    said = bargain_words.changed(found.bargain)
    return {"said": said, "headers": table.headers, "rows": table.rows}


def _called_apart(before: Record, after: Record) -> tuple[Record, Record]:
    """Both records of a task, under separate names in the list of trees."""
    return (
        replace(before, task_id=before.task_id + _BEFORE),
        replace(after, task_id=after.task_id + _AFTER),
    )


def _flipped(way: str, before: Record, after: Record, keys: Mapping[str, str]) -> _Flipped:
    return _Flipped(
        task_id=before.task_id,
        way=way,
        difficulty=before.difficulty,
        before=(keys[before.task_id + _BEFORE], ", ".join(_passes(before))),
        after=(keys[after.task_id + _AFTER], ", ".join(_passes(after))),
    )


def _passes(record: Record) -> Iterator[str]:
    """How many programs and repairs of a task pass."""
    grown = record.grown
    if grown is None:
        yield "not scored"
        return
    yield f"{_passed(grown.programs)} programs"
    for tree in grown.trees:
        if tree.repairs:
            yield f"{_passed(tree.repairs)} repairs on {tree.source}"


def _passed(nodes: Sequence[ProgramNode]) -> str:
    return f"{sum(node.verdict.passed for node in nodes)} of {len(nodes)}"


def _reach(changes: Changes) -> float:
    """The largest distance from zero of a difference and its interval: the scale of the bars."""
    ends = (
        end
        for change in (changes.pass_at_1, changes.pass_at_t, changes.at_equal_tokens)
        for end in (change.difference.value, change.difference.low, change.difference.high)
        if end is not None
    )
    return max(map(abs, ends))
