"""The source `self`: the code model writes explanation and repair in one completion."""

from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, Feedback


@dataclass(frozen=True, slots=True)
class Joint:
    """Joint sampling (section 3 of arXiv 2306.09896, M_F = M_P)."""

    name: str = "self"
    joint: bool = True
    max_tokens: int = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Never called: the repair's own completion holds the explanation."""
        raise AssertionError(f"joint source asked for feedback on {failure.task.id} at {node}")
