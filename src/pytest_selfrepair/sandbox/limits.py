"""The resource limits of one case of a program."""

from dataclasses import asdict, dataclass, replace

from pytest_selfrepair.core.task import JsonValue, Task

MEGABYTE = 1_000_000
"""Bytes per megabyte in users' and tasks' memory limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The resource limits of one case of a program.

    Attributes:
        cpu_seconds: CPU seconds, as the machine may be busy, for instance with a local model.
        wall_factor: Wall-clock seconds per CPU second, for programs that sleep or wait.
        memory_bytes: Address space, excluding the stack of a program that raises Python's
            recursion limit.
        stack_bytes: The size of that stack.
        output_bytes: The size of standard output, of standard error, and of every file written.
        processes: The number of processes and threads alive at once.
        open_files: The number of descriptors of one process.
        scale: The factor between the durations of programs here and on the machine that limits
            refer to, by `calibration`; 1 for this machine.
    """

    cpu_seconds: float = 4.0
    wall_factor: float = 2.5
    memory_bytes: int = 1 << 30
    stack_bytes: int = 512 << 20
    output_bytes: int = 16 << 20
    processes: int = 64
    open_files: int = 64
    scale: float = 1.0

    @property
    def allowed_seconds(self) -> float:
        """The CPU seconds allowed on this machine."""
        return self.scale * self.cpu_seconds

    @property
    def wall_seconds(self) -> float:
        """The wall-clock seconds allowed, for programs that wait."""
        return self.wall_factor * self.cpu_seconds + 2.0

    @property
    def allowed_wall_seconds(self) -> float:
        """The wall-clock seconds allowed on this machine."""
        return self.scale * self.wall_seconds

    def of(self, task: Task) -> "Limits":
        """These limits, overridden by those of a task."""
        if task.seconds is None and task.megabytes is None:
            return self
        seconds = self.cpu_seconds if task.seconds is None else task.seconds
        memory = self.memory_bytes if task.megabytes is None else task.megabytes * MEGABYTE
        return replace(self, cpu_seconds=seconds, memory_bytes=memory)

    def as_terms(self) -> tuple[tuple[str, float], ...]:
        """The limits for the key of a verdict, independent of the machine's speed."""
        return tuple(sorted((name, it) for name, it in asdict(self).items() if name != "scale"))

    def as_json(self) -> dict[str, JsonValue]:
        """The limits in the form for the zygote."""
        return {
            "cpu_seconds": self.allowed_seconds,
            "wall_seconds": self.allowed_wall_seconds,
            "memory_bytes": self.memory_bytes,
            "stack_bytes": self.stack_bytes,
            "output_bytes": self.output_bytes,
            "processes": self.processes,
            "open_files": self.open_files,
        }
