"""Judges programs in a sandbox: the zygote runs them on the inputs, answers are compared here."""

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pytest_selfrepair.core.checker import Acceptance, Checker, Rule, tolerant, weakest
from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import Case, JsonValue, Task, TaskKind
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.channel import (
    HEADER_BYTES,
    ChannelError,
    read_message,
    read_report,
    request_frame,
)
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.reading import (
    Answer,
    Trouble,
    line_of,
    read_case,
    read_uncompiled,
)

ATTEMPTS = 3
"""How often a program is run at most where the sandbox itself fails."""

_PATIENCE = 60.0  # seconds beyond a case's own limit, on a busy machine
_GOODBYE = 5.0  # seconds for a zygote to end when asked to
_LARGE = 100_000  # characters that are compared in a thread, lest the loop waits


class _BrokenRunError(Exception):
    """The sandbox failed, so that nothing is known about the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    index: int | None
    trouble: Trouble


class SandboxJudge:
    """Judges programs, each in a sandbox of its own.

    Args:
        isolation: How programs are kept apart from this machine.
        limits: What one case may use.
        checker: Compares answers with what is expected.
        concurrency: Programs that run at once; by default as many as there are cores.
    """

    def __init__(
        self,
        isolation: Isolation,
        limits: Limits | None = None,
        checker: Checker = tolerant,
        concurrency: int | None = None,
    ) -> None:
        self._isolation = isolation
        self._limits = limits or Limits()
        self._checker = checker
        self._concurrency = concurrency or os.cpu_count() or 1
        self._gate: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    @property
    def isolation(self) -> str:
        """How programs are kept apart from this machine, in a few words."""
        return self._isolation.description

    async def judge(self, task: Task, program: str) -> Verdict:
        """Run ``program`` on the cases of ``task``, in order, up to the first that fails.

        Raises:
            SandboxError: The sandbox failed again and again; nothing is known about the program.
        """
        if not program.strip():
            return Verdict(
                outcome=Outcome.NO_PROGRAM,
                cases_run=0,
                cases_passed=0,
                failure=CaseFailure(error="there is nothing to run"),
            )
        problems: list[str] = []
        async with self._turn():
            started = time.perf_counter()
            for _ in range(ATTEMPTS):
                try:
                    return await self._run(task, program, started)
                except _BrokenRunError as error:
                    problems.append(str(error))
        raise SandboxError(
            f"{task.id}: no verdict after {ATTEMPTS} attempts in {self.isolation}: "
            + "; then ".join(dict.fromkeys(problems))
        )

    def _turn(self) -> asyncio.Semaphore:
        """The semaphore of the running loop, for a judge may outlive one loop and see another."""
        loop = asyncio.get_running_loop()
        if self._gate is None or self._gate[0] is not loop:
            self._gate = loop, asyncio.Semaphore(self._concurrency)
        return self._gate[1]

    async def _run(self, task: Task, program: str, started: float) -> Verdict:
        rules: list[Rule | None] = []
        request = request_frame(
            program=program,
            fn_name=task.fn_name,
            inputs=[_given(task, case) for case in task.cases],
            limits=self._limits.as_json(),
        )
        failed: _Failed | None = None
        async with self._zygote(request) as reader:
            while failed is None:
                message = await self._next_message(reader)
                if "uncompiled" in message:
                    failed = _Failed(index=None, trouble=self._uncompiled(message["uncompiled"]))
                elif len(rules) == len(task.cases):
                    if message != {"end": len(rules)}:
                        raise _BrokenRunError("the zygote did not end its run as it should")
                    break
                else:
                    judged = await self._judge_case(task, len(rules), message)
                    if isinstance(judged, Trouble):
                        failed = _Failed(index=len(rules), trouble=judged)
                    else:
                        rules.append(judged.rule)
        return Verdict(
            outcome=failed.trouble.outcome if failed else Outcome.PASSED,
            cases_run=len(rules) + (failed is not None and failed.index is not None),
            cases_passed=len(rules),
            rule=weakest(rules),
            failure=_failure(task, program, failed) if failed else None,
            seconds=time.perf_counter() - started,
        )

    def _uncompiled(self, message: JsonValue) -> Trouble:
        try:
            return read_uncompiled(read_report(message))
        except ChannelError as error:
            raise _BrokenRunError(str(error)) from error

    async def _judge_case(
        self, task: Task, index: int, message: dict[str, JsonValue]
    ) -> Acceptance | Trouble:
        if message.get("case") != index:
            raise _BrokenRunError(f"the zygote spoke of another case than {index}")
        try:
            report = read_report(message)
        except ChannelError as error:
            raise _BrokenRunError(str(error)) from error
        case = task.cases[index]

        def judge_case() -> Acceptance | Trouble:
            answer = read_case(report, task.kind, self._limits)
            if isinstance(answer, Trouble):
                return answer
            acceptance = self._checker(task.kind, case.expected, answer.value)
            return acceptance if acceptance.accepted else _wrong(task.kind, answer)

        if len(report.stdout) + len(report.report) > _LARGE:
            return await asyncio.to_thread(judge_case)
        return judge_case()

    async def _next_message(self, reader: asyncio.StreamReader) -> dict[str, JsonValue]:
        # A JSON text has at most six bytes for one, and a report is JSON inside JSON.
        longest = 16 * self._limits.output_bytes + (1 << 20)
        try:
            async with asyncio.timeout(self._limits.wall_seconds + _PATIENCE):
                size = int.from_bytes(await reader.readexactly(HEADER_BYTES), "big")
                if size > longest:
                    raise _BrokenRunError(f"the zygote announced a frame of {size} bytes")
                body = await reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            raise _BrokenRunError("the zygote ended before its run did") from error
        except TimeoutError as error:
            raise _BrokenRunError("the zygote fell silent") from error
        try:
            if size > _LARGE:
                return await asyncio.to_thread(read_message, body)
            return read_message(body)
        except ChannelError as error:
            raise _BrokenRunError(str(error)) from error

    @contextlib.asynccontextmanager
    async def _zygote(self, request: bytes) -> AsyncIterator[asyncio.StreamReader]:
        """A zygote that has been told what to run; on leaving, it and all it ran are dead.

        What it wrote to standard error is added to a `_BrokenRunError` that passes through.
        """
        with (
            tempfile.TemporaryDirectory(
                prefix="selfrepair-", ignore_cleanup_errors=True
            ) as scratch,
            tempfile.TemporaryFile() as words,
        ):
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._isolation.command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=words,
                    cwd=scratch,
                    env=dict(self._isolation.environment),
                    start_new_session=True,
                )
            except OSError as error:
                raise _BrokenRunError(f"{self._isolation.command[0]}: {error}") from error
            assert process.stdin is not None  # noqa: S101 - a pipe was asked for
            assert process.stdout is not None  # noqa: S101 - as above
            process.stdin.write(request)
            try:
                yield process.stdout
            except _BrokenRunError as error:
                await _stop(process)
                words.seek(0)
                last = words.read().decode("utf-8", "replace").strip()[-300:]
                raise _BrokenRunError(f"{error} {last}".strip()) from error
            finally:
                await asyncio.shield(_stop(process))


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End a zygote and whatever it runs, and wait until its output has closed."""
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    assert process.stdout is not None  # noqa: S101 - as above
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)  # it leads a session, and so a group, of its own
        try:
            async with asyncio.timeout(_GOODBYE):
                while await process.stdout.read(1 << 20):
                    pass
                await process.wait()
                break
        except TimeoutError:
            continue
    process.stdin.close()
    with contextlib.suppress(OSError):
        await process.stdin.wait_closed()


def _given(task: Task, case: Case) -> JsonValue:
    if task.kind is TaskKind.CALL_BASED or isinstance(case.input, str):
        return case.input
    return render(case.input)


def _wrong(kind: TaskKind, answer: Answer) -> Trouble:
    if answer.if_wrong is not None:
        return answer.if_wrong
    return Trouble(outcome=Outcome.WRONG_ANSWER, error=None, actual=_as_text(kind, answer.value))


def _failure(task: Task, program: str, failed: _Failed) -> CaseFailure:
    trouble = failed.trouble
    case = None if failed.index is None else task.cases[failed.index]
    error = trouble.error
    if trouble.outcome is Outcome.MISSING_FUNCTION:
        error = f"there is no function {task.fn_name}, and no such method of a class Solution"
    return CaseFailure(
        index=failed.index,
        input=_as_text(task.kind, case.input) if case else None,
        expected=_as_text(task.kind, case.expected) if case else None,
        actual=trouble.actual,
        error=error,
        line_number=trouble.line_number,
        line=line_of(program, trouble.line_number),
    )


def _as_text(kind: TaskKind, value: JsonValue) -> str:
    return shorten(value) if kind is TaskKind.STDIN and isinstance(value, str) else render(value)
