"""The sentences comparing two runs that all text reports share."""

from collections.abc import Callable, Sequence

from pytest_selfrepair.estimate.comparison.run_changes import Change, Changes, RunDifferences
from pytest_selfrepair.estimate.comparison.run_comparison import (
    RunComparison,
    RunConclusion,
    progress,
)
from pytest_selfrepair.estimate.comparison.settings import Setting
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report.numbers import (
    between,
    bracketed,
    dollars,
    number,
    p_value,
    percent,
    plural,
    points,
)

MOST_IDS = 10
"""The number of tasks named among those that flipped one way."""

NOTHING_SHARED = "no task was scored in both runs, so they cannot be compared"

_FEW_IDS = 3
_DIFFERS = 0.5
"""The least difference in tokens per task that is reported."""

Say = Callable[[str], str]
"""Makes an untrusted name fit for where it is shown."""


def plain(name: str) -> str:
    """The name unchanged."""
    return name


def verdict(found: RunComparison) -> str:
    """Whether the run after is better; where that is inconclusive, with how many tasks."""
    if found.overall is None:
        return NOTHING_SHARED
    return _conclusion(found.answer, found.versus.tasks)


def answer(found: RunComparison) -> str:
    """The verdict with the figures behind it, in one sentence."""
    whole = found.overall
    if whole is None:
        return NOTHING_SHARED
    if found.answer is RunConclusion.SAME:
        return f"{verdict(found)}: {percent(whole.pass_at_t.after.value)} solved"
    of = "" if found.answer is RunConclusion.CANNOT_TELL else f" of {plural(whole.tasks, 'task')}"
    return f"{verdict(found)}: {_rates(whole.pass_at_t, f'{of} solved')}"


def short_answer(found: RunComparison) -> str:
    """The same in fewer words."""
    whole = found.overall
    if whole is None:
        return "no task was scored in both runs"
    tasks = plural(whole.tasks, "task")
    if found.answer is RunConclusion.SAME:
        return f"{found.answer} on {tasks}: {percent(whole.pass_at_t.after.value)}"
    cannot = found.answer is RunConclusion.CANNOT_TELL
    told = f"{found.answer} with {tasks}" if cannot else f"{found.answer} on {tasks}"
    rate = whole.pass_at_t
    ends = bracketed(rate.difference, points)
    return f"{told}: {percent(rate.before.value)} to {percent(rate.after.value)}, {ends} points"


def pass_at_1(changes: Changes) -> str:
    """The pass rate of one program in both runs."""
    return f"pass@1: {_rates(changes.pass_at_1)}"


def at_equal_tokens(found: RunComparison, *, numbers: bool = True) -> str | None:
    """Both runs at equal tokens, where their trees differ in cost; else None.

    A second verdict is given only where the first was conclusive, so that both together are wrong
    no more often than one.

    Args:
        found: The comparison.
        numbers: Whether to include pass rates.
    """
    changes = found.overall
    if changes is None or not differ_in_tokens(changes):
        return None
    cost, same = changes.tree_tokens, changes.at_equal_tokens
    said = []
    if found.answer in {RunConclusion.BETTER, RunConclusion.WORSE}:
        said.append(_conclusion(progress(same.difference), changes.tasks))
    if numbers:
        said.append(_rates(same))
    what = f"tokens of a tree: from {number(cost.before.value)} to {number(cost.after.value)}"
    equal = f"; with {number(changes.equal_tokens)} for both: {', '.join(said)}" if said else ""
    return f"{what}{equal}"


def differ_in_tokens(changes: Changes) -> bool:
    """Whether the two runs' trees differ in cost."""
    return abs(changes.tree_tokens.difference.value) >= _DIFFERS


def sources(versus: RunDifferences, say: Say = plain) -> str:
    """The feedback sources whose repairs count in pass@t."""
    before, after = versus.before_source, versus.after_source
    if before == after:
        return f"pass@t: {_solvers(after, say)}"
    if before is not None and after is not None:
        return f"pass@t: {_solvers(before, say)} before, on {say(after)} after"
    return f"pass@t: {_solvers(before, say)} before, {_solvers(after, say)} after"


def flips(versus: RunDifferences, say: Say = plain, *, most: int = MOST_IDS) -> list[str]:
    """Which tasks flipped each way, and the p-value."""
    if not versus.tasks:
        return []
    if not versus.lost and not versus.won:
        return ["no task was lost or won"]
    return [
        f"lost: {_listed(versus.lost, say, most)}",
        f"won: {_listed(versus.won, say, most)}",
        odds(versus),
    ]


def odds(versus: RunDifferences) -> str:
    """How many tasks flipped each way, with the p-value of the verdict."""
    p = versus.changes[-1].pass_at_t.difference.p if versus.changes else None
    chance = "" if p is None else f": p = {p_value(p)}"
    return f"{number(len(versus.lost))} lost and {number(len(versus.won))} won{chance}"


def costs(versus: RunDifferences) -> list[str]:
    """The cost per task in both runs, all trees and the baseline included."""
    said = []
    if versus.tokens is not None:
        said.append(f"tokens generated a task: {_amounts(versus.tokens, number, _signed)}")
    if versus.dollars is not None:
        said.append(f"US dollars a task: {_amounts(versus.dollars, dollars, signed_dollars)}")
    elif versus.tokens is not None:
        said.append("US dollars a task: unknown, for some completions have no known price")
    return said


def settings(found: Sequence[Setting], say: Say = plain) -> str:
    """The settings that differ, in one sentence."""
    if not found:
        return "settings that differ: none"
    said = (
        f"{say(each.name)} from {say(value(each.before))} to {say(value(each.after))}"
        for each in found
    )
    return f"settings that differ: {'; '.join(said)}"


def value(of: str | None) -> str:
    """Format a setting's value."""
    return "not known" if of is None else of


def missing(versus: RunDifferences, say: Say = plain) -> list[str]:
    """Tasks that are not compared, why, and how they could change the result."""
    said = [
        f"{what}: {_listed(ids, say, _FEW_IDS)}"
        for what, ids in (
            ("only in the run before", versus.only_before),
            ("only in the run after", versus.only_after),
            ("not scored before", versus.unscored_before),
            ("not scored after", versus.unscored_after),
        )
        if ids
    ]
    if (bounds := versus.bounds) is not None:
        low, high = map(points, bounds)
        said.append(f"if the tasks not scored are counted: between {low} and {high} points")
    return said


def signed_dollars(amount: float) -> str:
    """A signed difference of US dollars."""
    return f"{'-' if amount < 0 else '+'}{dollars(abs(amount))}"


def _solvers(source: str | None, say: Say) -> str:
    return "programs alone" if source is None else f"programs and their repairs on {say(source)}"


def _conclusion(answer: RunConclusion, tasks: int) -> str:
    if answer is RunConclusion.CANNOT_TELL:
        return f"cannot tell with {plural(tasks, 'task')} whether it got better"
    if answer is RunConclusion.SAME:
        return f"the same: each of {plural(tasks, 'task')} came out as it did before"
    return str(answer)


def _rates(change: Change, solved: str = "") -> str:
    change_of = f"from {percent(change.before.value)} to {percent(change.after.value)}"
    return f"{change_of}{solved}, {_difference(change.difference)}"


def _difference(found: Estimate) -> str:
    ends = between(found, points)
    sure = "too few tasks for an interval"
    if ends is not None:
        sure = f"{found.level:.0%} interval over tasks: {ends}"
    return f"{points(found.value)} points ({sure})"


def _amounts(change: Change, say: Callable[[float], str], signed: Callable[[float], str]) -> str:
    ends = between(change.difference, signed)
    sure = "" if ends is None else f"; {change.difference.level:.0%} interval: {ends}"
    difference = f"{signed(change.difference.value)}{sure}"
    return f"from {say(change.before.value)} to {say(change.after.value)} ({difference})"


def _signed(amount: float) -> str:
    return f"{'-' if amount <= -_DIFFERS else '+'}{number(abs(amount))}"


def _listed(ids: Sequence[str], say: Say, most: int) -> str:
    """How many tasks there are, with the first of them by name."""
    if not ids:
        return "none"
    more = f" and {number(len(ids) - most)} more" if len(ids) > most else ""
    return f"{plural(len(ids), 'task')}: {', '.join(map(say, ids[:most]))}{more}"
