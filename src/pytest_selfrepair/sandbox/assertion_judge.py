"""Judge a program by its task's assertions, which run in a separate process."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.core.task import JsonValue, Task, TaskKind
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.asserted import Fields, read_asserted, unfinished
from pytest_selfrepair.sandbox.case_results import CaseResults, JudgedCase
from pytest_selfrepair.sandbox.channel import CaseReport
from pytest_selfrepair.sandbox.child_reports import (
    Answer,
    NoAnswer,
    read_case,
    read_uncompiled,
    unstable,
)
from pytest_selfrepair.sandbox.examiner import Examiner
from pytest_selfrepair.sandbox.inside.ways import CallStyle
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.session import run_again, run_apart
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError
from pytest_selfrepair.sandbox.zygotes import Lease

MOST_CALLS = 10_000
"""The most calls that a task's assertions may make of one program."""

MOST_ROUNDS = 250
"""The most runs of the assertions for one program; all but the last find unanswered calls."""

_LONGEST_BATCH = 2.0  # seconds that a program runs before the assertions see its answers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A program's answer to one call.

    Attributes:
        answer: The answer.
        encoded: The answer encoded for `standin`.
        ended: Whether the program's process ended with this answer.
        size: Its size in characters.
    """

    answer: Answer | NoAnswer
    encoded: list[JsonValue]
    ended: bool
    size: int


class Examination:
    """The judging of one program by assertions.

    Args:
        examiner: Runs the assertions.
        lease: The right to use processes.
        task: The task.
        program: The program.
        limits: The limits of a run of the assertions, and of a call, unless the task sets its own.
        results: Collects the results of cases.
    """

    def __init__(
        self,
        examiner: Examiner,
        lease: Lease,
        task: Task,
        program: str,
        *,
        limits: Limits,
        results: CaseResults,
    ) -> None:
        self._examiner, self._lease, self._task = examiner, lease, task
        self._program, self._limits, self._results = program, limits, results
        self._call_limits = limits.of(task)
        self._prepared = examiner.prepare(task, lease, limits)
        self._calls: list[JsonValue] = []
        self._known: list[_Known] = []
        self._size = 0  # characters of all answers
        self._hurried = False  # whether time ran out before all calls were made

    def run(self, zygote: ZygoteProcess) -> None:
        """Judge the program.

        Raises:
            BrokenZygoteError: The sandbox is broken.
        """
        results = self._results
        calls: Sequence[JsonValue] = self._prepared.calls
        rounds = 0
        while rounds < MOST_ROUNDS:
            rounds += not self._hurried
            uncompiled = self._ask(zygote, calls)
            if uncompiled is not None:
                results.add_uncompiled(uncompiled)
                return
            said = self._examined()
            if isinstance(said, NoAnswer):
                results.add(JudgedCase(trouble=unfinished(said)))
                return
            calls, cases = said
            answers = [known.answer for known in self._known]
            for case in cases[results.position :]:
                judged = read_asserted(case, self._prepared.instrumented.assertions, answers)
                if judged.trouble is not None and not self._is_steady(zygote, case):
                    judged = replace(judged, trouble=unstable(judged.trouble))
                results.add(judged)
                if results.decided:
                    return
            if results.position == len(self._task.cases):
                return
            if not calls:
                raise BrokenZygoteError("a run of assertions ended before its last case")
            if len(self._calls) + len(calls) >= MOST_CALLS:
                break
        error = f"the test was not over after {len(self._calls)} calls"
        results.add(JudgedCase(trouble=NoAnswer(outcome=Outcome.WRONG_ANSWER, error=error)))

    def _examined(self) -> tuple[list[JsonValue], list[Fields]] | NoAnswer:
        """The calls without an answer yet, and the cases before the first of them."""
        said = self._examiner.examine(
            self._task,
            self._prepared.instrumented,
            self._lease,
            self._calls,
            [known.encoded for known in self._known],
            limits=self._limits,
            everything=self._results.all_cases,
        )
        match said:
            case {"calls": list(calls), "cases": list(cases)}:
                return calls, [case for case in cases if isinstance(case, dict)]
            case NoAnswer():
                return said
        raise BrokenZygoteError(f"a run of assertions returned {str(said)[:80]}")

    def _ask(self, zygote: ZygoteProcess, calls: Sequence[JsonValue]) -> NoAnswer | None:
        """Have the program answer calls, in order, up to the first that ends its process.

        Returns:
            The error of a program that does not compile, else None.
        """
        self._hurried = False
        ends = time.monotonic() + _LONGEST_BATCH
        with contextlib.closing(run_apart(zygote, self._work(calls))) as reports:
            for case, report in reports:
                if case is None:
                    return read_uncompiled(report)
                known = self._read(report)
                self._note(calls[case], known)
                self._hurried = case + 1 < len(calls) and time.monotonic() > ends
                if known.ended or self._hurried:
                    break
        return None

    def _work(self, calls: Sequence[JsonValue]) -> Work:
        assert self._task.assertions is not None  # noqa: S101 - called for such tasks only
        return Work(
            program=self._program,
            fn_name=self._task.fn_name,
            inputs=list(calls),
            way=CallStyle.PLAIN,
            before=self._task.assertions.before,
            after=self._task.assertions.setup,
            limits=self._call_limits,
        )

    def _read(self, report: CaseReport) -> _Known:
        size = len(report.report)
        answer = read_case(report, TaskKind.CALL_BASED, self._call_limits)
        if self._size + size > self._limits.output_bytes:  # more results than one run can take
            answer = NoAnswer(outcome=Outcome.OUTPUT_LIMIT, error="its results are too large")
            return _Known(answer=answer, encoded=["none"], ended=True, size=0)
        if isinstance(answer, Answer):
            return _Known(answer=answer, encoded=["value", answer.value], ended=False, size=size)
        encoded: list[JsonValue] = ["none"]
        goes_on = bool(report.report) and answer.outcome in _GOING_ON
        name, _, message = (answer.error or "").partition(": ")
        if goes_on and answer.outcome is Outcome.RUNTIME_ERROR and name not in _QUIET:
            encoded = ["raised", name, message]
        return _Known(answer=answer, encoded=encoded, ended=not goes_on, size=size)

    def _is_steady(self, zygote: ZygoteProcess, case: Fields) -> bool:
        """Whether the answers behind a failure are the same in another run."""
        uses = case.get("uses")
        parts = [*(uses if isinstance(uses, list) else ()), case.get("call")]
        for index in dict.fromkeys(each for each in parts if isinstance(each, int)):
            if 0 <= index < len(self._calls):
                again = run_again(zygote, self._work([self._calls[index]]), 0)
                if again is None or self._read(again).encoded != self._known[index].encoded:
                    return False
        return True

    def _note(self, call: JsonValue, known: _Known) -> None:
        self._calls.append(call)
        self._known.append(known)
        self._size += known.size


_QUIET = {StopIteration.__name__, StopAsyncIteration.__name__}
"""Exceptions that would silently end a loop of the test, as in ``all(map(f, ...))``."""

_GOING_ON = {Outcome.RUNTIME_ERROR, Outcome.WRONG_ANSWER}
"""Outcomes of a call that leave its process usable: it raised, or returned no plain data."""
