"""Export tables for spreadsheets and papers: CSV with every digit, or LaTeX."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pytest_selfrepair.errors import ReportError
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report import numbers
from pytest_selfrepair.report.visible_text import harmless

Cell: TypeAlias = Estimate | float | int | str | None
"""An estimated value; None: no value."""

_TESTED = ("", "_low", "_high", "_p")
_COMPUTED = ("=", "+", "-", "@")
"""Characters that begin a spreadsheet formula."""

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "`": r"\textasciigrave{}",
        '"': r"\textquotedbl{}",
        "'": r"\textquotesingle{}",
        "\ufffd": "?",
        # after the end of a row, these would start an argument
        "[": "{[}",
        "]": "{]}",
        "*": "{*}",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)
_JOINED = re.compile(r"([-,])(?=\1)")
"""Pairs of characters that LaTeX would join into one sign."""


class CellKind(StrEnum):
    """The kind of a column's values, which decides their LaTeX format."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    POINTS = "points"
    DOLLARS = "dollars"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportColumn:
    """A column of a table.

    Attributes:
        name: Its CSV header; an estimate takes three columns, `name`, `name_low` and `name_high`,
            and a difference adds its p-value in `name_p`.
        head: Its LaTeX header, in plain words.
        kind: The kind of its values.
        estimated: Whether they are estimates, with intervals.
        csv_only: Whether LaTeX omits it: long names, and fields for programs only.
    """

    name: str
    head: str = ""
    kind: CellKind = CellKind.TEXT
    estimated: bool = False
    csv_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """A table for other programs.

    Attributes:
        caption: What its numbers are, in one sentence.
        columns: At least one; the first names the rows.
        rows: Cells; as many as columns.
    """

    caption: str
    columns: tuple[ExportColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]


def _share(share: float) -> str:
    return numbers.percent(share).removesuffix("%")


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}"


_SAID: Mapping[CellKind, Callable[[float], str]] = {
    CellKind.SHARE: _share,
    CellKind.POINTS: numbers.points,
    CellKind.DOLLARS: numbers.dollars,
    CellKind.SECONDS: _seconds,
}


def csv_text(table: ExportTable) -> str:
    """The table as CSV (RFC 4180, UTF-8); shares from 0 to 1, with every digit.

    Text that a spreadsheet would take for a formula is prefixed with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([head for column in table.columns for head in _csv_heads(column)])
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        writer.writerow([cell for column, value in cells for cell in _csv_cells(column, value)])
    return out.getvalue()


def latex_text(table: ExportTable) -> str:
    """The table as a LaTeX tabular with booktabs rules, its caption in a comment.

    Leading cells that repeat the row above are left empty. All text is escaped.
    """
    shown = [at for at, column in enumerate(table.columns) if not column.csv_only]
    columns = [table.columns[at] for at in shown]
    align = "".join("l" if column.kind is CellKind.TEXT else "r" for column in columns)
    lines = [
        f"% {harmless(table.caption)}",
        r"% needs \usepackage{booktabs} and \usepackage[T1]{fontenc}",
        f"\\begin{{tabular}}{{{align}}}",
        r"\toprule",
        _latex_row([_latex_head(column) for column in columns]),
        r"\midrule",
    ]
    above: list[str] = []
    for row in table.rows:
        cells = [_latex_cell(table.columns[at], row[at]) for at in shown]
        lines.append(_latex_row(_unrepeated(cells, above)))
        above = cells
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def latex_escaped(foreign: str) -> str:
    """Untrusted text escaped for LaTeX, on one line."""
    return _JOINED.sub(r"\1{}", harmless(foreign).translate(_LATEX))


def _csv_heads(column: ExportColumn) -> list[str]:
    if not column.estimated:
        return [column.name]
    ends = _TESTED if column.kind is CellKind.POINTS else _TESTED[:-1]
    return [f"{column.name}{end}" for end in ends]


def _csv_cells(column: ExportColumn, value: Cell) -> Iterator[str]:
    if not column.estimated:
        yield _csv_cell(value)
        return
    if value is not None and not isinstance(value, Estimate):
        raise ReportError(f"table: {column.name}: found {value!r}; accepted: an estimate")
    facts: tuple[Cell, ...] = (None,) * len(_TESTED)
    if value is not None:
        facts = (value.value, value.low, value.high, value.p)
    yield from map(_csv_cell, facts[: len(_csv_heads(column))])


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = harmless(value)
        return f"'{text}" if text.startswith(_COMPUTED) else text
    return repr(value)


def _latex_head(column: ExportColumn) -> str:
    unit = {CellKind.SHARE: " (%)", CellKind.POINTS: " (points)", CellKind.DOLLARS: " ($)"}
    return latex_escaped(f"{column.head or column.name}{unit.get(column.kind, '')}")


def _latex_cell(column: ExportColumn, value: Cell) -> str:
    if value is None:
        return "--"
    if isinstance(value, str):
        return latex_escaped(value)
    if not isinstance(value, Estimate):
        return _latex_number(column.kind, value)
    shown = _latex_number(column.kind, value.value)
    if value.low is None or value.high is None:
        return shown
    low, high = (_latex_number(column.kind, end) for end in (value.low, value.high))
    return f"{shown} {{\\footnotesize [{low}, {high}]}}"


def _latex_number(kind: CellKind, value: float) -> str:
    return _SAID.get(kind, numbers.number)(value).replace("-", "$-$").replace("+", "$+$")


def _unrepeated(cells: list[str], above: list[str]) -> list[str]:
    """The cells with leading repeats of the row above blanked."""
    same = 0
    while same < len(above) and cells[same] == above[same]:
        same += 1
    return [*([""] * same), *cells[same:]]


def _latex_row(cells: list[str]) -> str:
    return f"{' & '.join(cells)} \\\\"
