"""Join the files of `selfrepair judge --shard` into the output of a single process."""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_selfrepair.commands.judged_lines import (
    SECONDS,
    Heading,
    differing,
    heading_of,
    kept_lines,
)
from pytest_selfrepair.commands.output import opened, tell
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.report.visible_text import harmless

MOST_NAMED = 5
"""Programs named for each kind of problem."""

_NOWHERE = -1

_AT_ONCE = 100_000
"""Programs whose lines are gathered from the files at a time."""


async def run(parts: Sequence[Path], out: Path) -> int:
    """Join the files of all shards, in the order of the programs.

    Args:
        parts: One file of each shard.
        out: The joined file; not written where a program is missing or appears in two files.

    Returns:
        The exit status of a single process; 1 where nothing is written.

    Raises:
        UsageError: A file does not come from a shard, or from another set of shards.
    """
    headings = {part: heading_of(part) for part in parts}
    first = parts[0]
    for part, heading in headings.items():
        _check(part, heading, first, headings[first])
    joined = _Joined(headings[first].programs)
    for part in parts:
        joined.add(part)
    troubles = [*_absent(headings), *joined.troubles()]
    for trouble in troubles:
        tell(f"selfrepair merge: {trouble}")
    return 1 if troubles else joined.write(out)


def _check(part: Path, heading: Heading, first: Path, expected: Heading) -> None:
    found = replace(heading, shard=expected.shard)
    if found.terms != expected.terms:
        other, own = differing(found.terms, expected.terms)
        raise UsageError(f"{part}: terms: found {other}; accepted: {own}, as in {first}")
    for name in ("of", "programs", "inputs"):
        if getattr(found, name) != getattr(expected, name):
            raise UsageError(
                f"{part}: {name}: found {getattr(found, name)}; accepted: "
                f"{getattr(expected, name)}, as in {first}"
            )


def _absent(headings: dict[Path, Heading]) -> Iterator[str]:
    of = next(iter(headings.values())).of
    absent = sorted(set(range(of)) - {heading.shard for heading in headings.values()})
    if absent:
        yield f"missing: {_named('shard', absent)} of {of}"


class _Joined:
    """The position of each program's line."""

    def __init__(self, programs: int) -> None:
        self._paths: list[Path] = []
        self._file = array("i", [_NOWHERE]) * programs
        self._offset = array("q", [0]) * programs
        self._doubled: list[int] = []
        self._contradictory: list[int] = []

    def add(self, part: Path) -> None:
        """Add a file."""
        self._paths.append(part)
        for line in kept_lines(part):
            if not 0 <= line.index < len(self._file):
                accepted = f"up to {len(self._file) - 1}"
                raise UsageError(f"{part}: index: found {line.index}; accepted: {accepted}")
            if self._file[line.index] == _NOWHERE:
                self._file[line.index] = len(self._paths) - 1
                self._offset[line.index] = line.offset
            elif _decided(self._texts(range(line.index, line.index + 1))[0]) == _decided(line.text):
                self._doubled.append(line.index)
            else:
                self._contradictory.append(line.index)

    def troubles(self) -> Iterator[str]:
        """The programs that are missing, duplicate or contradictory."""
        missing = [index for index, file in enumerate(self._file) if file == _NOWHERE]
        for what, found in (
            ("missing", missing),
            ("doubled", self._doubled),
            ("contradictory, to be judged again alone", self._contradictory),
        ):
            if found:
                yield f"{what}: {_named('program', sorted(set(found)))}"

    def write(self, out: Path) -> int:
        """Write every line in order; report malformed ones."""
        unjudged = False
        with opened(out) as write:
            for first in range(0, len(self._file), _AT_ONCE):
                for text in self._texts(range(first, min(first + _AT_ONCE, len(self._file)))):
                    facts = json.loads(text)
                    if "trouble" in facts:
                        tell(harmless(facts["trouble"]))
                    else:
                        write(text.decode("ascii"))
                    outcome = facts.get("outcome", Outcome.SANDBOX_ERROR)
                    unjudged |= outcome == Outcome.SANDBOX_ERROR
        return int(unjudged)

    def _texts(self, indices: range) -> list[bytes]:
        """The lines of some programs, in order; not all files can be open at once."""
        found = [b""] * len(indices)
        by_file: dict[int, list[int]] = {}
        for index in indices:
            by_file.setdefault(self._file[index], []).append(index)
        for file, wanted in by_file.items():
            with self._paths[file].open("rb") as stream:
                for index in wanted:
                    stream.seek(self._offset[index])
                    found[index - indices.start] = stream.readline().rstrip(b"\n")
        return found


def _decided(line: bytes) -> dict[str, object]:
    """The part of a line that must be equal, whichever process judged the program."""
    return {name: found for name, found in json.loads(line).items() if name != SECONDS}


def _named(what: str, numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers[:MOST_NAMED]))
    more = len(numbers) - MOST_NAMED
    return f"{what}{'s' * (len(numbers) > 1)} {named}{f' and {more:,} more' if more > 0 else ''}"
