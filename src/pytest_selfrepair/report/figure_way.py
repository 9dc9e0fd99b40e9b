"""Which of a run's curves and maps a figure or table shows: replacement, baseline, sources."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.exact.shape import ALL, Shape
from pytest_selfrepair.estimate.findings import Curve, Findings, HeatMap
from pytest_selfrepair.estimate.gain import Baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureWay:
    """How a figure draws trees, and the baseline it compares them with.

    Attributes:
        replacement: With replacement, as in the paper, or without, which is unbiased.
        baseline: How programs are sampled without repair.
        sources: The feedback sources to show; None: all.
        size: Width and height of the figure in inches; None: from its panels.
        style: A Matplotlib style or style file applied over the package's own; None: the package's
            own.
    """

    replacement: bool = False
    baseline: Baseline = Baseline.STOPPING
    sources: tuple[str, ...] | None = None
    size: tuple[float, float] | None = None
    style: str | None = None


HEADLINE = FigureWay()
"""As in the first sentence of a report."""

PAPER = FigureWay(replacement=True, baseline=Baseline.EVERY_TASK)
"""As in the figures of arXiv 2306.09896."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFindings:
    """A run to draw.

    Attributes:
        label: Its label.
        findings: Its findings.
        tasks: Its tasks in words: ``40 tasks that all 3 runs scored``.
        alone: Whether it is the only run, so that a figure need not name it.
    """

    label: str
    findings: Findings
    tasks: str = ""
    alone: bool = False

    def called(self, name: str) -> str:
        """A name, prefixed with the run's label where there are several runs."""
        return name if self.alone else f"{self.label}: {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCurves:
    """The curves of a run to draw.

    Attributes:
        policy: How trees are drawn.
        way: How trees are drawn, with the replacement that the findings have.
        sampling: The curve of sampling without repair, if any.
        repaired: One for each feedback source.
    """

    policy: Policy
    way: FigureWay
    sampling: Curve | None
    repaired: tuple[Curve, ...]

    @property
    def all(self) -> tuple[Curve, ...]:
        """All curves, sampling first."""
        return (*([self.sampling] if self.sampling else []), *self.repaired)


def shown_curves(findings: Findings, way: FigureWay) -> ShownCurves | None:
    """The curves over all tasks in the requested way, or else the first way that the findings have.

    Returns:
        None where there is no curve.
    """
    ways = [(curve.policy, curve.replacement) for curve in findings.curves if curve.points]
    if not ways:
        return None
    drawn = (Policy.BATCH, way.replacement)
    policy, replacement = drawn if drawn in ways else ways[0]
    shown = [
        curve
        for curve in findings.curves
        if (curve.policy, curve.replacement) == (policy, replacement)
        and curve.difficulty == ALL
        and curve.points
        and curve.depth is None
        and (curve.baseline in {None, way.baseline} if curve.source is None else True)
    ]
    return ShownCurves(
        policy=policy,
        way=replace(way, replacement=replacement),
        sampling=next((curve for curve in shown if curve.source is None), None),
        repaired=tuple(
            curve
            for curve in shown
            if curve.source is not None and (way.sources is None or curve.source in way.sources)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMaps:
    """The heat maps of a run to draw.

    Attributes:
        policy: How trees are drawn.
        way: How trees are drawn, with the replacement and baseline that the findings have.
        maps: One for each feedback source.
    """

    policy: Policy
    way: FigureWay
    maps: tuple[HeatMap, ...]


def shown_heat_maps(findings: Findings, way: FigureWay) -> ShownMaps | None:
    """The heat maps in the requested way, or else the first way that the findings have.

    Returns:
        None where there is no heat map.
    """
    ways = [(each.policy, each.replacement, each.baseline) for each in findings.heat_maps]
    if not ways:
        return None
    wanted = (Policy.BATCH, way.replacement, way.baseline)
    drawn = wanted if wanted in ways else ways[0]
    return ShownMaps(
        policy=drawn[0],
        way=replace(way, replacement=drawn[1], baseline=drawn[2]),
        maps=tuple(
            each
            for each, found in zip(findings.heat_maps, ways, strict=True)
            if found == drawn and (way.sources is None or each.source in way.sources)
        ),
    )


def shapes_of(findings: Findings, curve: Curve) -> list[Shape]:
    """The shapes at one depth of repair that a curve was made from."""
    return [
        shape
        for shape in findings.shapes
        if (shape.source, shape.policy, shape.replacement, shape.difficulty)
        == (curve.source, curve.policy, curve.replacement, curve.difficulty)
        and shape.depth <= 1
    ]


def drawn_how(policy: Policy, way: FigureWay, run: RunFindings) -> str:
    """A caption on how trees are drawn."""
    drawn = "with" if way.replacement else "without"
    sampling = {
        Baseline.EVERY_TASK: "i.i.d. of every task",
        Baseline.STOPPING: "on only where none has passed",
        Baseline.ONE_BY_ONE: "on only where none has passed",
    }
    said = f"{policy}, drawn {drawn} replacement; sampling {sampling[way.baseline]}"
    return f"{said}; {run.tasks}" if run.tasks else said


def check_sources(runs: Sequence[RunFindings], way: FigureWay) -> None:
    """Reject feedback sources that no run has.

    Raises:
        UsageError: No run has one of the sources.
    """
    known = dict.fromkeys(name for run in runs for name in run.findings.about.sources)
    for name in way.sources or ():
        if name not in known:
            raise UsageError(
                f"--sources: found {name!r}; accepted: {', '.join(known) or 'none: there is none'}"
            )
