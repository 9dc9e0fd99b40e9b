"""The texts of feedback sources on the failing programs of one task, each drawn once."""

import asyncio
from dataclasses import dataclass, field

from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.failing_program import FailingProgram
from pytest_selfrepair.core.feedback import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackTexts:
    """Asks sources for texts; all repairs on one text share it.

    Attributes:
        spending: Counts what each text cost as it comes.
    """

    spending: Spending
    _drawn: "dict[str, asyncio.Task[Feedback]]" = field(
        default_factory=dict, init=False, repr=False
    )

    async def text(self, failing: FailingProgram, number: int) -> Feedback:
        """A text on a failing program, by its number.

        Raises:
            InfrastructureError: It could not be had.
        """
        node = failing.text_node(number)
        if node not in self._drawn:
            self._drawn[node] = asyncio.create_task(self._draw(failing, node))
        return await self._drawn[node]

    async def _draw(self, failing: FailingProgram, node: str) -> Feedback:
        feedback = await failing.source.feedback(failing.failure, node=node)
        self.spending.add(feedback.cost)
        return feedback
