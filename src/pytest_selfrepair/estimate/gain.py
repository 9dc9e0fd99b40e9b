"""What repair gains on sampling without it, and what is said of that."""

from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.estimate.intervals.estimate import Estimate


class RepairConclusion(StrEnum):
    """What the numbers say to the question whether repair pays.

    `sampling cannot gain` where all programs of each task are one and the same, as at a temperature
    of 0: then there is nothing to compare repair with, and nothing is said.
    """

    PAYS = "repair pays"
    DOES_NOT_PAY = "repair does not pay"
    CANNOT_TELL = "cannot tell"
    CANNOT_GAIN = "sampling cannot gain"


class Baseline(StrEnum):
    """How the tokens of repair would be spent without it.

    `stopping` draws as many initial programs as the trees have, and further ones together where all
    of these fail: repair's own stopping rule. `one_by_one` does the same, but stops after each
    further program, and is compared with repairs that are drawn one by one, too. `every_task` is
    the comparison of arXiv 2306.09896: as many i.i.d. programs of every task, solved or not.
    """

    STOPPING = "stopping"
    ONE_BY_ONE = "one_by_one"
    EVERY_TASK = "every_task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a rate would be if the tasks that are in none were counted, whatever became of them.

    Attributes:
        low: If all of them had failed.
        high: If all of them had passed.
        missing: How many there are: not scored, or not run.
    """

    low: float
    high: float
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Trees against sampling without repair at the same mean tokens.

    Attributes:
        baseline: How programs are sampled.
        rate: What that solves.
        gain: What the trees solve more, with its paired interval over tasks.
        programs: How many programs those tokens buy: of every task, or beyond the initial ones of
            each unsolved task.
        tokens: Mean tokens generated per task, at which both stand.
        short: Unsolved tasks of which fewer programs were sampled. Beyond them, sampling is taken
            to solve nothing more; where a sentence hangs on it, the interval also holds what would
            be so if each further program of these tasks passed as often as those of all.
        bounds: Those of `rate`; None where no task is missing.
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
        unsolved: Those that no initial program solves.
        pass_rate: What the trees solve; unbiased.
        tokens: Mean tokens generated per task.
        dollars: Mean US dollars per task of the trees, or None.
        stopping: Against sampling under the same stopping rule, in batches: the answer's.
        one_by_one: The same where both stop after each draw.
        paper: Against i.i.d. sampling on every task, the paper's comparison.
        tokens_per_solved: Tokens generated ÷ tasks solved; None where none is.
        dollars_per_solved: US dollars ÷ tasks solved, or None.
        answer: Whether repair pays; None where nothing is said, as of one difficulty or depth.
        detectable: About the least gain that so many tasks show with a power of 80 %, at the spread
            of these; None where there is no interval.
        n_p: Programs of the trees compared, with one repair each, where no further programs were
            sampled that trees as grown could be compared with; None: as grown.
        depth: Levels of repair at which the trees were cut off; None: as grown.
        bounds: Those of `pass_rate`; None where no task is missing.
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
    """What initial programs do on the tasks of one difficulty.

    Attributes:
        difficulty: `ALL`, or one difficulty.
        tasks: Scored tasks.
        pass_at_1: Expected pass rate of one program.
        sources: One for each feedback source, in the order the user gave them.
        bounds: Those of `pass_at_1`; None where no task is missing. Tasks that were never begun
            count among all tasks, where their difficulty is not known.
    """

    difficulty: str
    tasks: int
    pass_at_1: Estimate
    sources: tuple[AtEqualTokens, ...]
    bounds: Bounds | None = None
