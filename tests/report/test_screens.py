"""Whole screens, in files that read like them: changed by `pytest … --snapshot-update`."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from comparison_made import two
from findings_made import NOTHING, sample
from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report.comparison_markdown import against as markdown_against
from pytest_selfrepair.report.comparison_terminal import against, comparison
from pytest_selfrepair.report.markdown import markdown
from pytest_selfrepair.report.summary_lines import SummaryLine
from pytest_selfrepair.report.terminal import summary


class TextFile(SingleFileSnapshotExtension):
    """One text file for each screen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextFile)


def text(lines: Iterable[SummaryLine]) -> str:
    return "".join(f"{line.text}\n" for line in lines)


def summed(findings: Findings, **how: Any) -> Callable[[], str]:
    return lambda: text(summary(findings, **how))


SCREENS: dict[str, Callable[[], str]] = {
    "summary of 80 columns": summed(sample(), width=80, unicode=True),
    "summary of 40 columns": summed(sample(), width=40, unicode=True),
    "summary in ASCII": summed(sample(), width=100, unicode=False),
    "summary, quiet": summed(sample(), quiet=True),
    "summary of nothing": summed(NOTHING, width=80),
    "markdown of a run": lambda: markdown(sample()),
    "markdown of a run beside its baseline": lambda: markdown_against(two()),
    "comparison of 80 columns": lambda: text(comparison(two(), width=80)),
    "comparison, quiet": lambda: text(comparison(two(), quiet=True)),
    "baseline of a summary": lambda: text(against(two())),
    "baseline of a summary, quiet": lambda: text(against(two(), quiet=True)),
}


@pytest.mark.parametrize("name", SCREENS)
def test_the_screen_is_the_one_in_its_file(name: str, screen: SnapshotAssertion) -> None:
    assert SCREENS[name]() == screen
