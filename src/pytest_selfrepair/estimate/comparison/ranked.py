"""The classes of a ranking of several runs; `ranking` computes them."""

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
    """A run to be ranked among others.

    Attributes:
        side: The run's description.
        records: One for each task.
        label: The name given by the user; None: none.
    """

    side: Side
    records: Sequence[Record]
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedGain:
    """The gain of one of a run's feedback sources over sampling without repair, at equal tokens.

    Attributes:
        source: The feedback source's name.
        tasks: Shared tasks with a tree of this source.
        pass_rate: The pass rate of its trees, as grown where possible.
        tokens: Mean tokens generated per task for them.
        stopping: The gain over sampling under the same stopping rule; its interval is not corrected
            for other comparisons.
        paper: The gain over i.i.d. sampling of every task, the paper's comparison; likewise.
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
    """One of several ranked runs.

    Attributes:
        label: A short unique name: the one given, or the models'.
        run: The run's description.
        source: The feedback source whose trees count: the first. None where the run has no trees,
            and programs alone count.
        best_rank: The best rank consistent with the orders shown; 1 is the best.
        worst_rank: The worst such rank.
        gains: One for each of its feedback sources.
        tokens: Tokens generated per task in all, every tree and the baseline; None where no task
            was scored by all runs.
        dollars: US dollars per task; None where a completion's price is unknown.
        seconds_to_pass: Median over solved tasks of the seconds of requests until a passing
            program: all programs are requested at once, each repair as soon as what it repairs has
            arrived. None where times are unknown.
        timed: Tasks behind that median.
        absent: Ids of tasks that another run has a record of, and this one has not.
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
    """A point of a run's pass@t as its trees grow; between two points, a mixture of both.

    Attributes:
        programs: Programs drawn for each task.
        repaired: Whether their repairs by the run's first source count too: the trees as grown.
        tokens: Mean tokens generated per task.
        pass_rate: Share of tasks solved, with its interval over tasks.
    """

    programs: int
    repaired: bool
    tokens: float
    pass_rate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRates:
    """One run's rates on some tasks; all are unbiased.

    Attributes:
        pass_at_1: Expected pass rate of one program.
        at_budget: The pass rate of programs and repairs of the first source at the common budget.
        pass_at_t: Their pass rate as grown.
        tree_tokens: Generated tokens per task at which `pass_at_t` stands.
        growth: pass@t as the trees grow, by ascending tokens; `at_budget` is read off it.
    """

    pass_at_1: Estimate
    at_budget: Estimate
    pass_at_t: Estimate
    tree_tokens: Estimate
    growth: tuple[GrowthPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedGroup:
    """All runs' rates on the tasks of one difficulty.

    Attributes:
        difficulty: `ALL`, or one difficulty.
        tasks: Tasks that all runs scored.
        budget: The common budget: mean tokens generated per task by the run whose trees cost least.
        rates: One for each run, in the order of the runs.
    """

    difficulty: str
    tasks: int
    budget: float
    rates: tuple[RankedRates, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPair:
    """Two of the runs, compared at the common budget.

    Attributes:
        first: The label of the run with the better place.
        second: The other's label.
        difference: First less second, with its paired interval and p-value, after Holm over all
            pairs.
        answer: Whether the first is better; "the same" where every task came out alike.
        only_first: Tasks that the first solves as grown and the second does not.
        only_second: The reverse.
    """

    first: str
    second: str
    difference: Estimate
    answer: RunConclusion
    only_first: int
    only_second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTask:
    """One task's result in every run.

    Attributes:
        task_id: The task.
        difficulty: Its difficulty; None: unknown.
        solved: Whether each run solves it as grown, in the order of the runs.
        pass_at_1: The share of its initial programs that pass, in each run.
    """

    task_id: str
    difficulty: str | None
    solved: tuple[bool, ...]
    pass_at_1: tuple[float, ...]

    @property
    def told_apart(self) -> int:
        """How many pairs of runs the task separates."""
        return sum(self.solved) * (len(self.solved) - sum(self.solved))

    @property
    def spread(self) -> float:
        """The range of the runs' pass@1."""
        return max(self.pass_at_1) - min(self.pass_at_1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRanking:
    """A ranking of several runs on the tasks that all of them scored, best first.

    Attributes:
        runs: By pass rate at the common budget, descending.
        tasks: Tasks that all runs scored.
        left_out: Tasks that some run has a record of and that another did not score or has no
            record of; `runs` says which.
        groups: All runs' rates by difficulty, `ALL` last; empty where `tasks` is 0.
        pairs: Every two runs, in rank order.
        outcomes: Every shared task's results; the tasks that best separate the runs come first.
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
        """All runs' rates on all shared tasks; None where there are none."""
        return self.groups[-1] if self.groups else None

    @property
    def perhaps_best(self) -> tuple[RankedRun, ...]:
        """The runs that no other is shown to be better than."""
        return tuple(run for run in self.runs if run.best_rank == 1)

    @property
    def separating(self) -> tuple[RankedTask, ...]:
        """The tasks that some runs solve and others do not."""
        return tuple(each for each in self.outcomes if each.told_apart)
