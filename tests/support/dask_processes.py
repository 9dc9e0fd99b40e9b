"""A Dask scheduler and workers, each a process that a test may kill, stop or start again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from places import SUPPORT


class DaskProcesses:
    """A scheduler on this machine's loopback, and workers of it."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        self._all: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in reversed(self._all):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @property
    def pool(self) -> str:
        return f"dask://127.0.0.1:{self.port}"

    def scheduler(self) -> subprocess.Popen[bytes]:
        """Start one, and wait until it listens."""
        process = self._started("scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
            else:
                return process

    def worker(
        self, *options: str, nanny: bool = False, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a worker of one thread, which ends with its scheduler."""
        address = f"tcp://127.0.0.1:{self.port}"
        kept = "--nanny" if nanny else "--no-nanny"
        return self._started(
            "worker", address, "--nthreads", "1", kept, *options, environment=environment
        )

    def _started(
        self, what: str, *options: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", f"distributed.cli.dask_{what}", *options),
                "--no-dashboard",
            ],
            env={**os.environ, "PYTHONPATH": str(SUPPORT), **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._all.append(process)
        return process
