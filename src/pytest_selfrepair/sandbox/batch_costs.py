"""How long programs take, learned as they are judged, and how many of them make a batch."""

import math

from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.judge_request import Cases

TARGET = 1.0
"""Seconds that a batch is expected to take at most."""

ENOUGH = 2.0
"""Seconds after which a worker begins no further program of a batch, which goes to whoever is free:
time limits are met by several programs of a task at once."""

FIRST_GUESS = 0.05
"""Seconds that a program is taken to need before any was judged."""

MOST_IN_BATCH = 256
"""Programs of a batch at most."""

_OF_TASK, _OF_ALL = 0.3, 0.1  # the share of what is known that a new measurement replaces
_LEAST = 1e-6  # seconds


class BatchCosts:
    """What programs are expected to take."""

    def __init__(self) -> None:
        self._of_task: dict[str, float] = {}
        self._of_all = FIRST_GUESS

    def learn(self, cases: Cases, seconds: float, programs: int) -> None:
        """So many programs of a task have taken so long."""
        each = seconds / max(programs, 1)
        known = self._of_task.get(cases.digest, each)
        self._of_task[cases.digest] = known + _OF_TASK * (each - known)
        self._of_all += _OF_ALL * (each - self._of_all)

    def most(self, digest: str, waiting: int, free: int) -> int:
        """How many programs of a task make the next batch.

        Args:
            digest: The task's.
            waiting: Programs that wait.
            free: Batches that workers may be given now.
        """
        in_time = int(TARGET / max(self._each(digest), _LEAST))
        share = math.ceil(waiting / max(free, 1))
        return min(max(1, in_time), max(1, share), MOST_IN_BATCH)

    def bound(self, batch: Batch) -> float:
        """Seconds in which a batch should end: one more program is begun just before enough."""
        return ENOUGH + batch.cases.seconds + self._each(batch.cases.digest)

    def _each(self, digest: str) -> float:
        return self._of_task.get(digest, self._of_all)
