"""The lines of `selfrepair judge` and of shards' files."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from pytest_selfrepair.commands.output import as_json_line
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.errors import UsageError

SECONDS = "seconds"
"""The field that differs between executions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedProgram:
    """One line of the output.

    Attributes:
        task_id: The task's name in the program's line.
        index: The program's position among the lines that are not blank, from 0.
        outcome: The verdict's outcome.
        passed: Whether every case was run and accepted.
        rule: The checker's rule that accepted the weakest match, or None.
        cases_passed: Cases accepted.
        cases_run: Cases run.
        error: Why it does not pass; None where it does.
        unstable: Whether another execution gave another verdict than this one, which ran alone.
        seconds: Wall-clock seconds of judging.
    """

    task_id: str | int
    index: int
    outcome: Outcome
    passed: bool
    rule: str | None
    cases_passed: int
    cases_run: int
    error: str | None
    unstable: bool
    seconds: float

    def as_line(self) -> str:
        """One line of JSON."""
        return as_json_line(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """A line without a verdict in a shard's file: the program's line, or its task, is malformed.

    Attributes:
        index: As in `JudgedProgram`.
        trouble: The error message.
    """

    index: int
    trouble: str

    def as_line(self) -> str:
        """One line of JSON."""
        return as_json_line(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The first line of a shard's file: which verdicts the others are.

    Attributes:
        shard: Which shard this is, from 0.
        of: The number of shards.
        programs: The number of programs in all shards.
        inputs: The SHA-256 of the programs' file and of the tasks that it names.
        terms: Everything else that decides verdicts: checker, limits, packages, version of the
            judge.
    """

    shard: int
    of: int
    programs: int
    inputs: str
    terms: dict[str, object]

    def as_line(self) -> str:
        """One line of JSON."""
        return as_json_line(asdict(self))


def heading_of(path: Path) -> Heading:
    """Read the first line of a shard's file.

    Raises:
        UsageError: It has none, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            first = file.readline()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; accepted: a file to read") from error
    try:
        return msgspec.convert(json.loads(first), Heading)
    except (ValueError, msgspec.ValidationError):
        found = f"{path}: line 1: found {first[:80].decode('utf-8', 'replace')!r}"
        raise UsageError(
            f"{found}; accepted: the heading that selfrepair judge --shard writes"
        ) from None


def differing(found: dict[str, object], accepted: dict[str, object]) -> tuple[str, str]:
    """The terms in which two headings differ, in words."""
    names = [name for name in accepted if found.get(name) != accepted[name]]
    names += [name for name in found if name not in accepted]
    first, second = (
        ", ".join(f"{name} {terms.get(name)}" for name in names) for terms in (found, accepted)
    )
    return first, second


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A line of a shard's file after its heading.

    Attributes:
        index: The program's position.
        text: The line, without its end.
        offset: Its start in the file, in bytes.
        outcome: The program's outcome; None where its line, or task, is malformed.
    """

    index: int
    text: bytes
    offset: int
    outcome: str | None


def kept_lines(path: Path) -> Iterator[KeptLine]:
    """The complete lines of a shard's file; an incomplete one ends it.

    Raises:
        UsageError: A complete line does not belong to a shard.
    """
    with path.open("rb") as file:
        offset = len(file.readline())
        for number, line in enumerate(file, start=2):
            if not line.endswith(b"\n"):
                return
            yield _kept(f"{path}: line {number}", line, offset)
            offset += len(line)


def _kept(where: str, line: bytes, offset: int) -> KeptLine:
    try:
        match json.loads(line):
            case {"index": int(index), "outcome": str(outcome)}:
                return KeptLine(index=index, text=line[:-1], offset=offset, outcome=outcome)
            case {"index": int(index), "trouble": str()}:
                return KeptLine(index=index, text=line[:-1], offset=offset, outcome=None)
    except ValueError:
        pass
    found = line[:80].decode("utf-8", "replace")
    raise UsageError(f"{where}: found {found!r}; accepted: a line of selfrepair judge --shard")
