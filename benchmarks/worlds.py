"""Simulate runs in worlds whose truth is known: each task has its own chances of passing.

For each task a run has five programs, one repair by each feedback source of each program that
fails, and, if all five fail, ten further programs: twice the number of repairs, fixed in advance.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import Outcome, Verdict

Floats: TypeAlias = NDArray[np.float64]

N_P = 5
FURTHER = 10
SELF = "self"
MANY = 100_000
"""Tasks from which the truth is computed."""

_NEVER, _NEAR = 0.3, 0.5  # shares of tasks that no program solves, that are nearly right
_STEPS = 60
_SELF_ALONE = MappingProxyType({SELF: 1.0})
_PASSED = Verdict(outcome=Outcome.PASSED, cases_run=1, cases_passed=1, rule="exact")
_FAILED = Verdict(outcome=Outcome.WRONG_ANSWER, cases_run=1, cases_passed=0)
_DIFFICULTIES = list(Difficulty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Some tasks: what each program and each repair passes with, and how long it is.

    Attributes:
        program: Chance that a program passes, shape (tasks,).
        repair: Chance that a repair of a failing program passes.
        passing: Mean tokens of a passing program.
        failing: Mean tokens of a failing one.
        repairing: Mean tokens of a repair.
        spread: Standard deviation of the logarithm of a repair's length within a task.
    """

    program: Floats
    repair: Floats
    passing: Floats
    failing: Floats
    repairing: Floats
    spread: float = 0.0

    @property
    def solved(self) -> Floats:
        """Chance that a task's tree solves it."""
        found: Floats = 1 - ((1 - self.program) * (1 - self.repair)) ** N_P
        return found

    @property
    def gain(self) -> float:
        """What trees solve more than sampling under the same stopping rule, at equal tokens."""
        unsolved = (1 - self.program) ** N_P
        each = self.program * self.passing + (1 - self.program) * self.failing
        programs = float((unsolved * N_P * self.repairing).mean() / (unsolved * each).mean())
        low = int(programs)
        left = unsolved * (1 - self.program) ** low
        less, more = float(left.mean()), float((left * (1 - self.program)).mean())
        sampled = 1 - (less + (programs - low) * (more - less))
        return float(self.solved.mean()) - sampled

    def repaired_by(self, factor: float) -> "Chances":
        """The same with repairs worth so many times as many draws."""
        return replace(self, repair=1 - (1 - self.repair) ** factor)

    def changed_by(self, factor: float) -> "Chances":
        """The same with programs and repairs worth so many times as many draws."""
        program = 1 - (1 - self.program) ** factor
        return replace(self.repaired_by(factor), program=program)


World: TypeAlias = Callable[[int, np.random.Generator], Chances]
"""Draws so many tasks."""


def equal_costs(tasks: int, rng: np.random.Generator) -> Chances:
    """Every completion is as long; a repair is a fresh draw."""
    program = np.where(rng.random(tasks) < _NEVER, 0.0, rng.beta(0.6, 1.2, tasks))
    same = np.full(tasks, 100.0)
    return Chances(program=program, repair=program, passing=same, failing=same, repairing=same)


def cheap_passing(tasks: int, rng: np.random.Generator) -> Chances:
    """Programs that pass are less than half as long as those that fail."""
    found = equal_costs(tasks, rng)
    return replace(found, passing=found.passing * 0.6, failing=found.failing * 1.4)


def lengths_vary(tasks: int, rng: np.random.Generator) -> Chances:
    """Repairs of hard tasks are long, and repairs of a task differ in length."""
    found = equal_costs(tasks, rng)
    longer = np.exp(0.6 * rng.standard_normal(tasks) + 0.8 * (0.5 - found.program))
    return replace(found, repairing=found.repairing * longer, spread=0.5)


def near_misses(tasks: int, rng: np.random.Generator) -> Chances:
    """Half of the tasks that sampling hardly solves are nearly right: repairs often pass."""
    found = equal_costs(tasks, rng)
    near = rng.random(tasks) < _NEAR
    program = np.where(near, found.program * 0.15, found.program)
    return replace(found, program=program, repair=np.where(near, 0.25, 0.3 * program))


def nearly_solved(tasks: int, rng: np.random.Generator) -> Chances:
    """Nearly all tasks are solved at once; a repair is a fresh draw."""
    found = equal_costs(tasks, rng)
    program = rng.beta(4, 1.2, tasks)
    return replace(found, program=program, repair=program)


WORLDS: dict[str, World] = {
    "equal costs": equal_costs,
    "cheap passing": cheap_passing,
    "lengths vary": lengths_vary,
    "near misses": near_misses,
    "nearly solved": nearly_solved,
}


@cache
def factor_for(world: World, gain: float) -> float:
    """How many draws a repair must be worth for a true gain, or the nearest that there can be."""
    tasks = world(MANY, np.random.default_rng(0))
    return _solve(lambda factor: tasks.repaired_by(factor).gain, gain)


@cache
def factor_for_change(world: World, change: float) -> float:
    """How many draws each must be worth for what trees solve to change by so much."""
    tasks = world(MANY, np.random.default_rng(0))
    base = float(tasks.solved.mean())
    return _solve(lambda factor: float(tasks.changed_by(factor).solved.mean()) - base, change)


def _solve(rising: Callable[[float], float], target: float) -> float:
    low, high = 0.0, 64.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) >= target else (middle, high)
        if high - low < 1e-4:  # noqa: PLR2004 - far below the error of the simulation
            break
    return high


def grown(
    chances: Chances,
    rng: np.random.Generator,
    sources: Mapping[str, float] = MappingProxyType({SELF: 1.0}),
) -> list[Grown]:
    """A run of these tasks.

    Args:
        chances: The tasks.
        rng: Draws from them.
        sources: Feedback sources, and how many draws a repair of each is worth.
    """
    tasks = len(chances.program)
    passed = rng.random((tasks, N_P + FURTHER)) < chances.program[:, None]
    tokens = np.where(passed, chances.passing[:, None], chances.failing[:, None]).astype(int)
    worth = np.array(list(sources.values()))[:, None]
    repaired = 1 - (1 - chances.repair) ** worth
    mended = rng.random((len(sources), tasks, N_P)) < repaired[:, :, None]
    lengths = chances.repairing[:, None] * np.exp(
        chances.spread * rng.standard_normal((len(sources), tasks, N_P)) - chances.spread**2 / 2
    )
    lengths = np.maximum(np.round(lengths, -1), 10).astype(int)
    return [
        _task(
            passed[i].tolist(),
            tokens[i].tolist(),
            mended[:, i].tolist(),
            lengths[:, i].tolist(),
            tuple(sources),
        )
        for i in range(tasks)
    ]


def outcomes(chances: Chances, rng: np.random.Generator) -> list[Record]:
    """A run of these tasks, of which it is kept alone whether their trees solve them."""
    solved = rng.random(len(chances.program)) < chances.solved
    return [_outcome(number, each) for number, each in enumerate(solved.tolist())]


@cache
def _outcome(number: int, solved: bool) -> Record:
    """A task that its only program solves, or does not."""
    alone = Grown(
        programs=(_program(0, solved, 100),),
        trees=(RepairTree(source=SELF, repairs=(), complete=True),),
        baseline=(),
        complete=True,
    )
    return records([alone], first=number)[0]


def records(tasks: Sequence[Grown], first: int = 0) -> list[Record]:
    """Records of a run, its tasks numbered."""
    return [
        Record(task_id=f"t{i:04d}", difficulty=_DIFFICULTIES[i % 3], grown=each)
        for i, each in enumerate(tasks, start=first)
    ]


def _task(
    passed: list[bool],
    tokens: list[int],
    mended: list[list[bool]],
    lengths: list[list[int]],
    sources: tuple[str, ...],
) -> Grown:
    programs = tuple(_program(i, passed[i], tokens[i]) for i in range(N_P))
    further = range(0) if any(passed[:N_P]) else range(N_P, N_P + FURTHER)
    return Grown(
        programs=programs,
        trees=tuple(
            RepairTree(
                source=source,
                repairs=tuple(
                    _repair(i, source, mended[number][i], lengths[number][i])
                    for i in range(N_P)
                    if not passed[i]
                ),
                complete=True,
            )
            for number, source in enumerate(sources)
        ),
        baseline=tuple(_program(i, passed[i], tokens[i]) for i in further),
        complete=True,
    )


@cache
def _program(number: int, passed: bool, tokens: int) -> ProgramNode:
    return ProgramNode(
        node=f"p{number}",
        program=f"print({number})",
        verdict=_PASSED if passed else _FAILED,
        cost=Cost(tokens=tokens, samples=1),
        finish_reason="stop",
    )


@cache
def _repair(number: int, source: str, passed: bool, tokens: int) -> ProgramNode:
    return replace(
        _program(number, passed, tokens), node=f"p{number}/{source}/r0", parent=f"p{number}"
    )
