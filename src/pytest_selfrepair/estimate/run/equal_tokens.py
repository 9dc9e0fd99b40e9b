"""Does repair pay? Trees as grown against i.i.d. sampling at the same tokens, and in words."""

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

import numpy as np

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.exact.forest import DOLLARS, TOKENS, forest
from pytest_selfrepair.estimate.exact.iid import reaching
from pytest_selfrepair.estimate.exact.shape import Policy
from pytest_selfrepair.estimate.exact.shapes import Expected, expect, known
from pytest_selfrepair.estimate.findings import Answer, AtEqualTokens, Difficulty
from pytest_selfrepair.estimate.intervals.bootstrap import (
    BOOTSTRAP,
    DIFFERENCE,
    FEWEST_TASKS,
    Bootstrap,
)
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.statistics import NEAR_ZERO, mean_of, side_of_zero
from pytest_selfrepair.estimate.run.at_tokens import AtTokens
from pytest_selfrepair.estimate.run.outcome import pass_at_1, tree_cost
from pytest_selfrepair.estimate.run.scored import Scored, by_difficulty, resampling, with_tree


def difficulties(
    tasks: Sequence[Scored], sources: Sequence[str], *, how: Bootstrap = BOOTSTRAP
) -> tuple[Difficulty, ...]:
    """Each difficulty that has scored tasks, and `ALL` last; none where no task is scored."""
    groups = {name: group for name, group in by_difficulty(tasks).items() if group}
    n_p = {source: _comparable(groups.values(), source) for source in sources}
    return tuple(
        Difficulty(
            difficulty=name,
            tasks=len(group),
            pass_at_1=resampling(group, how).estimate(
                mean_of([pass_at_1(task.grown) for task in group])
            ),
            sources=tuple(
                at_equal_tokens(group, source, name, n_p=n_p[source], how=how)
                for source in sources
                if with_tree(group, source)
            ),
        )
        for name, group in groups.items()
    )


def at_equal_tokens(
    tasks: Sequence[Scored],
    source: str,
    difficulty: str,
    *,
    n_p: int | None = None,
    how: Bootstrap = BOOTSTRAP,
) -> AtEqualTokens:
    """One source against i.i.d. sampling, without bias: both drawn without replacement.

    As in the paper, tokens are equal in the mean over tasks. A tree pays for repairs only where all
    its programs fail, while i.i.d. sampling pays for as many programs on every task: a part of what
    repair gains is that it spends tokens where they are needed.

    Args:
        tasks: Scored tasks; those count that have a tree of the source, at least one.
        source: The source's name.
        difficulty: What to call these tasks: `ALL`, or their difficulty.
        n_p: Take trees of so many programs, with one repair each, in place of those as grown.
        how: How tasks are resampled.
    """
    tasks = with_tree(tasks, source)
    grown = [task.grown for task in tasks]
    drawn = resampling(tasks, how)
    if n_p is None:
        facts = AtTokens.of(grown, source)
        dollars = _dollars(tasks, source)
    else:
        shape = _with_one_repair(tasks, source, [n_p])
        rates, tokens_each = shape.solved[:, 0], shape.cost[:, 0, TOKENS]
        facts = AtTokens.beside(grown, rates, tokens_each)
        dollars = known(float(shape.cost[:, 0, DOLLARS].mean()))
    pass_rate = drawn.estimate(facts.repaired)
    gain = drawn.estimate(facts.gain, bounds=DIFFERENCE)
    tokens = float(facts.tokens.mean())
    solved = pass_rate.value
    beyond = drawn.value(facts.samples) > _reach(grown)
    said = answer(gain)
    if beyond and said is Answer.PAYS:
        said = Answer.CANNOT_TELL
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
        answer=said,
        tasks_needed=tasks_needed(
            gain, tasks=len(tasks), standard_error=drawn.standard_error(facts.gain)
        )
        if len(tasks) >= FEWEST_TASKS and not beyond
        else None,
        n_p=n_p,
        beyond=beyond,
    )


def _comparable(groups: Iterable[Sequence[Scored]], source: str) -> int | None:
    """How large trees may be that i.i.d. sampling can be compared with, in every group of tasks.

    Runs of this plugin sample a baseline that reaches as far as their trees: then it is the trees
    as grown. Trees from elsewhere may cost many times what their programs do. Of these the ones
    with a single repair are taken, and as many programs as can be matched: a choice that does not
    look at what they solve.

    Returns:
        n_p; None: as grown, also where no tree is small enough.
    """
    most: list[int] = []
    for group in groups:
        tasks = with_tree(group, source)
        if not tasks:
            continue
        grown = [task.grown for task in tasks]
        facts = AtTokens.of(grown, source)
        reach = _reach(grown)
        if float(facts.samples(np.ones((1, len(tasks))))[0]) <= reach:
            continue
        trees = forest(grown, source)
        if not (trees.most_programs and trees.most_repairs(1)):
            return None
        shapes = _with_one_repair(tasks, source, range(1, trees.most_programs + 1))
        curve, _ = reaching(grown, float(shapes.cost[:, -1, TOKENS].mean()))
        bound = np.interp(reach, np.arange(curve.shape[1]), curve.mean(axis=0))
        most.append(int(np.sum(shapes.cost[:, :, TOKENS].mean(axis=0) <= bound)))
    return min(most, default=0) or None


def _reach(grown: Sequence[Grown]) -> float:
    """How many i.i.d. programs are known of every task: those of tasks without a baseline bound it.

    A task that some program solves bounds nothing, for more programs would leave it solved; and a
    baseline was sampled to reach as far as that task's trees.
    """
    bounds = [
        len(each.programs)
        for each in grown
        if not each.baseline and not any(node.verdict.passed for node in each.programs)
    ]
    return min(bounds, default=np.inf)


def _with_one_repair(tasks: Sequence[Scored], source: str, n_p: Sequence[int]) -> Expected:
    """Trees of some numbers of programs, and one repair of each that fails."""
    trees = forest([task.grown for task in tasks], source)
    return expect(trees, n_p, [1], replacement=False, policies=[Policy.BATCH])[Policy.BATCH]


def answer(gain: Estimate) -> Answer:
    """In words: repair pays, or does not, where the whole interval lies on one side of 0."""
    said = {1: Answer.PAYS, -1: Answer.DOES_NOT_PAY, 0: Answer.CANNOT_TELL}
    return said[side_of_zero(gain)]


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
    if abs(gain.value) <= NEAR_ZERO or standard_error <= NEAR_ZERO:
        return None
    z = NormalDist().inv_cdf((1 + gain.level) / 2)
    return _rounded_up(max(tasks * (z * standard_error / gain.value) ** 2, tasks + 1))


def _dollars(tasks: Sequence[Scored], source: str) -> float | None:
    """Mean US dollars of a task's tree; None where some completion in it has no known price."""
    trees = [(task.grown, tree) for task in tasks if (tree := task.tree(source)) is not None]
    cost = Cost.total(tree_cost(grown, tree) for grown, tree in trees)
    return None if cost.unpriced else cost.dollars / len(trees)


def _rounded_up(count: float) -> int:
    """To two significant digits, never down."""
    step: int = 10 ** max(0, math.floor(math.log10(count)) - 1)
    return math.ceil(count / step) * step
