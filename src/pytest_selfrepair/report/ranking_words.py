"""The sentences about a ranking that all reports share."""

from collections.abc import Iterator, Sequence

from pytest_selfrepair.estimate.comparison.ranked import RankedRun, RankedTask, RunRanking
from pytest_selfrepair.estimate.comparison.run_comparison import RunConclusion
from pytest_selfrepair.report.comparison_words import Say, plain
from pytest_selfrepair.report.numbers import number, percent, plural

NOTHING_SHARED = "no task was scored in all runs: they cannot be ranked"
HOW_RANKED = (
    "ranked by pass@t where all runs generate as many tokens a task, those of the run whose trees "
    "cost least; a rank is a range where no order is shown"
)
"""The note on a table of ranks."""

GAINS_ALONE = (
    "gains on sampling under repair's own stopping rule, and on i.i.d. sampling of every task (the "
    "paper's); each interval holds for its gain alone"
)
"""The note on a table of gains."""

_MOST_IDS = 8
_FEW_IDS = 3


def verdict(found: RunRanking, say: Say = plain) -> str:
    """Which run is best, or that this is inconclusive."""
    if found.overall is None:
        return NOTHING_SHARED
    tasks = plural(found.tasks, "task")
    if _all_alike(found):
        return f"the same: each of {tasks} came out alike in all runs"
    if len(found.perhaps_best) == 1:
        return f"best of {len(found.runs)} runs: {say(found.perhaps_best[0].label)}"
    return f"cannot tell with {tasks} which run is best"


def answer(found: RunRanking, say: Say = plain) -> str:
    """The verdict with the figures behind it."""
    whole = found.overall
    if whole is None:
        return NOTHING_SHARED
    rates = dict(zip((each.label for each in found.runs), whole.rates, strict=True))
    best = {each.label: percent(rates[each.label].at_budget.value) for each in found.perhaps_best}
    of = ""
    if len(best) == 1:
        [solved], of = best.values(), f" of {plural(found.tasks, 'task')}"
    elif _all_alike(found):
        solved = percent(whole.rates[0].at_budget.value)
    else:
        solved = ", ".join(f"{say(label)} {rate}" for label, rate in best.items())
    said = f"{solved}{of} solved at {number(whole.budget)} tokens a task"
    return f"{verdict(found, say)}: {said}"


def orders(found: RunRanking, say: Say = plain) -> str | None:
    """Which runs are shown to be better than which; None where nothing can be compared."""
    if not found.pairs:
        return None
    holds: dict[str, list[str]] = {}
    for each in found.pairs:
        better = {RunConclusion.BETTER: each.first, RunConclusion.WORSE: each.second}
        if (winner := better.get(each.answer)) is not None:
            loser = each.second if winner == each.first else each.first
            holds.setdefault(winner, []).append(loser)
    level = f"{found.pairs[0].difference.level:.0%}"
    pairs = plural(len(found.pairs), "pair")
    if not holds:
        return f"no order is shown ({level} over {pairs} together, after Holm)"
    said = "; ".join(
        f"{say(winner)} before {_and(list(map(say, losers)))}" for winner, losers in holds.items()
    )
    return f"orders that are shown ({level} over {pairs} together, after Holm): {said}"


def rank(run: RankedRun) -> str:
    """A rank, or its range."""
    if run.best_rank == run.worst_rank:
        return f"{run.best_rank}"
    return f"{run.best_rank}-{run.worst_rank}"


def separation(found: RunRanking, say: Say = plain) -> str | None:
    """How many tasks all, none, or some of the runs solve; None without shared tasks."""
    if not found.outcomes:
        return None
    every = sum(all(each.solved) for each in found.outcomes)
    none = sum(not any(each.solved) for each in found.outcomes)
    some = found.separating
    said = f"tasks solved by all runs: {number(every)}, by none: {number(none)}, "
    return f"{said}by some: {number(len(some))}{_first(some, say)}"


def alone(found: RunRanking) -> dict[str, int]:
    """How many tasks each run alone solves, by its label."""
    return {
        run.label: sum(each.solved[at] and sum(each.solved) == 1 for each in found.outcomes)
        for at, run in enumerate(found.runs)
    }


def missing(found: RunRanking, say: Say = plain) -> list[str]:
    """The tasks left out, and which run lacks them."""
    if not found.left_out:
        return []
    return [
        f"left out: {plural(found.left_out, 'task')} that not every run scored",
        *(said for run in found.runs for said in _lacks(run, say)),
    ]


def _all_alike(found: RunRanking) -> bool:
    return all(each.answer is RunConclusion.SAME for each in found.pairs)


def _lacks(run: RankedRun, say: Say) -> Iterator[str]:
    for what, ids in (("has no record of", run.absent), ("did not score", run.unscored)):
        if ids:
            more = f" and {number(len(ids) - _FEW_IDS)} more" if len(ids) > _FEW_IDS else ""
            named = ", ".join(map(say, ids[:_FEW_IDS]))
            yield f"{say(run.label)} {what} {plural(len(ids), 'task')}: {named}{more}"


def _first(some: Sequence[RankedTask], say: Say) -> str:
    if not some:
        return ""
    named = ", ".join(say(each.task_id) for each in some[:_MOST_IDS])
    more = f" and {number(len(some) - _MOST_IDS)} more" if len(some) > _MOST_IDS else ""
    return f" ({named}{more})"


def _and(names: Sequence[str]) -> str:
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), names[-1]])
