"""One shard of a file of programs: its programs, and the file that holds their verdicts."""

import contextlib
import hashlib
import json
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from pytest_selfrepair.commands.catalogue import Catalogue
from pytest_selfrepair.commands.fair_parts import expected_seconds, fair_parts
from pytest_selfrepair.commands.judged_lines import Heading, differing, heading_of, kept_lines
from pytest_selfrepair.commands.program_lines import ProgramLine, program_lines
from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.core.verdicts import task_digest
from pytest_selfrepair.errors import TaskError, UsageError
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings

_MALFORMED = 0
"""The group of programs that cannot be judged and cost nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The programs of one shard.

    Attributes:
        shard: The shard.
        parts: The shard of each program of the file.
        heading: The first line of the shard's file.
    """

    shard: Shard
    parts: NDArray[np.int64]
    heading: Heading

    @classmethod
    def of(
        cls, shard: Shard, programs: Path, catalogue: Catalogue, settings: JudgeSettings
    ) -> "Share":
        """Divide the programs of a file by their expected seconds.

        Every task that the file names is read once.

        Raises:
            UsageError: The file cannot be read.
        """
        groups: dict[str | int, int] = {}
        costs, digests = [0.0], [""]
        group_of, keys = array("q"), array("Q")
        bytes_read = hashlib.sha256()
        for line in program_lines(programs):
            bytes_read.update(line.text)
            keys.append(int.from_bytes(hashlib.sha256(line.text).digest()[:8], "big"))
            try:
                name, _ = line.read()
                if name not in groups:
                    task = catalogue.task(name, line.source)
                    limit = settings.limits.of(task).cpu_seconds
                    groups[name] = len(costs)
                    cases, everything = len(task.cases), settings.all_cases
                    costs.append(expected_seconds(cases, limit, all_cases=everything))
                    # The folder of the tasks differs between machines and must not count.
                    digests.append(f"{name}: {task_digest(replace(task, id=''))}")
                group_of.append(groups[name])
            except TaskError:
                group_of.append(_MALFORMED)
        parts = fair_parts(
            np.array(group_of, np.int64), np.array(keys, np.uint64), costs, shard.count
        )
        bytes_read.update("\n".join(digests).encode("utf-8", "backslashreplace"))
        heading = Heading(
            shard=shard.index,
            of=shard.count,
            programs=len(group_of),
            inputs=bytes_read.hexdigest(),
            terms=json.loads(json.dumps(asdict(settings.terms))),
        )
        return cls(shard=shard, parts=parts, heading=heading)

    def lines(self, programs: Path, done: set[int]) -> Iterator[ProgramLine]:
        """The shard's programs that are still to be judged."""
        for line in program_lines(programs):
            if self.parts[line.index] == self.shard.index and line.index not in done:
                yield line

    @property
    def size(self) -> int:
        """The number of programs in the shard."""
        return int((self.parts == self.shard.index).sum())


@contextlib.contextmanager
def continued(out: Path, heading: Heading) -> Iterator[tuple[TextIO, set[int]]]:
    """Start a shard's file, or continue it.

    Existing lines are kept, except an incomplete last line and programs that the sandbox failed to
    judge.

    Yields:
        The file for further lines, and the programs that need no judging.

    Raises:
        UsageError: The file cannot be read or written, or holds something else.
    """
    done: set[int] = set()
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("w", encoding="ascii", newline="\n") as kept:
            kept.write(heading.as_line() + "\n")
            if _is_begun(out):
                _check(out, heading)
                for line in kept_lines(out):
                    if line.outcome != Outcome.SANDBOX_ERROR and line.index not in done:
                        done.add(line.index)
                        kept.write(line.text.decode("ascii") + "\n")
        part.replace(out)
        stream = out.open("a", encoding="ascii", newline="\n")
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}; accepted: a file to write") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    with stream:
        yield stream, done


def _is_begun(out: Path) -> bool:
    """Whether a complete heading exists."""
    if not out.exists():
        return False
    with out.open("rb") as file:
        return file.readline().endswith(b"\n")


def _check(out: Path, heading: Heading) -> None:
    found = heading_of(out)
    if found == heading:
        return
    if (found.shard, found.of) != (heading.shard, heading.of):
        what = f"shard {found.shard}/{found.of}"
        accepted = f"shard {heading.shard}/{heading.of}, or a new file"
    elif found.terms != heading.terms:
        other, own = differing(found.terms, heading.terms)
        what, accepted = f"verdicts by {other}", f"{own}, or a new file"
    else:
        what, accepted = "verdicts of other programs or tasks", "those of these, or a new file"
    raise UsageError(f"{out}: found {what}; accepted: {accepted}")
