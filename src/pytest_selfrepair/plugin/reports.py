"""What a run leaves when it ends: its reports in files, and whether it passes the gate."""

import contextlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.estimate.comparison.gate import Gate, objections
from pytest_selfrepair.plugin.options import Settings

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.two_runs import TwoRuns
    from pytest_selfrepair.estimate.findings import Findings
    from pytest_selfrepair.estimate.intervals.estimate import Estimate
    from pytest_selfrepair.store.runs import Run

# What makes reports and compares runs is imported where one was asked for: most runs have none.

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The file to which GitHub Actions has a step add what is shown of it."""


class Reports:
    """The files that the user asked for, the baseline, and the gate.

    Args:
        settings: What the user asked for.

    Raises:
        UsageError: There is no such baseline or it cannot be paired, or a limit needs one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.gate = Gate(
            fail_under=settings.fail_under,
            fail_under_lower=settings.fail_under_lower,
            max_regression=settings.max_regression,
            max_unscored=settings.max_unscored,
        )
        if settings.max_regression is not None and settings.baseline is None:
            raise UsageError(
                f"--selfrepair-max-regression: found {settings.max_regression:g} and no baseline; "
                "accepted: with --selfrepair-baseline RUN"
            )
        # Read before the run begins: `last` is then the run before this one.
        self.baseline = None if settings.baseline is None else _loaded(settings.baseline)

    def against(self, records: list[Record]) -> "TwoRuns | None":
        """The run beside its baseline; None where it has none.

        Args:
            records: The run's, one for each task.
        """
        if self.baseline is None:
            return None
        from pytest_selfrepair.estimate.comparison.two_runs import side, two_runs  # noqa: PLC0415 - as above

        baseline = self.baseline
        return two_runs(
            (side(baseline.records, baseline.title, baseline.name), baseline.records),
            (side(records, "this run"), records),
        )

    def write(
        self, findings: "Findings", records: list[Record], against: "TwoRuns | None" = None
    ) -> list[str]:
        """Write the files, and say so of each, or why it could not be written.

        Args:
            findings: What the run found.
            records: Its records.
            against: The run beside its baseline, if it has one.
        """
        settings = self._settings
        said = []
        if settings.html is not None:
            said.append(_written("page", settings.html, lambda: _page(findings, records, against)))
        if settings.json is not None:
            said.append(_written("estimates", settings.json, lambda: _json(findings)))
        if settings.markdown is not None:
            said += self._markdown(settings.markdown, _markdown(findings, against))
        return said

    def objections(self, findings: "Findings", records: list[Record]) -> list[str]:
        """Why the run does not pass the gate, a line each."""
        return objections(self.gate, findings, self._regression(records))

    def _regression(self, records: list[Record]) -> "Estimate | None":
        if self.baseline is None:
            return None
        from pytest_selfrepair.estimate.comparison.versus import regression  # noqa: PLC0415 - as above

        with contextlib.suppress(UsageError):  # no task was scored in both
            return regression(self.baseline.records, records)
        return None

    def _markdown(self, path: Path, text: str) -> list[str]:
        step = os.environ.get(STEP_SUMMARY)
        said = []
        if step is None or path.resolve() != Path(step).resolve():
            said.append(_written("markdown", path, lambda: text))
        if step:
            said.append(_written("step summary", Path(step), lambda: text, add=True))
        return said


def _loaded(run: str) -> "Run":
    from pytest_selfrepair.estimate.comparison.paired import by_id  # noqa: PLC0415 - as above
    from pytest_selfrepair.store import runs  # noqa: PLC0415 - as above

    try:
        loaded = runs.load(run)
        by_id(loaded.records, "before")  # else it would be refused when the run has been paid for
    except SelfRepairError as error:
        raise UsageError(f"--selfrepair-baseline: {error}") from None
    return loaded


def _page(findings: "Findings", records: list[Record], against: "TwoRuns | None") -> str:
    from pytest_selfrepair.report.html import page  # noqa: PLC0415 - brings a template engine

    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return page(findings, records, made=now, against=against)


def _json(findings: "Findings") -> str:
    from pytest_selfrepair.report.data import to_json  # noqa: PLC0415 - as above

    return to_json(findings)


def _markdown(findings: "Findings", against: "TwoRuns | None") -> str:
    from pytest_selfrepair.report import versus_markdown  # noqa: PLC0415 - as above
    from pytest_selfrepair.report.markdown import markdown  # noqa: PLC0415 - as above

    text = markdown(findings)
    return text if against is None else f"{text}\n{versus_markdown.against(against)}"


def _written(what: str, path: Path, text: Callable[[], str], *, add: bool = False) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if add else "w", encoding="utf-8") as file:
            file.write(text())
    except OSError as error:
        return f"{what} not written: {path}: {error.strerror}"
    return f"{what}: {path}"
