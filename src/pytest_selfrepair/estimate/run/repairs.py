"""Estimate what one source's repairs achieve: how many pass, of which programs, and edits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from pytest_selfrepair.core.feedback import leaks
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import RepairRate, SourceFindings
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap, Resampling
from pytest_selfrepair.estimate.intervals.statistics import ratio_of
from pytest_selfrepair.estimate.run.edits import edited_lines, same_program
from pytest_selfrepair.estimate.run.outcome import solved_at_once, solved_by
from pytest_selfrepair.estimate.run.scored import Scored, by_difficulty, resampling, with_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A repair of a failing program.

    Attributes:
        failing: The failing program.
        repair: The repair.
    """

    failing: ProgramNode
    repair: ProgramNode


def tried_by(task: Scored, source: str) -> tuple[Tried, ...]:
    """All repairs of a task by one source."""
    tree = task.tree(source)
    if tree is None:
        return ()
    nodes = {node.node: node for node in (*task.grown.programs, *tree.repairs)}
    return tuple(
        Tried(failing=nodes[repair.parent], repair=repair)
        for repair in tree.repairs
        if repair.parent is not None
    )


def repair_rate(group: str, tried: Sequence[Sequence[Tried]], drawn: Resampling) -> RepairRate:
    """Estimate the share of repairs that pass, over a group of failing programs.

    The interval resamples tasks with all their repairs: a ratio of sums over clusters.

    Args:
        group: The label of these failing programs.
        tried: The repairs of each task, in the order of the tasks that are drawn.
        drawn: The tasks.
    """
    counts = [len(repairs) for repairs in tried]
    passed = [passing(repairs) for repairs in tried]
    rate = None
    if sum(counts):
        informative = sum(count > 0 for count in counts)
        rate = drawn.rate(ratio_of(passed, counts), informative=informative)
    return RepairRate(
        group=group,
        failing=sum(len({each.failing.node for each in repairs}) for repairs in tried),
        tried=sum(counts),
        passed=sum(passed),
        rate=rate,
    )


def passing(repairs: Iterable[Tried]) -> int:
    """How many repairs pass."""
    return sum(each.repair.verdict.passed for each in repairs)


def source_findings(
    tasks: Sequence[Scored], source: str, *, how: Bootstrap = BOOTSTRAP
) -> SourceFindings:
    """Estimate one source on the tasks that have a tree of it, at least one.

    A reply without a program is a failed repair, but is excluded from `unchanged`, `broke` and
    `edit_lines`, which are about programs.
    """
    tasks = with_tree(tasks, source)
    tried = [tried_by(task, source) for task in tasks]
    every = [each for repairs in tried for each in repairs]
    programs = [
        each
        # Repairs of one program are adjacent, so that its lines are read once.
        for repairs in tried
        for each in sorted(repairs, key=lambda each: each.failing.node)
        if each.repair.verdict.outcome is not Outcome.NO_PROGRAM
    ]
    return SourceFindings(
        source=source,
        repairs=repair_rate(ALL, tried, resampling(tasks, how)),
        by_difficulty=_by_difficulty(tasks, source, how),
        by_outcome=_by_outcome(tasks, tried, resampling(tasks, how)),
        solved_only_by_repair=sum(
            not solved_at_once(task.grown) and solved_by(task.grown, source) for task in tasks
        ),
        tokens_per_repair=_mean([each.repair.total_tokens for each in every]),
        unchanged=_share(
            programs, lambda each: same_program(each.failing.program, each.repair.program)
        ),
        broke=_share(programs, lambda each: broke(each.failing.verdict, each.repair.verdict)),
        edit_lines=_median_edit(programs),
        unanswered=sum(len(tree.unanswered) for task in tasks if (tree := task.tree(source))),
        leaks=leaks(source),
    )


def broke(failing: Verdict, repair: Verdict) -> bool:
    """Whether a repair fails a case that the failing program is known to pass.

    Cases are judged in order, so those before the first failing one passed. A program that fails
    before any case, which does not compile for instance, passes none.
    """
    known = _passed_first(failing)
    return not repair.passed and _passed_first(repair) < known


def _passed_first(verdict: Verdict) -> int:
    """How many cases a failing program passes before its first failure."""
    if verdict.failure is None or verdict.failure.index is None:
        return 0
    return verdict.failure.index


def _by_difficulty(tasks: Sequence[Scored], source: str, how: Bootstrap) -> tuple[RepairRate, ...]:
    return tuple(
        repair_rate(name, [tried_by(task, source) for task in group], resampling(group, how))
        for name, group in by_difficulty(tasks).items()
        if name != ALL
    )


def _by_outcome(
    tasks: Sequence[Scored], tried: Sequence[Sequence[Tried]], drawn: Resampling
) -> tuple[RepairRate, ...]:
    """One for each outcome of failing programs, repaired or not, in the order of `Outcome`."""
    had = {program.verdict.outcome for task in tasks for program in task.grown.programs}
    had |= {each.failing.verdict.outcome for repairs in tried for each in repairs}
    return tuple(
        repair_rate(
            str(outcome),
            [[each for each in of if each.failing.verdict.outcome is outcome] for of in tried],
            drawn,
        )
        for outcome in Outcome
        if outcome in had and outcome is not Outcome.PASSED
    )


def _share(programs: Sequence[Tried], holds: Callable[[Tried], bool]) -> float | None:
    return _mean([holds(each) for each in programs])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _median_edit(programs: Sequence[Tried]) -> float | None:
    if not programs:
        return None
    return float(
        median(edited_lines(each.failing.program, each.repair.program) for each in programs)
    )
