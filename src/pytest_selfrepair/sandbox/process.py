"""A zygote as the judge sees it: a process that forks others and says what became of them."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox import packets
from pytest_selfrepair.sandbox.channel import ChannelError, ZygoteMessage, read_message

PATIENCE = 60.0
"""Seconds to wait for word of a zygote on a busy machine."""

_GOODBYE = 5.0  # seconds for a zygote to end when asked to
_ORPHANED = 0.3  # seconds for what it has started to end after it
_SENTENCE = 0.5  # seconds for a broken one to say what is wrong
_LONGEST = 1 << 18  # bytes of a packet


class BrokenZygoteError(Exception):
    """The sandbox failed, so that nothing is known about the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """A process that waits for a program.

    Attributes:
        pid: Its number, as the zygote knows it.
        file: Where its program lies, as it sees it.
        control: The socket on which it listens.
    """

    pid: int
    file: str
    control: packets.Packets


class ZygoteProcess:
    """A zygote, which serves many programs, one at a time.

    Args:
        command: What starts it.
        environment: The whole environment of that command.

    Attributes:
        socket: Where it speaks.

    Raises:
        BrokenZygoteError: It cannot be started.
    """

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._shared: Spare | None = None
        self._spares: deque[Spare] = deque()
        self._closing = contextlib.ExitStack()
        folder = self._closing.enter_context(
            tempfile.TemporaryDirectory(prefix="selfrepair-", ignore_cleanup_errors=True)
        )
        self._program = Path(folder, "program", "program.py")
        for each in (self._program.parent, Path(folder, "scratch")):
            each.mkdir()
            each.chmod(0o755)
        Path(folder).chmod(0o755)  # programs may have a user of their own
        self._words = self._closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the rest
        self.socket, theirs = packets.pair()
        self._closing.callback(self.socket.close)
        with contextlib.closing(theirs):
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own command
                    command,
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=self._words,
                    cwd=folder,
                    env=dict(environment),
                    start_new_session=True,
                )
            except OSError as error:
                self._closing.close()
                raise BrokenZygoteError(f"{command[0]}: {error}") from error
        os.set_blocking(self.socket.fileno(), False)
        with contextlib.suppress(BrokenZygoteError):  # it will be said when something is heard
            self.fork()

    def spare(self) -> Spare:
        """A process that waits for a program, and runs no other; `fork` gets the next one.

        Raises:
            BrokenZygoteError: There is none, and will be none.
        """
        while not self._spares:
            message = self.heard(PATIENCE)
            if message.exit is None and message.spare is None:
                raise BrokenZygoteError("the zygote spoke of what nobody asked")
        return self._spares.popleft()

    def fork(self) -> None:
        """Have a process wait for the next program.

        Raises:
            BrokenZygoteError: The zygote has ended.
        """
        self.say({"fork": True})

    def shared(self) -> Spare:
        """The process of programs that keep nothing; it must see no others.

        Raises:
            BrokenZygoteError: There is none, and will be none.
        """
        if self._shared is None:
            self._shared = self.spare()
            self.fork()
        return self._shared

    def drop_shared(self) -> None:
        """End that process; the next program of the kind gets a new one.

        Raises:
            BrokenZygoteError: The zygote has ended.
        """
        if self._shared is not None:
            self.say({"end": [self._shared.pid]})
            self._shared.control.close()
            self._shared = None

    @property
    def spares(self) -> set[int]:
        """The processes that wait for a program, or for more of them, as far as they are known."""
        return {spare.pid for spare in self._held}

    @property
    def _held(self) -> list[Spare]:
        return [*self._spares, *([] if self._shared is None else [self._shared])]

    def end_all(self, pids: list[JsonValue]) -> None:
        """End whatever runs, and wait until all of it is dead.

        Args:
            pids: Processes that the zygote may not know of.

        Raises:
            BrokenZygoteError: It does not answer.
        """
        self.say({"end_all": pids})
        while self.heard(PATIENCE).ended is None:
            pass
        for spare in self._held:
            spare.control.close()
        self._spares.clear()
        self._shared = None

    def write_program(self, text: str) -> None:
        """Let the next program be read where it lies."""
        self._program.write_text(text, encoding="utf-8", errors="replace", newline="")

    def say(self, command: JsonValue) -> None:
        """Tell it what to do.

        Raises:
            BrokenZygoteError: It has ended.
        """
        try:
            self._poll(select.POLLOUT, PATIENCE)
            self.socket.send(json.dumps(command).encode("ascii"))
        except OSError as error:
            raise BrokenZygoteError("the zygote ended before its program did") from error

    def heard(self, seconds: float) -> ZygoteMessage:
        """The next thing that it says.

        Raises:
            BrokenZygoteError: It said nothing for so long, or what no zygote says.
        """
        try:
            self._poll(select.POLLIN, seconds)
            body, descriptors = self.socket.receive(_LONGEST, 4)
        except TimeoutError as error:
            raise BrokenZygoteError("the zygote fell silent") from error
        except OSError as error:
            raise BrokenZygoteError("the zygote ended before its program did") from error
        if not body:
            raise BrokenZygoteError("the zygote ended before its program did")
        try:
            message = read_message(body)
        except ChannelError as error:
            raise BrokenZygoteError(str(error)) from error
        if message.spare is not None and descriptors:
            os.set_blocking(descriptors[0], False)
            control = packets.Packets(socket.socket(fileno=descriptors[0]))
            self._spares.append(Spare(pid=message.spare, file=message.file, control=control))
        return message

    def last_words(self) -> str:
        """The end of what it wrote to standard error; it may finish its sentence, and is ended."""
        self._falls_silent(time.monotonic() + _SENTENCE)
        self._end()
        size = os.fstat(self._words.fileno()).st_size
        return os.pread(self._words.fileno(), 300, max(0, size - 300)).decode("utf-8", "replace")

    def kill(self) -> None:
        """End it at once, from any thread; it must be closed as well."""
        with contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:
                os.killpg(self._process.pid, signal.SIGTERM)  # it leads a group of its own

    def close(self) -> None:
        """End it and whatever it runs, and wait until nobody speaks for it any more."""
        self._end()
        for spare in self._held:
            spare.control.close()
        self._closing.close()

    def _end(self) -> None:
        if self._process.returncode is not None:
            return
        # A command that has hardly begun may be ended by a signal that what it has just started
        # does not get: that ends when it has nothing to read, or is killed.
        with contextlib.suppress(OSError):
            self.socket.end()
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            if self._falls_silent(time.monotonic() + _GOODBYE):
                break
        self._process.wait()

    def _falls_silent(self, deadline: float) -> bool:
        """Whether its end of the socket closes in time: not where it has left others behind."""
        while True:
            try:
                self._poll(select.POLLIN, min(deadline - time.monotonic(), _ORPHANED))
                if not self.socket.receive(_LONGEST)[0]:
                    return True
            except TimeoutError:
                if self._process.poll() is not None or time.monotonic() >= deadline:
                    return False
            except OSError:
                return True

    def _poll(self, event: int, seconds: float) -> None:
        poller = select.poll()
        poller.register(self.socket, event)
        if not poller.poll(max(0.0, seconds) * 1000):
            raise TimeoutError
