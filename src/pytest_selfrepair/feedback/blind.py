"""The source `blind`: the repairing model is told that the program fails, and nothing else."""

from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """No feedback and no failing case: what another try at the same program is worth."""

    prompts: PromptSet
    name: str = "blind"
    joint: bool = False
    max_tokens: int = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """The same sentence about every program."""
        return Feedback(text=self.prompts.blind, evidence=True)
