"""A sample → a program with its verdict, as a node of a repair tree."""

import asyncio
from dataclasses import dataclass, field, replace

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback, FeedbackCases, public_first
from pytest_selfrepair.core.reading import Reading, ReadingRule
from pytest_selfrepair.core.sample import CONTENT_FILTER, CONTEXT_LIMIT, Sample
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.core.verdict import CaseFailure, Judge, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramJudging:
    """Judges the programs of one task, equal ones once.

    Attributes:
        task: The task.
        judge: Runs programs.
        cases: The cases that feedback may see.
    """

    task: Task
    judge: Judge
    cases: FeedbackCases
    _verdicts: "dict[str, asyncio.Task[Verdict]]" = field(
        default_factory=dict, init=False, repr=False
    )

    async def node(
        self,
        node: str,
        sample: Sample,
        reading: Reading,
        *,
        parent: str | None = None,
        feedback: Feedback | None = None,
        explained: int = 0,
    ) -> ProgramNode:
        """The node of a sample, with the verdict on its program.

        Args:
            node: Its place.
            sample: The sample.
            reading: What was read in it.
            parent: The place of the program that it repairs.
            feedback: The text that it was repaired on.
            explained: Tokens of the sample that are an explanation.

        Raises:
            InfrastructureError: The program could not be judged.
        """
        if sample.finish_reason == CONTEXT_LIMIT:
            return too_long(node, parent, feedback)
        program = reading.program
        verdict = _without_answer(sample, reading)
        if verdict is None:
            if program not in self._verdicts:
                self._verdicts[program] = asyncio.create_task(self._verdict(program))
            verdict = await self._verdicts[program]
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
        """The verdict on a program; public cases are run first where they alone may be seen."""
        if self.cases is FeedbackCases.ALL:
            return await self.judge.judge(self.task, program)
        task, order = public_first(self.task)
        verdict = await self.judge.judge(task, program)
        if verdict.failure is None or verdict.failure.index is None:
            return verdict
        index = order[verdict.failure.index]
        return replace(verdict, failure=replace(verdict.failure, index=index))


def too_long(node: str, parent: str | None, feedback: Feedback | None) -> ProgramNode:
    """The node where a branch ends, since its prompt is longer than the model reads."""
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
