"""Measure how fast the exact estimates of repair trees are, compared with a bootstrap.

    python benchmarks/estimate.py [--tasks N] [--draws N] [--plain-tasks N]

The work is that of the paper (arXiv 2306.09896): 300 random tasks with trees of 50 programs and 25
repairs of each failing one; shapes n_p = 1, 2, 5, 10, 25 with n_fr = 1, 3, 5, 10, and 50 points of
i.i.d. sampling; policies batch and dfs; with replacement.

Two bootstraps draw 1,000 subtrees of every shape for each task, and count passes and generated
tokens under both policies. The plain one draws one subtree after the other with NumPy's generator
and sums, as an analysis script would; it runs on some of the tasks, and its time is scaled up. The
other draws all subtrees of a task and shape at once, as arrays, on all tasks, and provides the
Monte Carlo error within which the exact numbers must lie. Exact estimates are timed from the raw
arrays and give all four costs.
"""

import argparse
import resource
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.shapes import Expected, expect
from pytest_selfrepair.estimate.exact.tree_arrays import TOKENS, UNITS, TreeArrays, TreeLevel

PROGRAMS, REPAIRS = 50, 25
N_P, N_FR = (1, 2, 5, 10, 25), (1, 3, 5, 10)
BASELINE = tuple(range(1, PROGRAMS + 1))
SHAPES = [(n_p, n_fr) for n_fr in N_FR for n_p in N_P] + [(n_p, 0) for n_p in BASELINE]
POLICIES = (Policy.BATCH, Policy.DFS)
ERRORS = 4  # standard errors within which the bootstrap's mean must lie

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trees:
    """What was sampled: programs of shape (tasks, N), repairs of shape (tasks, N, R)."""

    passed: NDArray[np.bool_]
    cost: Floats
    mended: NDArray[np.bool_]
    repair_cost: Floats


def grow(tasks: int, rng: np.random.Generator) -> Trees:
    """Trees of tasks from easy to hopeless, of programs that are mended more or less easily."""
    chance = rng.beta(0.4, 1.2, size=(tasks, 1))
    ease = rng.random((tasks, PROGRAMS)) * chance
    shape = (tasks, PROGRAMS, REPAIRS)

    def costs(size: tuple[int, ...], mean: float) -> Floats:
        tokens = rng.gamma(4, mean / 4, size).round() + 1
        read = tokens + rng.integers(300, 900, size)
        return np.stack([tokens, read, np.ones(size), tokens * 6e-5 + read * 3e-5], axis=-1)

    return Trees(
        passed=rng.random((tasks, PROGRAMS)) < chance,
        cost=costs((tasks, PROGRAMS), 200),
        mended=rng.random(shape) < ease[:, :, None],
        repair_cost=costs(shape, 300),
    )


def arrays_of(trees: Trees) -> TreeArrays:
    """The same, without the repairs of programs that pass."""
    tasks, failing = len(trees.passed), ~trees.passed.reshape(-1)
    programs = TreeLevel(
        counts=np.full(tasks, PROGRAMS, dtype=np.intp),
        passed=trees.passed.reshape(-1),
        over=np.zeros(failing.size, dtype=bool),
        cost=trees.cost.reshape(-1, UNITS),
    )
    repairs = TreeLevel(
        counts=np.where(failing, REPAIRS, 0).astype(np.intp),
        passed=trees.mended.reshape(-1, REPAIRS)[failing].reshape(-1),
        over=np.zeros(int(failing.sum()) * REPAIRS, dtype=bool),
        cost=trees.repair_cost.reshape(-1, REPAIRS, UNITS)[failing].reshape(-1, UNITS),
    )
    ids = tuple(map(str, range(tasks)))
    return TreeArrays(tasks=ids, source="self", levels=(programs, repairs), planned=REPAIRS)


def exact(trees: Trees, *, replacement: bool) -> dict[Policy, Expected]:
    """Every shape, from the raw arrays; in the order of `SHAPES`."""
    arrays = arrays_of(trees)
    grid = expect(arrays, N_P, N_FR, replacement=replacement, policies=POLICIES)
    iid = expect(arrays, BASELINE, [0], replacement=replacement, policies=POLICIES)
    return {
        policy: Expected(
            n_p=grid[policy].n_p + iid[policy].n_p,
            n_fr=grid[policy].n_fr + iid[policy].n_fr,
            solved=np.concatenate([grid[policy].solved, iid[policy].solved], axis=1),
            cost=np.concatenate([grid[policy].cost, iid[policy].cost], axis=1),
        )
        for policy in POLICIES
    }


def plain(trees: Trees, task: int, draws: int, rng: np.random.Generator) -> Floats:
    """One subtree after the other; means of passes, batch and dfs tokens: shape (shapes, 3)."""
    passed, cost = trees.passed[task], trees.cost[task, :, TOKENS]
    mended, mend = trees.mended[task], trees.repair_cost[task, :, :, TOKENS]
    found = np.zeros((len(SHAPES), 3))
    for which, (n_p, n_fr) in enumerate(SHAPES):
        for _ in range(draws):
            programs = rng.integers(PROGRAMS, size=n_p)
            repairs = rng.integers(REPAIRS, size=(n_p, n_fr))
            batch = cost[programs].sum()
            solved = bool(passed[programs].any())
            if not solved:
                rows = programs[:, None]
                batch += mend[rows, repairs].sum()
                solved = bool(mended[rows, repairs].any())
            dfs = 0.0
            for program, row in zip(programs, repairs, strict=True):
                dfs += cost[program]
                if passed[program]:
                    break
                passes = mended[program, row]
                first = int(passes.argmax()) if passes.any() else n_fr
                dfs += mend[program, row[: first + 1]].sum()
                if first < n_fr:
                    break
            found[which] += (solved, batch, dfs)
    return found / draws


def at_once(trees: Trees, task: int, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """All subtrees of a shape at once: the same means, and variances over subtrees."""
    passed, cost = trees.passed[task], trees.cost[task, :, TOKENS]
    mended, mend = trees.mended[task], trees.repair_cost[task, :, :, TOKENS]
    mean, variance = np.zeros((len(SHAPES), 3)), np.zeros((len(SHAPES), 3))
    for which, (n_p, n_fr) in enumerate(SHAPES):
        programs = rng.integers(PROGRAMS, size=(draws, n_p))
        repairs = rng.integers(REPAIRS, size=(draws, n_p, n_fr))
        rows = programs[:, :, None]
        own, below = passed[programs], mended[rows, repairs]
        paid, later = cost[programs], mend[rows, repairs]
        at_first = own.any(axis=1)
        solved = at_first | below.any(axis=(1, 2))
        batch = paid.sum(axis=1) + np.where(at_first, 0.0, later.sum(axis=(1, 2)))
        passes = np.concatenate([own[:, :, None], below], axis=2).reshape(draws, -1)
        costs = np.concatenate([paid[:, :, None], later], axis=2).reshape(draws, -1)
        last = np.where(solved, passes.argmax(axis=1), passes.shape[1] - 1)
        dfs = np.take_along_axis(costs.cumsum(axis=1), last[:, None], axis=1)[:, 0]
        values = np.stack([solved, batch, dfs], axis=1)
        mean[which], variance[which] = values.mean(axis=0), values.var(axis=0, ddof=1)
    return mean, variance


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Median wall-clock seconds of a few rounds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peak(work: Callable[[], object]) -> float:
    """Peak megabytes allocated, beyond what was there before."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found / 1e6


def off_by(found: dict[Policy, Expected], mean: Floats, variance: Floats, draws: int) -> Floats:
    """By how many standard errors a bootstrap is off: (shapes, 3); 0 where nothing varies.

    Args:
        found: Exact estimates.
        mean: Shape (tasks, shapes, 3): the bootstrap's means.
        variance: The same shape: variances over subtrees.
        draws: Subtrees of a task and shape.
    """
    batch, dfs = (found[policy].cost[:, :, TOKENS] for policy in POLICIES)
    numbers = np.stack([found[Policy.BATCH].solved, batch, dfs], axis=2).mean(axis=0)
    error = np.sqrt(variance.mean(axis=0) / draws / len(variance))
    off = np.abs(numbers - mean.mean(axis=0))
    return np.where(off < 1e-9 * np.maximum(numbers, 1), 0.0, off / np.maximum(error, 1e-300))


def main() -> int:
    """Measure and print; exit status 1 where some number lies outside the Monte Carlo error."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--draws", type=int, default=1_000, help="subtrees of a task and shape")
    parser.add_argument(
        "--plain-tasks", type=int, default=10, help="tasks that the plain bootstrap is timed on"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often exact ones are timed")
    options = parser.parse_args()
    tasks, draws = options.tasks, options.draws
    some = min(options.plain_tasks, tasks)
    rng = np.random.default_rng(20230616)
    trees = grow(tasks, rng)
    print(
        f"{tasks} tasks x {PROGRAMS} programs x {REPAIRS} repairs; "
        f"{len(SHAPES)} shapes, {len(POLICIES)} policies, {UNITS} costs"
    )

    def whole(replacement: bool) -> Callable[[], object]:
        def work() -> object:
            arrays = arrays_of(trees)
            n_p, n_fr = range(1, PROGRAMS + 1), range(REPAIRS + 1)
            return expect(arrays, n_p, n_fr, replacement=replacement)

        return work

    rows: list[list[object]] = []
    times: dict[tuple[str, bool], float] = {}
    for replacement, (name, work) in product(
        (True, False),
        (
            ("the paper's grid", lambda kind: lambda: exact(trees, replacement=kind)),
            ("n_p 1..50, n_fr 0..25, three policies", whole),
        ),
    ):
        taken = seconds(work(replacement), options.rounds)
        times[name, replacement] = taken
        kind = "with" if replacement else "without"
        rows.append([name, f"{kind} replacement", taken, peak(work(replacement))])
    print("\nExact estimates, from arrays on:\n")
    headers = ["shapes", "drawn", "seconds", "peak MB"]
    print(tabulate(rows, headers, floatfmt=["", "", ".3f", ".0f"]))

    exact_seconds = times["the paper's grid", True]
    picked = np.linspace(0, tasks - 1, some).astype(int)
    start = time.perf_counter()
    one_by_one = np.array([plain(trees, int(task), draws, rng) for task in picked])
    plain_seconds = (time.perf_counter() - start) / some * tasks
    start = time.perf_counter()
    drawn = [at_once(trees, task, draws, rng) for task in range(tasks)]
    arrays_seconds = time.perf_counter() - start
    mean, variance = np.array([each[0] for each in drawn]), np.array([each[1] for each in drawn])

    part = Trees(*(getattr(trees, each.name)[picked] for each in fields(trees)))
    off = [
        off_by(exact(part, replacement=True), one_by_one, variance[picked], draws),
        off_by(exact(trees, replacement=True), mean, variance, draws),
    ]
    names = (f"one by one, on {some} tasks (time scaled)", f"all of a shape at once, on {tasks}")
    rows = [
        [
            name,
            taken,
            taken / exact_seconds,
            f"{int((far > ERRORS).sum())} of {far.size}",
            far.max(),
        ]
        for name, taken, far in zip(names, (plain_seconds, arrays_seconds), off, strict=True)
    ]
    print(
        f"\nThe paper's grid by a bootstrap of {draws:,} subtrees for each task and shape, and how"
    )
    print(
        f"many numbers (rates, batch and dfs tokens) are outside {ERRORS} of its standard errors:\n"
    )
    headers = ["bootstrap", "seconds", "times as long", "outside", "furthest off"]
    print(tabulate(rows, headers, floatfmt=["", ".1f", ",.0f", "", ".2f"]))
    unit = 1e3 if sys.platform == "linux" else 1e6
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"\npeak memory of this process, bootstraps included: {rss:,.0f} MB")
    return int(any((far > ERRORS).any() for far in off))


if __name__ == "__main__":
    sys.exit(main())
