"""What every part of a run's summary is written from."""

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.estimate.gain import RepairConclusion
from pytest_selfrepair.report.summary_lines import LineStyle, LineWriter
from pytest_selfrepair.report.visible_text import Paper

STYLES = {
    RepairConclusion.PAYS: LineStyle.GOOD,
    RepairConclusion.DOES_NOT_PAY: LineStyle.BAD,
    RepairConclusion.CANNOT_TELL: LineStyle.UNSURE,
    RepairConclusion.CANNOT_GAIN: LineStyle.UNSURE,
}
"""How the answer to whether repair pays is shown."""

_WIDEST_NAME = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalPage:
    """The findings of a run, and how they are written on its terminal.

    Attributes:
        findings: What the run found.
        writer: Writes lines.
        names: The sources' names as they are written in tables.
        groups: The names of difficulties and outcomes, likewise.
    """

    findings: Findings
    writer: LineWriter
    names: Mapping[str, str]
    groups: Mapping[str, str]

    @classmethod
    def of(cls, findings: Findings, paper: Paper) -> "TerminalPage":
        """The page of a run on a terminal."""
        limit = min(_WIDEST_NAME, max(paper.columns // 4, 8))
        told = [each.source for each in findings.headline]
        told += [each.source for each in findings.sources]
        groups = [each.difficulty for each in findings.difficulties]
        tally = findings.tally
        kinds = [*tally.programs, *tally.repairs, *tally.baseline]
        kinds += [rate.group for each in findings.sources for rate in each.by_outcome]
        return cls(
            findings=findings,
            writer=LineWriter(paper=paper),
            names=paper.names([*findings.about.sources, *told], limit),
            groups=paper.names([*groups, *kinds], limit),
        )
