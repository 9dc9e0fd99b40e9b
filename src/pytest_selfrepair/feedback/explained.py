"""The sources `self:separate` and NAME: a model explains, the code model repairs."""

from dataclasses import dataclass, field

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Model, SampleRequest, SamplingParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Feedback from a completion of its own (M_F of arXiv 2306.09896, section 3).

    Attributes:
        name: The source's name in reports.
        model: M_F, the model that explains.
        prompts: The prompt set.
        params: The sampling parameters; `max_tokens` bounds one explanation.
        reader: Reads its replies, as thoughts are not part of an explanation.
    """

    name: str
    model: Model
    prompts: PromptSet
    params: SamplingParams
    joint: bool = False
    reader: ReplyReader = field(default_factory=ReplyReader)

    @property
    def max_tokens(self) -> int:
        """The longest explanation, in tokens."""
        return self.params.max_tokens

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Ask the model what is wrong with a failing program."""
        sample = await self.model.sample(
            SampleRequest(
                model=self.model.name,
                messages=self.prompts.feedback(
                    failure.task, program=failure.program, error=failure.error
                ),
                params=self.params,
                task_id=failure.task.id,
                node=node,
            )
        )
        return Feedback(
            text=self.reader.words(sample.text),
            cost=Cost.of(sample),
            finish_reason=sample.finish_reason,
            seconds=sample.seconds,
            first_byte=sample.first_byte,
        )
