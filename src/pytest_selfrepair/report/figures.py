"""Figures for papers, drawn by Matplotlib as those of arXiv 2306.09896 are."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import Curve, Findings, HeatMap, Pair, SourceFindings
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report.bargain_figures import risk_figure, rounds_figure
from pytest_selfrepair.report.typeset import ratio
from pytest_selfrepair.report.visible import visible
from pytest_selfrepair.report.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind: TypeAlias = Literal["curve", "heatmap", "sources", "rounds", "risk"]
"""pass@t, the heat map of shapes, the feedback sources side by side; of games surplus shares by
round, or price against risk."""

SUFFIXES = (".svg", ".pdf", ".png")

_STYLE: Mapping[Any, Any] = MappingProxyType(
    {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "legend.fontsize": 8,
        "pdf.fonttype": 42,  # fonts as text, which publishers ask for
        "savefig.dpi": 300,
        "svg.fonttype": "none",
        "svg.hashsalt": "selfrepair",  # the same file for the same findings
        "text.parse_math": False,  # names are the user's
    }
)

_GRID_N_P = (1, 2, 5, 10, 25)
_GRID_N_FR = (1, 3, 5, 10)
"""The shapes that the paper shows; of a run that has no more than so many, all are shown."""

_MARKERS = ("o", "v", "s", "D", "P", "X", "^", "*")
_BASELINE = "#555555"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureWay:
    """How trees are drawn in a figure, and what they are held against.

    Attributes:
        replacement: With replacement, as in the paper, or without, which is unbiased.
        baseline: How programs are sampled without repair.
    """

    replacement: bool = False
    baseline: Baseline = Baseline.STOPPING


HEADLINE = FigureWay()
"""Drawn as what the first sentence of a report says."""

PAPER = FigureWay(replacement=True, baseline=Baseline.EVERY_TASK)
"""Drawn as the figures of arXiv 2306.09896."""


def figure(findings: Findings, kind: Kind, out: Path, *, way: FigureWay = HEADLINE) -> None:
    """Draw one figure and write it.

    Args:
        findings: What is drawn, over tasks of all difficulties; a panel for each source.
        kind: ``curve``: mean pass rate against mean tokens generated, a marker for each shape, its
            form for n_fr and its colour for n_p, and i.i.d. sampling as a line. ``heatmap``: pass
            rate ÷ that of i.i.d. sampling at the same tokens. ``sources``: the share of repairs
            that pass, and paired differences. ``rounds`` and ``risk``: of games, each role in a
            panel, each arm's surplus share by round, or the way from round 1 on of its deals and
            their price.
        out: The file; its suffix decides the format, one of `SUFFIXES`.
        way: How trees are drawn and what they are held against, which the figure says; where the
            findings do not have it, the first way that they have.

    Raises:
        UsageError: Matplotlib is not installed, the suffix or the kind is another one, the file
            cannot be written, or the findings have nothing of that kind.
    """
    draw = _KINDS.get(kind)
    if draw is None:
        raise UsageError(f"figure: found kind {kind!r}; accepted: {', '.join(_KINDS)}")
    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{out}: found suffix {out.suffix!r}; accepted: {', '.join(SUFFIXES)}")
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UsageError(
            'figures need Matplotlib, which is not installed: pip install "pytest-selfrepair[plot]"'
        ) from error
    with mpl.rc_context(dict(_STYLE)), warnings.catch_warnings():
        # A name in a script that the font lacks is text in SVG, and a box elsewhere: no reason to
        # end the run of somebody who takes warnings for errors.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawn = draw(findings, way)
        if drawn is None:
            raise UsageError(f"{out}: the run has nothing to draw as {kind!r}")
        metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
        try:
            with whole_file(out) as part:
                drawn.savefig(part, bbox_inches="tight", metadata=metadata.get(out.suffix.lower()))
        except OSError as error:
            raise UsageError(f"{out}: the figure cannot be written: {error.strerror}") from error


def _panels(number: int, *, width: float, height: float) -> "tuple[Figure, list[Axes]]":
    """A figure of panels in a row, each of some inches."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    made = Figure(figsize=(width * number, height), layout="constrained")
    axes = made.subplots(1, number, squeeze=False, sharey=True)
    return made, list(axes[0])


def _curve(findings: Findings, way: FigureWay) -> "Figure | None":
    ways = [(curve.policy, curve.replacement) for curve in findings.curves if curve.points]
    if not ways:
        return None
    drawn = (Policy.BATCH, way.replacement)
    drawn = drawn if drawn in ways else ways[0]
    shown = [
        curve
        for curve in findings.curves
        if (curve.policy, curve.replacement) == drawn
        and curve.difficulty == ALL
        and curve.points
        and curve.depth is None
        and (curve.source is not None or curve.baseline in {None, way.baseline})
    ]
    baseline = next((curve for curve in shown if curve.source is None), None)
    repaired = [curve for curve in shown if curve.source is not None]
    if not shown:
        return None
    panels: list[Curve | None] = [*repaired] or [None]
    made, axes = _panels(len(panels), width=4.2, height=3.2)
    for ax, curve in zip(axes, panels, strict=True):
        if baseline is not None:
            _line(ax, baseline)
        if curve is not None:
            _shapes(ax, curve, _points(findings, curve))
        ax.set_xlabel("Mean number of tokens generated")
        ax.set_xlim(left=0)
        ax.set_ylim(0, 1)
        ax.grid(visible=True, color="#e5e5e5", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.2)
    axes[0].set_ylabel("Mean pass rate")
    policy, replacement = drawn
    said = _said(policy, FigureWay(replacement=replacement, baseline=way.baseline))
    made.supxlabel(said, fontsize=7, color=_BASELINE)
    return made


def _line(ax: "Axes", curve: Curve) -> None:
    tokens = [point.tokens for point in curve.points]
    rates = [point.pass_rate for point in curve.points]
    ax.plot(
        tokens,
        [rate.value for rate in rates],
        color=_BASELINE,
        linewidth=1.4,
        label=visible(curve.label),
    )
    if all(rate.low is not None and rate.high is not None for rate in rates):
        lows, highs = [rate.low or 0.0 for rate in rates], [rate.high or 0.0 for rate in rates]
        ax.fill_between(tokens, lows, highs, color=_BASELINE, alpha=0.15, linewidth=0)


def _points(findings: Findings, curve: Curve) -> list[tuple[int, int, float, float]]:
    """(n_p, n_fr, tokens, pass rate) of one source's shapes: the paper's where there are many."""
    found = [
        (shape.n_p, shape.n_fr, shape.tokens, shape.pass_rate)
        for shape in findings.shapes
        if (shape.source, shape.policy, shape.replacement, shape.difficulty)
        == (curve.source, curve.policy, curve.replacement, curve.difficulty)
        and shape.depth <= 1
    ] or [(p.n_p, p.n_fr, p.tokens, p.pass_rate.value) for p in curve.points]
    if len(found) <= len(_GRID_N_P) * len(_GRID_N_FR):
        return found
    return [each for each in found if each[0] in _GRID_N_P and each[1] in _GRID_N_FR]


def _shapes(ax: "Axes", curve: Curve, points: Sequence[tuple[int, int, float, float]]) -> None:
    """A marker for each shape: form by n_fr, colour by n_p; and what they mean, in the legend."""
    from matplotlib import colormaps  # noqa: PLC0415 - an extra

    all_n_p = sorted({n_p for n_p, *_ in points})
    all_n_fr = sorted({n_fr for _, n_fr, *_ in points})
    shades = colormaps["viridis"]
    colour = {
        n_p: shades(0.9 * number / max(1, len(all_n_p) - 1)) for number, n_p in enumerate(all_n_p)
    }
    form = {n_fr: _MARKERS[number % len(_MARKERS)] for number, n_fr in enumerate(all_n_fr)}
    for n_p, n_fr, tokens, rate in points:
        ax.plot([tokens], [rate], form[n_fr], color=colour[n_p], markersize=5, clip_on=False)
    ax.plot([], [], " ", label=visible(curve.label))
    for n_p in all_n_p:
        ax.plot([], [], "s", color=colour[n_p], markersize=5, label=f"n_p = {n_p}")
    for n_fr in all_n_fr:
        ax.plot([], [], form[n_fr], color="black", fillstyle="none", label=f"n_fr = {n_fr}")


def _said(policy: Policy, way: FigureWay) -> str:
    """How a figure was drawn."""
    drawn = "with" if way.replacement else "without"
    sampling = {
        Baseline.EVERY_TASK: "i.i.d. of every task",
        Baseline.STOPPING: "on only where none has passed",
        Baseline.ONE_BY_ONE: "on only where none has passed",
    }
    return f"{policy}, drawn {drawn} replacement; sampling {sampling[way.baseline]}"


def _heatmap(findings: Findings, way: FigureWay) -> "Figure | None":
    ways = [
        (each.policy, FigureWay(replacement=each.replacement, baseline=each.baseline))
        for each in findings.heat_maps
    ]
    if not ways:
        return None
    drawn = (Policy.BATCH, way)
    drawn = drawn if drawn in ways else ways[0]
    shown = [each for each, found in zip(findings.heat_maps, ways, strict=True) if found == drawn]
    widest = max(len(each.n_p) for each in shown)
    tallest = max(len(each.n_fr) for each in shown)
    made, axes = _panels(len(shown), width=0.6 * widest + 0.9, height=0.45 * tallest + 0.8)
    ratios = [cell.ratio for each in shown for cell in each.cells if cell.ratio is not None]
    far = max([0.1, *(abs(each - 1) for each in ratios)])
    for ax, each in zip(axes, shown, strict=True):
        _map(ax, each, far)
    axes[0].set_ylabel("Number of feedback-repairs (n_fr)")
    made.supxlabel(_said(*drawn), fontsize=7, color=_BASELINE)
    return made


def _map(ax: "Axes", heat_map: HeatMap, far: float) -> None:
    """One source's cells: n_p ascending to the right, n_fr with the largest on top.

    Ratios that are `far` from 1 have the strongest colours.
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
    ax.set_title(visible(heat_map.source), fontsize=9)


def _sources(findings: Findings, _: FigureWay) -> "Figure | None":
    rated = [each for each in findings.sources if each.repairs.rate is not None]
    if not rated:
        return None
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    rows = [len(rated), len(findings.pairs)] if findings.pairs else [len(rated)]
    made = Figure(figsize=(5.0, 0.9 * len(rows) + 0.3 * sum(rows)), layout="constrained")
    axes = made.subplots(len(rows), 1, squeeze=False, height_ratios=[n + 1 for n in rows])[:, 0]
    _rates(axes[0], rated)
    if findings.pairs:
        _differences(axes[1], findings.pairs)
    return made


def _rates(ax: "Axes", sources: Sequence[SourceFindings]) -> None:
    for row, each in enumerate(sources):
        if each.repairs.rate is not None:
            _whisker(ax, row, each.repairs.rate)
    _rows(ax, [visible(each.source) for each in sources])
    ax.set_xlim(left=0)
    ax.set_xlabel("Share of repairs that pass")


def _differences(ax: "Axes", pairs: Sequence[Pair]) -> None:
    ax.axvline(0, color=_BASELINE, linewidth=0.8, linestyle=":")
    for row, each in enumerate(pairs):
        _whisker(ax, row, each.difference)
    _rows(ax, [visible(f"{each.first} less {each.second}") for each in pairs])
    ax.set_xlabel("Paired difference of these shares")


def _whisker(ax: "Axes", row: int, estimate: Estimate) -> None:
    if estimate.low is not None and estimate.high is not None:
        ax.plot([estimate.low, estimate.high], [row, row], color="black", linewidth=1.2)
    ax.plot([estimate.value], [row], "o", color="black", markersize=5)


def _rows(ax: "Axes", names: Sequence[str]) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(visible=True, axis="x", color="#e5e5e5", linewidth=0.6)
    ax.set_axisbelow(True)


_KINDS: "Mapping[str, Callable[[Findings, FigureWay], Figure | None]]" = MappingProxyType(
    {
        "curve": _curve,
        "heatmap": _heatmap,
        "sources": _sources,
        "rounds": lambda findings, _: rounds_figure(findings),
        "risk": lambda findings, _: risk_figure(findings),
    }
)
