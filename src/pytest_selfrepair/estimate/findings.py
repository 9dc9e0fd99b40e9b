"""The estimates of a run, computed once from its records and shown by every report.

`selfrepair report RUN --json OUT` writes this layout; docs/report-json.md documents it.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import Account, Lost
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.bargain.bargain_findings import BargainFindings
from pytest_selfrepair.estimate.exact.shape import ALL, Shape
from pytest_selfrepair.estimate.gain import AtEqualTokens, Baseline, DifficultyRates
from pytest_selfrepair.estimate.intervals.estimate import Estimate

SCHEMA = 2
"""The version of the JSON that these classes are written as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A point of a pass@t curve.

    Attributes:
        tokens: Expected tokens generated per task.
        pass_rate: Expected share of tasks solved, with its interval over tasks.
        n_p: Programs of the shape; without repair, the most that are drawn of a task.
        n_fr: Repairs of each failing program.
        all_tokens: Expected tokens per task, generated and read.
        dollars: Expected US dollars per task, or None.
        paper_band: The pass rate with the band that the paper draws: ±1 standard deviation of one
            tree per task, the tasks held fixed. It is no interval over tasks.
        n_f: Feedback texts of each failing program, where n_fr / n_f repairs share each; else None.
    """

    tokens: float
    pass_rate: Estimate
    n_p: int
    n_fr: int
    all_tokens: float
    dollars: float | None
    paper_band: Estimate | None = None
    n_f: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """pass@t: pass rate against generated tokens; the upper envelope of the shapes, or of sampling.

    Attributes:
        source: The feedback source's name; None for sampling without repair.
        label: Its legend: ``M_P = X (no repair)``, ``M_P = X; M_F = Y``.
        policy: How trees are drawn.
        replacement: With replacement, as the paper draws them, or without (unbiased).
        difficulty: `ALL`, or one difficulty.
        points: By ascending tokens.
        depth: Levels of repair, where the trees have more; None: as many as they have.
        baseline: How programs are sampled, where there is no source.
    """

    source: str | None
    label: str
    policy: Policy
    replacement: bool
    difficulty: str
    points: tuple[CurvePoint, ...]
    depth: int | None = None
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """One shape against sampling without repair at the same tokens, as in the paper's heat map.

    Attributes:
        n_p: Programs.
        n_fr: Repairs of each failing program.
        ratio: Repair's pass rate ÷ the baseline's, interpolated linearly at the same mean tokens;
            None where the baseline's last point costs less (out of bounds, "O.O.B."), or where
            the baseline solves nothing.
        out_of_bounds: True beyond the baseline's last point.
        pass_rate: Repair's pass rate.
        tokens: Expected tokens generated per task.
    """

    n_p: int
    n_fr: int
    ratio: float | None
    out_of_bounds: bool
    pass_rate: float
    tokens: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """The paper's heat map of one source: n_p ascending, n_fr with the largest first.

    Attributes:
        source: The feedback source's name.
        policy: How trees are drawn.
        replacement: With or without replacement.
        n_p: The columns.
        n_fr: The rows, largest first.
        cells: Row by row.
        baseline: The denominator of ratios: i.i.d. sampling of every task, or sampling under the
            stopping rule, where further programs are drawn only if all of these fail.
    """

    source: str
    policy: Policy
    replacement: bool
    n_p: tuple[int, ...]
    n_fr: tuple[int, ...]
    cells: tuple[HeatCell, ...]
    baseline: Baseline = Baseline.EVERY_TASK


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRate:
    """Repairs that pass ÷ repairs tried, over a group of failing programs.

    Attributes:
        group: The group: `ALL`, a difficulty, or an outcome (``wrong_answer``).
        failing: Failing programs with at least one repair.
        tried: Repairs.
        passed: Repairs that pass.
        rate: The share, with its interval over tasks; None where nothing was tried.
    """

    group: str
    failing: int
    tried: int
    passed: int
    rate: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFindings:
    """Estimates of one feedback source.

    Attributes:
        source: Its name.
        repairs: Over all failing programs.
        by_difficulty: One for each difficulty.
        by_outcome: One for each outcome of failing programs.
        solved_only_by_repair: Tasks that no initial program solves and some repair does.
        tokens_per_repair: Mean tokens of a repair with its feedback; None where none was tried.
        unchanged: Share of repairs whose program equals the failing one; None where none.
        broke: Share of repairs that fail a case known to pass before.
        edit_lines: Median number of lines added or deleted by a repair; None where none was tried.
        unanswered: Failing programs without feedback from the source, hence not repaired: nobody
            wrote about them, or their task has no reference solution.
        leaks: Whether its feedback uses the reference solution: an upper bound, not a competitor.
    """

    source: str
    repairs: RepairRate
    by_difficulty: tuple[RepairRate, ...]
    by_outcome: tuple[RepairRate, ...]
    solved_only_by_repair: int
    tokens_per_repair: float | None
    unchanged: float | None
    broke: float | None
    edit_lines: float | None
    unanswered: int = 0
    leaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sources compared on the same failing programs of the same tasks.

    Each source's rate is a mean over tasks of the mean over programs of the share of repairs that
    pass, so tasks with many failing programs or programs with more repairs weigh no more.

    Attributes:
        first: One source's name.
        second: The other's.
        tasks: Tasks in which both repaired the same failing programs.
        programs: Those failing programs.
        first_rate: Share of repairs that pass, of the first source, over those programs.
        second_rate: The same of the second.
        difference: First less second, with its paired interval over tasks and its p-value, after
            Holm where there are several pairs.
        only_first: Tasks that no initial program solves, and that a repair of the first source does
            but none of the second, counting equally many repairs of each program.
        only_second: The reverse.
        difficulty: `ALL`, or one difficulty.
    """

    first: str
    second: str
    tasks: int
    programs: int
    first_rate: float
    second_rate: float
    difference: Estimate
    only_first: int
    only_second: int
    difficulty: str = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """Why some tasks are unscored.

    Attributes:
        reason: In one line.
        tasks: Their ids.
    """

    reason: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """How many verdicts would differ under another checker.

    Attributes:
        checker: The other checker.
        flipped: Verdicts that differ.
        compared: Verdicts that both checkers gave.
    """

    checker: str
    flipped: int
    compared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCounts:
    """Counts of tasks and programs by outcome.

    Attributes:
        tasks: Tasks by `TaskOutcome`.
        programs: Initial programs by outcome, most frequent first.
        repairs: Repairs by outcome, over all sources, most frequent first.
        baseline: Baseline programs by outcome, most frequent first.
        judged: Where programs ran and how answers were compared: ``in bubblewrap …, checker
            tolerant``.
        flips: How many verdicts the other checker would change.
        drawn: Mean number of initial programs of tasks with several; None without such tasks.
        distinct: Mean effective number of distinct programs among them: 1 ÷ the sum of squared
            shares.
        lacking: Programs that tried to import a module they may not have, by module; the most
            frequent first.
    """

    tasks: dict[str, int]
    programs: dict[str, int]
    repairs: dict[str, int]
    baseline: dict[str, int]
    judged: tuple[str, ...]
    flips: tuple[Flips, ...]
    drawn: float | None = None
    distinct: float | None = None
    lacking: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The share of the variance between tasks that is noise of draws; the rest is between tasks.

    Known where every task has 2k branches, a branch being a program with its repairs, or two trees.
    More samples per task reduce the noise of draws alone; more tasks reduce both.

    Attributes:
        source: The feedback source's name; None: programs alone.
        k: The number of branches of which one has to pass; None: whole trees, of two runs.
        tasks: Tasks with whole trees.
        pass_at_k: The rate it is about, unbiased.
        share_of_draws: Share of the variance of pass@k over tasks that is noise of draws, 0 to 1.
    """

    source: str | None
    k: int | None
    tasks: int
    pass_at_k: float
    share_of_draws: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An estimate that the records do not support.

    Attributes:
        what: The estimate: ``shapes of self without replacement beyond n_p = 3``.
        why: One line naming the tasks: ``apps/0003: its trees stopped at their budget``.
    """

    what: str
    why: str


class CompletionContents(StrEnum):
    """What a completion holds."""

    PROGRAM = "programs and repairs"
    FEEDBACK = "explanations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long completions of one kind took, in seconds from when their request was sent.

    Attributes:
        of: What the completions hold.
        samples: Completions whose time is known, served from a store or not; each of several from
            one request counts with the request's whole time.
        median: Median seconds to the last byte.
        p90: The 90th percentile.
        first_byte_samples: Completions that were streamed.
        first_byte_median: Median seconds to their first byte; None without any.
        first_byte_p90: The 90th percentile.
    """

    of: CompletionContents
    samples: int
    median: float
    p90: float
    first_byte_samples: int = 0
    first_byte_median: float | None = None
    first_byte_p90: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A description of a run.

    Attributes:
        title: Its title in reports: the models and sources unless the user gave another.
        models: M_P; several only where records of several runs were combined.
        sources: Feedback sources in the order the user gave them.
        prompts: Prompt sets, ``name@digest``.
        n_p: Initial programs of a task; None where records differ.
        n_fr: Repairs of each failing program; None where records differ.
        budget: The token budget of a tree, or None.
        temperature: The sampling temperature; None where unknown or where records differ.
        tasks: Tasks with a record.
        scored: Tasks that were scored.
        not_run: Tasks that were collected and never started.
        not_run_budget: Tasks not run because the run's budget was spent, with the reason.
        n_f: Feedback texts of each failing program; None: one for each repair, or records differ.
        depth: Levels of repair; None where records differ.
    """

    title: str
    models: tuple[str, ...]
    sources: tuple[str, ...]
    prompts: tuple[str, ...]
    n_p: int | None
    n_fr: int | None
    budget: int | None
    temperature: float | None
    tasks: int
    scored: int
    not_run: int
    not_run_budget: Unscored | None
    n_f: int | None = None
    depth: int | None = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything a report shows except the single tasks.

    Attributes:
        about: The run's description.
        headline: For each source, over all scored tasks: does repair pay?
        difficulties: One for each difficulty that has scored tasks, and `ALL` last.
        sources: One for each feedback source.
        pairs: Every two sources.
        shapes: Every shape that the trees support.
        curves: Sampling by each baseline, and each source; `ALL` and each difficulty. A source with
            repairs of repairs also has curves of smaller depths.
        heat_maps: For each source, one for each way to draw and each baseline.
        tally: Counts of tasks and programs by outcome.
        cost: The cost of all completions, those of unscored tasks included.
        lost: Requests in flight when runs were killed or stopped.
        unscored: Why tasks are missing from the rates.
        refused: Estimates that cannot be made without bias, by name.
        depths: Each source with repairs of repairs, cut off at every depth from 1 up.
        pairs_by_difficulty: Every two sources within each difficulty; empty where there is only one
            difficulty.
        latency: How long completions took; one for each kind with known times.
        notes: Caveats on how these figures came about, a line each.
        spreads: How much of the variance between tasks is noise of draws, for each source where
            that is known.
        account: The run's account, which includes tasks that were not reported; None in a report of
            a stored run.
        bargain: The estimates from games of scenarios; None where none were played.
        schema: The version of this layout.
    """

    about: About
    headline: tuple[AtEqualTokens, ...]
    difficulties: tuple[DifficultyRates, ...]
    sources: tuple[SourceFindings, ...]
    pairs: tuple[Pair, ...]
    shapes: tuple[Shape, ...]
    curves: tuple[Curve, ...]
    heat_maps: tuple[HeatMap, ...]
    tally: OutcomeCounts
    cost: Cost
    lost: Lost
    unscored: tuple[Unscored, ...]
    refused: tuple[Refused, ...]
    depths: tuple[AtEqualTokens, ...] = ()
    pairs_by_difficulty: tuple[Pair, ...] = ()
    latency: tuple[Latency, ...] = ()
    notes: tuple[str, ...] = ()
    spreads: tuple[Spread, ...] = ()
    account: Account | None = None
    bargain: BargainFindings | None = None
    schema: int = SCHEMA
