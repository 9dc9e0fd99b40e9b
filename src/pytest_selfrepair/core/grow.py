"""`grow()`: the only orchestration of sampling, judging, feedback and repair."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pytest_selfrepair.core.budget import Cost, Spending, TokenBudget
from pytest_selfrepair.core.extract import extract_explanation, extract_program
from pytest_selfrepair.core.feedback import (
    Feedback,
    FeedbackCases,
    FeedbackSource,
    public_first,
    seen,
)
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.sample import (
    CONTEXT_LIMIT,
    Message,
    Model,
    Sample,
    SampleRequest,
)
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Judge, Outcome, Verdict

LEAST_USEFUL_TOKENS = 64
"""A request that may generate less than this is not started: no program fits in it."""

MOST_BASELINE_PER_SAMPLE = 8
"""Bound on baseline programs, per sample of the trees, should a model generate next to nothing."""

_T = TypeVar("_T")


async def grow(
    task: Task,
    plan: Plan,
    *,
    model: Model,
    judge: Judge,
    sources: Sequence[FeedbackSource],
    prompts: PromptSet,
    spending: Spending,
) -> Grown:
    """Grow a task's repair trees and its baseline.

    Every failing initial program is repaired, also where another one passed: only then can the pass
    rate of every smaller tree be estimated without bias. The baseline draws further i.i.d. programs
    until it has generated as many tokens as the costliest tree.

    Args:
        task: The task.
        plan: How large the trees may grow.
        model: M_P, which writes programs and repairs.
        judge: Runs programs.
        sources: Where feedback comes from, one tree each; their names differ.
        prompts: The wording.
        spending: Counts every completion as it comes, also those of a task that then fails.

    Raises:
        InfrastructureError: Some completion or verdict could not be had. Raised only when all that
            was under way has ended, so that nothing paid for is lost.
    """
    grower = _Grower(
        task=task, plan=plan, model=model, judge=judge, prompts=prompts, spending=spending
    )
    shared = TokenBudget(limit=plan.budget)
    programs, complete = await grower.draw_programs(range(plan.n_p), shared)
    trees = await _all(grower.repair(source, programs, shared.spent) for source in sources)
    target = shared.spent + max((tree.tokens for tree in trees), default=0)
    baseline = await grower.draw_baseline(len(programs), shared.spent, target)
    return Grown(programs=programs, trees=tuple(trees), baseline=baseline, complete=complete)


@dataclass(slots=True, kw_only=True)
class _Grower:
    """Samples and judges the programs of one task."""

    task: Task
    plan: Plan
    model: Model
    judge: Judge
    prompts: PromptSet
    spending: Spending
    verdicts: dict[str, "asyncio.Task[Verdict]"] = field(default_factory=dict)

    async def draw_programs(
        self, numbers: Iterable[int], budget: TokenBudget
    ) -> tuple[tuple[ProgramNode, ...], bool]:
        messages = self.prompts.program(self.task)

        def draw(number: int) -> "_Job[ProgramNode]":
            async def job(granted: int) -> ProgramNode:
                node = f"p{number}"
                sample = await self.sample(messages, node, granted)
                return await self.judged(node, sample, extract_program(sample.text))

            return job

        nodes, complete = await _within(
            budget, [draw(number) for number in numbers], wanted=self.plan.params.max_tokens
        )
        return tuple(nodes), complete

    async def draw_baseline(self, drawn: int, spent: int, target: int) -> tuple[ProgramNode, ...]:
        budget = TokenBudget(limit=self.plan.budget, spent=spent)
        most = MOST_BASELINE_PER_SAMPLE * self.spending.cost.samples
        baseline: list[ProgramNode] = []
        while budget.spent < target and len(baseline) < most:
            first = drawn + len(baseline)
            mean = max(budget.spent / max(first, 1), 1.0)
            count = min(math.ceil((target - budget.spent) / mean), most - len(baseline))
            nodes, complete = await self.draw_programs(range(first, first + count), budget)
            baseline += nodes
            if not complete:
                break
        return tuple(baseline)

    async def repair(
        self, source: FeedbackSource, programs: Sequence[ProgramNode], spent: int
    ) -> RepairTree:
        failing = [
            program
            for program in programs
            if not program.verdict.passed and program.finish_reason != CONTEXT_LIMIT
        ]
        jobs = [
            self.repair_job(source, program, number)
            for number in range(self.plan.n_fr)
            for program in failing
        ]
        repairs, complete = await _within(
            TokenBudget(limit=self.plan.budget, spent=spent),
            jobs,
            wanted=self.plan.params.max_tokens + source.max_tokens,
        )
        return RepairTree(source=source.name, repairs=tuple(repairs), complete=complete)

    def repair_job(
        self, source: FeedbackSource, failing: ProgramNode, number: int
    ) -> "_Job[ProgramNode]":
        place = f"{failing.node}/{source.name}"
        failure = seen(self.task, failing.program, failing.verdict, self.plan.feedback_cases)
        error = failure.error

        async def job(granted: int) -> ProgramNode:
            if source.joint:
                messages = self.prompts.joint(self.task, program=failing.program, error=error)
                sample = await self.sample(messages, f"{place}/r{number}", granted)
                explanation = extract_explanation(sample.text)
                feedback = Feedback(text=explanation)
                share = len(explanation) / max(len(sample.text), 1)
                explained = round(share * sample.usage.completion_tokens)
            else:
                feedback = await source.feedback(failure, node=f"{place}/f{number}")
                self.spending.add(feedback.cost)
                if feedback.finish_reason == CONTEXT_LIMIT:
                    return _too_long(f"{place}/r{number}", failing.node, feedback)
                messages = self.prompts.repair(
                    self.task, program=failing.program, error=error, explanation=feedback.text
                )
                left = min(granted - feedback.cost.tokens, self.plan.params.max_tokens)
                explained = 0
                sample = await self.sample(messages, f"{place}/r{number}", left)
            program = extract_program(sample.text, failing=failing.program)
            return await self.judged(
                f"{place}/r{number}",
                sample,
                program,
                parent=failing.node,
                feedback=feedback,
                explained=explained,
            )

        return job

    async def sample(self, messages: tuple[Message, ...], node: str, granted: int) -> Sample:
        request = SampleRequest(
            model=self.model.name,
            messages=messages,
            params=self.plan.params,
            task_id=self.task.id,
            node=node,
        )
        sample = await self.model.sample(request.capped(granted))
        self.spending.add(Cost.of(sample))
        return sample

    async def judged(
        self,
        node: str,
        sample: Sample,
        program: str,
        *,
        parent: str | None = None,
        feedback: Feedback | None = None,
        explained: int = 0,
    ) -> ProgramNode:
        """A sample with its verdict; equal programs of a task are judged once."""
        if sample.finish_reason == CONTEXT_LIMIT:
            return _too_long(node, parent, feedback)
        if program not in self.verdicts:
            self.verdicts[program] = asyncio.create_task(self.verdict(program))
        return ProgramNode(
            node=node,
            program=program,
            verdict=await self.verdicts[program],
            cost=Cost.of(sample),
            finish_reason=sample.finish_reason,
            explanation_tokens=explained,
            parent=parent,
            feedback=feedback,
        )

    async def verdict(self, program: str) -> Verdict:
        """What becomes of a program; public cases are run first where they alone may be seen."""
        if self.plan.feedback_cases is FeedbackCases.ALL:
            return await self.judge.judge(self.task, program)
        task, order = public_first(self.task)
        verdict = await self.judge.judge(task, program)
        if verdict.failure is None or verdict.failure.index is None:
            return verdict
        index = order[verdict.failure.index]
        return replace(verdict, failure=replace(verdict.failure, index=index))


def _too_long(node: str, parent: str | None, feedback: Feedback | None) -> ProgramNode:
    """A branch that ends, since what it would ask is longer than the model reads."""
    failure = CaseFailure(error="the prompt is longer than the model reads")
    return ProgramNode(
        node=node,
        program="",
        verdict=Verdict(outcome=Outcome.NO_PROGRAM, cases_run=0, cases_passed=0, failure=failure),
        cost=Cost(),
        finish_reason=CONTEXT_LIMIT,
        parent=parent,
        feedback=feedback,
    )


_Job = Callable[[int], Awaitable[_T]]
"""Samples and judges one program within the tokens granted to it."""


async def _within(
    budget: TokenBudget, jobs: Sequence[_Job[ProgramNode]], *, wanted: int
) -> tuple[list[ProgramNode], bool]:
    """Run jobs in order, as many at a time as the budget can answer for.

    Returns:
        The nodes of the jobs that could be started, in order, and whether those were all.
    """
    nodes: list[ProgramNode] = []
    minimum = min(wanted, LEAST_USEFUL_TOKENS)
    while len(nodes) < len(jobs):
        grants: list[int] = []
        for _ in jobs[len(nodes) :]:
            if (granted := budget.reserve(wanted, minimum=minimum)) is None:
                break
            grants.append(granted)
        if not grants:
            return nodes, False
        started = jobs[len(nodes) : len(nodes) + len(grants)]
        ended = await _all(job(granted) for job, granted in zip(started, grants, strict=True))
        for node, granted in zip(ended, grants, strict=True):
            budget.settle(granted, node.total_tokens)
        nodes += ended
    return nodes, True


async def _all(awaitables: Iterable[Awaitable[_T]]) -> list[_T]:
    """Wait for all, then raise what the first of them raised: none is cancelled half paid for."""
    ended = await asyncio.gather(*awaitables, return_exceptions=True)
    results: list[_T] = []
    for result in ended:
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results
