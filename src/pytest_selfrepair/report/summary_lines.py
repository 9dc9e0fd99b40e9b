"""The lines of a terminal summary: texts and styles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.report.tables import Table
from pytest_selfrepair.report.visible_text import Paper


class LineStyle(StrEnum):
    """The style of a line on a colour terminal; the text alone says as much."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    FAINT = "faint"


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of a summary: its text without colours, and its style."""

    text: str
    style: LineStyle = LineStyle.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWriter:
    """Lays out sentences and tables in lines no wider than the terminal.

    Attributes:
        paper: The terminal.
        hanging: Whether the further lines of an indented sentence are indented more.
    """

    paper: Paper
    hanging: bool = False

    def say(
        self, text: str, style: LineStyle = LineStyle.PLAIN, *, indent: str = ""
    ) -> list[SummaryLine]:
        """Wrap a sentence, with untrusted text in it escaped."""
        rest = f"{indent}  " if self.hanging else indent or "  "
        wrapped = self.paper.wrap(self.paper.text(text), indent, rest)
        return [SummaryLine(line, style) for line in wrapped]

    def say_each(
        self, texts: Iterable[str], style: LineStyle = LineStyle.PLAIN, *, indent: str = ""
    ) -> list[SummaryLine]:
        """Wrap several sentences, each from a new line on."""
        return [line for text in texts for line in self.say(text, style, indent=indent)]

    def cut(self, text: str, style: LineStyle = LineStyle.PLAIN) -> SummaryLine:
        """Fit a sentence on one line, cut if too long."""
        return SummaryLine(self.paper.cut(self.paper.text(text)), style)

    def table(self, table: Table) -> list[SummaryLine]:
        """Lay out a table; columns that do not fit follow in further tables."""
        return [SummaryLine(line) for line in table.lines(self.paper)]


def apart(parts: Iterable[Sequence[SummaryLine]]) -> list[SummaryLine]:
    """Join the non-empty parts of a page with blank lines."""
    lines: list[SummaryLine] = []
    for part in parts:
        if part and lines:
            lines.append(SummaryLine(""))
        lines += part
    return lines
