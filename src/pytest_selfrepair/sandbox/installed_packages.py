"""The installed packages that programs may use: exactly these, read only, and nothing beside."""

import atexit
import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path, PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pytest_selfrepair.errors import UsageError

INSIDE = "/packages"
"""Where they lie in a world of their own."""

_CACHE = "__pycache__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file or folder that belongs to the packages alone.

    Attributes:
        name: Where it lies in the folder that programs import from.
        path: Where it is installed.
    """

    name: str
    path: Path


@dataclass(frozen=True, kw_only=True)
class Packages:
    """Some distributions and what they need, as they are installed here.

    Attributes:
        names: The distributions that were named, as they are installed.
        versions: The same, each with its version: `numpy 2.4.0`.
        entries: Their files.
    """

    names: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    @cached_property
    def modules(self) -> frozenset[str]:
        """What they define at the top."""
        names = (entry.name.partition("/")[0] for entry in self.entries)
        return frozenset(
            module for name in names if (module := name.partition(".")[0]).isidentifier()
        )

    def mentioned(self, program: str) -> tuple[str, ...]:
        """The modules of theirs of which a program speaks, sorted."""
        words = set(re.findall(r"\w+", program)) if self.entries else set()
        return tuple(sorted(self.modules & words))

    @cached_property
    def folder(self) -> str:
        """A folder of links to them, for programs without a world of their own."""
        folder = tempfile.mkdtemp(prefix="selfrepair-packages-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for entry in self.entries:
            link = Path(folder, entry.name)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(entry.path)
        for path in (folder, *(str(each) for each in Path(folder).rglob("*") if each.is_dir())):
            if not Path(path).is_symlink():
                Path(path).chmod(0o755)
        return folder


@lru_cache(16)
def find_packages(names: tuple[str, ...], option: str = "--selfrepair-packages") -> Packages:
    """The distributions of these names, and what they need, as installed.

    Args:
        names: As an index of packages calls them.
        option: What errors call the option that names them.

    Raises:
        UsageError: One is not installed, or something that it needs.
    """
    if not names:
        return Packages()
    chosen = [_found(name, f"{option}: found {name!r}, which") for name in names]
    everything = _with_requirements(chosen, option)
    return Packages(
        names=tuple(each.name for each in chosen),
        versions=tuple(f"{each.name} {each.version}" for each in chosen),
        entries=tuple(_entries(everything)),
    )


def packages_for(names: tuple[str, ...], chosen: Packages | None) -> Packages:
    """The packages that programs of a task may use.

    Args:
        names: Those of its source, which are given as far as they are installed.
        chosen: What is given to every task in their place; None: nothing.
    """
    if chosen is not None:
        return chosen
    try:
        return find_packages(names)
    except UsageError:  # nobody has asked for them
        return Packages()


def _found(name: str, said: str) -> Distribution:
    try:
        return importlib.metadata.distribution(name)
    except (PackageNotFoundError, ValueError):
        raise UsageError(f"{said} is not installed; accepted: an installed distribution") from None


def _with_requirements(chosen: Iterable[Distribution], option: str) -> list[Distribution]:
    """Some distributions and all that they need where they run, extras apart."""
    left, known = list(chosen), {}
    while left:
        each = left.pop(0)
        name = canonicalize_name(each.name)
        if name in known:
            continue
        known[name] = each
        for text in each.requires or ():
            try:
                wanted = Requirement(text)
            except InvalidRequirement:
                continue
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                said = f"{option}: found {each.name!r}, which needs {wanted.name!r}, which"
                left.append(_found(wanted.name, said))
    return list(known.values())


def _entries(distributions: Sequence[Distribution]) -> Iterator[Entry]:
    """The fewest files and folders that hold all of these distributions, and nothing else."""
    roots: dict[Path, set[PurePosixPath]] = {}
    for each in distributions:
        root = Path(os.path.realpath(str(each.locate_file(""))))
        inside = roots.setdefault(root, set())
        for found in each.files or ():
            file = PurePosixPath(found)
            if ".." not in file.parts and not file.is_absolute():
                inside.add(file)
    for root, files in roots.items():
        yield from _within(root, PurePosixPath(), files)


def _within(root: Path, at: PurePosixPath, files: set[PurePosixPath]) -> Iterator[Entry]:
    depth = len(at.parts)
    parts: dict[str, set[PurePosixPath]] = {}
    for file in files:
        parts.setdefault(file.parts[depth], set()).add(file)
    for name, inside in sorted(parts.items()):
        here = at / name
        path = root / here
        if name == _CACHE or not path.exists():
            continue
        if not path.is_dir() or _holds_nothing_else(root, path, inside):
            yield Entry(name=str(here), path=path)
        else:
            yield from _within(root, here, inside)


def _holds_nothing_else(root: Path, folder: Path, files: set[PurePosixPath]) -> bool:
    for where, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each != _CACHE]
        base = PurePosixPath(Path(where).relative_to(root))
        if any(base / name not in files for name in names if not name.endswith(".pyc")):
            return False
    return True


def lacking(error: str | None, packages: Packages) -> str | None:
    """The module that a program wanted and may not have; None where it failed otherwise.

    Args:
        error: Why it failed: an exception's type and message.
        packages: What it may use beside the standard library.
    """
    found = re.match(r"(?:ModuleNotFound|Import)Error: No module named '([\w.]+)'", error or "")
    if found is None:
        return None
    module = found[1].partition(".")[0]
    if module in sys.stdlib_module_names or module in packages.modules:
        return None
    return module


def without(error: str, packages: Packages) -> str:
    """An error of a program that lacks a module, and what it may use."""
    may = ", ".join(("the standard library", *packages.names))
    return f"{error}: not among the packages programs may use ({may})"
