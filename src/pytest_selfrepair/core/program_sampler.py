"""Draw and judge single programs of a task: initial programs and repairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.core.budget import Cost, Spending
from pytest_selfrepair.core.failing_program import FailingProgram
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.feedback_texts import FeedbackTexts
from pytest_selfrepair.core.jobs import Job
from pytest_selfrepair.core.program_judging import ProgramJudging, too_long
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

LEAST_USEFUL_TOKENS = 64
"""The fewest tokens worth a request: no program fits in less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramSampler:
    """Draws the programs of one task.

    Attributes:
        task: The task.
        plan: The size of its trees.
        model: M_P, the code model.
        prompts: The prompt set.
        spending: Collects the cost of every completion as it comes.
        reader: Reads M_P's replies.
        judging: Judges the programs.
        feedback: Draws the feedback texts.
    """

    task: Task
    plan: Plan
    model: Model
    prompts: PromptSet
    spending: Spending
    reader: ReplyReader
    judging: ProgramJudging
    feedback: FeedbackTexts

    def program_jobs(self, numbers: Iterable[int]) -> list[Job]:
        """Jobs for i.i.d. programs, by their numbers."""
        messages = self.prompts.program(self.task)

        longest = self.plan.params.max_tokens

        def draw(number: int) -> Job:
            async def job(granted: int) -> ProgramNode:
                node = f"p{number}"
                sample = await self._sample(messages, node, granted)
                return await self.judging.node(node, sample, self._read(sample))

            return Job(run=job, wanted=longest, least=min(longest, LEAST_USEFUL_TOKENS))

        return [draw(number) for number in numbers]

    def repair_jobs(self, failing: Sequence[FailingProgram]) -> list[Job]:
        """Jobs for repairs in rounds: the first of each program, then the second, and so on."""
        rounds = max((each.texts * each.n_r for each in failing), default=0)
        return [
            self._repair_job(each, *divmod(number, each.n_r))
            for number in range(rounds)
            for each in failing
            if number < each.texts * each.n_r
        ]

    def _repair_job(self, failing: FailingProgram, text: int, draw: int) -> Job:
        """A job for one repair on a text."""
        longest = self.plan.params.max_tokens
        spoken = 0 if draw or failing.source.joint else failing.source.max_tokens

        async def job(granted: int) -> ProgramNode:
            if failing.source.joint:
                return await self._jointly_repaired(failing, text, granted)
            return await self._repaired(failing, text, draw, granted)

        # An explanation may use all of its tokens; the repair needs room after it.
        least = spoken + min(longest, LEAST_USEFUL_TOKENS)
        return Job(run=job, wanted=longest + spoken, least=least)

    async def _repaired(
        self, failing: FailingProgram, text: int, draw: int, granted: int
    ) -> ProgramNode:
        """Draw a repair on a text; the first repair draws the text as well."""
        node, parent = failing.repair_node(text, draw), failing.program.node
        feedback = await self.feedback.text(failing, text)
        if draw:  # paid for with the first repair on it
            feedback = replace(feedback, cost=Cost())
        if feedback.finish_reason == CONTEXT_LIMIT:
            return too_long(node, parent, feedback)
        evidence = feedback.evidence
        messages = self.prompts.repair(
            self.task,
            program=failing.program.program,
            error=feedback.text if evidence else failing.failure.error,
            explanation="" if evidence else feedback.text,
        )
        left = max(1, min(granted - feedback.cost.tokens, self.plan.params.max_tokens))
        sample = await self._sample(messages, node, left)
        return await self.judging.node(
            node, sample, self._read(sample), parent=parent, feedback=feedback
        )

    async def _jointly_repaired(
        self, failing: FailingProgram, text: int, granted: int
    ) -> ProgramNode:
        """Draw an explanation and a repair in one completion."""
        node = failing.repair_node(text, 0)
        messages = self.prompts.joint(
            self.task, program=failing.program.program, error=failing.failure.error
        )
        sample = await self._sample(messages, node, granted)
        reading = self._read(sample)
        answered = sample.usage.completion_tokens - sample.usage.reasoning_tokens
        return await self.judging.node(
            node,
            sample,
            reading,
            parent=failing.program.node,
            feedback=Feedback(text=reading.explanation),
            explained=round(reading.explained * answered),
        )

    async def _sample(self, messages: tuple[Message, ...], node: str, granted: int) -> Sample:
        """Draw a completion of M_P within the tokens granted."""
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
        """Read a sample; a filtered answer counts as none, whatever is left of it."""
        if sample.finish_reason == CONTENT_FILTER:
            return Reading(program="", rule=ReadingRule.NOTHING)
        return self.reader.program(sample.text, self.task, finish_reason=sample.finish_reason)
