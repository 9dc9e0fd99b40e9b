"""Does repair pay? Trees as grown against i.i.d. sampling at the same tokens, and in words."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.tree import Grown, RepairTree
from pytest_selfrepair.estimate.bootstrap import (
    BOOTSTRAP,
    DIFFERENCE,
    FEWEST_TASKS,
    Bootstrap,
)
from pytest_selfrepair.estimate.compare import solved_at_once
from pytest_selfrepair.estimate.findings import Answer, AtEqualTokens, Difficulty, Estimate
from pytest_selfrepair.estimate.interval import AtTokens, mean_of
from pytest_selfrepair.estimate.passrate import pass_at_1
from pytest_selfrepair.estimate.scored import Scored, by_difficulty, resampling, with_tree

NO_GAIN = 1e-9
"""A smaller gain is a rounding error."""


def difficulties(
    tasks: Sequence[Scored], sources: Sequence[str], *, how: Bootstrap = BOOTSTRAP
) -> tuple[Difficulty, ...]:
    """Each difficulty that has scored tasks, and `ALL` last; none where no task is scored."""
    return tuple(
        Difficulty(
            difficulty=name,
            tasks=len(group),
            pass_at_1=resampling(group, how).estimate(
                mean_of([pass_at_1(task.grown) for task in group])
            ),
            sources=tuple(
                at_equal_tokens(group, source, name, how=how)
                for source in sources
                if with_tree(group, source)
            ),
        )
        for name, group in by_difficulty(tasks).items()
        if group
    )


def at_equal_tokens(
    tasks: Sequence[Scored], source: str, difficulty: str, *, how: Bootstrap = BOOTSTRAP
) -> AtEqualTokens:
    """One source against i.i.d. sampling, without bias: both drawn without replacement.

    As in the paper, tokens are equal in the mean over tasks. A tree pays for repairs only where all
    its programs fail, while i.i.d. sampling pays for as many programs on every task: a part of what
    repair gains is that it spends tokens where they are needed.

    Args:
        tasks: Scored tasks; those count that have a tree of the source, at least one.
        source: The source's name.
        difficulty: What to call these tasks: `ALL`, or their difficulty.
        how: How tasks are resampled.
    """
    tasks = with_tree(tasks, source)
    drawn = resampling(tasks, how)
    facts = AtTokens.of([task.grown for task in tasks], source, replacement=False)
    pass_rate = drawn.estimate(facts.repaired)
    gain = drawn.estimate(facts.gain, bounds=DIFFERENCE)
    tokens, dollars = float(facts.tokens.mean()), _dollars(tasks, source)
    solved = pass_rate.value
    return AtEqualTokens(
        source=source,
        difficulty=difficulty,
        tasks=len(tasks),
        pass_rate=pass_rate,
        iid=drawn.estimate(facts.iid),
        gain=gain,
        tokens=tokens,
        dollars=dollars,
        iid_samples=drawn.value(facts.samples),
        tokens_per_solved=tokens / solved if solved else None,
        dollars_per_solved=dollars / solved if solved and dollars is not None else None,
        answer=answer(gain),
        tasks_needed=tasks_needed(
            gain, tasks=len(tasks), standard_error=drawn.standard_error(facts.gain)
        )
        if len(tasks) >= FEWEST_TASKS
        else None,
    )


def answer(gain: Estimate) -> Answer:
    """In words: repair pays, or does not, where the whole interval lies on one side of 0."""
    if gain.low is not None and gain.low > NO_GAIN:
        return Answer.PAYS
    if gain.high is not None and gain.high < -NO_GAIN:
        return Answer.DOES_NOT_PAY
    return Answer.CANNOT_TELL


def tasks_needed(gain: Estimate, *, tasks: int, standard_error: float) -> int | None:
    """About how many tasks would tell, if the gain and the spread between tasks stay as they are.

    n·(z·se / |gain|)², with z = 1.96 for an interval of 95 %, rounded up to two significant digits:
    so many tasks bring the near end of the interval to 0, which is an even chance to tell.

    Args:
        gain: The gain with its interval.
        tasks: Tasks behind it.
        standard_error: Its standard error over tasks.

    Returns:
        More than `tasks`; None where these tell already, where there is no interval, no gain or no
        spread.
    """
    if gain.low is None or answer(gain) is not Answer.CANNOT_TELL:
        return None
    if abs(gain.value) <= NO_GAIN or standard_error <= NO_GAIN:
        return None
    z = NormalDist().inv_cdf((1 + gain.level) / 2)
    return _rounded_up(max(tasks * (z * standard_error / gain.value) ** 2, tasks + 1))


def tree_cost(grown: Grown, tree: RepairTree) -> Cost:
    """What a task's tree costs as grown: its programs, and its repairs where none of them passes.

    The tokens are those of `passrate.repaired` without replacement.
    """
    cost = sum((program.total_cost for program in grown.programs), Cost())
    if solved_at_once(grown):
        return cost
    return sum((repair.total_cost for repair in tree.repairs), cost)


def _dollars(tasks: Sequence[Scored], source: str) -> float | None:
    """Mean US dollars of a task's tree; None where some completion in it has no known price."""
    trees = [(task.grown, tree) for task in tasks if (tree := task.tree(source)) is not None]
    cost = sum((tree_cost(grown, tree) for grown, tree in trees), Cost())
    return None if cost.unpriced else cost.dollars / len(trees)


def _rounded_up(count: float) -> int:
    """To two significant digits, never down."""
    step: int = 10 ** max(0, math.floor(math.log10(count)) - 1)
    return math.ceil(count / step) * step
