"""The gain of repair over sampling without it, and the conclusion drawn from it."""

from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.estimate.intervals.estimate import Estimate


class RepairConclusion(StrEnum):
    """The conclusion on whether repair pays.

    `sampling cannot gain` where all programs of each task are identical, as at temperature 0: there
    is then nothing to compare repair with, and no conclusion.
    """

    PAYS = "repair pays"
    DOES_NOT_PAY = "repair does not pay"
    CANNOT_TELL = "cannot tell"
    CANNOT_GAIN = "sampling cannot gain"


class Baseline(StrEnum):
    """How the tokens of repair would be spent without it.

    `stopping` draws as many initial programs as the trees have, and further ones together where all
    of these fail: repair's own stopping rule. `one_by_one` does the same but stops after each
    further program, and is compared with repairs drawn one by one. `every_task` is the comparison
    of arXiv 2306.09896: as many i.i.d. programs of every task, solved or not.
    """

    STOPPING = "stopping"
    ONE_BY_ONE = "one_by_one"
    EVERY_TASK = "every_task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds on a rate, whatever the results of the missing tasks.

    Attributes:
        low: The rate if all of them had failed.
        high: The rate if all of them had passed.
        missing: The number of missing tasks: not scored, or not run.
    """

    low: float
    high: float
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Trees against sampling without repair at the same mean tokens.

    Attributes:
        baseline: How programs are sampled.
        rate: The pass rate of sampling.
        gain: The trees' pass rate less that of sampling, with its paired interval over tasks.
        programs: How many programs those tokens buy: for every task, or beyond the initial ones of
            each unsolved task.
        tokens: Mean tokens generated per task, the same for both.
        short: Unsolved tasks with fewer programs than these tokens buy. Sampling is taken to solve
            nothing more there; an interval that decides a conclusion also covers the case that each
            further program of these tasks passes as often as those of all unsolved tasks.
        bounds: Bounds on `rate`; None where no task is missing.
    """

    baseline: Baseline
    rate: Estimate
    gain: Estimate
    programs: float
    tokens: float
    short: int = 0
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtEqualTokens:
    """One source's trees, as grown where possible, against sampling at the same mean tokens.

    Attributes:
        source: The feedback source's name.
        difficulty: `ALL`, or one difficulty.
        tasks: Tasks behind it.
        unsolved: Tasks that no initial program solves.
        pass_rate: The trees' pass rate; unbiased.
        tokens: Mean tokens generated per task.
        dollars: Mean US dollars per task of the trees, or None.
        stopping: Against sampling under the same stopping rule, in batches; the answer uses this
            one.
        one_by_one: The same where both stop after each draw.
        paper: Against i.i.d. sampling on every task, the paper's comparison.
        tokens_per_solved: Tokens generated ÷ tasks solved; None where none is.
        dollars_per_solved: US dollars ÷ tasks solved, or None.
        answer: Whether repair pays; None where no conclusion is drawn, as for one difficulty or
            depth.
        detectable: Approximately the least gain that these tasks detect with 80 % power, given
            their spread; None where there is no interval.
        n_p: Programs of the trees compared, with one repair each, where no further programs were
            sampled to compare trees as grown with; None: as grown.
        depth: The depth at which the trees were cut off; None: as grown.
        bounds: Bounds on `pass_rate`; None where no task is missing.
    """

    source: str
    difficulty: str
    tasks: int
    unsolved: int
    pass_rate: Estimate
    tokens: float
    dollars: float | None
    stopping: Against
    one_by_one: Against
    paper: Against
    tokens_per_solved: float | None
    dollars_per_solved: float | None
    answer: RepairConclusion | None = None
    detectable: float | None = None
    n_p: int | None = None
    depth: int | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifficultyRates:
    """Rates of initial programs and sources on the tasks of one difficulty.

    Attributes:
        difficulty: `ALL`, or one difficulty.
        tasks: Scored tasks.
        pass_at_1: Expected pass rate of one program.
        sources: One for each feedback source, in the order the user gave them.
        bounds: Bounds on `pass_at_1`; None where no task is missing. Tasks that never started count
            under `ALL` where their difficulty is unknown.
    """

    difficulty: str
    tasks: int
    pass_at_1: Estimate
    sources: tuple[AtEqualTokens, ...]
    bounds: Bounds | None = None
