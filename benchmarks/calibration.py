"""Measure how often the conclusions of reports are right, on simulated runs with known truth.

    python benchmarks/calibration.py [--runs N] [--tasks 10,20,60,300] [--only gain,compare,...]
                                     [--worlds "equal costs,lengths vary,..."] [--seed N]

Runs are drawn in worlds whose truth is known (`worlds.py`) and passed to the functions that decide
in a report, a comparison and a gate. For each conclusion, world and number of tasks, the output
gives the share of runs in which it was drawn when false and when true, how often the interval
covered the truth, and the power of a z-test that knows the true spread, which no valid procedure
exceeds by much. With 300 tasks there are a quarter as many runs.

The exit status is 1 if a false conclusion is drawn in more than 5 % of runs, or an interval covers
the truth in less than 93 %, beyond twice the Monte Carlo error.
"""

import argparse
import math
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import NormalDist

import numpy as np
from tabulate import tabulate

from bargain_worlds import BARGAIN_WORLDS, played
from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.bargain.gains import family
from pytest_selfrepair.estimate.bargain.game_samples import samples
from pytest_selfrepair.estimate.comparison.gate import Gate, GateRule, decide
from pytest_selfrepair.estimate.comparison.paired_runs import sharing
from pytest_selfrepair.estimate.comparison.ranking import ranked_pairs
from pytest_selfrepair.estimate.comparison.regression import Baselines, Regression
from pytest_selfrepair.estimate.comparison.run_comparison import RunConclusion, progress
from pytest_selfrepair.estimate.comparison.source_pairs import pairs
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap
from pytest_selfrepair.estimate.intervals.decision import Evidence, decided, side
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.paired_score import paired_score
from pytest_selfrepair.estimate.intervals.power import least_limit
from pytest_selfrepair.estimate.intervals.statistics import mean_of
from pytest_selfrepair.estimate.run.as_grown import Trees
from pytest_selfrepair.estimate.run.outcome import pass_at_1, solved_with
from pytest_selfrepair.estimate.run.sampling_baseline import Sampling
from pytest_selfrepair.estimate.run.scored import resampling, scored
from worlds import (
    MANY,
    SELF,
    WORLDS,
    Chances,
    factor_for,
    factor_for_change,
    grown,
    outcomes,
    records,
)

SIZES = (10, 20, 60, 300)
GAINS = {10: 0.13, 20: 0.12, 60: 0.08, 300: 0.04}
CHANGES = {10: -0.3, 20: -0.2, 60: -0.12, 300: -0.05}
SIX = {f"source {number}": 1.0 for number in range(6)}
TWO = {"better": 3.0, "other": 1.0}

MOST_FALSE = 0.05
LEAST_COVERED = 0.93
_LARGE = 300
_NORMAL = NormalDist()


@dataclass(kw_only=True)
class Line:
    """What became of one sentence in one world.

    Attributes:
        sentence: What is said.
        world: Of what.
        tasks: Tasks of a run.
        truth: The true difference or rate.
        runs: Runs drawn.
        false: Runs in which a false sentence was said; None where none would be.
        true: Runs in which the true one was said; None where there is none to say.
        held: Runs whose interval held the truth; None: there is none.
        spreads: Variance of the tasks' differences in each run, for the power of the z-test.
        allowed: Share of runs in which it may be said falsely.
    """

    sentence: str
    world: str
    tasks: int
    truth: float
    runs: int = 0
    false: int | None = None
    true: int | None = None
    held: int | None = None
    spreads: list[float] = field(default_factory=list)
    allowed: float = MOST_FALSE

    def add(self, said: int, found: Estimate | None = None) -> None:
        """A run: 1 or -1 where a rise or a fall is said."""
        self.runs += 1
        way = (self.truth > 0) - (self.truth < 0)
        self.false = (self.false or 0) + (said not in {0, way})
        if way:
            self.true = (self.true or 0) + (said == way)
        if found is not None and found.low is not None and found.high is not None:
            self.held = (self.held or 0) + (found.low <= self.truth <= found.high)

    @property
    def oracle(self) -> float | None:
        """The power of the z-test at 5 % that knows the spread."""
        if self.true is None or not self.spreads:
            return None
        deviation = math.sqrt(float(np.mean(self.spreads)) / self.tasks)
        return _NORMAL.cdf(abs(self.truth) / deviation - _NORMAL.inv_cdf(0.975))

    @property
    def is_off(self) -> bool:
        """Whether it is said falsely too often, or its interval holds the truth too rarely."""
        often = self.false is not None and _beyond(self.false / self.runs, self.allowed, self.runs)
        rarely = self.held is not None and _beyond(
            1 - self.held / self.runs, 1 - LEAST_COVERED, self.runs
        )
        return often or rarely


def _beyond(share: float, allowed: float, runs: int) -> bool:
    return share > allowed + 2 * math.sqrt(allowed * (1 - allowed) / runs)


def evidence(run: Sequence[Grown], source: str = SELF) -> Evidence:
    """What a run says of repair's gain on sampling under the same stopping rule."""
    return Sampling.beside(
        Trees.as_grown(run, source), Samples.of(run), None, Baseline.STOPPING
    ).evidence


def gain(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """Repair pays, or does not: at a true gain of nothing, and at one that is there."""
    draw = WORLDS[world]
    for wanted in (0.0, GAINS[tasks]):
        factor = factor_for(draw, wanted)
        truth = draw(MANY, np.random.default_rng(0)).repaired_by(factor).gain
        if wanted and truth < wanted / 2:
            continue  # sampling solves nearly all: no repair could gain so much
        line = Line(
            sentence="repair pays, or not",
            world=world,
            tasks=tasks,
            truth=truth if wanted else 0.0,
        )
        for _ in range(runs):
            found = evidence(grown(draw(tasks, rng).repaired_by(factor), rng))
            line.spreads.append(float(np.var(found.values)))
            [said] = decided([found])
            line.add(side(said), said)
        yield line


def compare(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """Better or worse: of an unchanged run, one replayed in half, a replay, and a true fall."""
    draw = WORLDS[world]
    for kind in ("unchanged", "half replayed", "replay", "fall"):
        change = CHANGES[tasks] if kind == "fall" else 0.0
        factor = factor_for_change(draw, change) if change else 1.0
        line = Line(
            sentence="better, or worse", world=f"{world}, {kind}", tasks=tasks, truth=change
        )
        for _ in range(runs):
            chances = draw(tasks, rng)
            before = outcomes(chances, rng)
            after = outcomes(chances.changed_by(factor), rng)
            if kind in {"half replayed", "replay"}:
                kept = tasks if kind == "replay" else tasks // 2
                after = [*before[:kept], *after[kept:]]
            differences = Baselines([before]).differences(after)
            line.spreads.append(float(np.var(differences)))
            found = paired_score(differences).as_estimate
            line.add(
                {RunConclusion.BETTER: 1, RunConclusion.WORSE: -1}.get(progress(found), 0), found
            )
        yield line


def gate(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """A regression fails: at a true fall of nothing, the least limit, and twice as much."""
    draw = WORLDS[world]
    solved = draw(MANY, np.random.default_rng(0)).solved
    limit = least_limit(tasks, float(np.mean(2 * solved * (1 - solved))))
    if limit is None or 2 * limit > float(solved.mean()):
        return
    about = findings(records(grown(draw(1, rng), rng)))
    for times in (0, 1, 2):
        factor = factor_for_change(draw, -times * limit) if times else 1.0
        lines = {
            rule: Line(
                sentence=f"gate fails ({rule})",
                world=f"{world}, limit {limit:.3f}",
                tasks=tasks,
                truth=-times * limit,
            )
            for rule in GateRule
        }
        for _ in range(runs):
            chances = draw(tasks, rng)
            before = outcomes(chances, rng)
            after = outcomes(chances.changed_by(factor), rng)
            fall = Baselines([before]).fall(after)
            for rule, line in lines.items():
                asked = Gate(max_regression=limit, max_unscored=1.0, rule=rule)
                line.runs += 1
                failed = not decide(asked, about, fall).passed
                line.true = (line.true or 0) + failed
                if rule is GateRule.SHOWN and not times:
                    line.false = (line.false or 0) + failed
                if rule is GateRule.NONINFERIOR and times == 2:  # noqa: PLR2004 - worse than the limit
                    line.false = (line.false or 0) + (not failed)
        yield from lines.values()


def chosen(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """A fall is shown in unchanged runs: from the best of five baselines, and from their mean."""
    draw = WORLDS[world]
    best = Line(sentence="fell, from the best of 5", world=world, tasks=tasks, truth=0.0, allowed=1)
    mean = Line(sentence="fell, from the mean of 5", world=world, tasks=tasks, truth=0.0)
    for _ in range(runs):
        chances = draw(tasks, rng)
        five = [outcomes(chances, rng) for _ in range(5)]
        after = outcomes(chances, rng)
        for line, before in ((best, [max(five, key=_solved)]), (mean, five)):
            line.add(-int(Baselines(before).fall(after).p < MOST_FALSE))
    yield from (best, mean)


def _solved(run: Sequence[Record]) -> int:
    return sum(solved_with(each.grown, SELF) for each in run if each.grown is not None)


def same_tasks(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """A fall is shown on the very same tasks, by pass@2 of five branches: unchanged, and lower."""
    draw = WORLDS[world]
    for factor, kind in ((1.0, "unchanged"), (0.6, "fall")):
        line = Line(sentence="these tasks fell", world=f"{world}, {kind}", tasks=tasks, truth=0.0)
        falls = []
        for _ in range(runs):
            chances = draw(tasks, rng)
            worse = chances.changed_by(factor)
            fall = _fall_of_tasks(grown(chances, rng), grown(worse, rng))
            truth = float((_unsolved_by_two(worse) - _unsolved_by_two(chances)).mean())
            falls.append(-truth)
            line.runs += 1
            shown = fall.p < MOST_FALSE
            if kind == "fall":
                line.true = (line.true or 0) + shown
            else:
                line.false = (line.false or 0) + shown
            # both bounds are one-sided at 5 %: together they hold the truth in 90 %
            line.held = (line.held or 0) + (fall.lower <= truth)
        line.truth = float(np.mean(falls))
        yield line


def _fall_of_tasks(before: Sequence[Grown], after: Sequence[Grown]) -> Regression:
    return Baselines([records(before)]).fall_of_tasks(records(after))


def _unsolved_by_two(chances: Chances) -> np.ndarray:
    branch = chances.program + (1 - chances.program) * chances.repair
    found: np.ndarray = (1 - branch) ** 2
    return found


def sources(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """Six sources of which none gains or is better than another; and two, one of them better."""
    draw = WORLDS[world]
    factor = factor_for(draw, 0.0)
    any_pays = Line(sentence="any of six pays, or not", world=world, tasks=tasks, truth=0.0)
    any_better = Line(sentence="any of six repairs better", world=world, tasks=tasks, truth=0.0)
    better = Line(sentence="this source repairs better", world=world, tasks=tasks, truth=1.0)
    for _ in range(max(runs // 4, 1)):
        run = grown(draw(tasks, rng).repaired_by(factor), rng, SIX)
        answers = decided([evidence(run, name) for name in SIX])
        any_pays.add(next((said for each in answers if (said := side(each))), 0))
        found = pairs(scored(records(run)), list(SIX))
        any_better.add(next((said for each in found if (said := side(each.difference))), 0))
        two = pairs(scored(records(grown(draw(tasks, rng), rng, TWO))), list(TWO))
        better.add(side(two[0].difference) if two else 0)
    yield from (any_pays, any_better, better)


def ranking(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """An order among five runs: of equal ones, any at all; and of one that is better, its own."""
    draw = WORLDS[world]
    factor = factor_for_change(draw, -CHANGES[tasks])
    any_order = Line(sentence="any order of 5 equal runs", world=world, tasks=tasks, truth=0.0)
    best = Line(sentence="the better of 5 ranks first", world=world, tasks=tasks, truth=1.0)
    for _ in range(max(runs // 4, 1)):
        chances = draw(tasks, rng)
        equal = [records(grown(chances, rng)) for _ in range(5)]
        any_order.add(int(any(map(side, _order(equal)))))
        better = [records(grown(chances.changed_by(factor), rng)), *equal[1:]]
        said = [side(each) for each in _order(better)]
        # pairs of the better run come first; an order among the others is false
        best.add(-1 if any(said[4:]) or min(said[:4]) < 0 else int(min(said[:4]) > 0))
    yield from (any_order, best)


def _order(several: Sequence[Sequence[Record]]) -> list[Estimate]:
    names = [f"run {number}" for number in range(len(several))]
    shared = sharing(list(zip(names, several, strict=True)))
    return [each.difference for each in ranked_pairs(shared, names)]


def rates(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """The intervals of pass@1 and pass@t, by resampling."""
    draw = WORLDS[world]
    chances = draw(MANY, np.random.default_rng(0))
    truths = {"pass@1": chances.program, "pass@t": chances.solved}
    lines = {
        name: Line(
            sentence=f"{name} lies between", world=world, tasks=tasks, truth=float(each.mean())
        )
        for name, each in truths.items()
    }
    for _ in range(max(runs // 2, 1)):
        run = grown(draw(tasks, rng), rng)
        drawn = resampling(scored(records(run)), Bootstrap(draws=1000))
        values = {
            "pass@1": [pass_at_1(each) for each in run],
            "pass@t": [float(solved_with(each, SELF)) for each in run],
        }
        for name, line in lines.items():
            found = drawn.rate(mean_of(values[name]))
            line.runs += 1
            held = found.low is not None and found.high is not None
            held = held and (found.low or 0.0) <= line.truth <= (found.high or 0.0)
            line.held = (line.held or 0) + held
    yield from lines.values()


BARGAIN_GAINS = {10: 0.2, 20: 0.12, 60: 0.06, 300: 0.03}
"""Gains in surplus share that are looked for in so many scenarios."""


def bargain(world: str, tasks: int, runs: int, rng: np.random.Generator) -> Iterator[Line]:
    """Advice gains surplus share, or does not: simulated players, four games of each scenario."""
    for truth in (0.0, BARGAIN_GAINS[tasks]):
        line = Line(sentence="advice gains, or not", world=world, tasks=tasks, truth=truth)
        for _ in range(max(runs // 4, 1)):
            [sample] = samples(played(BARGAIN_WORLDS[world], tasks, truth, rng))
            [found] = family(sample, 2, Control.NONE)
            line.add(side(found.delta), found.delta)
            if found.delta.low is None:
                line.held = None
        yield line


Part = Callable[[str, int, int, np.random.Generator], Iterator[Line]]
_ALIKE = ("equal costs", "near misses", "nearly solved")  # what differs in costs alone is left out
PARTS: dict[str, tuple[Part, tuple[str, ...]]] = {
    "gain": (gain, tuple(WORLDS)),
    "compare": (compare, _ALIKE),
    "gate": (gate, _ALIKE),
    "chosen": (chosen, _ALIKE),
    "same-tasks": (same_tasks, _ALIKE),
    "sources": (sources, ("equal costs", "lengths vary")),
    "ranking": (ranking, ("equal costs", "lengths vary", "near misses", "nearly solved")),
    "rates": (rates, _ALIKE),
    "bargain": (bargain, tuple(BARGAIN_WORLDS)),
}
"""Each part, and the worlds in which it is measured."""


def measured(job: tuple[str, str, int, int, int]) -> list[Line]:
    """One part in one world, with a seed of its own."""
    part, world, tasks, runs, seed = job
    runs = max(runs // 4, 1) if tasks >= _LARGE else runs
    own = zlib.crc32(f"{part} {world} {tasks}".encode())
    return list(PARTS[part][0](world, tasks, runs, np.random.default_rng([seed, own])))


def table(lines: Sequence[Line]) -> str:
    """The lines as Markdown."""

    def percent(count: float | None, runs: int = 1) -> str:
        return "" if count is None else f"{100 * count / runs:.1f}"

    return tabulate(
        [
            (
                line.sentence,
                line.world,
                line.tasks,
                f"{100 * line.truth:+.1f}",
                line.runs,
                percent(line.false, line.runs),
                percent(line.true, line.runs),
                percent(line.oracle),
                percent(line.held, line.runs),
                "!" if line.is_off else "",
            )
            for line in lines
        ],
        headers=(
            "sentence",
            "world",
            "tasks",
            "truth",
            "runs",
            "said falsely %",
            "said truly %",
            "z-test %",
            "interval holds %",
            "",
        ),
        tablefmt="github",
        disable_numparse=True,
    )


def main(arguments: Sequence[str]) -> int:
    """Measure, print and say by the exit status whether all is as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--tasks", default=",".join(map(str, SIZES)))
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--worlds", default=",".join((*WORLDS, *BARGAIN_WORLDS)))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    jobs = [
        (part, world, int(tasks), given.runs, given.seed)
        for part in given.only.split(",")
        for world in PARTS[part][1]
        if world in given.worlds.split(",")
        for tasks in given.tasks.split(",")
    ]
    began = time.perf_counter()
    if given.processes == 1:
        found = [measured(job) for job in jobs]
    else:
        # Small arrays: threads of the linear algebra beside processes only wait for each other.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(measured, jobs))
    lines = [line for each in found for line in each]
    print(table(lines))
    off = sum(line.is_off for line in lines)
    print(f"\n{off} of {len(lines)} lines off, in {time.perf_counter() - began:.0f} s")
    return min(off, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
