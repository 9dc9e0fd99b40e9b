"""The tables of text reports: their cells, and fitting them to a terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.estimate.findings import Findings, SourceFindings
from pytest_selfrepair.estimate.gain import AtEqualTokens
from pytest_selfrepair.report.numbers import bracketed, dollars, number, percent, points
from pytest_selfrepair.report.visible_text import Paper, columns

_GAP = 2
"""Columns between cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first column names the rows.

    Attributes:
        headers: One for each column.
        rows: Cells, as many in each row as headers.
        together: Sizes of the groups of columns after the first that stay together.
        words: Whether cells are text, left-aligned, rather than numbers.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    together: tuple[int, ...]
    words: bool = False

    @property
    def width(self) -> int:
        """The table's width in terminal columns."""
        return self._width(range(len(self.headers)))

    def lines(self, paper: Paper) -> list[str]:
        """The table for a terminal; columns that do not fit continue in further tables."""
        if not self.rows:
            return []
        lines: list[str] = []
        for chosen in self._parts(paper.columns):
            # Headers as a row: tabulate would make columns wider than their headers.
            text = tabulate(
                [
                    [self.headers[column] for column in chosen],
                    ["-" * self._width([column]) for column in chosen],
                    *([row[column] for column in chosen] for row in self.rows),
                ],
                tablefmt="plain",
                disable_numparse=True,
                colalign=self._align(len(chosen)),
            )
            lines += ["", *text.splitlines()] if lines else text.splitlines()
        return [paper.cut(line.rstrip()) for line in lines]

    def markdown(self) -> list[str]:
        """The table as GitHub Markdown; cells must be escaped already."""
        text = tabulate(
            self.rows,
            self.headers,
            tablefmt="pipe",
            disable_numparse=True,
            colalign=self._align(len(self.headers)),
        )
        return text.splitlines() if self.rows else []

    def _align(self, number: int) -> tuple[str, ...]:
        return ("left", *("left" if self.words else "right" for _ in range(number - 1)))

    def _parts(self, width: int) -> list[list[int]]:
        """Distribute the columns over tables."""
        parts = [[0]]
        column = 1
        groups: list[list[int]] = []
        for size in self.together:
            group = list(range(column, column + size))
            column += size
            fits = self._width([0, *group]) <= width
            groups += [group] if fits else [[each] for each in group]
        for group in groups:
            if len(parts[-1]) > 1 and self._width([*parts[-1], *group]) > width:
                parts.append([0])
            parts[-1] += group
        return parts

    def _width(self, chosen: Sequence[int]) -> int:
        cells = [self.headers, *self.rows]
        return sum(max(columns(row[column]) for row in cells) + _GAP for column in chosen) - _GAP


def by_difficulty(findings: Findings, names: Mapping[str, str], groups: Mapping[str, str]) -> Table:
    """Tasks and pass@1 of each difficulty; for each source its pass rate, and sampling's.

    Args:
        findings: The findings to show.
        names: The sources' names, escaped for the output.
        groups: The difficulties' names, escaped for the output.
    """
    rows = []
    for each in findings.difficulties:
        found = {source.source: source for source in each.sources}
        rows.append(
            (
                groups[each.difficulty],
                number(each.tasks),
                percent(each.pass_at_1.value),
                *(cell for name in findings.about.sources for cell in _rates(found.get(name))),
            )
        )
    heads = [head for name in findings.about.sources for head in (names[name], "sampling")]
    return Table(
        headers=("difficulty", "tasks", "pass@1", *heads),
        rows=tuple(rows),
        together=(2, *(2 for _ in findings.about.sources)),
    )


def _rates(found: AtEqualTokens | None) -> tuple[str, str]:
    return (
        ("-", "-")
        if found is None
        else (percent(found.pass_rate.value), percent(found.stopping.rate.value))
    )


def by_source(findings: Findings, names: Mapping[str, str], *, with_dollars: bool = False) -> Table:
    """What each source's repairs achieve: rates, the gain, and the cost per solved task.

    Args:
        findings: The findings to show.
        names: The sources' names, escaped for the output.
        with_dollars: Whether to show the cost in US dollars as well.
    """
    at = {found.source: found for found in findings.headline}
    rows = []
    for each in findings.sources:
        repairs, found = each.repairs, at.get(each.source)
        row = [
            names[each.source],
            number(repairs.tried),
            number(repairs.passed),
            bracketed(repairs.rate, percent),
            "-" if found is None else bracketed(found.stopping.gain, points),
            _or_dash(found.tokens_per_solved if found else None),
        ]
        if with_dollars:
            cost = found.dollars_per_solved if found else None
            row.append("-" if cost is None else dollars(cost))
        rows.append(tuple(row))
    sure = f"[{_level(findings):.0%}]"
    heads = ["feedback", "repairs", "pass", f"repair rate {sure}", f"gain {sure}", "tokens/solved"]
    if with_dollars:
        heads.append("US$/solved")
    return Table(headers=tuple(heads), rows=tuple(rows), together=(2, *(1 for _ in heads[3:])))


def _or_dash(value: float | None) -> str:
    return "-" if value is None else number(value)


def _level(findings: Findings) -> float:
    estimates = [found.stopping.gain for found in findings.headline]
    estimates += [each.repairs.rate for each in findings.sources if each.repairs.rate is not None]
    return estimates[0].level if estimates else 0.95


def by_outcome(findings: Findings, names: Mapping[str, str], groups: Mapping[str, str]) -> Table:
    """How often programs and repairs had each outcome, and how many repairs fixed each failure.

    Args:
        findings: The findings to show.
        names: The sources' names, escaped for the output.
        groups: The outcomes' names, escaped for the output.
    """
    tally = findings.tally
    repaired = {each.source: _rates_by_group(each) for each in findings.sources}
    outcomes = dict.fromkeys((*tally.programs, *tally.repairs, *tally.baseline))
    for mended in repaired.values():
        outcomes.update(dict.fromkeys(mended))
    passed = str(Outcome.PASSED)
    ordered = [passed] * (passed in outcomes) + [each for each in outcomes if each != passed]
    rows = tuple(
        (
            groups[outcome],
            number(tally.programs.get(outcome, 0)),
            number(tally.repairs.get(outcome, 0)),
            *([number(tally.baseline.get(outcome, 0))] if tally.baseline else []),
            *(repaired[each.source].get(outcome, "-") for each in findings.sources),
        )
        for outcome in ordered
    )
    kinds = ("programs", "repairs", "baseline")[: 3 if tally.baseline else 2]
    heads = (f"mended by {names[each.source]}" for each in findings.sources)
    return Table(
        headers=("outcome", *kinds, *heads),
        rows=rows,
        together=(len(kinds), *(1 for _ in findings.sources)),
    )


def _rates_by_group(each: SourceFindings) -> dict[str, str]:
    return {
        rate.group: "-" if rate.rate is None else percent(rate.rate.value)
        for rate in each.by_outcome
    }
