"""Print findings on pytest's terminal, fitted to its width, colours, encoding and `-q`."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report.run_terminal import run_summary
from pytest_selfrepair.report.summary_lines import LineStyle
from pytest_selfrepair.report.visible_text import shows_unicode

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison

_MARKUP: Mapping[LineStyle, Mapping[str, bool]] = MappingProxyType(
    {
        LineStyle.PLAIN: {},
        LineStyle.GOOD: {"green": True, "bold": True},
        LineStyle.BAD: {"red": True, "bold": True},
        LineStyle.UNSURE: {"yellow": True},
        LineStyle.FAINT: {"light": True},
    }
)


def show(
    reporter: pytest.TerminalReporter,
    findings: Findings,
    against: "RunComparison | None" = None,
    errors: Collection[str] = (),
) -> None:
    """Print the summary; pytest drops colours without a terminal or with `--color=no`.

    Args:
        reporter: Pytest's terminal reporter.
        findings: The run's findings.
        against: The comparison of the run with its baseline, if it has one.
        errors: Reasons for unscored tasks that are shown under ERRORS.
    """
    writer = reporter.config.get_terminal_writer()
    encoding = getattr(writer._file, "encoding", None)  # noqa: SLF001 - pytest has no public name for it
    quiet = reporter.config.get_verbosity() < 0
    width, unicode = writer.fullwidth, shows_unicode(encoding)
    beside = []
    if against is not None:
        from pytest_selfrepair.report import comparison_terminal  # noqa: PLC0415 - few runs have one

        beside = comparison_terminal.against(against, quiet=quiet, width=width, unicode=unicode)
    lines = run_summary(
        findings, quiet=quiet, width=width, unicode=unicode, beside=beside, errors=errors
    )
    for line in lines:
        reporter.line(line.text, **_MARKUP[line.style])
