"""Provide programs with exactly the chosen installed packages, read-only."""

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
"""Their folder inside the sandbox."""

_CACHE = "__pycache__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file or folder that belongs only to the packages.

    Attributes:
        name: Its path in the folder that programs import from.
        path: Its installed path.
    """

    name: str
    path: Path


@dataclass(frozen=True, kw_only=True)
class Packages:
    """Installed distributions with their requirements.

    Attributes:
        names: The chosen distributions, by their installed names.
        versions: The same, each with its version: `numpy 2.4.0`.
        entries: Their files.
    """

    names: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    @cached_property
    def modules(self) -> frozenset[str]:
        """Their top-level modules."""
        names = (entry.name.partition("/")[0] for entry in self.entries)
        return frozenset(
            module for name in names if (module := name.partition(".")[0]).isidentifier()
        )

    def mentioned(self, program: str) -> tuple[str, ...]:
        """Their modules mentioned in a program, sorted."""
        words = set(re.findall(r"\w+", program)) if self.entries else set()
        return tuple(sorted(self.modules & words))

    @cached_property
    def folder(self) -> str:
        """A folder of links to them, for programs without namespaces."""
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
    """Find installed distributions with their requirements.

    Args:
        names: Their names in the package index.
        option: The name of their option, for errors.

    Raises:
        UsageError: One of them, or a requirement, is not installed.
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
        names: Those of its source, provided as far as installed.
        chosen: The packages for every task in their place, or None.
    """
    if chosen is not None:
        return chosen
    try:
        return find_packages(names)
    except UsageError:  # optional: the user did not ask for them
        return Packages()


def _found(name: str, said: str) -> Distribution:
    try:
        return importlib.metadata.distribution(name)
    except (PackageNotFoundError, ValueError):
        raise UsageError(f"{said} is not installed; accepted: an installed distribution") from None


def _with_requirements(chosen: Iterable[Distribution], option: str) -> list[Distribution]:
    """Distributions with all their runtime requirements, without extras."""
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
    """Yield the fewest files and folders that hold exactly these distributions."""
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
    """The unavailable module whose import failed; None for any other failure.

    Args:
        error: The failure: an exception's type and message.
        packages: The packages that it may use.
    """
    found = re.match(r"(?:ModuleNotFound|Import)Error: No module named '([\w.]+)'", error or "")
    if found is None:
        return None
    module = found[1].partition(".")[0]
    if module in sys.stdlib_module_names or module in packages.modules:
        return None
    return module


def without(error: str, packages: Packages) -> str:
    """Add the available packages to the error of a program that lacks a module."""
    may = ", ".join(("the standard library", *packages.names))
    return f"{error}: not among the packages programs may use ({may})"
