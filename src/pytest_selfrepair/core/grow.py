"""`grow()`: the only orchestration of sampling, judging, feedback and repair."""

import math
from collections.abc import Sequence

from pytest_selfrepair.core.budget import Spending, TokenBudget
from pytest_selfrepair.core.failing_program import FailingProgram
from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.feedback_texts import FeedbackTexts
from pytest_selfrepair.core.first_pass import grow_to_first_pass
from pytest_selfrepair.core.jobs import all_of, within
from pytest_selfrepair.core.program_judging import ProgramJudging
from pytest_selfrepair.core.program_sampler import ProgramSampler
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import CONTEXT_LIMIT, Model
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Grown, Plan, Policy, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.errors import BudgetSpentError, ReplayMissError

MOST_BASELINE_PER_SAMPLE = 8
"""Bound on baseline programs per sample of the trees, should a model generate next to nothing."""


async def grow(
    task: Task,
    plan: Plan,
    *,
    model: Model,
    judge: Judge,
    sources: Sequence[FeedbackSource],
    prompts: PromptSet,
    spending: Spending,
    reader: ReplyReader | None = None,
) -> Grown:
    """Grow a task's repair trees and its baseline.

    By the policy `batch` every failing initial program is repaired, also where another one passed:
    only then can the pass rate of every smaller tree be estimated without bias. Repairs that fail
    are repaired in their turn, level by level, down to the plan's depth. The baseline is further
    i.i.d. programs of a task that no initial program solves. By `dfs` and `bfs` each tree ends at
    its first pass, and there is no baseline.

    Args:
        task: The task.
        plan: How large the trees may grow.
        model: M_P, which writes programs and repairs.
        judge: Runs programs.
        sources: Where feedback comes from, one tree each; their names differ.
        prompts: The wording.
        spending: Counts every completion as it comes, also those of a task that then fails.
        reader: Reads M_P's replies; None: one that knows the usual thinking tags.

    Raises:
        InfrastructureError: Some completion or verdict could not be had. Raised only when all that
            was under way has ended, so that nothing paid for is lost.
    """
    drawing = ProgramSampler(
        task=task,
        plan=plan,
        model=model,
        prompts=prompts,
        spending=spending,
        reader=reader or ReplyReader(),
        judging=ProgramJudging(task=task, judge=judge, cases=plan.feedback_cases),
        feedback=FeedbackTexts(spending=spending),
    )
    if plan.policy is not Policy.BATCH:
        return await grow_to_first_pass(drawing, sources)
    shared = TokenBudget(limit=plan.budget)
    programs, complete = await within(shared, drawing.program_jobs(range(plan.n_p)))
    trees = await all_of(_repaired(drawing, source, programs, shared.spent) for source in sources)
    return Grown(
        programs=tuple(programs),
        trees=tuple(trees),
        baseline=await _baseline(drawing, programs, trees),
        complete=complete,
    )


async def _repaired(
    drawing: ProgramSampler, source: FeedbackSource, programs: Sequence[ProgramNode], spent: int
) -> RepairTree:
    """The tree of a source, level by level."""
    budget = TokenBudget(limit=drawing.plan.budget, spent=spent)
    repairs: list[ProgramNode] = []
    unanswered: list[str] = []
    above, complete = list(programs), True
    for _ in range(drawing.plan.depth):
        failing = [
            FailingProgram.of(program, source, task=drawing.task, plan=drawing.plan)
            for program in above
            if not program.verdict.passed and program.finish_reason != CONTEXT_LIMIT
        ]
        unanswered += [each.program.node for each in failing if not each.texts]
        above, complete = await within(budget, drawing.repair_jobs(failing))
        repairs += above
        if not (above and complete):
            break
    return RepairTree(
        source=source.name,
        repairs=tuple(repairs),
        complete=complete,
        unanswered=tuple(unanswered),
    )


async def _baseline(
    drawing: ProgramSampler, programs: Sequence[ProgramNode], trees: Sequence[RepairTree]
) -> tuple[ProgramNode, ...]:
    """Further programs, where none of the initial ones passes.

    How many does not depend on what they are: sampling until the trees' tokens are reached
    would end sooner where programs are long, and they fail more often. It is the plan's number,
    or as many as the costliest tree's repairs buy at the mean cost of an initial program, if
    that is more. Fewer, where a budget ends or a replay has no more: what was paid for counts.
    """
    if not trees or not programs or any(program.verdict.passed for program in programs):
        return ()
    spent = sum(program.total_tokens for program in programs)
    repairs = max(tree.tokens for tree in trees)
    most = MOST_BASELINE_PER_SAMPLE * drawing.spending.cost.samples
    enough = math.ceil(repairs * len(programs) / max(spent, 1))
    count = max(drawing.plan.baseline, min(enough, most))
    first = len(programs)
    nodes, _ = await within(
        TokenBudget(limit=drawing.plan.budget, spent=spent),
        drawing.program_jobs(range(first, first + count)),
        may_end=(BudgetSpentError, ReplayMissError),
    )
    return tuple(nodes)
