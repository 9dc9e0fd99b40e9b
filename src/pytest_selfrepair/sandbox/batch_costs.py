"""How long programs take, learned as they are judged, and how many of them make a batch."""

import math
from collections.abc import Sequence

from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.judge_request import Execution, JudgeRequest

TARGET = 1.0
"""Seconds that a batch is expected to take at most."""

ENOUGH = 2.0
"""Seconds after which a worker begins no further program of a batch, which goes to whoever is free:
time limits are met by several programs of a task at once."""

FIRST_GUESS = 0.05
"""Seconds that a program is taken to need before any was judged."""

MOST_IN_BATCH = 256
"""Programs of a batch at most."""

_OF_TASK, _OF_ALL = 0.3, 0.1  # the share of what is known that a new batch replaces


class BatchCosts:
    """What programs are expected to take."""

    def __init__(self) -> None:
        self._of_task: dict[str, float] = {}
        self._of_all = FIRST_GUESS

    def learn(self, requests: Sequence[JudgeRequest], executions: Sequence[Execution]) -> None:
        """Programs of a batch have been executed, the first of them or all."""
        found: dict[str, list[float]] = {}
        for request, execution in zip(requests, executions, strict=False):
            found.setdefault(request.cases.digest, []).append(execution.seconds)
        for digest, seconds in found.items():
            each = sum(seconds) / len(seconds)
            known = self._of_task.get(digest, each)
            self._of_task[digest] = known + _OF_TASK * (each - known)
            self._of_all += _OF_ALL * (each - self._of_all)

    def expected(self, digest: str) -> float:
        """Seconds that a program of a task takes."""
        return self._of_task.get(digest, self._of_all)

    def bound(self, batch: Batch) -> float:
        """Seconds in which a batch should end: one more program is begun just before enough."""
        return ENOUGH + max(each.seconds + self.expected(each.digest) for each in batch.tasks)


def fair_share(waiting: int, free: int) -> int:
    """How many programs the next batch has at most, so that there is something for everybody.

    Args:
        waiting: Programs that wait.
        free: Batches that workers may be given now.
    """
    return min(max(1, math.ceil(waiting / max(free, 1))), MOST_IN_BATCH)
