"""Store verdicts and serve them again, so that a program is judged only once."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Protocol

from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.same import Same
from pytest_selfrepair.core.shorten import render
from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.core.verdict import Judge, Outcome, Ran, Verdict
from pytest_selfrepair.errors import StoreError

JUDGE_VERSION = 1
"""The version of judging, raised with every change that may alter a verdict."""

MOST_NAMED = 5
"""The most changed verdicts that a notice names."""

_TASKS_KEPT = 64
_ANY_LENGTH = 1 << 62


class VerdictStore(Protocol):
    """A store of verdicts."""

    async def verdict(self, key: str) -> Verdict | None:
        """Look up a verdict by its key, or None.

        Raises:
            StoreError: It cannot be read.
        """
        ...

    async def keep_verdict(self, key: str, task_id: str, verdict: Verdict) -> None:
        """Store a verdict, replacing one under the same key.

        Raises:
            StoreError: It cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The settings that decide verdicts besides task and program; part of every key.

    Attributes:
        checker: The checker's name.
        other: The name of the checker whose verdicts are compared with its, or empty.
        limits: The limits of a case, by name, where its task sets none of its own.
        packages: The distributions that programs may use; None: those of the task's source.
        all_cases: Whether all cases are run.
        version: `JUDGE_VERSION`.
    """

    checker: str
    other: str = ""
    limits: tuple[tuple[str, float], ...] = ()
    packages: tuple[str, ...] | None = None
    all_cases: bool = False
    version: int = JUDGE_VERSION

    def key(self, task: Task, program: str) -> str | None:
        """The SHA-256 that is the key of a program's verdict.

        It includes the source of the task's own checker, but neither the machine nor its isolation:
        a recording gives the same results everywhere.

        Returns:
            Hexadecimal digits; None where the task has no digest because its values are nested too
            deeply.
        """
        digest = task_digest(task)
        if digest is None:
            return None
        packages = task.packages if self.packages is None else self.packages
        terms = {**asdict(self), "packages": packages, "task": digest, "program": program}
        return hashlib.sha256(json.dumps(terms, sort_keys=True).encode("ascii")).hexdigest()


def task_digest(task: Task) -> str | None:
    """The SHA-256 of all that decides a task's verdicts; None for values nested too deeply."""
    return _digest(Same(task))


@lru_cache(_TASKS_KEPT)
def _digest(same: Same[Task]) -> str | None:
    """The SHA-256 of all that decides a task's verdicts; the statement may name a tolerance."""
    task = same.value
    facts: JsonValue = [
        *(task.id, task.statement, task.fn_name, task.wrapping, task.in_place, task.checker),
        *(task.seconds, task.megabytes),
        None if task.assertions is None else asdict(task.assertions),
        [[case.input, case.expected] for case in task.cases],
    ]
    try:
        text = json.dumps(facts)
    except ValueError:  # an integer of more digits than Python prints
        text = render(facts, _ANY_LENGTH)
    except RecursionError:
        return None
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


class RememberingJudge:
    """A judge that stores its verdicts and serves them again.

    Failures of the sandbox or of a checker are not verdicts, and are not stored. A verdict that
    cannot be stored still counts in this run; the next judges again.

    Args:
        judge: Judges programs without a stored verdict.
        store: The store of verdicts.
        terms: The settings that decide them.
        foreign: Finds a task's checker outside of `terms`, whose changes would go unnoticed; such
            a task's verdicts are not stored.
        rejudge: Whether to judge all programs again; stored verdicts are compared and replaced.
    """

    def __init__(
        self,
        judge: Judge,
        store: VerdictStore,
        terms: Terms,
        *,
        foreign: Callable[[Task], Checker | None] = lambda _: None,
        rejudge: bool = False,
    ) -> None:
        self._judge, self._store, self._terms = judge, store, terms
        self._foreign, self._rejudge = foreign, rejudge
        self._compared = 0
        self._changed: list[str] = []
        self._trouble: str | None = None

    @property
    def isolation(self) -> str:
        """The isolation of programs from this machine, in a few words."""
        return self._judge.isolation

    @property
    def notices(self) -> list[str]:
        """Notices to the user: verdicts that changed, or could not be stored."""
        notices = [f"verdicts are not kept: {self._trouble}"] if self._trouble else []
        if self._rejudge:
            named = "; ".join(self._changed[:MOST_NAMED])
            named += "; …" * (len(self._changed) > MOST_NAMED)
            found = f"{len(self._changed):,} of {self._compared:,} verdicts that were kept changed"
            notices.append(f"judged again: {found}{named and f': {named}'}")
        return notices

    async def judge(self, task: Task, program: str) -> Verdict:
        """Return the stored verdict, or judge the program.

        Raises:
            SandboxError: The sandbox could not run the program; nothing is known about it.
            CheckerError: The task's own checker is broken.
        """
        key = None if self._foreign(task) is not None else self._terms.key(task, program)
        if key is None:
            return await self._judge.judge(task, program)
        kept = await self._kept(key)
        if kept is not None and not self._rejudge:
            return kept
        verdict = await self._judge.judge(task, program)
        if kept is not None:
            self._compare(task, kept, verdict)
        if verdict.outcome is not Outcome.SANDBOX_ERROR:
            try:
                await self._store.keep_verdict(key, task.id, verdict)
            except StoreError as error:
                self._trouble = str(error)
        return verdict

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:
        """Run ``program`` on one input; the result is not stored.

        Raises:
            SandboxError: The sandbox could not run the program; nothing is known about it.
        """
        return await self._judge.run_once(task, program, given)

    async def aclose(self) -> None:
        """Release the judge's resources; the store's opener closes it."""
        await self._judge.aclose()

    async def _kept(self, key: str) -> Verdict | None:
        try:
            return await self._store.verdict(key)
        except StoreError as error:
            self._trouble = str(error)
            return None

    def _compare(self, task: Task, kept: Verdict, now: Verdict) -> None:
        self._compared += 1
        if _decided(kept) != _decided(now):
            self._changed.append(f"{task.id}: {_shown(kept)}, now {_shown(now)}")


def _decided(verdict: Verdict) -> tuple[object, ...]:
    """The part of a verdict that must be equal whenever the program is judged."""
    index = None if verdict.failure is None else verdict.failure.index
    return verdict.outcome, verdict.cases_run, verdict.cases_passed, verdict.rule, index


def _shown(verdict: Verdict) -> str:
    rule = f" by {verdict.rule}" if verdict.rule and verdict.passed else ""
    return f"{verdict.outcome}{rule} ({verdict.cases_passed} of {verdict.cases_run} cases)"
