"""The results of a run: records, findings and tables."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report import frames
from pytest_selfrepair.report.frames import Library
from pytest_selfrepair.report.run_terminal import run_summary
from pytest_selfrepair.store import run_names

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """The results of a run.

    Attributes:
        name: A RUN that names it, as the commands accept it: ``.selfrepair/samples.sqlite::3``.
        title: Its title in reports.
        records: One for each task, by task id.
        games: One for each scenario and role, by item.
    """

    name: str
    title: str
    records: tuple[Record, ...]
    games: tuple[BargainRecord, ...] = ()

    def findings(self) -> Findings:
        """All estimates, as in `selfrepair report`; takes seconds for large trees."""
        return findings(self.records, self.games)

    def summary(self, *, width: int = 100) -> str:
        """The text of `selfrepair report`.

        Args:
            width: The longest line, in columns.
        """
        lines = run_summary(self.findings(), width=width)
        return "\n".join([self.title, *(line.text for line in lines)])

    @overload
    def programs_frame(self, library: Literal["pandas"]) -> "pd.DataFrame": ...
    @overload
    def programs_frame(self, library: Literal["polars"]) -> "pl.DataFrame": ...
    @overload
    def programs_frame(self, library: None = None) -> "pd.DataFrame | pl.DataFrame": ...
    def programs_frame(self, library: Library | None = None) -> "pd.DataFrame | pl.DataFrame":
        """A row for each program: initial ones, each tree's repairs, the baseline's.

        Args:
            library: ``pandas`` or ``polars``; None: pandas where it is installed, else polars.

        Raises:
            UsageError: The library, or both of them, is not installed.
        """
        return frames.programs_frame(self.records, library)

    @overload
    def tasks_frame(self, library: Literal["pandas"]) -> "pd.DataFrame": ...
    @overload
    def tasks_frame(self, library: Literal["polars"]) -> "pl.DataFrame": ...
    @overload
    def tasks_frame(self, library: None = None) -> "pd.DataFrame | pl.DataFrame": ...
    def tasks_frame(self, library: Library | None = None) -> "pd.DataFrame | pl.DataFrame":
        """A row for each task.

        Args:
            library: ``pandas`` or ``polars``; None: pandas where it is installed, else polars.

        Raises:
            UsageError: The library, or both of them, is not installed.
        """
        return frames.tasks_frame(self.records, library)


def load_run(run: str | int | Path = run_names.LAST) -> RunResult:
    """Load the results of a stored run.

    Args:
        run: A RUN, as the commands accept it: a run's number or ``last``, of the store
            ``.selfrepair/samples.sqlite`` below the current folder; a store, ``STORE::N``; a file
            that `selfrepair export` wrote, or one in the authors' format. A `Path` is always a
            file.

    Raises:
        UsageError: There is no such run (the error lists the runs there are), or a line of a file
            is malformed.
        StoreError: The store cannot be read.
    """
    text = str(run)
    if isinstance(run, Path) and run_names.is_shorthand(text):
        text = f".{os.sep}{text}"
    found = run_names.read(text)
    return RunResult(
        name=found.name,
        title=found.title,
        records=tuple(found.records),
        games=tuple(found.games),
    )
