"""Join the stores of several hosts, with their runs, for `selfrepair merge`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from pytest_selfrepair.commands.output import show, tell
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.store.merging import Merged, merge

_MOST_NAMED = 50
"""The number of problems of a kind that are named; the rest are counted."""


async def run(parts: Sequence[Path], out: Path) -> int:
    """Join stores; report what is missing, duplicate or contradictory.

    Args:
        parts: The stores.
        out: The new store.

    Returns:
        The exit status: 1 where anything is missing or contradictory, else 0.

    Raises:
        UsageError: A file is given twice, or the new one exists.
        StoreError: A store cannot be read or written.
    """
    found = await asyncio.to_thread(_joined, parts, out)
    show(_summary(found, len(parts), out))
    return int(_report_problems(found))


def _joined(parts: Sequence[Path], out: Path) -> Merged:
    """Join stores into a file, completely or not at all."""
    seen: set[Path] = set()
    for part in parts:
        if part.resolve() in seen:
            raise UsageError(f"{part}: found twice; accepted: every store once")
        seen.add(part.resolve())
    if out.exists():
        raise UsageError(f"--out: found {out}, which exists; accepted: a new file")
    part_of_out = out.with_name(f".{out.name}.part")
    _remove(part_of_out)
    try:
        found = merge(parts, part_of_out)
        part_of_out.replace(out)
    finally:
        _remove(part_of_out)
    return found


def _summary(found: Merged, stores: int, out: Path) -> str:
    shards = f"{plural(found.runs, 'run')} put together of shards"
    return (
        f"joined {plural(stores, 'store')} into {out}: {plural(found.samples, 'completion')}, "
        f"{plural(found.verdicts, 'verdict')}, {plural(found.records, 'record')}; {shards}, "
        f"{plural(found.others, 'other run')}"
    )


def _report_problems(found: Merged) -> bool:
    """Report the problems; return whether anything is missing or contradictory."""
    if found.doubled:
        tell(f"duplicate: {found.doubled:,}, equal in two stores, are kept once")
    if found.left_out:
        tell(
            f"left out: {plural(found.left_out, 'completion')} of items whose record from "
            "another store is kept"
        )
    for kind, lines in (
        ("drawn apart", found.apart),
        ("missing", found.missing),
        ("contradictory", found.contradictions),
    ):
        for line in lines[:_MOST_NAMED]:
            tell(f"{kind}: {line}")
        if (more := len(lines) - _MOST_NAMED) > 0:
            tell(f"{kind}: and {more:,} more")
    if found.apart:
        tell(
            "of items drawn apart both records are kept, with the first item's replies, which one "
            "host would have given to both, as a replay does"
        )
    if found.contradictions:
        tell("of contradictory records and verdicts, the first store's are kept")
    return bool(found.missing or found.contradictions)


def _remove(path: Path) -> None:
    """Remove an unfinished store and its log files."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
