"""The source `none`: the repairing model sees only the error sentence."""

from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, Feedback


@dataclass(frozen=True, slots=True)
class ErrorOnly:
    """No feedback beyond the first failing case."""

    name: str = "none"
    joint: bool = False
    max_tokens: int = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """Return an empty text at no cost."""
        return Feedback(text="")
