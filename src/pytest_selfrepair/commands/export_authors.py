"""`selfrepair export --format authors`: write a run as JSON Lines for the authors' scripts."""

from pathlib import Path

from pytest_selfrepair.commands.output import opened, tell
from pytest_selfrepair.store import run_names
from pytest_selfrepair.store.authors_write import write

_MOST_NAMED = 5


def run(name: str, out: Path | None, *, source: str | None) -> int:
    """Write a run, one task per line.

    An unscored task has no programs, which readers of this format do not expect: it is left out and
    named, unless its line was read from such a file.

    Args:
        name: A RUN.
        out: The file; None: standard output. It is replaced only once everything is written.
        source: The feedback source whose repairs other readers are given; None: the first.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run or source, or the file cannot be written.
        StoreError: The store cannot be read.
    """
    place = run_names.find(name)
    left_out: list[str] = []
    written = 0
    with opened(out, encoding="utf-8") as say:
        for record in run_names.records_of(place):
            if record.grown is None and record.foreign is None:
                left_out.append(record.task_id)
                continue
            say(write(record, source))
            written += 1
    tell(f"selfrepair: exported {written:,} tasks of {place.title}")
    if left_out:
        more = ", …" if len(left_out) > _MOST_NAMED else ""
        tell(
            f"selfrepair: left out {len(left_out):,} tasks that were not scored: "
            f"{', '.join(left_out[:_MOST_NAMED])}{more}"
        )
    return 0
