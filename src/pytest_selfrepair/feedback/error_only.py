"""The source `none`: the repairing model sees the error sentence and no words about it."""

from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, Feedback


@dataclass(frozen=True, slots=True)
class ErrorOnly:
    """No feedback beyond the first failing case."""

    name: str = "none"
    joint: bool = False
    max_tokens: int = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """Nothing to say, at no cost."""
        return Feedback(text="")
