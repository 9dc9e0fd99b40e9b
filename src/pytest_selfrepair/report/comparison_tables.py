"""The tables that compare two runs, for every text report."""

from collections.abc import Mapping, Sequence

from pytest_selfrepair.estimate.comparison.run_changes import Change, Changes, RunDifferences
from pytest_selfrepair.estimate.comparison.settings import Setting
from pytest_selfrepair.report.comparison_words import Say, differ_in_tokens, plain, value
from pytest_selfrepair.report.numbers import bracketed, number, percent, points
from pytest_selfrepair.report.tables import Table


def overall(changes: Changes | None) -> Table:
    """pass@1 and pass@t over all tasks with their intervals, and pass@t at equal tokens.

    The last row is left out where the trees of both runs cost the same.
    """
    rows: list[tuple[str, Change]] = []
    if changes is not None:
        rows = [("pass@1", changes.pass_at_1), ("pass@t", changes.pass_at_t)]
        if differ_in_tokens(changes):
            at = f"at {number(changes.equal_tokens)} tokens"
            rows.append((at, changes.at_equal_tokens))
    level = f"[{_level(changes)}]"
    return Table(
        headers=("rate", f"before {level}", f"after {level}", f"points {level}"),
        rows=tuple(
            (
                name,
                bracketed(change.before, percent),
                bracketed(change.after, percent),
                bracketed(change.difference, points),
            )
            for name, change in rows
        ),
        together=(3,),
    )


def by_difficulty(versus: RunDifferences, groups: Mapping[str, str]) -> Table:
    """Tasks, pass@1 and pass@t of both runs, and the differences in points.

    Args:
        versus: The differences to show.
        groups: The difficulties' names, escaped for the output.
    """
    change = f"points [{_level(versus.changes[-1] if versus.changes else None)}]"
    return Table(
        headers=(
            "difficulty",
            "tasks",
            *("pass@1 before", "after", change),
            *("pass@t before", "after", change),
        ),
        rows=tuple(
            (
                groups[each.difficulty],
                number(each.tasks),
                *_cells(each.pass_at_1),
                *_cells(each.pass_at_t),
            )
            for each in versus.changes
        ),
        together=(1, 3, 3),
    )


def settings(found: Sequence[Setting], say: Say = plain) -> Table:
    """The settings that differ, with the value of each run."""
    return Table(
        headers=("setting", "before", "after"),
        rows=tuple(
            (say(each.name), say(value(each.before)), say(value(each.after))) for each in found
        ),
        together=(2,),
        words=True,
    )


def _level(changes: Changes | None) -> str:
    return f"{0.95 if changes is None else changes.pass_at_t.difference.level:.0%}"


def _cells(change: Change) -> tuple[str, str, str]:
    return (
        percent(change.before.value),
        percent(change.after.value),
        bracketed(change.difference, points),
    )
