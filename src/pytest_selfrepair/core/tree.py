"""Repair trees, and `grow()`: the only orchestration of sampling, judging, feedback and repair."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pytest_selfrepair.core.budget import Spending, TokenBudget
from pytest_selfrepair.core.extract import extract_explanation, extract_program
from pytest_selfrepair.core.feedback import Failure, Feedback, FeedbackSource, error_sentence
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.sample import Message, Model, Sample, SampleRequest, SamplingParams
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Judge, Verdict

LEAST_USEFUL_TOKENS = 64
"""A request that may generate less than this is not started: no program fits in it."""

MOST_BASELINE_PER_SAMPLE = 8
"""Bound on baseline programs, per sample of the trees, should a model generate next to nothing."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramNode:
    """A program in a tree.

    Attributes:
        node: Its place: ``p3`` for the fourth i.i.d. program, ``p3/self/r1`` for the second repair
            of it by the source ``self``.
        program: Its text; empty where the reply held none.
        verdict: What became of it.
        tokens: Tokens generated for the completion that holds it.
        prompt_tokens: Tokens read for it.
        finish_reason: Why the model stopped.
        replayed: True where the completion was not paid for in this run.
        parent: The node it repairs; None for an i.i.d. program.
        feedback: The words it was repaired on; None for an i.i.d. program.
    """

    node: str
    program: str
    verdict: Verdict
    tokens: int
    prompt_tokens: int
    finish_reason: str
    replayed: bool = False
    parent: str | None = None
    feedback: Feedback | None = None

    @property
    def total_tokens(self) -> int:
        """Tokens generated for the program and for its feedback."""
        return self.tokens + (self.feedback.tokens if self.feedback else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairTree:
    """The repairs that one feedback source led to, grown from a task's initial programs.

    Attributes:
        source: The feedback source's name.
        repairs: All repairs, round by round, in each round in the order of the initial programs.
        complete: False where the token budget ended before every failing program had all its
            repairs.
    """

    source: str
    repairs: tuple[ProgramNode, ...]
    complete: bool

    @property
    def tokens(self) -> int:
        """Tokens generated for the repairs and their feedback, without the initial programs."""
        return sum(repair.total_tokens for repair in self.repairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """All that was sampled for one task.

    Attributes:
        programs: The initial programs, shared by all trees.
        trees: One for each feedback source.
        baseline: Further i.i.d. programs: what the costliest tree's tokens buy without repair.
        complete: False where the token budget ended before all initial programs were sampled.
    """

    programs: tuple[ProgramNode, ...]
    trees: tuple[RepairTree, ...]
    baseline: tuple[ProgramNode, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large the trees of a task may grow.

    Attributes:
        n_p: Initial programs.
        n_fr: Repairs (each with feedback of its own) of every failing initial program.
        budget: Generated tokens that one tree, initial programs included, may cost; None: no bound.
        params: How programs and repairs are drawn.
    """

    n_p: int
    n_fr: int
    budget: int | None
    params: SamplingParams


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
        failing = [program for program in programs if not program.verdict.passed]
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
        error = error_sentence(self.task, failing.verdict)

        async def job(granted: int) -> ProgramNode:
            if source.joint:
                messages = self.prompts.joint(self.task, program=failing.program, error=error)
                sample = await self.sample(messages, f"{place}/r{number}", granted)
                feedback = Feedback(text=extract_explanation(sample.text))
            else:
                feedback = await source.feedback(
                    Failure(
                        task=self.task,
                        program=failing.program,
                        verdict=failing.verdict,
                        error=error,
                    ),
                    node=f"{place}/f{number}",
                )
                if source.max_tokens:
                    self.spending.add(
                        tokens=feedback.tokens,
                        prompt_tokens=feedback.prompt_tokens,
                        replayed=feedback.replayed,
                    )
                messages = self.prompts.repair(
                    self.task, program=failing.program, error=error, explanation=feedback.text
                )
                left = min(granted - feedback.tokens, self.plan.params.max_tokens)
                sample = await self.sample(messages, f"{place}/r{number}", left)
            program = extract_program(sample.text, failing=failing.program)
            return await self.judged(
                f"{place}/r{number}", sample, program, parent=failing.node, feedback=feedback
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
        self.spending.add(
            tokens=sample.usage.completion_tokens,
            prompt_tokens=sample.usage.prompt_tokens or 0,
            replayed=sample.replayed,
        )
        return sample

    async def judged(
        self,
        node: str,
        sample: Sample,
        program: str,
        *,
        parent: str | None = None,
        feedback: Feedback | None = None,
    ) -> ProgramNode:
        """A sample with its verdict; equal programs of a task are judged once."""
        if program not in self.verdicts:
            self.verdicts[program] = asyncio.create_task(self.judge.judge(self.task, program))
        return ProgramNode(
            node=node,
            program=program,
            verdict=await self.verdicts[program],
            tokens=sample.usage.completion_tokens,
            prompt_tokens=sample.usage.prompt_tokens or 0,
            finish_reason=sample.finish_reason,
            replayed=sample.replayed,
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
