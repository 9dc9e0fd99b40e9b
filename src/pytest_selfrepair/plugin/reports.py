"""Write a run's reports to files, and annotate a pull request."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.comparison.gate import Decision
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.report.whole_file import whole_file
from pytest_selfrepair.tasks.folders import STATEMENT
from pytest_selfrepair.tasks.scenarios import SCENARIO

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison
    from pytest_selfrepair.estimate.findings import Findings

# Reports and comparisons are imported only on request, as most runs have none.

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The file in which GitHub Actions collects a step's summary."""

_WORKSPACE = "GITHUB_WORKSPACE"
"""The repository's folder in GitHub Actions."""


class Reports:
    """The files and annotations that the user requested.

    Args:
        settings: The run's settings.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def write(
        self,
        findings: "Findings",
        records: list[Record],
        games: list[BargainRecord],
        against: "RunComparison | None" = None,
        decision: Decision | None = None,
    ) -> list[str]:
        """Write the files, and report each, or why it could not be written.

        Args:
            findings: The run's findings.
            records: Its records of tasks.
            games: Its records of scenarios.
            against: The comparison of the run with its baseline, if it has one.
            decision: The gate's decision, if there is one.
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

    def annotations(
        self,
        records: list[Record],
        games: list[BargainRecord],
        *,
        against: "RunComparison | None",
        before: Sequence[BargainRecord],
        decision: Decision | None,
        root: Path,
    ) -> list[str]:
        """The workflow commands that annotate a pull request, where requested.

        Args:
            records: The run's records of tasks.
            games: The run's records of scenarios.
            against: The comparison of the run with its baseline, if it has one.
            before: The games of that baseline.
            decision: The gate's decision, if there is one.
            root: The folder that task ids are relative to.
        """
        if self._settings.annotations is None:
            return []
        from pytest_selfrepair.report.annotations import annotations  # noqa: PLC0415 - as above

        return annotations(
            records,
            games,
            decision=decision,
            lost=() if against is None else against.versus.lost,
            won=() if against is None else against.versus.won,
            before=before,
            files=_files(root, [*(r.task_id for r in records), *(g.task_id for g in games)]),
        )

    def _markdown(self, path: Path, text: str) -> list[str]:
        step = os.environ.get(STEP_SUMMARY)
        said = []
        if step is None or path.resolve() != Path(step).resolve():
            said.append(_written("markdown", path, lambda: text))
        if step:
            said.append(_written("step summary", Path(step), lambda: text, add=True))
        return said


def _files(root: Path, item_ids: Sequence[str]) -> Mapping[str, str]:
    """The files of tasks and scenarios, relative to the repository's root, if inside it."""
    repository = Path(os.environ.get(_WORKSPACE) or root)
    files = {}
    for item_id in item_ids:
        path = root / item_id.partition("::")[0]
        for found in (path, path / STATEMENT, path / SCENARIO):
            if found.is_file() and found.is_relative_to(repository):
                files[item_id] = found.relative_to(repository).as_posix()
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
        with nullcontext(path) if add else whole_file(path) as part:
            made = text()
            with part.open("a" if add else "w", encoding="utf-8") as file:
                file.writelines([made] if isinstance(made, str) else made)
    except OSError as error:
        return f"{what} not written: {path}: {error.strerror}"
    return f"{what}: {path}"
