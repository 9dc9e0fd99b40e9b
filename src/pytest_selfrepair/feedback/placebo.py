"""The source `placebo`: advice that fits any program, a control that most studies lack."""

import hashlib
from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Placebo:
    """Advice unrelated to the program in place of an explanation.

    The gain of another source over this one is due to the content of its feedback.
    """

    prompts: PromptSet
    name: str = "placebo"
    joint: bool = False
    max_tokens: int = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Return one of the prompt set's pieces of advice, chosen by task and node."""
        digest = hashlib.sha256(f"{failure.task.id}/{node}".encode()).digest()
        advice = self.prompts.placebo
        return Feedback(text=advice[int.from_bytes(digest[:8], "big") % len(advice)])
