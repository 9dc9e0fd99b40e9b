"""Draw figures of one run or several for papers with Matplotlib, as in arXiv 2306.09896."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.findings import Findings, HeatMap
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report.bargain_figures import risk_figure, rounds_figure
from pytest_selfrepair.report.curve_figures import curve_figure
from pytest_selfrepair.report.figure_panels import GREY, GRID, SUFFIXES, ink, look, panels, save
from pytest_selfrepair.report.figure_way import (
    HEADLINE,
    FigureWay,
    RunFindings,
    check_sources,
    drawn_how,
    shown_heat_maps,
)
from pytest_selfrepair.report.typeset import ratio
from pytest_selfrepair.report.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind: TypeAlias = Literal["curve", "heatmap", "sources", "rounds", "risk"]
"""pass@t, heat maps, feedback sources; of games, surplus shares by round or price and risk."""

_OF_ONE = ("rounds", "risk")
"""Kinds that show a single run."""


def figure(findings: Findings, kind: Kind, out: Path, *, way: FigureWay = HEADLINE) -> None:
    """Draw one figure of one run and save it; arguments and errors as of `figure_of_runs`."""
    alone = RunFindings(label=findings.about.title, findings=findings, alone=True)
    figure_of_runs([alone], kind, out, way=way)


def figure_of_runs(
    runs: Sequence[RunFindings], kind: Kind, out: Path, *, way: FigureWay = HEADLINE
) -> None:
    """Draw one figure and save it.

    Args:
        runs: The runs, over tasks of all difficulties; at least one.
        kind: ``curve``: mean pass rate against mean tokens generated (`curve_figure`).
            ``heatmap``: pass rate ÷ that of sampling at the same tokens, a panel for each source of
            each run. ``sources``: the share of repairs that pass, and paired differences.
            ``rounds`` and ``risk``: of games, each role in a panel, each arm's surplus share by
            round, or the way from round 1 on of its deals and their price; of one run alone.
        out: The file; its suffix decides the format, one of `SUFFIXES`.
        way: How trees are drawn and the baseline, which the figure states; where the findings lack
            it, the first way that they have.

    Raises:
        UsageError: Matplotlib is not installed, the suffix, the kind, a source or the style is
            another one, the file cannot be written, or the findings have nothing of that kind.
    """
    draw = _KINDS.get(kind)
    if draw is None:
        raise UsageError(f"figure: found kind {kind!r}; accepted: {', '.join(_KINDS)}")
    if len(runs) > 1 and kind in _OF_ONE:
        raise UsageError(f"--kind {kind}: found {len(runs)} runs; accepted: one")
    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{out}: found suffix {out.suffix!r}; accepted: {', '.join(SUFFIXES)}")
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UsageError(
            'figures need Matplotlib, which is not installed: pip install "pytest-selfrepair[plot]"'
        ) from error
    check_sources(runs, way)
    with mpl.rc_context(look(way.style)), warnings.catch_warnings():
        # Without a glyph in the font, SVG still has the text, and other formats show a box. A
        # warning would end the run where warnings are errors.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawn = draw(runs, way)
        if drawn is None:
            which = "the run has" if len(runs) == 1 else "the runs have"
            raise UsageError(f"{out}: {which} nothing to draw as {kind!r}")
        if way.size is not None:
            drawn.set_size_inches(*way.size)
        save(drawn, out, cut=way.size is None)


def _heatmap(runs: Sequence[RunFindings], way: FigureWay) -> "Figure | None":
    found = [
        (run, maps) for run in runs if (maps := shown_heat_maps(run.findings, way)) is not None
    ]
    shown = [each for _, maps in found for each in maps.maps]
    if not shown:
        return None
    widest, tallest = (max(map(len, sides)) for sides in zip(*map(_sides, shown), strict=True))
    columns = max(len(maps.maps) for _, maps in found)
    made, axes = panels(
        columns, width=0.6 * widest + 0.9, height=0.45 * tallest + 0.8, rows=len(found)
    )
    ratios = [cell.ratio for each in shown for cell in each.cells if cell.ratio is not None]
    far = max([0.1, *(abs(each - 1) for each in ratios)])
    for row, (run, maps) in enumerate(found):
        own = axes[row * columns : (row + 1) * columns]
        own[0].set_ylabel("Number of feedback-\nrepairs (n_fr)")
        for ax, each in zip_longest(own, maps.maps):
            if each is None:
                ax.set_visible(False)
                continue
            _map(ax, each, far)
            ax.set_title(visible(run.called(each.source)), fontsize=9)
    how = dict.fromkeys(drawn_how(maps.policy, maps.way, run) for run, maps in found)
    made.supxlabel(" | ".join(map(visible, how)), fontsize=7, color=GREY)
    return made


def _sides(heat_map: HeatMap) -> tuple[Sequence[int], Sequence[int]]:
    return heat_map.n_p, heat_map.n_fr


def _map(ax: "Axes", heat_map: HeatMap, far: float) -> None:
    """One source's cells: n_p ascending to the right, the largest n_fr on top.

    Ratios `far` from 1 have the strongest colours.
    """
    from matplotlib import colormaps  # noqa: PLC0415 - an extra
    from matplotlib.colors import TwoSlopeNorm  # noqa: PLC0415 - an extra

    columns, rows = sorted(heat_map.n_p), sorted(heat_map.n_fr, reverse=True)
    norm, shades = TwoSlopeNorm(1.0, 1 - far, 1 + far), colormaps["BrBG"]
    for cell in heat_map.cells:
        x, y = columns.index(cell.n_p), rows.index(cell.n_fr)
        face = "#d9d9d9" if cell.ratio is None else shades(0.25 + 0.5 * float(norm(cell.ratio)))
        ax.fill_between([x - 0.5, x + 0.5], y - 0.5, y + 0.5, color=face, edgecolor="white")
        said = "O.O.B." if cell.out_of_bounds else ratio(cell.ratio)
        ax.text(x, y, said, ha="center", va="center", fontsize=8)
    ax.set_xticks(range(len(columns)), [str(n_p) for n_p in columns])
    ax.set_yticks(range(len(rows)), [str(n_fr) for n_fr in rows])
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.set_xlabel("Number of initial programs (n_p)")


def _sources(runs: Sequence[RunFindings], way: FigureWay) -> "Figure | None":
    def shown(*names: str) -> bool:
        return way.sources is None or all(name in way.sources for name in names)

    rated = [
        (run.called(each.source), each.repairs.rate)
        for run in runs
        for each in run.findings.sources
        if each.repairs.rate is not None and shown(each.source)
    ]
    pairs = [
        (run.called(f"{each.first} less {each.second}"), each.difference)
        for run in runs
        for each in run.findings.pairs
        if shown(each.first, each.second)
    ]
    if not rated:
        return None
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    parts = [rated, pairs] if pairs else [rated]
    tall = 0.9 * len(parts) + 0.3 * sum(map(len, parts))
    made = Figure(figsize=(5.0, tall), layout="constrained")
    heights = [len(part) + 1 for part in parts]
    axes = made.subplots(len(parts), 1, squeeze=False, height_ratios=heights)[:, 0]
    _estimates(axes[0], rated)
    axes[0].set_xlim(left=0)
    axes[0].set_xlabel("Share of repairs that pass")
    if pairs:
        axes[1].axvline(0, color=GREY, linewidth=0.8, linestyle=":")
        _estimates(axes[1], pairs)
        axes[1].set_xlabel("Paired difference of these shares")
    tasks = dict.fromkeys(f"; {run.tasks}" for run in runs if run.tasks)
    said = f"every repair as sampled, no trees drawn anew; intervals over tasks{''.join(tasks)}"
    made.supxlabel(visible(said), fontsize=7, color=GREY)
    return made


def _estimates(ax: "Axes", rows: Sequence[tuple[str, Estimate]]) -> None:
    for row, (_, estimate) in enumerate(rows):
        _whisker(ax, row, estimate)
    _rows(ax, [visible(name) for name, _ in rows])


def _whisker(ax: "Axes", row: int, estimate: Estimate) -> None:
    if estimate.low is not None and estimate.high is not None:
        ax.plot([estimate.low, estimate.high], [row, row], color=ink(), linewidth=1.2)
    ax.plot([estimate.value], [row], "o", color=ink(), markersize=5)


def _rows(ax: "Axes", names: Sequence[str]) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(visible=True, axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)


_KINDS: "Mapping[str, Callable[[Sequence[RunFindings], FigureWay], Figure | None]]" = (
    MappingProxyType(
        {
            "curve": curve_figure,
            "heatmap": _heatmap,
            "sources": _sources,
            "rounds": lambda runs, _: rounds_figure(runs[0].findings),
            "risk": lambda runs, _: risk_figure(runs[0].findings),
        }
    )
)
