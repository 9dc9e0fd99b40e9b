"""The source `cases`: several failing cases in place of the first."""

from dataclasses import dataclass, field, replace

from pytest_selfrepair.core.feedback import LONGEST_EVIDENCE, Failure, Feedback, error_sentence
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.feedback.remembered import Remembered

MOST_CASES = 3
"""The most failing cases shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralCases:
    """The first failing cases, each in an error sentence.

    A verdict holds only the first, so the program is judged again on the cases after it.
    """

    judge: Judge
    prompts: PromptSet
    name: str = "cases"
    joint: bool = False
    max_tokens: int = 0
    known: Remembered = field(default_factory=Remembered)

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """Return up to `MOST_CASES` failing cases; the error sentence if only one fails.

        Raises:
            SandboxError: The program could not be run again.
        """
        text = await self.known.of(failure, self._cases)
        return Feedback(text=text, evidence=True)

    async def _cases(self, failure: Failure) -> str:
        task, verdict = failure.task, failure.verdict
        errors, first = [failure.error], 0
        # An assertion may depend on earlier ones, so they are not run separately.
        while len(errors) < MOST_CASES and task.assertions is None:
            if verdict.failure is None or verdict.failure.index is None:
                break  # failed before any case
            first += verdict.failure.index + 1
            if first >= len(task.cases):
                break
            rest = replace(task, cases=task.cases[first:])
            verdict = await self.judge.judge(rest, failure.program)
            if verdict.passed:
                break
            errors.append(error_sentence(task, verdict))
        said = self.prompts.cases(errors) if len(errors) > 1 else failure.error
        return shorten(said, LONGEST_EVIDENCE)
