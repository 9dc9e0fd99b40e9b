"""Find the isolation available on this machine by running a program, never by inference."""

import os
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from pytest_selfrepair.errors import SandboxError, UsageError
from pytest_selfrepair.sandbox.bubblewrap import (
    DEVICES,
    commands,
    find_bubblewrap,
    interpreter,
    python_paths,
    with_entries,
)
from pytest_selfrepair.sandbox.bytecode import write_bytecode
from pytest_selfrepair.sandbox.inside import landlock, seccomp, zygote
from pytest_selfrepair.sandbox.installed_packages import INSIDE, Packages
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.session import run_apart
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError

_FLAGS = (
    "-s",
    "-S",
    "-B",
    "-X",
    "utf8",
    "-W",
    "ignore",
)  # not -I, which would ignore the hash seed
_ZYGOTE = Path(__file__).parent / "inside/zygote.py"
_PROBE = """\
import colorsys, threading
thread = threading.Thread(target=lambda: print(int(input()) * 7))
thread.start()
thread.join()
"""

_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "PYTHONHASHSEED": "0",  # so that sets have the same order in every run
        "MALLOC_ARENA_MAX": "1",  # else threads soon reach the limit on address space
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
)


class SandboxMode(StrEnum):
    """What `--selfrepair-sandbox` accepts."""

    AUTO = "auto"
    STRICT = "strict"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """A way to isolate programs from this machine.

    Attributes:
        description: Its description for headers and records, in a few words.
        command: The command that starts a zygote, which takes requests on standard input.
        environment: The complete environment of the command.
        contained: Whether programs see neither files nor network of this machine.
    """

    description: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    contained: bool

    def with_packages(self, packages: Packages, ready: Sequence[str] = ()) -> tuple[str, ...]:
        """The command that starts a zygote with packages for its programs.

        Args:
            packages: The packages.
            ready: Modules of theirs that the zygote imports once, for all its programs.
        """
        if not packages.entries:
            return self.command
        walled, landlocked = "--unshare-pid" in self.command, "landlock" in self.command
        folder = INSIDE if walled else packages.folder
        told = (f"{zygote.PACKAGES}{folder}", *(f"{zygote.READY}{module}" for module in ready))
        if walled:
            shown = [(str(each.path), f"{INSIDE}/{each.name}") for each in packages.entries]
            return (*with_entries(self.command, shown), *told)
        if not landlocked:
            return (*self.command, *told)
        at = self.command.index("landlock")
        paths = (folder, *(str(each.path) for each in packages.entries))
        return (*self.command[:at], *told, *self.command[at:], *paths)

    def as_json(self) -> dict[str, Any]:
        """Encode as plain JSON types for `from_json`."""
        return {
            "description": self.description,
            "command": list(self.command),
            "environment": dict(self.environment),
            "contained": self.contained,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Decode the isolation found by another process of this machine."""
        return cls(
            description=found["description"],
            command=tuple(found["command"]),
            environment=found["environment"],
            contained=found["contained"],
        )


def find_isolation(mode: str = SandboxMode.AUTO) -> Isolation:
    """Find the strongest isolation that works here and ``mode`` allows.

    Args:
        mode: `auto` takes bubblewrap (levels A and B), else Landlock (level C); `strict` takes
            bubblewrap or nothing; `limits` takes limits on time, memory and processes alone (D).

    Raises:
        UsageError: The mode is unknown, or not available on this machine.
        SandboxError: Not even limits work.
    """
    if mode not in set(SandboxMode):
        raise UsageError(
            f"--selfrepair-sandbox: found {mode!r}; accepted: {', '.join(SandboxMode)}"
        )
    if sys.platform not in ("linux", "darwin"):
        raise UsageError(
            f"programs cannot be kept within limits on {sys.platform}; "
            "accepted: Linux or macOS, or on Windows the Windows Subsystem for Linux"
        )
    write_bytecode(_ZYGOTE.parent.glob("*.py"))
    if mode == SandboxMode.LIMITS:
        candidates = [*_limits_only()]
    else:
        candidates = [*_walled()]
        candidates += [] if mode == SandboxMode.STRICT else _landlocked()
    problems: dict[str, None] = {}  # each but once, in order
    for isolation in candidates:
        problem = _problem(isolation)
        if problem is None:
            return isolation
        problems[f"{isolation.description}: {problem}"] = None
    found = "; ".join(problems) or "there is neither bubblewrap nor Landlock with seccomp"
    if mode == SandboxMode.LIMITS:
        raise SandboxError(found)
    weaker = "auto, which makes do with Landlock, or limits" if mode == "strict" else "limits"
    raise UsageError(
        f"--selfrepair-sandbox: {mode} was asked for, but programs cannot be isolated here "
        f"({found}); accepted here: {weaker}, which leaves files and network open to programs"
    )


def missed(chosen: Isolation) -> tuple[str, ...]:
    """Why stronger isolation than the chosen one is unavailable, a line for each one tried."""
    found: dict[str, None] = {}
    if find_bubblewrap() is None:
        found["levels A and B: there is no bubblewrap"] = None
    if not seccomp.available():
        found["levels A to C: the system filters no system calls (seccomp)"] = None
    for isolation in (*_walled(), *_landlocked()):
        if isolation.description == chosen.description:
            break
        if (problem := _problem(isolation)) is not None:
            found[f"{isolation.description}: {problem}"] = None
    else:
        if (version := landlock.version()) < landlock.OLDEST and not chosen.contained:
            found[f"level C: Landlock {version}; needed: {landlock.OLDEST} or later"] = None
    return tuple(found)


def _problem(isolation: Isolation) -> str | None:
    """Run a small program with an isolation; return the problem, or None."""
    try:
        zygote = ZygoteProcess(isolation.command, isolation.environment)
    except BrokenZygoteError as error:
        return str(error)
    work = Work(program=_PROBE, fn_name=None, inputs=["6\n"] * 2)
    try:
        reports = [report for _, report in run_apart(zygote, work)]
    except BrokenZygoteError as error:
        return zygote.error_output().strip().rpartition("\n")[2] or str(error)
    finally:
        zygote.close()
    for report in reports:
        if report.exit or report.stdout != "42\n":
            words = (report.report or report.stderr)[-300:]
            return f"a probe printed {report.stdout[:80]!r}: {words}"
    if len(reports) != 2:  # noqa: PLR2004 - as many as requested
        return f"a probe of two cases ran {len(reports)}"
    return None


def _walled() -> Iterator[Isolation]:
    """Yield levels A and B: isolation by namespaces that may work here."""
    found = find_bubblewrap()
    if found is None or not seccomp.available():
        return
    bwrap, version = found
    root = os.geteuid() == 0
    level, how = ("A", "root") if root else ("B", "user namespaces")
    means = ("seccomp", "plain-user") if root else ("seccomp",)
    for command in commands(bwrap, _ZYGOTE, _FLAGS, _ENVIRONMENT):
        yield Isolation(
            description=f"level {level}: bubblewrap {version} ({how}) + seccomp",
            command=(*command, *means),
            environment=_ENVIRONMENT,
            contained=True,
        )


def _landlocked() -> Iterator[Isolation]:
    """Yield level C: no namespaces, as in most containers."""
    version = landlock.version()
    if version < landlock.OLDEST or not seccomp.available():
        return
    readable = [str(path) for path in (*python_paths(), *map(Path, DEVICES)) if path.exists()]
    for command in _plain_commands():
        yield Isolation(
            description=f"level C: Landlock {version} + seccomp, no scratch files",
            command=(*command, "seccomp", "landlock", *readable),
            environment=_ENVIRONMENT,
            contained=True,
        )


def _limits_only() -> Iterator[Isolation]:
    """Yield level D: available on every system."""
    for command in _plain_commands():
        yield Isolation(
            description="level D: limits only, no isolation of files or network",
            command=command,
            environment=_ENVIRONMENT,
            contained=False,
        )


def _plain_commands() -> Iterator[tuple[str, ...]]:
    """Yield the commands that may start a zygote without isolation, the best first."""
    command = (str(interpreter()), *_FLAGS, str(_ZYGOTE))
    if os.geteuid() == 0:
        # Root's processes are not limited, but a container's root may be unable to change its user.
        scratch = Path(tempfile.gettempdir(), "selfrepair-")
        needed = (interpreter(), Path(sysconfig.get_path("stdlib")), _ZYGOTE, scratch)
        if all(map(_is_open_to_all, needed)):
            yield (*command, "plain-user")
        elif sys.platform == "linux":
            yield (*command, "plain-user", "keep-reading")
    yield command


def _is_open_to_all(path: Path) -> bool:
    wanted = stat.S_IROTH | stat.S_IXOTH
    return all(folder.stat().st_mode & wanted == wanted for folder in path.parents)
