"""What a figure or a table draws of a run: how trees are drawn, and what they are held against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.exact.shape import ALL, Shape
from pytest_selfrepair.estimate.findings import Curve, Findings, HeatMap
from pytest_selfrepair.estimate.gain import Baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureWay:
    """How trees are drawn in a figure, and what they are held against.

    Attributes:
        replacement: With replacement, as in the paper, or without, which is unbiased.
        baseline: How programs are sampled without repair.
        sources: The feedback sources that are shown; None: all.
        size: Width and height of the whole figure in inches; None: by its panels.
        style: A style of Matplotlib, or a file of one, over which ours is laid; None: ours alone.
    """

    replacement: bool = False
    baseline: Baseline = Baseline.STOPPING
    sources: tuple[str, ...] | None = None
    size: tuple[float, float] | None = None
    style: str | None = None


HEADLINE = FigureWay()
"""Drawn as what the first sentence of a report says."""

PAPER = FigureWay(replacement=True, baseline=Baseline.EVERY_TASK)
"""Drawn as the figures of arXiv 2306.09896."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFindings:
    """A run among others.

    Attributes:
        label: What it is called.
        findings: What it found.
        tasks: Which tasks these are, in words: ``40 tasks that all 3 runs scored``.
        alone: Whether no other stands beside it, so that a figure need not name it.
    """

    label: str
    findings: Findings
    tasks: str = ""
    alone: bool = False

    def called(self, name: str) -> str:
        """A name of the run's, with the run's own before it where there are several."""
        return name if self.alone else f"{self.label}: {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCurves:
    """The curves of a run that are drawn.

    Attributes:
        policy: How trees are drawn.
        way: The same, with the replacement that the findings have.
        sampling: That of sampling without repair, where there is one.
        repaired: One for each feedback source.
    """

    policy: Policy
    way: FigureWay
    sampling: Curve | None
    repaired: tuple[Curve, ...]

    @property
    def all(self) -> tuple[Curve, ...]:
        """Every one of them, sampling first."""
        return (*([self.sampling] if self.sampling else []), *self.repaired)


def shown_curves(findings: Findings, way: FigureWay) -> ShownCurves | None:
    """The curves over all tasks that a way asks for, or the first way that the findings have.

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
    """The heat maps of a run that are drawn.

    Attributes:
        policy: How trees are drawn.
        way: The same, with the replacement and the baseline that the findings have.
        maps: One for each feedback source.
    """

    policy: Policy
    way: FigureWay
    maps: tuple[HeatMap, ...]


def shown_heat_maps(findings: Findings, way: FigureWay) -> ShownMaps | None:
    """The heat maps that a way asks for, or the first way that the findings have.

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
    """The shapes of one level of repair from which a curve was made."""
    return [
        shape
        for shape in findings.shapes
        if (shape.source, shape.policy, shape.replacement, shape.difficulty)
        == (curve.source, curve.policy, curve.replacement, curve.difficulty)
        and shape.depth <= 1
    ]


def drawn_how(policy: Policy, way: FigureWay, run: RunFindings) -> str:
    """How a figure was drawn: what stands below it."""
    drawn = "with" if way.replacement else "without"
    sampling = {
        Baseline.EVERY_TASK: "i.i.d. of every task",
        Baseline.STOPPING: "on only where none has passed",
        Baseline.ONE_BY_ONE: "on only where none has passed",
    }
    said = f"{policy}, drawn {drawn} replacement; sampling {sampling[way.baseline]}"
    return f"{said}; {run.tasks}" if run.tasks else said


def check_sources(runs: Sequence[RunFindings], way: FigureWay) -> None:
    """Refuse a feedback source that no run has.

    Raises:
        UsageError: There is one.
    """
    known = dict.fromkeys(name for run in runs for name in run.findings.about.sources)
    for name in way.sources or ():
        if name not in known:
            raise UsageError(
                f"--sources: found {name!r}; accepted: {', '.join(known) or 'none: there is none'}"
            )
