"""A zygote as the judge sees it: a process that is told what to run and says what came of it."""

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox.channel import (
    HEADER_BYTES,
    CaseReport,
    ChannelError,
    Message,
    frame,
    read_message,
)
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.ways import Way

_PATIENCE = 60.0  # seconds beyond a case's own limit, on a busy machine
_GOODBYE = 5.0  # seconds for a zygote to end when asked to
_ORPHANED = 0.3  # seconds for what it has started to end after it
_SENTENCE = 0.5  # seconds for a broken one to say what is wrong
_CHUNK = 1 << 18


class BrokenZygoteError(Exception):
    """The sandbox failed, so that nothing is known about the program."""


class ZygoteProcess:
    """A zygote, which serves many programs, one at a time.

    Args:
        command: What starts it.
        environment: The whole environment of that command.
        limits: What a case may use, as a rule; also how long to wait for word of one.

    Attributes:
        limits: What a case of the program that was loaded last may use.

    Raises:
        BrokenZygoteError: It cannot be started.
    """

    def __init__(
        self, command: tuple[str, ...], environment: Mapping[str, str], limits: Limits
    ) -> None:
        self._usual = self.limits = limits
        self._runs = 0
        self._load = b""  # what it is told together with its next run
        self._heard = bytearray()
        self._closing = contextlib.ExitStack()
        scratch = self._closing.enter_context(
            tempfile.TemporaryDirectory(prefix="selfrepair-", ignore_cleanup_errors=True)
        )
        self._words = self._closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the rest
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                bufsize=0,
                cwd=scratch,
                env=dict(environment),
                start_new_session=True,
            )
        except OSError as error:
            self._closing.close()
            raise BrokenZygoteError(f"{command[0]}: {error}") from error
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._commands = self._closing.enter_context(self._process.stdin).fileno()
        self._answers = self._closing.enter_context(self._process.stdout).fileno()
        os.set_blocking(self._commands, False)
        os.set_blocking(self._answers, False)

    def load(
        self,
        program: str,
        fn_name: str | None,
        inputs: list[JsonValue],
        *,
        in_place: bool = False,
        way: Way = Way.JSON,
        before: str = "",
        after: str = "",
        limits: Limits | None = None,
    ) -> None:
        """Say what the next run is of; the outputs that a program is to find have no place in it.

        Args:
            program: The program.
            fn_name: The function to call for each input; None: the program reads and prints.
            inputs: Lists of arguments, or texts.
            in_place: Whether the answer is what the function leaves in its first argument.
            way: How the function is called.
            before: What is run before the program, in its namespace, for calls with plain values.
            after: What is run after it, for the same.
            limits: What a case of it may use; None: as usual.
        """
        self.limits = limits or self._usual
        self._load = frame(
            {
                "load": {
                    "program": program,
                    "fn_name": fn_name,
                    "in_place": in_place,
                    "way": way,
                    "before": before,
                    "after": after,
                    "inputs": inputs,
                    "limits": self.limits.as_json(),
                }
            }
        )

    def run(self, first: int) -> Iterator[tuple[int | None, CaseReport]]:
        """What it says of the cases from ``first`` on, to the end of its run, all of it dead.

        A report without a case is of a program that does not compile.

        Raises:
            BrokenZygoteError: It fell silent, or said what no zygote says.
        """
        self._runs += 1
        self._send(self._load + frame({"run": self._runs, "first": first}))
        self._load = b""
        while True:
            message = self._next()
            if message.run != self._runs:
                raise BrokenZygoteError("the zygote spoke of another run")
            if message.report is None:
                return
            yield message.case, message.report

    def stop(self) -> None:
        """Tell it that enough is known; what it says until the end of the run still comes."""
        self._send(frame({"stop": self._runs}))

    def last_words(self) -> str:
        """The end of what it wrote to standard error; it may finish its sentence, and is ended."""
        with contextlib.suppress(TimeoutError):
            deadline = time.monotonic() + _SENTENCE
            while self._process.returncode is None and self._hear(deadline):
                self._heard.clear()
        self._end()
        size = os.fstat(self._words.fileno()).st_size
        return os.pread(self._words.fileno(), 300, max(0, size - 300)).decode("utf-8", "replace")

    def kill(self) -> None:
        """End it at once, from any thread; it must be closed as well."""
        with contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:
                os.killpg(self._process.pid, signal.SIGTERM)  # it leads a group of its own

    def close(self) -> None:
        """End it and whatever it runs, and wait until its output has closed."""
        self._end()
        self._closing.close()

    def _end(self) -> None:
        if self._process.returncode is not None:
            return
        # A command that has hardly begun may be ended by a signal that what it has just started
        # does not get: that ends when it has nothing to read, or is killed.
        if self._process.stdin is not None:
            self._process.stdin.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            if self._falls_silent(time.monotonic() + _GOODBYE):
                break
        self._process.wait()

    def _falls_silent(self, deadline: float) -> bool:
        """Whether its output closes in time: not where it has ended and left others behind."""
        while True:
            try:
                while self._hear(min(deadline, time.monotonic() + _ORPHANED)):
                    self._heard.clear()
            except TimeoutError:
                if self._process.poll() is not None or time.monotonic() >= deadline:
                    return False
            else:
                return True

    def _send(self, frames: bytes) -> None:
        rest = memoryview(frames)
        deadline = time.monotonic() + _PATIENCE
        try:
            while rest:
                self._poll(self._commands, select.POLLOUT, deadline)
                rest = rest[os.write(self._commands, rest) :]
        except TimeoutError as error:
            raise BrokenZygoteError("the zygote does not listen") from error
        except OSError as error:
            raise BrokenZygoteError("the zygote ended before its run did") from error

    def _next(self) -> Message:
        # A JSON text has at most six bytes for one, and a report is JSON inside JSON.
        longest = 16 * self.limits.output_bytes + (1 << 20)
        deadline = time.monotonic() + self.limits.wall_seconds + _PATIENCE
        size: int | None = None
        try:
            while True:
                if size is None and len(self._heard) >= HEADER_BYTES:
                    size = int.from_bytes(self._heard[:HEADER_BYTES], "big")
                    if size > longest:
                        raise BrokenZygoteError(f"the zygote announced a frame of {size} bytes")
                if size is not None and len(self._heard) >= HEADER_BYTES + size:
                    body = bytes(self._heard[HEADER_BYTES : HEADER_BYTES + size])
                    del self._heard[: HEADER_BYTES + size]
                    return read_message(body)
                if not self._hear(deadline):
                    raise BrokenZygoteError("the zygote ended before its run did")
        except TimeoutError as error:
            raise BrokenZygoteError("the zygote fell silent") from error
        except ChannelError as error:
            raise BrokenZygoteError(str(error)) from error

    def _hear(self, deadline: float) -> bool:
        """Wait for word; false where there will be none.

        Raises:
            TimeoutError: None has come by the deadline.
        """
        while True:
            try:
                said = os.read(self._answers, _CHUNK)
            except BlockingIOError:
                self._poll(self._answers, select.POLLIN, deadline)
                continue
            self._heard += said
            return bool(said)

    @staticmethod
    def _poll(descriptor: int, event: int, deadline: float) -> None:
        poller = select.poll()
        poller.register(descriptor, event)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
