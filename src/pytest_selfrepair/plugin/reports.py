"""What a run leaves when it ends: its reports in files, and whether it passes the gate."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.estimate.comparison.gate import Decision, Gate, GateRule, decide
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.tasks.folders import STATEMENT

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.regression import Baselines, Regression
    from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison
    from pytest_selfrepair.estimate.findings import Findings
    from pytest_selfrepair.store.run_names import LoadedRun

# What makes reports and compares runs is imported where one was asked for: most runs have none.

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The file to which GitHub Actions has a step add what is shown of it."""

_WORKSPACE = "GITHUB_WORKSPACE"
"""The folder of the repository in GitHub Actions."""


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
            rule=GateRule(settings.gate_rule),
        )
        if settings.max_regression is not None and not settings.baseline:
            raise UsageError(
                f"--selfrepair-max-regression: found {settings.max_regression:g} and no baseline; "
                "accepted: with --selfrepair-baseline RUN"
            )
        if settings.policy != Policy.BATCH and (given := self.gate.of_rates):
            raise UsageError(
                f"{given}: found with --selfrepair-policy {settings.policy}; accepted: with "
                "--selfrepair-policy batch, whose rates can be held against others"
            )
        # Read before the run begins: `last` is then the run before this one.
        self.baseline = [_loaded(run) for run in settings.baseline]

    def foreseen(self, task_ids: Sequence[str]) -> list[str]:
        """What the gate can hold with these tasks, a line each.

        Raises:
            UsageError: It cannot hold the limit that was asked for.
        """
        from pytest_selfrepair.plugin.gating import foreseen_limit  # noqa: PLC0415 - as above

        return foreseen_limit(self._settings, self._baselines(), task_ids)

    def foreseen_gain(self, tasks: int) -> list[str]:
        """Which gain so many tasks could show, a line each, and what would make a rate surer."""
        from pytest_selfrepair.plugin.gating import (  # noqa: PLC0415 - as above
            foreseen_gain,
            foreseen_split,
            spread_of_gain,
        )

        if not self.baseline:
            return foreseen_gain(self._settings, tasks)
        first = self.baseline[0]
        spread = spread_of_gain(first.records)
        measured = None if spread is None else (spread, f"that of {first.title}")
        said = foreseen_gain(self._settings, tasks, measured)
        baselines = self._baselines()
        return said if baselines is None else [*said, *foreseen_split(baselines)]

    def against(self, records: list[Record], games: list[BargainRecord]) -> "RunComparison | None":
        """The run beside its first baseline; None where it has none.

        Args:
            records: The run's, one for each task.
            games: The same of scenarios.
        """
        if not self.baseline:
            return None
        from pytest_selfrepair.estimate.comparison.run_comparison import run_comparison, side  # noqa: PLC0415 - as above

        baseline = self.baseline[0]
        return run_comparison(
            (side(baseline.records, baseline.title, baseline.name), baseline.records),
            (side(records, "this run"), records),
            games=(baseline.games, games),
        )

    def write(
        self,
        findings: "Findings",
        records: list[Record],
        games: list[BargainRecord],
        against: "RunComparison | None" = None,
        decision: Decision | None = None,
    ) -> list[str]:
        """Write the files, and say so of each, or why it could not be written.

        Args:
            findings: What the run found.
            records: Its records of tasks.
            games: Its records of scenarios.
            against: The run beside its baseline, if it has one.
            decision: The gate's, if there is one.
        """
        settings = self._settings
        said = []
        if settings.html is not None:
            page = partial(_page, findings, records, games, against)
            said.append(_written("page", settings.html, page))
        if settings.json is not None:
            said.append(_written("estimates", settings.json, lambda: _json(findings)))
        if settings.markdown is not None:
            text = _markdown(findings, records, against, decision)
            said += self._markdown(settings.markdown, text)
        return said

    def decision(self, findings: "Findings", records: list[Record]) -> Decision:
        """Whether the run passes the gate."""
        return decide(self.gate, findings, self._regression(records))

    def annotations(
        self,
        records: list[Record],
        against: "RunComparison | None",
        decision: Decision | None,
        root: Path,
    ) -> list[str]:
        """Commands that mark a pull request, where they were asked for.

        Args:
            records: The run's.
            against: The run beside its baseline, if it has one.
            decision: The gate's, if there is one.
            root: The folder from which tasks are named.
        """
        if self._settings.annotations is None:
            return []
        from pytest_selfrepair.report.annotations import annotations  # noqa: PLC0415 - as above

        return annotations(
            records,
            decision=decision,
            lost=() if against is None else against.versus.lost,
            won=() if against is None else against.versus.won,
            files=_files(root, records),
        )

    def _regression(self, records: list[Record]) -> "Regression | str | None":
        """How much lower the run is than its baselines, or why that cannot be told."""
        from pytest_selfrepair.estimate.comparison.regression import Scope  # noqa: PLC0415 - as above

        if self.gate.max_regression is None or (baselines := self._baselines()) is None:
            return None
        try:
            if self._settings.gate_scope == Scope.TASKS:
                return baselines.fall_of_tasks(records)
            return baselines.fall(records)
        except UsageError as error:
            return str(error)

    def _baselines(self) -> "Baselines | None":
        from pytest_selfrepair.estimate.comparison.regression import Baselines  # noqa: PLC0415 - as above

        if not self.baseline:
            return None
        return Baselines([run.records for run in self.baseline])

    def _markdown(self, path: Path, text: str) -> list[str]:
        step = os.environ.get(STEP_SUMMARY)
        said = []
        if step is None or path.resolve() != Path(step).resolve():
            said.append(_written("markdown", path, lambda: text))
        if step:
            said.append(_written("step summary", Path(step), lambda: text, add=True))
        return said


def _loaded(run: str) -> "LoadedRun":
    from pytest_selfrepair.estimate.comparison.paired import by_id  # noqa: PLC0415 - as above
    from pytest_selfrepair.store import run_names as runs  # noqa: PLC0415 - as above

    try:
        loaded = runs.load(run)
        by_id(loaded.records, "before")  # else it would be refused when the run has been paid for
    except SelfRepairError as error:
        raise UsageError(f"--selfrepair-baseline: {error}") from None
    return loaded


def _files(root: Path, records: list[Record]) -> Mapping[str, str]:
    """The files that stand for tasks, from the repository's root, where they are in it."""
    repository = Path(os.environ.get(_WORKSPACE) or root)
    files = {}
    for record in records:
        path = root / record.task_id.partition("::")[0]
        path = path / STATEMENT if path.is_dir() else path
        if path.is_file() and path.is_relative_to(repository):
            files[record.task_id] = path.relative_to(repository).as_posix()
    return files


def _page(
    findings: "Findings",
    records: list[Record],
    games: list[BargainRecord],
    against: "RunComparison | None",
) -> Iterator[str]:
    from pytest_selfrepair.report.html import page_pieces  # noqa: PLC0415 - brings a template engine

    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return page_pieces(findings, records, games, made=now, against=against)


def _json(findings: "Findings") -> str:
    from pytest_selfrepair.report.data import to_json  # noqa: PLC0415 - as above

    return to_json(findings)


def _markdown(
    findings: "Findings",
    records: list[Record],
    against: "RunComparison | None",
    decision: Decision | None,
) -> str:
    from pytest_selfrepair.report import comparison_markdown, gate_markdown  # noqa: PLC0415 - as above
    from pytest_selfrepair.report.run_markdown import run_markdown  # noqa: PLC0415 - as above

    parts = [run_markdown(findings)]
    parts += [gate_markdown.gate(decision)] if decision is not None else []
    parts += [comparison_markdown.against(against)] if against is not None else []
    parts += [gate_markdown.unsolved(records)]
    return "\n".join(part for part in parts if part)


def _written(
    what: str, path: Path, text: Callable[[], str | Iterator[str]], *, add: bool = False
) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if add else "w", encoding="utf-8") as file:
            made = text()
            file.writelines([made] if isinstance(made, str) else made)
    except OSError as error:
        return f"{what} not written: {path}: {error.strerror}"
    return f"{what}: {path}"
