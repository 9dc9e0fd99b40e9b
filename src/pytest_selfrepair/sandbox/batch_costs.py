"""Learn the durations of programs and size batches by them."""

import math
from collections.abc import Sequence

from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.judge_request import Execution, JudgeRequest

TARGET = 1.0
"""The longest expected duration of a batch, in seconds."""

ENOUGH = 2.0
"""Seconds after which a worker begins no further program of a batch; the rest goes to free workers,
as programs of one task tend to reach time limits together."""

FIRST_GUESS = 0.05
"""The expected seconds of a program before any was judged."""

MOST_IN_BATCH = 256
"""The most programs in a batch."""

_OF_TASK, _OF_ALL = 0.3, 0.1  # weights of a new batch in the moving averages


class BatchCosts:
    """The expected durations of programs."""

    def __init__(self) -> None:
        self._of_task: dict[str, float] = {}
        self._of_all = FIRST_GUESS

    def learn(self, requests: Sequence[JudgeRequest], executions: Sequence[Execution]) -> None:
        """Update from the executions of a batch's first programs, or all."""
        found: dict[str, list[float]] = {}
        for request, execution in zip(requests, executions, strict=False):
            found.setdefault(request.cases.digest, []).append(execution.seconds)
        for digest, seconds in found.items():
            each = sum(seconds) / len(seconds)
            known = self._of_task.get(digest, each)
            self._of_task[digest] = known + _OF_TASK * (each - known)
            self._of_all += _OF_ALL * (each - self._of_all)

    def expected(self, digest: str) -> float:
        """The expected seconds of a task's program."""
        return self._of_task.get(digest, self._of_all)

    def bound(self, batch: Batch) -> float:
        """The longest expected seconds of a batch, as a last program may begin before `ENOUGH`."""
        return ENOUGH + max(each.seconds + self.expected(each.digest) for each in batch.tasks)


def fair_share(waiting: int, free: int) -> int:
    """The most programs of the next batch, so that all workers get some.

    Args:
        waiting: The number of waiting programs.
        free: The number of batches that workers can take now.
    """
    return min(max(1, math.ceil(waiting / max(free, 1))), MOST_IN_BATCH)
