"""The embedded model: llama.cpp's server as a child process, used like any endpoint."""

import os
import secrets
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pytest_selfrepair.core import progress
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.errors import LocalModelError, UsageError
from pytest_selfrepair.models.local_server import Ready, ServerConfig
from pytest_selfrepair.models.weights import SIZES, Weights

# 4,096 tokens hold a hard task with worked examples.
DEFAULT_CONTEXT = 4096
# Measured by benchmarks/local.py. A slot keeps the worked examples cached until another prompt, or
# one choice of it, takes the slot: hence more slots than are busy, and few requests at once, each
# with all choices of its prompt. Prompt tokens computed per new prompt token: 2.1 with 4 slots and
# 4 requests of one choice; 1.6, 1.35, 1.35 with 8 slots and 4, 3, 2 requests of all choices; 1.37
# and 1.2 with 12 slots and 3 or 2 requests.
DEFAULT_SLOTS = 12
REQUESTS_AT_ONCE = 2

_START_SECONDS = 600.0
_STOP_SECONDS = 5.0
_LOOK_SECONDS = 0.25
_LOG_LINES = 16
_LOG_BYTES = 1 << 14
_HINTS = {
    signal.SIGILL: "this processor lacks instructions that the runtime's wheel needs, such as AVX2",
    signal.SIGKILL: "somebody killed it, perhaps the system for want of memory",
}


def parse_local_name(name: str) -> Weights | None:
    """The size of the embedded model that a name means; None for another model's name.

    Raises:
        UsageError: The name begins with ``local:``, but the size is unknown.
    """
    wanted = name.lower()
    for size in SIZES:
        if wanted in size.names:
            return size
    if wanted.startswith("local:"):
        accepted = ", ".join(f"{size.names[0]} ({size.title})" for size in SIZES)
        raise UsageError(f"--selfrepair-model: found {name}; accepted: {accepted}")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """A running server of the embedded model; as a context manager, it closes on exit.

    Address and key are plain strings, to pass to any number of clients and processes.

    Attributes:
        base_url: ``http://127.0.0.1:PORT/v1``.
        api_key: The key of every request; random, and worthless after the run.
        model_name: The model's name: its file's name without the suffix.
        pid: The server's process id.
    """

    base_url: str
    api_key: str = field(repr=False)
    model_name: str
    pid: int
    _child: "_Child" = field(repr=False)

    @classmethod
    def start(
        cls,
        weights: Path,
        *,
        slots: int = DEFAULT_SLOTS,
        context: int = DEFAULT_CONTEXT,
        threads: int | None = None,
        timeout: float = _START_SECONDS,
    ) -> Self:
        """Start the server and wait some seconds until the model answers.

        The server ends when it is closed or when this process ends, even if killed.

        Args:
            weights: The GGUF file, from `find_weights`.
            slots: Completions drawn at once; further ones wait.
            context: The longest prompt and completion together, in tokens.
            threads: Processor threads; by default one fewer than the processors available to this
                process.
            timeout: The longest loading time, in seconds.

        Raises:
            LocalModelError: The runtime is not installed, or the model could not be loaded; the
                message ends with the log's last lines.
        """
        if find_spec("xllamacpp") is None:
            raise LocalModelError(
                "The embedded model needs the package xllamacpp, which is not installed: "
                f"{SIZES[0].install_command}"
            )
        config = ServerConfig(
            weights=str(weights),
            name=weights.stem,
            api_key=secrets.token_urlsafe(32),
            slots=slots,
            context=context,
            threads=threads or _spare_processors(),
        )
        progress.step(f"loading {config.name}")
        began = time.monotonic()
        child = _Child(config)
        try:
            address = child.wait_ready(timeout)
            progress.step(f"{config.name} is ready, after {time.monotonic() - began:.0f} s")
        except BaseException:
            child.stop(patience=0)
            raise
        return cls(
            base_url=f"{address}/v1",
            api_key=config.api_key,
            model_name=config.name,
            pid=child.pid,
            _child=child,
        )

    def alive(self) -> bool:
        """Whether the server is running."""
        return self._child.alive()

    def log_tail(self) -> str:
        """The last lines of llama.cpp's log, without the key."""
        return self._child.log_tail()

    def death(self) -> str | None:
        """How the server died, in a line; None while it runs."""
        if self.alive():
            return None
        return f"The embedded model's server has ended{self._child.how_it_ended()}"

    def close(self) -> None:
        """Stop the server; may be called again."""
        self._child.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _Child:
    """The process, the pipe that keeps it alive, and its log."""

    def __init__(self, config: ServerConfig) -> None:
        self._secret = config.api_key
        self._name = config.name
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        # Pipes of `subprocess` are not inheritable, so no other child can keep this one alive. A
        # session of its own leaves Ctrl-C to the run, which then closes the server. `-P` keeps a
        # `json.py` among the user's tasks from being imported here.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pytest_selfrepair.models.local_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            bufsize=0,
            start_new_session=True,
        )
        with suppress(BrokenPipeError):  # It died at once; `wait_ready` reports it.
            self._stdin.write(config.to_line())

    @property
    def _stdin(self) -> IO[bytes]:
        if self._process.stdin is None:  # pragma: no cover - opened above
            raise AssertionError
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        if self._process.stdout is None:  # pragma: no cover - opened above
            raise AssertionError
        return self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self, timeout: float) -> str:
        """Wait for the server's address."""
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while not selector.select(_LOOK_SECONDS):
                waited = time.monotonic() - began
                progress.passing(f"loading {self._name}: {waited:.0f} s")
                if waited < timeout:
                    continue
                raise LocalModelError(
                    f"The embedded model was not loaded within {timeout:g} seconds{self.ending()}"
                )
        line = self._stdout.readline()
        if not line:
            self._process.wait()
            raise LocalModelError(f"The embedded model cannot be loaded{self.ending()}")
        return Ready.from_line(line).address

    def ending(self) -> str:
        """How it ended and its last log lines, as the end of a sentence."""
        how, tail = self.how_it_ended(), self.log_tail()
        return f"{how}. The log ends:\n{tail}" if tail else f"{how}. The log is empty."

    def how_it_ended(self) -> str:
        """Its signal or exit status, in brackets; empty while it runs or after status 0."""
        code = self._process.poll()
        if code is not None and code < 0:
            ended_by = signal.Signals(-code)
            return f" ({ended_by.name}: {_HINTS.get(ended_by, 'a fault of the runtime')})"
        return f" (exit status {code})" if code else ""

    def log_tail(self) -> str:
        if self._log.closed:
            return ""
        # pread, because the child writes at the position of the file that both share.
        number = self._log.fileno()
        start = max(0, os.fstat(number).st_size - _LOG_BYTES)
        text = os.pread(number, _LOG_BYTES, start).decode(errors="replace")
        return "\n".join(text.replace(self._secret, "(key)").splitlines()[-_LOG_LINES:])

    def stop(self, *, patience: float = _STOP_SECONDS) -> None:
        self._stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stdout.close()
        self._log.close()


def _spare_processors() -> int:
    """The number of processors less one, left to the judge so that no program times out.

    The threads wait for each other at every step, so one on a shared processor stalls them all.
    Measured on two processors, four slots: 54 tokens/s with two threads and 29 with one on an idle
    machine, but 8 and 30 with one processor busy.
    """
    return max(1, usable_processors() - 1)
