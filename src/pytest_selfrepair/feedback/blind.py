"""The source `blind`: the repairing model learns only that the program fails."""

from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Neither feedback nor a failing case: measures the worth of another try."""

    prompts: PromptSet
    name: str = "blind"
    joint: bool = False
    max_tokens: int = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """Return the same sentence for every program."""
        return Feedback(text=self.prompts.blind, evidence=True)
