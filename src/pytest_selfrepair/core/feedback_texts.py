"""Draw feedback texts on the failing programs of one task, each once."""

import asyncio
from dataclasses import dataclass, field

from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.failing_program import FailingProgram
from pytest_selfrepair.core.feedback import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackTexts:
    """Draws texts from feedback sources; repairs on the same text share it.

    Attributes:
        spending: Collects the cost of each text as it is drawn.
    """

    spending: Spending
    _drawn: "dict[str, asyncio.Task[Feedback]]" = field(
        default_factory=dict, init=False, repr=False
    )

    async def text(self, failing: FailingProgram, number: int) -> Feedback:
        """Draw a text on a failing program, by its number.

        Raises:
            InfrastructureError: The text could not be obtained.
        """
        node = failing.text_node(number)
        if node not in self._drawn:
            self._drawn[node] = asyncio.create_task(self._draw(failing, node))
        return await self._drawn[node]

    async def _draw(self, failing: FailingProgram, node: str) -> Feedback:
        feedback = await failing.source.feedback(failing.failure, node=node)
        self.spending.add(feedback.cost)
        return feedback
