"""`selfrepair import --format authors`: import a file in the authors' format as a run."""

import asyncio
import contextlib
from pathlib import Path

from pytest_selfrepair.commands.output import show, tell
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.errors import StoreError, TaskError, UsageError
from pytest_selfrepair.store import authors_file, lines
from pytest_selfrepair.store.authors import is_authors
from pytest_selfrepair.store.authors_file import SingleRepair
from pytest_selfrepair.store.listing import drop
from pytest_selfrepair.store.run_names import Kind, RunPlace
from pytest_selfrepair.store.sqlite_store import SqliteStore
from pytest_selfrepair.tasks.task_paths import FoundTask, find

_MOST_NAMED = 5


async def run(
    file: Path,
    into: Path,
    *,
    model: str,
    source: str,
    single: SingleRepair,
    tasks: Path | None,
) -> int:
    """Import a file as a run, print the RUN that names it, and report each malformed line.

    Args:
        file: The file.
        into: The store's file; created where it is missing.
        model: The name of M_P for lines without it.
        source: The feedback source's name for lines without it.
        single: How to read a failing program's single repair.
        tasks: The path of the tasks, for difficulties missing from lines; None: none.

    Returns:
        The exit status: 0 where all lines are in the run, else 1.

    Raises:
        UsageError: The file cannot be read, or is of another format; then there is no run.
        StoreError: The store cannot be written; then there is no run.
    """
    _, first = next(authors_file.numbered(file), (0, b""))
    if lines.FORMAT.encode() in first and not is_authors(first):
        raise UsageError(f"{file}:1: found what export wrote; accepted: it with --format lines")
    difficulties = _Difficulties(tasks)
    whole = authors_file.open_file(
        file, model=model, source=source, single=single, difficulty=difficulties.of
    )
    number, taken, malformed, unscored = 0, 0, 0, 0
    store: SqliteStore | None = None
    with contextlib.ExitStack() as stack:
        try:
            for line, record in whole.records():
                await asyncio.sleep(0)  # lets an interrupt be noticed
                if isinstance(record, StoreError):
                    malformed += 1
                    tell(f"{file}:{line}: {record}")
                    continue
                if store is None:
                    store = stack.enter_context(contextlib.closing(SqliteStore(into)))
                    number = store.begin_run()
                store.add_record(number, record)
                taken += 1
                unscored += record.grown is None
        except BaseException:
            if store is not None and number:
                drop(store, number)
            raise
    tell(f"selfrepair: imported {taken:,} tasks ({unscored:,} not scored); {malformed:,} malformed")
    if whole.summary.marks:
        tell(
            f"selfrepair: {whole.summary.singles:,} programs with a single repair count as passed "
            "when rerun, as in old files; --single-repair changes this"
        )
    difficulties.report_missing()
    if store is None:
        return 1
    place = RunPlace(path=into, kind=Kind.STORE, run=str(number))
    show(place.name)
    return int(bool(malformed))


class _Difficulties:
    """Difficulties of tasks whose ids are paths of another machine.

    Args:
        path: The path of the tasks; None: none.

    Raises:
        UsageError: There are no tasks.
    """

    def __init__(self, path: Path | None) -> None:
        self._by_end: dict[str, list[FoundTask]] = {}
        self._missing: list[str] = []
        self._path = path
        if path is None:
            return
        for each in find([path]):
            if isinstance(each, TaskError):
                tell(str(each))
            else:
                self._by_end.setdefault(_parts(each.id)[-1], []).append(each)
        if not self._by_end:
            raise UsageError(f"--tasks: found {path}, with no task in it; accepted: {_TASKS}")

    def of(self, task_id: str) -> Difficulty | None:
        """The difficulty of the task whose id shares the longest end with this one."""
        if self._path is None:
            return None
        parts = _parts(task_id)
        found = self._by_end.get(parts[-1]) or self._by_end.get(parts[-1].zfill(4)) or []
        common = {each.id: _common(_parts(each.id), parts) for each in found}
        most = [each for each in found if common[each.id] == max(common.values())]
        if len(most) == 1:
            try:
                return most[0].load().difficulty
            except TaskError as error:
                tell(str(error))
        self._missing.append(task_id)
        return None

    def report_missing(self) -> None:
        """Name the tasks without a difficulty."""
        if self._missing:
            named = ", ".join(self._missing[:_MOST_NAMED])
            more = ", …" if len(self._missing) > _MOST_NAMED else ""
            tell(
                f"selfrepair: no difficulty of {len(self._missing):,} tasks: none, or several, of "
                f"{self._path} have this name: {named}{more}"
            )


_TASKS = "a task's folder, a folder of such folders, or a .jsonl file in the hub's format"


def _parts(task_id: str) -> list[str]:
    return task_id.replace("::", "/").replace("\\", "/").rstrip("/").split("/")


def _common(one: list[str], other: list[str]) -> int:
    """How many last parts two paths share."""
    count = 0
    for first, second in zip(reversed(one[:-1]), reversed(other[:-1]), strict=False):
        if first != second:
            break
        count += 1
    return count
