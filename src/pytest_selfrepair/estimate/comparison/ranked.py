"""What is said of several runs side by side; `ranking` computes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.comparison.run_comparison import RunConclusion, Side
from pytest_selfrepair.estimate.comparison.settings import SettingOfRuns
from pytest_selfrepair.estimate.intervals.estimate import Estimate

RANKING_SCHEMA = 1
"""The version of the JSON that these classes are written as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunToRank:
    """A run that is to be ranked among others.

    Attributes:
        side: What is told of it.
        records: One for each task.
        label: The name that the user gave it; None: none.
    """

    side: Side
    records: Sequence[Record]
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedGain:
    """What one feedback source of a run gains on sampling without repair, at equal tokens.

    Attributes:
        source: The feedback source's name.
        tasks: Shared tasks that have a tree of it.
        pass_rate: What its trees solve, as grown where possible.
        tokens: Mean tokens generated a task for them.
        stopping: The gain on sampling under the same stopping rule, with an interval that holds for
            it alone.
        paper: The gain on i.i.d. sampling of every task, the paper's comparison, likewise.
        n_p: Programs of the trees compared, with one repair each, where they cannot be compared as
            grown; None: as grown.
    """

    source: str
    tasks: int
    pass_rate: Estimate
    tokens: float
    stopping: Estimate
    paper: Estimate
    n_p: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRun:
    """One of several runs.

    Attributes:
        label: A short name, none twice: the one it was given, or its models'.
        run: What is told of it.
        source: The feedback source whose trees count: its first. None where it has no trees, and
            programs alone count.
        best_rank: The best rank that the orders which are shown leave to it; 1 is the best.
        worst_rank: The worst.
        gains: One for each of its feedback sources.
        tokens: Tokens generated a task for everything, all trees and the baseline; None where no
            task was scored by all runs.
        dollars: US dollars a task; None where some completion has no known price.
        seconds_to_pass: Seconds of requests after which a program that passes can be there, in the
            median over tasks that are solved; all programs are asked for at once, each repair as
            soon as what it repairs has come. None where times are not known.
        timed: Tasks behind it.
        absent: Ids of tasks of which another run has a record, and this one has none.
        unscored: Ids of its tasks that were not scored.
    """

    label: str
    run: Side
    source: str | None
    best_rank: int
    worst_rank: int
    gains: tuple[RankedGain, ...]
    tokens: Estimate | None
    dollars: Estimate | None
    seconds_to_pass: float | None
    timed: int
    absent: tuple[str, ...]
    unscored: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPoint:
    """A point of a run's pass@t as its trees grow; between two points it is a mixture of both.

    Attributes:
        programs: Programs drawn of each task.
        repaired: Whether their repairs by the run's first source count, too: the trees as grown.
        tokens: Mean tokens generated a task.
        pass_rate: Share of tasks solved, with its interval over tasks.
    """

    programs: int
    repaired: bool
    tokens: float
    pass_rate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRates:
    """What one run solves of some tasks; all pass rates are unbiased.

    Attributes:
        pass_at_1: Expected pass rate of one program.
        at_budget: What programs and the repairs of its first source solve at the common budget.
        pass_at_t: What they solve as grown.
        tree_tokens: Generated tokens a task at which `pass_at_t` stands.
        growth: Its pass@t as its trees grow, by ascending tokens; `at_budget` is read off it.
    """

    pass_at_1: Estimate
    at_budget: Estimate
    pass_at_t: Estimate
    tree_tokens: Estimate
    growth: tuple[GrowthPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedGroup:
    """What the runs solve of the tasks of one difficulty.

    Attributes:
        difficulty: `ALL`, or one difficulty.
        tasks: Tasks that all runs scored.
        budget: The common budget: mean tokens generated a task of the run whose trees cost least.
        rates: One for each run, in the order of the runs.
    """

    difficulty: str
    tasks: int
    budget: float
    rates: tuple[RankedRates, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPair:
    """Two of the runs, by what they solve at the common budget.

    Attributes:
        first: The label of the run that ranks before.
        second: That of the other.
        difference: First less second, with its paired interval and p-value, after Holm over all
            pairs.
        answer: Whether the first is better; the same where every task came out alike.
        only_first: Tasks that the first solves as grown, and the second does not.
        only_second: The other way.
    """

    first: str
    second: str
    difference: Estimate
    answer: RunConclusion
    only_first: int
    only_second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTask:
    """What became of one task in every run.

    Attributes:
        task_id: The task.
        difficulty: Its difficulty; None: not known.
        solved: Whether each run solves it as grown, in the order of the runs.
        pass_at_1: The share of its initial programs that pass, in each run.
    """

    task_id: str
    difficulty: str | None
    solved: tuple[bool, ...]
    pass_at_1: tuple[float, ...]

    @property
    def told_apart(self) -> int:
        """How many pairs of runs it tells apart."""
        return sum(self.solved) * (len(self.solved) - sum(self.solved))

    @property
    def spread(self) -> float:
        """How far the pass rates of one program lie apart."""
        return max(self.pass_at_1) - min(self.pass_at_1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRanking:
    """Several runs on the tasks that all of them scored, the best first.

    Attributes:
        runs: By what they solve at the common budget, the most first.
        tasks: Tasks that all runs scored.
        left_out: Tasks of which some run has a record, and that some run did not score or has none
            of; which run stands in `runs`.
        groups: What the runs solve by difficulty, and `ALL` last; none where `tasks` is 0.
        pairs: Every two runs, in the order of the ranks.
        outcomes: What became of every shared task, those that separate the runs best first.
        settings: The settings in which runs differ.
        schema: The version of this layout.
    """

    runs: tuple[RankedRun, ...]
    tasks: int
    left_out: int
    groups: tuple[RankedGroup, ...]
    pairs: tuple[RankedPair, ...]
    outcomes: tuple[RankedTask, ...]
    settings: tuple[SettingOfRuns, ...]
    schema: int = RANKING_SCHEMA

    @property
    def overall(self) -> RankedGroup | None:
        """What the runs solve of all shared tasks; None where there are none."""
        return self.groups[-1] if self.groups else None

    @property
    def perhaps_best(self) -> tuple[RankedRun, ...]:
        """The runs of which none is shown to be better."""
        return tuple(run for run in self.runs if run.best_rank == 1)

    @property
    def separating(self) -> tuple[RankedTask, ...]:
        """The tasks that some runs solve and some do not."""
        return tuple(each for each in self.outcomes if each.told_apart)
