"""Draws and judges single programs of a task: initial ones, and repairs on a source's words."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pytest_selfrepair.core.budget import Cost, Spending
from pytest_selfrepair.core.feedback import (
    Failure,
    Feedback,
    FeedbackCases,
    FeedbackSource,
    Selective,
    public_first,
    seen,
)
from pytest_selfrepair.core.jobs import Job
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import Reading, ReadingRule, ReplyReader
from pytest_selfrepair.core.sample import (
    CONTENT_FILTER,
    CONTEXT_LIMIT,
    Message,
    Model,
    Sample,
    SampleRequest,
)
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Plan, ProgramNode
from pytest_selfrepair.core.verdict import CaseFailure, Judge, Outcome, Verdict

LEAST_USEFUL_TOKENS = 64
"""A request that may generate less than this is not started: no program fits in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingProgram:
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


@dataclass(slots=True, kw_only=True)
class ProgramSampler:
    """Draws and judges the programs of one task.

    Attributes:
        task: The task.
        plan: How large its trees may grow.
        model: M_P, which writes programs and repairs.
        judge: Runs programs.
        prompts: The wording.
        spending: Counts every completion as it comes.
        reader: Reads M_P's replies.
        verdicts: Those of programs that were drawn; equal ones are judged once.
        texts: What sources said or are saying, by the nodes of the texts.
    """

    task: Task
    plan: Plan
    model: Model
    judge: Judge
    prompts: PromptSet
    spending: Spending
    reader: ReplyReader
    verdicts: dict[str, "asyncio.Task[Verdict]"] = field(default_factory=dict)
    texts: dict[str, "asyncio.Task[Feedback]"] = field(default_factory=dict)

    def program_jobs(self, numbers: Iterable[int]) -> list[Job]:
        """A job for each of some i.i.d. programs, by their numbers."""
        messages = self.prompts.program(self.task)

        longest = self.plan.params.max_tokens

        def draw(number: int) -> Job:
            async def job(granted: int) -> ProgramNode:
                node = f"p{number}"
                sample = await self._sample(messages, node, granted)
                return await self._judged(node, sample, self._read(sample))

            return Job(run=job, wanted=longest, least=min(longest, LEAST_USEFUL_TOKENS))

        return [draw(number) for number in numbers]

    def failing(self, source: FeedbackSource, program: ProgramNode) -> "FailingProgram":
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
        return FailingProgram(source=source, program=program, failure=failure, texts=texts, n_r=n_r)

    def repair_jobs(self, failing: Sequence["FailingProgram"]) -> list[Job]:
        """Round by round: the first repair of each program, then the second of each, and so on."""
        rounds = max((each.texts * each.n_r for each in failing), default=0)
        return [
            self._repair_job(each, *divmod(number, each.n_r))
            for number in range(rounds)
            for each in failing
            if number < each.texts * each.n_r
        ]

    def _repair_job(self, failing: "FailingProgram", text: int, draw: int) -> Job:
        node = failing.repair_node(text, draw)
        longest = self.plan.params.max_tokens
        spoken = 0 if draw or failing.source.joint else failing.source.max_tokens

        async def job(granted: int) -> ProgramNode:
            if failing.source.joint:
                return await self._jointly_repaired(failing, node, granted)
            feedback = await self._told(failing, text)
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
            sample = await self._sample(messages, node, left)
            return await self._judged(
                node,
                sample,
                self._read(sample),
                parent=failing.program.node,
                feedback=feedback,
            )

        # An explanation may take all of its tokens; the repair then needs room beside it.
        least = spoken + min(longest, LEAST_USEFUL_TOKENS)
        return Job(run=job, wanted=longest + spoken, least=least)

    async def _jointly_repaired(
        self, failing: "FailingProgram", node: str, granted: int
    ) -> ProgramNode:
        """Explanation and program in one completion."""
        messages = self.prompts.joint(
            self.task, program=failing.program.program, error=failing.failure.error
        )
        sample = await self._sample(messages, node, granted)
        reading = self._read(sample)
        answered = sample.usage.completion_tokens - sample.usage.reasoning_tokens
        return await self._judged(
            node,
            sample,
            reading,
            parent=failing.program.node,
            feedback=Feedback(text=reading.explanation),
            explained=round(reading.explained * answered),
        )

    async def _told(self, failing: "FailingProgram", text: int) -> Feedback:
        """One text about a failing program, asked for once for all repairs on it."""
        node = f"{failing.place}/f{text}"
        if node not in self.texts:
            self.texts[node] = asyncio.create_task(self._ask(failing, node))
        return await self.texts[node]

    async def _ask(self, failing: "FailingProgram", node: str) -> Feedback:
        feedback = await failing.source.feedback(failing.failure, node=node)
        self.spending.add(feedback.cost)
        return feedback

    async def _sample(self, messages: tuple[Message, ...], node: str, granted: int) -> Sample:
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

    def _read(self, sample: Sample) -> Reading:
        """What a sample holds; an answer that was filtered is none, whatever is left of it."""
        if sample.finish_reason == CONTENT_FILTER:
            return Reading(program="", rule=ReadingRule.NOTHING)
        return self.reader.program(sample.text, self.task, finish_reason=sample.finish_reason)

    async def _judged(
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
                self.verdicts[program] = asyncio.create_task(self._verdict(program))
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

    async def _verdict(self, program: str) -> Verdict:
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
    elif reading.rule is ReadingRule.CUT_OFF:
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
