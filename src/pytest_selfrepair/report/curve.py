"""Draw a pass@t curve in text: pass rate against tokens generated per task."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from pytest_selfrepair.report.numbers import number

MARKS = "·ox%@+"
ASCII_MARKS = ".ox%@+"
SEVERAL = "#"
"""The mark where several series overlap."""

_LABEL = 6  # columns of the labels left of the axis: "100% "
_STEP = 10  # per cent; the axis begins and ends at a multiple
_MOST_LABELS = 6
_TINY = 1e-9  # rounding error of rates such as 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line of a plot.

    Attributes:
        label: Its name in the legend.
        points: Tokens generated and pass rate (0 to 1), by ascending tokens.
    """

    label: str
    points: tuple[tuple[float, float], ...]


def plot(
    series: Sequence[Series], *, width: int = 60, height: int = 12, unicode: bool = True
) -> list[str]:
    """Draw pass rates against tokens, each series by a mark of its own, with a legend last.

    Series are linear between their points. Series beyond the sixth and series without points are
    left out.

    Args:
        series: The series to draw.
        width: Columns of the whole plot, 20 or more.
        height: Rows of the plotting area.
        unicode: False: use only ASCII.
    """
    marks = MARKS if unicode else ASCII_MARKS
    drawn = [
        (mark, each) for mark, each in zip(marks, (s for s in series if s.points), strict=False)
    ]
    if not drawn:
        return []
    across = max(width - _LABEL - 1, 8)
    rates = [rate for _, each in drawn for _, rate in each.points]
    most = max(tokens for _, each in drawn for tokens, _ in each.points)
    low = _STEP * floor(100 * min(rates) / _STEP + _TINY)
    high = max(_STEP * ceil(100 * max(rates) / _STEP - _TINY), low + _STEP)
    grid = [[" "] * across for _ in range(height)]
    for mark, each in drawn:
        for column, rate in _cells(each.points, most, across):
            row = _row(100 * rate, low, high, height)
            taken = grid[row][column]
            grid[row][column] = mark if taken in {" ", mark} else SEVERAL
    side, corner, line = "│└─" if unicode else "|+-"
    step = _STEP * ceil((high - low) / _STEP / _MOST_LABELS) if high - low > _STEP else _STEP // 2
    labels = {_row(at, low, high, height): f"{at}%" for at in range(low, high + 1, step)}
    rows = [
        f"{labels.get(row, ''):>{_LABEL - 1}} {side}{''.join(cells)}".rstrip()
        for row, cells in enumerate(grid)
    ]
    rows.append(f"{'':{_LABEL}}{corner}{line * across}")
    rows.append(_ticks(most, across))
    legend = [f"  {mark} {each.label}" for mark, each in drawn]
    if any(SEVERAL in cells for cells in grid):
        legend.append(f"  {SEVERAL} several of these")
    return [*rows, *legend]


def _cells(
    points: Sequence[tuple[float, float]], most: float, across: int
) -> list[tuple[int, float]]:
    """The columns that a series occupies, each with its pass rate."""
    placed = [(_column(tokens, most, across), rate) for tokens, rate in points]
    cells = dict(placed)
    for (left, start), (right, end) in pairwise(placed):
        for column in range(left + 1, right):
            cells[column] = start + (end - start) * (column - left) / (right - left)
    return list(cells.items())


def _column(tokens: float, most: float, across: int) -> int:
    return round(tokens / most * (across - 1)) if most > 0 else 0


def _row(rate: float, low: int, high: int, height: int) -> int:
    row = floor((high - rate) / (high - low) * (height - 1) + 0.5 + _TINY)
    return min(max(row, 0), height - 1)


def _ticks(most: float, across: int) -> str:
    middle, end = number(most / 2), number(most)
    left = "0".ljust(across // 2 - len(middle) // 2) + middle
    if len(left) + len(end) >= across:
        left = "0"
    if len(left) + len(end) >= across:
        end = f"{most:.3g}"
    return f"{'':{_LABEL + 1}}{left}{end:>{across - len(left)}}"
