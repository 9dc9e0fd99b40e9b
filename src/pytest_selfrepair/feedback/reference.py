"""The source `reference`: hints from a model that sees a reference solution, an upper bound."""

from dataclasses import dataclass, field

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import REFERENCE, Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Model, SampleRequest, SamplingParams
from pytest_selfrepair.core.shorten import shorten

LONGEST_SOLUTION = 8_000
"""The longest reference solution in a prompt, in characters; longer ones lose their middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Hints that leak the reference solution: an upper bound on the worth of feedback.

    The repairing model sees only the words of a hint, without code.

    Attributes:
        model: The model that writes the hints.
        prompts: The prompt set.
        params: The sampling parameters; `max_tokens` bounds one hint.
        name: The source's name in reports.
        reader: Reads the model's replies, as thoughts are not part of a hint.
    """

    model: Model
    prompts: PromptSet
    params: SamplingParams
    name: str = REFERENCE
    joint: bool = False
    reader: ReplyReader = field(default_factory=ReplyReader)

    @property
    def max_tokens(self) -> int:
        """The longest hint, in tokens."""
        return self.params.max_tokens

    def texts(self, failure: Failure) -> int | None:
        """0 where the task has no reference solution, else None: as many as requested."""
        return None if failure.task.solutions else 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Ask the model for a hint."""
        sample = await self.model.sample(
            SampleRequest(
                model=self.model.name,
                messages=self.prompts.hint(
                    failure.task,
                    program=failure.program,
                    error=failure.error,
                    solution=shorten(failure.task.solutions[0], LONGEST_SOLUTION),
                ),
                params=self.params,
                task_id=failure.task.id,
                node=node,
            )
        )
        return Feedback(
            text=self.reader.words(sample.text, code=False),
            cost=Cost.of(sample),
            finish_reason=sample.finish_reason,
            seconds=sample.seconds,
            first_byte=sample.first_byte,
        )
