"""`grow()`: the only orchestration of sampling, judging, feedback and repair."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from pytest_selfrepair.core.budget import Cost, Spending, TokenBudget
from pytest_selfrepair.core.feedback import (
    Failure,
    Feedback,
    FeedbackCases,
    FeedbackSource,
    Selective,
    public_first,
    seen,
)
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import Reading, ReplyReader, Rule
from pytest_selfrepair.core.sample import (
    CONTENT_FILTER,
    CONTEXT_LIMIT,
    Message,
    Model,
    Sample,
    SampleRequest,
)
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Judge, Outcome, Verdict
from pytest_selfrepair.core.waiting import all_ended
from pytest_selfrepair.errors import BudgetSpentError, InfrastructureError, ReplayMissError

LEAST_USEFUL_TOKENS = 64
"""A request that may generate less than this is not started: no program fits in it."""

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

    Every failing initial program is repaired, also where another one passed: only then can the pass
    rate of every smaller tree be estimated without bias. Repairs that fail are repaired in their
    turn, level by level, down to the plan's depth. The baseline is further i.i.d. programs of a
    task that no initial program solves.

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
    grower = _Grower(
        task=task,
        plan=plan,
        model=model,
        judge=judge,
        prompts=prompts,
        spending=spending,
        reader=reader or ReplyReader(),
    )
    shared = TokenBudget(limit=plan.budget)
    programs, complete = await grower.draw_programs(range(plan.n_p), shared)
    trees = await all_ended(grower.repair(source, programs, shared.spent) for source in sources)
    baseline = await grower.draw_baseline(programs, trees)
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
    reader: ReplyReader
    verdicts: dict[str, "asyncio.Task[Verdict]"] = field(default_factory=dict)
    texts: dict[str, "asyncio.Task[Feedback]"] = field(default_factory=dict)

    async def draw_programs(
        self, numbers: Iterable[int], budget: TokenBudget
    ) -> tuple[tuple[ProgramNode, ...], bool]:
        nodes, complete = await _within(budget, self.program_jobs(numbers))
        return tuple(nodes), complete

    def program_jobs(self, numbers: Iterable[int]) -> "list[_Job]":
        messages = self.prompts.program(self.task)

        longest = self.plan.params.max_tokens

        def draw(number: int) -> "_Job":
            async def job(granted: int) -> ProgramNode:
                node = f"p{number}"
                sample = await self.sample(messages, node, granted)
                return await self.judged(node, sample, self.read(sample))

            return _Job(run=job, wanted=longest, least=min(longest, LEAST_USEFUL_TOKENS))

        return [draw(number) for number in numbers]

    async def draw_baseline(
        self, programs: Sequence[ProgramNode], trees: Sequence[RepairTree]
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
        most = MOST_BASELINE_PER_SAMPLE * self.spending.cost.samples
        enough = math.ceil(repairs * len(programs) / max(spent, 1))
        count = max(self.plan.baseline, min(enough, most))
        first = len(programs)
        nodes, _ = await _within(
            TokenBudget(limit=self.plan.budget, spent=spent),
            self.program_jobs(range(first, first + count)),
            may_end=(BudgetSpentError, ReplayMissError),
        )
        return tuple(nodes)

    async def repair(
        self, source: FeedbackSource, programs: Sequence[ProgramNode], spent: int
    ) -> RepairTree:
        budget = TokenBudget(limit=self.plan.budget, spent=spent)
        repairs: list[ProgramNode] = []
        unanswered: list[str] = []
        above, complete = list(programs), True
        for _ in range(self.plan.depth):
            failing = [
                self.failing(source, program)
                for program in above
                if not program.verdict.passed and program.finish_reason != CONTEXT_LIMIT
            ]
            unanswered += [each.program.node for each in failing if not each.texts]
            above, complete = await _within(budget, self.repair_jobs(failing))
            repairs += above
            if not (above and complete):
                break
        return RepairTree(
            source=source.name,
            repairs=tuple(repairs),
            complete=complete,
            unanswered=tuple(unanswered),
        )

    def failing(self, source: FeedbackSource, program: ProgramNode) -> "_Failing":
        """A failing program with how many texts it is repaired on, and how often on each."""
        plan = self.plan
        failure = seen(self.task, program.program, program.verdict, plan.feedback_cases)
        there = source.texts(failure) if isinstance(source, Selective) else None
        if source.joint:
            texts, n_r = plan.n_fr, 1
        elif there is None:
            texts, n_r = plan.texts, plan.n_r
        elif plan.n_f is None:  # of texts that are there, each is repaired on so often
            texts, n_r = there, plan.n_fr
        else:
            texts, n_r = min(there, plan.n_f), plan.n_r
        return _Failing(source=source, program=program, failure=failure, texts=texts, n_r=n_r)

    def repair_jobs(self, failing: Sequence["_Failing"]) -> "list[_Job]":
        """Round by round: the first repair of each program, then the second of each, and so on."""
        rounds = max((each.texts * each.n_r for each in failing), default=0)
        return [
            self.repair_job(each, *divmod(number, each.n_r))
            for number in range(rounds)
            for each in failing
            if number < each.texts * each.n_r
        ]

    def repair_job(self, failing: "_Failing", text: int, draw: int) -> "_Job":
        node = failing.repair_node(text, draw)
        longest = self.plan.params.max_tokens
        spoken = 0 if draw or failing.source.joint else failing.source.max_tokens

        async def job(granted: int) -> ProgramNode:
            if failing.source.joint:
                return await self.jointly_repaired(failing, node, granted)
            feedback = await self.told(failing, text)
            if draw:  # it was paid for with the first repair on it
                feedback = replace(feedback, cost=Cost())
            if feedback.finish_reason == CONTEXT_LIMIT:
                return _too_long(node, failing.program.node, feedback)
            evidence = feedback.evidence
            messages = self.prompts.repair(
                self.task,
                program=failing.program.program,
                error=feedback.text if evidence else failing.failure.error,
                explanation="" if evidence else feedback.text,
            )
            left = max(1, min(granted - feedback.cost.tokens, longest))
            sample = await self.sample(messages, node, left)
            return await self.judged(
                node,
                sample,
                self.read(sample),
                parent=failing.program.node,
                feedback=feedback,
            )

        # An explanation may take all of its tokens; the repair then needs room beside it.
        least = spoken + min(longest, LEAST_USEFUL_TOKENS)
        return _Job(run=job, wanted=longest + spoken, least=least)

    async def jointly_repaired(self, failing: "_Failing", node: str, granted: int) -> ProgramNode:
        """Explanation and program in one completion."""
        messages = self.prompts.joint(
            self.task, program=failing.program.program, error=failing.failure.error
        )
        sample = await self.sample(messages, node, granted)
        reading = self.read(sample)
        answered = sample.usage.completion_tokens - sample.usage.reasoning_tokens
        return await self.judged(
            node,
            sample,
            reading,
            parent=failing.program.node,
            feedback=Feedback(text=reading.explanation),
            explained=round(reading.explained * answered),
        )

    async def told(self, failing: "_Failing", text: int) -> Feedback:
        """One text about a failing program, asked for once for all repairs on it."""
        node = f"{failing.place}/f{text}"
        if node not in self.texts:
            self.texts[node] = asyncio.create_task(self.ask(failing, node))
        return await self.texts[node]

    async def ask(self, failing: "_Failing", node: str) -> Feedback:
        feedback = await failing.source.feedback(failing.failure, node=node)
        self.spending.add(feedback.cost)
        return feedback

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

    def read(self, sample: Sample) -> Reading:
        """What a sample holds; an answer that was filtered is none, whatever is left of it."""
        if sample.finish_reason == CONTENT_FILTER:
            return Reading(program="", rule=Rule.NOTHING)
        return self.reader.program(sample.text, self.task, finish_reason=sample.finish_reason)

    async def judged(
        self,
        node: str,
        sample: Sample,
        reading: Reading,
        *,
        parent: str | None = None,
        feedback: Feedback | None = None,
        explained: int = 0,
    ) -> ProgramNode:
        """A sample with its verdict; equal programs of a task are judged once."""
        if sample.finish_reason == CONTEXT_LIMIT:
            return _too_long(node, parent, feedback)
        program = reading.program
        verdict = _without_answer(sample, reading)
        if verdict is None:
            if program not in self.verdicts:
                self.verdicts[program] = asyncio.create_task(self.verdict(program))
            verdict = await self.verdicts[program]
        return ProgramNode(
            node=node,
            program=program,
            verdict=verdict,
            cost=Cost.of(sample),
            finish_reason=sample.finish_reason,
            explanation_tokens=explained,
            parent=parent,
            feedback=feedback,
            rule=reading.rule,
            others=reading.others,
            counted_by=sample.usage.counted_by,
            seconds=sample.seconds,
            first_byte=sample.first_byte,
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


def _without_answer(sample: Sample, reading: Reading) -> Verdict | None:
    """The verdict on a reply that was cut off or filtered before it answered; None on any other."""
    if sample.finish_reason == CONTENT_FILTER:
        outcome, why = Outcome.FILTERED, "the endpoint's filter kept the answer back"
    elif reading.rule is Rule.CUT_OFF:
        outcome, why = Outcome.CUT_OFF, "it was cut off while thinking, before any answer"
    else:
        return None
    failure = CaseFailure(error=why)
    return Verdict(outcome=outcome, cases_run=0, cases_passed=0, failure=failure)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failing:
    """A failing program, and on how many texts of a source it is repaired how often."""

    source: FeedbackSource
    program: ProgramNode
    failure: Failure
    texts: int
    n_r: int

    @property
    def place(self) -> str:
        """What the nodes of its texts and repairs begin with.

        The source is named once, where a tree begins.
        """
        node = self.program.node
        return f"{node}/{self.source.name}" if self.program.parent is None else node

    def repair_node(self, text: int, draw: int) -> str:
        """The place of a repair: the first on each text is named alike, however many there are."""
        return f"{self.place}/f{text}/r{draw}" if draw else f"{self.place}/r{text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """Samples and judges one program within the tokens granted to it.

    Attributes:
        run: Does so.
        wanted: Tokens that it may take at most.
        least: Fewer are of no use to it.
    """

    run: Callable[[int], Awaitable[ProgramNode]]
    wanted: int
    least: int


async def _within(
    budget: TokenBudget,
    jobs: Sequence[_Job],
    *,
    may_end: tuple[type[InfrastructureError], ...] = (),
) -> tuple[list[ProgramNode], bool]:
    """Run jobs in order, as many at a time as the budget can answer for.

    Args:
        budget: What they may cost.
        jobs: What to run.
        may_end: Errors that are none, but end the jobs before the first that met one.

    Returns:
        The nodes of the jobs that could be started, in order, and whether those were all.
    """

    async def tried(job: _Job, granted: int) -> ProgramNode | None:
        try:
            return await job.run(granted)
        except may_end:
            return None

    nodes: list[ProgramNode] = []
    while len(nodes) < len(jobs):
        grants: list[int] = []
        for job in jobs[len(nodes) :]:
            if (granted := budget.reserve(job.wanted, minimum=job.least)) is None:
                break
            grants.append(granted)
        if not grants:
            return nodes, False
        started = jobs[len(nodes) : len(nodes) + len(grants)]
        ended = await all_ended(
            tried(job, granted) for job, granted in zip(started, grants, strict=True)
        )
        for node, granted in zip(ended, grants, strict=True):
            budget.settle(granted, 0 if node is None else node.total_tokens)
        nodes += [node for node in takewhile(lambda node: node is not None, ended) if node]
        if None in ended:
            return nodes, False
    return nodes, True
