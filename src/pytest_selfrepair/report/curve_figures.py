"""Draw pass@t curves with Matplotlib: one run in panels (arXiv 2306.09896), or several runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_selfrepair.estimate.findings import Curve, Findings
from pytest_selfrepair.report.figure_panels import GREY, GRID, ink, panels
from pytest_selfrepair.report.figure_way import (
    FigureWay,
    RunFindings,
    ShownCurves,
    drawn_how,
    shapes_of,
    shown_curves,
)
from pytest_selfrepair.report.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GRID_N_P = (1, 2, 5, 10, 25)
_GRID_N_FR = (1, 3, 5, 10)
"""The paper's shapes; a run with no more shapes than these shows all."""

_MARKERS = ("o", "v", "s", "D", "P", "X", "^", "*")
_DASHES = ("-", "--", "-.", (0, (5, 1, 1, 1, 1, 1)))


def curve_figure(runs: Sequence[RunFindings], way: FigureWay) -> "Figure | None":
    """Mean pass rate against mean tokens generated; None where no run has a curve.

    For one run each source has a panel, with a marker for each shape, its form for n_fr and its
    colour for n_p, and sampling as a line. Several runs share one axis: a colour for each run, a
    line through the best shapes of each source, sampling dotted.
    """
    found = [(run, shown) for run in runs if (shown := shown_curves(run.findings, way)) is not None]
    if not found:
        return None
    if len(runs) == 1:
        [(run, shown)] = found
        made, axes = _one(run.findings, shown)
    else:
        made, axes = panels(1, width=6.0, height=4.0)
        for number, (run, shown) in enumerate(found):
            _run(axes[0], run, shown, f"C{number % 10}")
        axes[0].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, columnspacing=1.2)
    for ax in axes:
        ax.set_xlabel("Mean number of tokens generated")
        ax.set_xlim(left=0)
        ax.set_ylim(0, 1)
        ax.grid(visible=True, color=GRID, linewidth=0.6)
        ax.set_axisbelow(True)
    axes[0].set_ylabel("Mean pass rate")
    how = dict.fromkeys(drawn_how(shown.policy, shown.way, run) for run, shown in found)
    made.supxlabel(" | ".join(map(visible, how)), fontsize=7, color=GREY)
    return made


def _one(findings: Findings, shown: ShownCurves) -> "tuple[Figure, list[Axes]]":
    drawn: list[Curve | None] = [*shown.repaired] or [None]
    made, axes = panels(len(drawn), width=4.2, height=3.2)
    for ax, curve in zip(axes, drawn, strict=True):
        if shown.sampling is not None:
            _line(ax, shown.sampling)
        if curve is not None:
            _shapes(ax, curve, _points(findings, curve))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.2)
    return made, axes


def _run(ax: "Axes", run: RunFindings, shown: ShownCurves, colour: str) -> None:
    """One of several runs: a line for each source, and sampling dotted."""
    for number, curve in enumerate(shown.all):
        of_source = curve.source is not None
        ax.plot(
            [point.tokens for point in curve.points],
            [point.pass_rate.value for point in curve.points],
            color=colour,
            linewidth=1.4 if of_source else 1.0,
            linestyle=_DASHES[(number - 1) % len(_DASHES)] if of_source else ":",
            marker=_MARKERS[number % len(_MARKERS)] if of_source else "",
            markersize=4,
            label=visible(run.called(curve.source or "no repair")),
        )


def _line(ax: "Axes", curve: Curve) -> None:
    tokens = [point.tokens for point in curve.points]
    rates = [point.pass_rate for point in curve.points]
    ax.plot(
        tokens,
        [rate.value for rate in rates],
        color=GREY,
        linewidth=1.4,
        label=visible(curve.label),
    )
    if all(rate.low is not None and rate.high is not None for rate in rates):
        lows, highs = [rate.low or 0.0 for rate in rates], [rate.high or 0.0 for rate in rates]
        ax.fill_between(tokens, lows, highs, color=GREY, alpha=0.15, linewidth=0)


def _points(findings: Findings, curve: Curve) -> list[tuple[int, int, float, float]]:
    """(n_p, n_fr, tokens, pass rate) of one source's shapes; where there are many, the paper's."""
    found = [
        (shape.n_p, shape.n_fr, shape.tokens, shape.pass_rate)
        for shape in shapes_of(findings, curve)
    ] or [(p.n_p, p.n_fr, p.tokens, p.pass_rate.value) for p in curve.points]
    if len(found) <= len(_GRID_N_P) * len(_GRID_N_FR):
        return found
    return [each for each in found if each[0] in _GRID_N_P and each[1] in _GRID_N_FR]


def _shapes(ax: "Axes", curve: Curve, points: Sequence[tuple[int, int, float, float]]) -> None:
    """Draw a marker for each shape, form by n_fr and colour by n_p, with a legend."""
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
        ax.plot([], [], form[n_fr], color=ink(), fillstyle="none", label=f"n_fr = {n_fr}")
