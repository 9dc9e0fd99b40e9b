"""The source `placebo`: advice that fits any program, the control that most studies lack."""

import hashlib
from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Placebo:
    """Words in the place of an explanation that say nothing of the program.

    What a source gains beyond this, it gains by what it says rather than by saying something.
    """

    prompts: PromptSet
    name: str = "placebo"
    joint: bool = False
    max_tokens: int = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """One of the prompt set's pieces of advice, chosen by task and node."""
        digest = hashlib.sha256(f"{failure.task.id}/{node}".encode()).digest()
        advice = self.prompts.placebo
        return Feedback(text=advice[int.from_bytes(digest[:8], "big") % len(advice)])
