"""Look up tasks by the names that lines of programs use."""

from functools import lru_cache
from itertools import islice
from pathlib import Path

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.source import Source, brief
from pytest_selfrepair.tasks.task_paths import FoundTask, find

MOST_KEPT = 64
"""Tasks kept in memory: programs of one task mostly come in sequence."""


class Catalogue:
    """The tasks at a path, each read when its first program comes.

    A task's name is its id or, where unique, the end of its id: the name of a line (such as
    `HumanEval/12`; a number may lack leading zeros), or the last part of a name or folder path.

    Args:
        path: A task's folder, a tree of them, or JSON Lines.

    Attributes:
        errors: Places that could not be read as tasks.
    """

    def __init__(self, path: Path) -> None:
        self.errors: list[TaskError] = []
        self._tasks: dict[str, FoundTask | None] = {}
        ids: dict[str, FoundTask] = {}
        for each in find([path]):
            if isinstance(each, TaskError):
                self.errors.append(each)
                continue
            ids[each.id] = each
            name = each.id.rpartition("::")[2]
            for short in dict.fromkeys((name.rpartition("/")[2], name)):
                self._tasks[short] = None if short in self._tasks else each
        self._tasks |= ids
        self._load = lru_cache(MOST_KEPT)(lambda name: ids[name].load())

    def task(self, name: str | int, source: Source) -> Task:
        """Read the task of a name.

        Raises:
            TaskError: There is none, it is malformed, or it has no cases.
        """
        text = str(name)
        found = self._tasks.get(text) or self._tasks.get(text.zfill(4))
        if found is None:
            several = text in self._tasks
            shown = (
                f"{brief(name)}, {'which several tasks share' if several else 'which is no task'}"
            )
            known = ", ".join(islice(self._tasks, 3)) or "none was found"
            raise source.error("task_id", shown, f"a task's id, for instance {known}")
        task = self._load(found.id)
        if not task.cases:
            raise source.error("task_id", f"{brief(name)}, which has no cases", "a task with cases")
        return task
