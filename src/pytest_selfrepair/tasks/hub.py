"""Load tasks from the Hugging Face hub: ``hub:codeparrot/apps[test]``, cached as JSON Lines.

A downloaded data set is read from its file, without network or the `datasets` library, so all
workers of a run find the same. Remove the file to download it again.
"""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import platformdirs

from pytest_selfrepair.errors import TaskError

PREFIX = "hub:"
"""The prefix of hub names, accepted wherever a path is."""

_NAME = re.compile(r"hub:(?P<repo>[\w.-]+(?:/[\w.-]+)?)\[(?P<split>[\w.-]+)\]")
_SCRIPT = "scripts are no longer supported"  # the library's error for data sets as old as APPS
_CONVERTED = "refs/convert/parquet"  # the hub's branch with the data converted to files


def is_hub(name: str) -> bool:
    """Whether a name is a hub name rather than a path."""
    return name.startswith(PREFIX)


def fetched(name: str, cache: Path | None = None) -> Path:
    """The JSON Lines file of a hub data set, downloaded where it is missing.

    Args:
        name: For instance ``hub:codeparrot/apps[test]``.
        cache: The folder of such files; by default in the user's cache folder.

    Raises:
        TaskError: It is not a hub name, the library `datasets` is missing, or the hub cannot be
            reached or lacks the data set.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise TaskError(
            file=name,
            field="name",
            found=repr(name),
            accepted="hub:OWNER/NAME[SPLIT], for instance hub:codeparrot/apps[test]",
        )
    folder = cache or platformdirs.user_cache_path("pytest-selfrepair", appauthor=False) / "hub"
    path = folder / f"{found['repo'].replace('/', '--')}--{found['split']}.jsonl"
    if not path.exists():
        rows = _load(name, found["repo"], found["split"])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(path, rows)
        except OSError as error:
            raise TaskError(
                file=name,
                field="cache",
                found=f"{path}: {error.strerror or error}",
                accepted="a folder that can be written to ($XDG_CACHE_HOME)",
            ) from error
    return path


def _load(name: str, repo: str, split: str) -> Iterable[Mapping[str, object]]:
    try:
        import datasets  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise TaskError(
            file=name,
            field="library",
            found="no library datasets",
            accepted='pip install "pytest-selfrepair[hub]", or a .jsonl file of the data set',
        ) from error

    def load(**more: str) -> Iterable[Mapping[str, object]]:
        rows: Iterable[Mapping[str, object]] = datasets.load_dataset(repo, split=split, **more)
        return rows

    try:
        try:
            return load()
        except RuntimeError as error:
            if _SCRIPT not in str(error):
                raise
            return load(revision=_CONVERTED)
    except Exception as error:  # the library passes on any exception of the libraries below it
        said = " ".join(str(error).split())
        raise TaskError(
            file=name,
            field="hub",
            found=f"{type(error).__name__}: {said}",
            accepted="a data set and a split that the hub has, and a network to it",
        ) from error


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write the file completely or not at all: an existing file counts as complete."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row, default=str) + "\n")
        Path(part).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(part).unlink()
        raise
