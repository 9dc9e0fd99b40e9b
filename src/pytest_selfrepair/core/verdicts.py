"""Verdicts that are kept and served again: a program is judged once, wherever its run goes on."""

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
"""The version of judging: raised wherever a program may get another verdict than before."""

MOST_NAMED = 5
"""Changed verdicts that a notice names."""

_TASKS_KEPT = 64
_ANY_LENGTH = 1 << 62


class VerdictStore(Protocol):
    """Where verdicts are kept."""

    async def verdict(self, key: str) -> Verdict | None:
        """The verdict kept under a key, or None.

        Raises:
            StoreError: It cannot be read.
        """
        ...

    async def keep_verdict(self, key: str, task_id: str, verdict: Verdict) -> None:
        """Keep a verdict, in the place of one that is kept under the same key.

        Raises:
            StoreError: It cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What decides verdicts beside the task and the program; part of every key.

    Attributes:
        checker: The name of the checker that compares answers.
        other: That of the checker whose verdict is compared with it, or empty.
        limits: What one case may use where its task sets no limit of its own, by name.
        packages: The packages that programs may use, by name; None: those of the task's source.
        all_cases: Whether every case is run.
        version: `JUDGE_VERSION`.
    """

    checker: str
    other: str = ""
    limits: tuple[tuple[str, float], ...] = ()
    packages: tuple[str, ...] | None = None
    all_cases: bool = False
    version: int = JUDGE_VERSION

    def key(self, task: Task, program: str) -> str | None:
        """The SHA-256 under which the verdict of a program is kept.

        Neither the machine nor its isolation is part of it: a recording comes out the same
        everywhere. The task's own checker is, by its source.

        Returns:
            Hexadecimal digits; None where the task cannot be told from others, for its values are
            nested too deep.
        """
        digest = task_digest(task)
        if digest is None:
            return None
        packages = task.packages if self.packages is None else self.packages
        terms = {**asdict(self), "packages": packages, "task": digest, "program": program}
        return hashlib.sha256(json.dumps(terms, sort_keys=True).encode("ascii")).hexdigest()


def task_digest(task: Task) -> str | None:
    """The SHA-256 of what decides verdicts of a task; None where it cannot be told from others."""
    return _digest(Same(task))


@lru_cache(_TASKS_KEPT)
def _digest(same: Same[Task]) -> str | None:
    """The SHA-256 of what decides verdicts of a task; its statement may name a tolerance."""
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
    """A judge whose verdicts are kept, and served again.

    A failure of the sandbox or of a checker is no verdict, and is not kept. What cannot be kept is
    not lost for the run: it is judged again by the next.

    Args:
        judge: Judges what is not kept.
        store: Where verdicts are kept.
        terms: What decides them.
        foreign: Finds a checker of a task that is no part of `terms` and of which nobody knows when
            it changes; the verdicts of such a task are not kept.
        rejudge: Whether all is judged anew; what is kept is compared with that, and replaced.
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
        """How programs are kept apart from this machine, in a few words."""
        return self._judge.isolation

    @property
    def notices(self) -> list[str]:
        """What the user should know: verdicts that changed, or could not be kept."""
        notices = [f"verdicts are not kept: {self._trouble}"] if self._trouble else []
        if self._rejudge:
            named = "; ".join(self._changed[:MOST_NAMED])
            named += "; …" * (len(self._changed) > MOST_NAMED)
            found = f"{len(self._changed):,} of {self._compared:,} verdicts that were kept changed"
            notices.append(f"judged again: {found}{named and f': {named}'}")
        return notices

    async def judge(self, task: Task, program: str) -> Verdict:
        """The verdict that is kept, or that the program gets now.

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
        """Run ``program`` on one input; what it does is not kept.

        Raises:
            SandboxError: The sandbox could not run the program; nothing is known about it.
        """
        return await self._judge.run_once(task, program, given)

    async def aclose(self) -> None:
        """Give back what judging needed; the store belongs to who opened it."""
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
    """The part of a verdict that is to be the same whenever the program is judged."""
    index = None if verdict.failure is None else verdict.failure.index
    return verdict.outcome, verdict.cases_run, verdict.cases_passed, verdict.rule, index


def _shown(verdict: Verdict) -> str:
    rule = f" by {verdict.rule}" if verdict.rule and verdict.passed else ""
    return f"{verdict.outcome}{rule} ({verdict.cases_passed} of {verdict.cases_run} cases)"
