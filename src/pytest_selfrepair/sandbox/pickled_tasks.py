"""Pickle tasks to send to workers, caching the last ones."""

import pickle
from functools import lru_cache

from pytest_selfrepair.core.same import Same
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.judge_request import Cases
from pytest_selfrepair.sandbox.kept_tasks import digest_of
from pytest_selfrepair.sandbox.limits import Limits

_KEPT = 64  # tasks


class PickledTasks:
    """A cache of pickled tasks.

    Args:
        limits: The limits of a case, unless its task sets its own.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pickled = lru_cache(_KEPT)(self._pickle)

    def of(self, task: Task) -> Cases:
        """Pickle a task to be sent.

        Raises:
            SandboxError: Its values are nested too deeply.
        """
        return self._pickled(Same(task))

    def _pickle(self, same: Same[Task]) -> Cases:
        task = same.value
        try:
            data = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
        except RecursionError as error:
            raise SandboxError(f"{task.id}: its values are nested too deep to be sent") from error
        return Cases(
            digest=digest_of(data),
            task_id=task.id,
            data=data,
            seconds=self._limits.of(task).wall_seconds,
        )
