"""Start and end a zygote's process."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from pytest_selfrepair.sandbox.inside import packets
from pytest_selfrepair.sandbox.zygote_client import ZygoteClient
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError, ZygoteSocket

_END_SECONDS = 5.0  # seconds for a zygote to end when asked to
_CHILD_SECONDS = 0.3  # seconds for the processes it started to end after it
_ERROR_SECONDS = 0.5  # seconds for a broken zygote to print its error


class ZygoteProcess:
    """A zygote, which serves many programs, one at a time.

    Args:
        command: The command that starts it.
        environment: The complete environment of the command.

    Attributes:
        client: Commands it.

    Raises:
        BrokenZygoteError: It cannot be started.
    """

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._closing = contextlib.ExitStack()
        folder = self._closing.enter_context(
            tempfile.TemporaryDirectory(prefix="selfrepair-", ignore_cleanup_errors=True)
        )
        self._program = Path(folder, "program", "program.py")
        for each in (self._program.parent, Path(folder, "scratch")):
            each.mkdir()
            each.chmod(0o755)
        Path(folder).chmod(0o755)  # as programs may run as another user
        self._words = self._closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the rest
        ours, theirs = packets.pair()
        self._socket = ZygoteSocket(ours)
        self._closing.callback(self._socket.close)
        self.client = ZygoteClient(self._socket)
        self._closing.callback(self.client.close)
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
        with contextlib.suppress(BrokenZygoteError):  # raised again on receiving
            self.client.fork()

    def write_program(self, text: str) -> None:
        """Write the next program to its file."""
        self._program.write_text(text, encoding="utf-8", errors="replace", newline="")

    def error_output(self) -> str:
        """End the zygote and return the end of its standard error."""
        self._closes_by(time.monotonic() + _ERROR_SECONDS)
        self._end()
        size = os.fstat(self._words.fileno()).st_size
        return os.pread(self._words.fileno(), 300, max(0, size - 300)).decode("utf-8", "replace")

    def kill(self) -> None:
        """End it at once, from any thread; it must be closed as well."""
        # During its start, bubblewrap's child ignores SIGTERM and would wait for ever, or is not in
        # the group and does not end with its parent yet. The closed socket then makes it end.
        number = signal.SIGTERM if self._socket.has_spoken else signal.SIGKILL
        self._socket.end()
        with contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:
                os.killpg(self._process.pid, number)  # the process leads its own group

    def close(self) -> None:
        """End it and its processes, and wait until its socket closes."""
        self._end()
        self._closing.close()

    def _end(self) -> None:
        if self._process.returncode is not None:
            return
        # A command that has just started may be ended by a signal that its child does not get. The
        # child ends when it finds the socket closed, or is killed.
        self._socket.end()
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            if self._closes_by(time.monotonic() + _END_SECONDS):
                break
        self._process.wait()

    def _closes_by(self, deadline: float) -> bool:
        """Whether its end of the socket closes in time; it may not if descendants are left."""
        while True:
            try:
                if self._socket.closes_within(min(deadline - time.monotonic(), _CHILD_SECONDS)):
                    return True
            except TimeoutError:
                if self._process.poll() is not None or time.monotonic() >= deadline:
                    return False
