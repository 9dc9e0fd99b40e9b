"""Findings on pytest's terminal: its width, its colours, its encoding and `-q` decide how."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report.plain import shows_unicode
from pytest_selfrepair.report.run_terminal import run_summary
from pytest_selfrepair.report.terminal import Style

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.two_runs import TwoRuns

_MARKUP: Mapping[Style, Mapping[str, bool]] = MappingProxyType(
    {
        Style.PLAIN: {},
        Style.GOOD: {"green": True, "bold": True},
        Style.BAD: {"red": True, "bold": True},
        Style.UNSURE: {"yellow": True},
        Style.FAINT: {"light": True},
    }
)


def show(
    reporter: pytest.TerminalReporter, findings: Findings, against: "TwoRuns | None" = None
) -> None:
    """Print the summary; pytest leaves colours out where there is no terminal, or `--color=no`.

    Args:
        reporter: Pytest's terminal.
        findings: What the run found.
        against: The run beside its baseline, if it has one.
    """
    writer = reporter.config.get_terminal_writer()
    encoding = getattr(writer._file, "encoding", None)  # noqa: SLF001 - pytest tells it nowhere else
    quiet = reporter.config.get_verbosity() < 0
    width, unicode = writer.fullwidth, shows_unicode(encoding)
    beside = []
    if against is not None:
        from pytest_selfrepair.report import versus_terminal  # noqa: PLC0415 - few runs have one

        beside = versus_terminal.against(against, quiet=quiet, width=width, unicode=unicode)
    lines = run_summary(findings, quiet=quiet, width=width, unicode=unicode, beside=beside)
    for line in lines:
        reporter.line(line.text, **_MARKUP[line.style])
