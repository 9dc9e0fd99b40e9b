"""How much of the machine one case of a program may use."""

from dataclasses import asdict, dataclass, replace

from pytest_selfrepair.core.task import JsonValue, Task

MEGABYTE = 1_000_000
"""Bytes, where users and tasks speak of memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one case of a program may use.

    Attributes:
        cpu_seconds: CPU seconds. Time is counted so because the machine may be busy, for instance
            with a local model.
        wall_factor: Wall-clock seconds per CPU second, for programs that sleep or wait.
        memory_bytes: Address space, beside the stack of a program that raises Python's recursion
            limit.
        stack_bytes: That stack.
        output_bytes: Standard output; also standard error, and every file that is written.
        processes: Processes and threads alive at once.
        open_files: Descriptors of one process.
        scale: How many times as long as on the machine by whose speed limits are meant programs
            take on this one, by `calibration`; 1 where limits are meant as they stand.
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
        """CPU seconds of this machine."""
        return self.scale * self.cpu_seconds

    @property
    def wall_seconds(self) -> float:
        """Wall-clock seconds after which a case is over, whatever it waits for."""
        return self.wall_factor * self.cpu_seconds + 2.0

    @property
    def allowed_wall_seconds(self) -> float:
        """Wall-clock seconds of this machine."""
        return self.scale * self.wall_seconds

    def of(self, task: Task) -> "Limits":
        """These limits, or in their place what a task sets."""
        if task.seconds is None and task.megabytes is None:
            return self
        seconds = self.cpu_seconds if task.seconds is None else task.seconds
        memory = self.memory_bytes if task.megabytes is None else task.megabytes * MEGABYTE
        return replace(self, cpu_seconds=seconds, memory_bytes=memory)

    def as_terms(self) -> tuple[tuple[str, float], ...]:
        """The limits as part of the key of a verdict, which no machine's speed is part of."""
        return tuple(sorted((name, it) for name, it in asdict(self).items() if name != "scale"))

    def as_json(self) -> dict[str, JsonValue]:
        """The limits as the zygote reads them."""
        return {
            "cpu_seconds": self.allowed_seconds,
            "wall_seconds": self.allowed_wall_seconds,
            "memory_bytes": self.memory_bytes,
            "stack_bytes": self.stack_bytes,
            "output_bytes": self.output_bytes,
            "processes": self.processes,
            "open_files": self.open_files,
        }
