"""A completion → samples, each with the tokens and dollars that it cost."""

from dataclasses import dataclass, replace

from pytest_selfrepair.core.origin import Origin
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Sample, Usage
from pytest_selfrepair.models.answers import Completion
from pytest_selfrepair.models.prices import Price
from pytest_selfrepair.models.tokens import TokenCounter
from pytest_selfrepair.models.usage import BY_ENDPOINT, Counted, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Metering:
    """How the completions of one model are counted and priced.

    Attributes:
        counter: Counts tokens where the endpoint does not.
        price: The price of its tokens; None: unknown.
        counts_one_choice: Whether the endpoint counts the tokens of one choice of several, as
            llama.cpp's server does. All its completions are then counted by `counter`, so that what
            one costs does not depend on how many were asked for beside it.
        reader: Tells thoughts within a reply from its answer; None: by the usual tags.
    """

    counter: TokenCounter
    price: Price | None = None
    counts_one_choice: bool = False
    reader: ReplyReader | None = None

    async def counted(self, answer: Completion) -> Counted:
        """The tokens of each choice of an answer.

        Raises:
            LocalModelError: They could not be counted.
        """
        if self.counts_one_choice:
            answer = replace(answer, counts=replace(answer.counts, generated=None))
        return await counted(answer, counter=self.counter, reader=self.reader)

    def samples(self, answer: Completion, counts: Counted, *, address: str) -> list[Sample]:
        """A sample for each choice of an answer.

        Args:
            answer: The answer.
            counts: The tokens of each choice.
            address: Where it was drawn; empty for the embedded model.
        """
        origin = None
        if address:
            origin = Origin(address=address, model=answer.model, fingerprint=answer.fingerprint)
        return [
            Sample(
                text=choice.text,
                usage=usage,
                finish_reason=choice.finish_reason,
                dollars=self._dollars(usage, answer.counts.prompt),
                seconds=answer.seconds,
                first_byte=answer.first_byte,
                reasoning=choice.reasoning,
                origin=origin,
            )
            for choice, usage in zip(answer.choices, counts.usages, strict=False)
        ]

    def _dollars(self, usage: Usage, prompt: int | None) -> float | None:
        return None if self.price is None else self.price.dollars(usage, prompt=prompt)


def undrawn(finish_reason: str) -> Sample:
    """A sample that the endpoint did not let the model draw: nothing was read or written."""
    usage = Usage(completion_tokens=0, prompt_tokens=0, counted_by=BY_ENDPOINT)
    return Sample(text="", usage=usage, finish_reason=finish_reason, dollars=0.0)
