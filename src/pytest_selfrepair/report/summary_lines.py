"""The lines of a summary on a terminal: their text, and the styles in which they may be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.report.tables import Table
from pytest_selfrepair.report.visible_text import Paper


class LineStyle(StrEnum):
    """How a line may be shown where there is colour; its words say the same without."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    FAINT = "faint"


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of a summary: its text without colours, and how it may be shown."""

    text: str
    style: LineStyle = LineStyle.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWriter:
    """Writes sentences and tables as lines, none wider than the terminal.

    Attributes:
        paper: The terminal.
        hanging: Whether a sentence that is indented goes on further in than it begins.
    """

    paper: Paper
    hanging: bool = False

    def say(
        self, text: str, style: LineStyle = LineStyle.PLAIN, *, indent: str = ""
    ) -> list[SummaryLine]:
        """A sentence, foreign words in it made harmless, over as many lines as it needs."""
        rest = f"{indent}  " if self.hanging else indent or "  "
        wrapped = self.paper.wrap(self.paper.text(text), indent, rest)
        return [SummaryLine(line, style) for line in wrapped]

    def say_each(
        self, texts: Iterable[str], style: LineStyle = LineStyle.PLAIN, *, indent: str = ""
    ) -> list[SummaryLine]:
        """Several sentences, each from a new line on."""
        return [line for text in texts for line in self.say(text, style, indent=indent)]

    def cut(self, text: str, style: LineStyle = LineStyle.PLAIN) -> SummaryLine:
        """A sentence on one line, cut where it is too long for it."""
        return SummaryLine(self.paper.cut(self.paper.text(text)), style)

    def table(self, table: Table) -> list[SummaryLine]:
        """A table; columns that do not fit follow in further tables."""
        return [SummaryLine(line) for line in table.lines(self.paper)]


def apart(parts: Iterable[Sequence[SummaryLine]]) -> list[SummaryLine]:
    """Parts of a page, those that are empty left out, with a blank line between two."""
    lines: list[SummaryLine] = []
    for part in parts:
        if part and lines:
            lines.append(SummaryLine(""))
        lines += part
    return lines
