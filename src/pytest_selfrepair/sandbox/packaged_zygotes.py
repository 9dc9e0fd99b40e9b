"""Keep separate zygotes for each set of packages that programs may use."""

import threading

from pytest_selfrepair.sandbox.installed_packages import Packages
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.processor import Processors
from pytest_selfrepair.sandbox.zygotes import Zygotes


class PackagedZygotes:
    """Zygotes for programs.

    Args:
        isolation: The isolation of programs from this machine.
        processors: The processors, each for one program.
    """

    def __init__(self, isolation: Isolation, processors: Processors) -> None:
        self._isolation, self._processors = isolation, processors
        self._lock = threading.Lock()
        self._zygotes: dict[tuple[str, ...], Zygotes] = {}

    def of(self, packages: Packages, program: str) -> Zygotes:
        """The zygotes with some packages, which preload those that a program mentions."""
        command = self._isolation.with_packages(packages, packages.mentioned(program))
        with self._lock:
            if command not in self._zygotes:
                environment = self._isolation.environment
                self._zygotes[command] = Zygotes(command, environment, self._processors)
            return self._zygotes[command]

    def close(self) -> None:
        """End all zygotes."""
        with self._lock:
            for each in self._zygotes.values():
                each.close()
