"""The source `reference`: hints by a model that sees a reference solution. An upper bound."""

from dataclasses import dataclass, field

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import REFERENCE, Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Model, SampleRequest, SamplingParams
from pytest_selfrepair.core.shorten import shorten

LONGEST_SOLUTION = 8_000
"""Characters of a reference solution; a longer one is cut in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Hints that leak the reference solution: what feedback could be worth at best.

    The repairing model sees words alone: code that the hint holds is left out.

    Attributes:
        model: Makes the hints.
        prompts: The wording.
        params: How hints are drawn; its `max_tokens` bounds one hint.
        name: What reports call the source.
        reader: Reads the model's replies: thoughts are no hint.
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
        """None at all where the task has no reference solution."""
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
