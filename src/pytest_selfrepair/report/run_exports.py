"""Export runs' results as tables for spreadsheets and papers, with the numbers of their reports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypeAlias

from pytest_selfrepair.estimate.findings import SourceFindings
from pytest_selfrepair.estimate.gain import AtEqualTokens, DifficultyRates
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report.exports import Cell, CellKind, ExportColumn, ExportTable
from pytest_selfrepair.report.figure_way import (
    FigureWay,
    RunFindings,
    check_sources,
    drawn_how,
    shapes_of,
    shown_curves,
)

TableKind: TypeAlias = Literal["headline", "sources", "difficulty", "curve"]
"""Sources against sampling, their repairs, rates by difficulty, and points of curves."""

_RUN = ExportColumn(name="run", head="Run")
_SOURCE = ExportColumn(name="feedback", head="Feedback")
_TASKS = ExportColumn(name="tasks", head="Tasks", kind=CellKind.COUNT)
_PASS_AT_1 = ExportColumn(name="pass_at_1", head="pass@1", kind=CellKind.SHARE, estimated=True)
_COMPARED = (
    ExportColumn(name="pass_at_t", head="pass@t", kind=CellKind.SHARE, estimated=True),
    ExportColumn(name="tokens", head="Tokens", kind=CellKind.COUNT),
    ExportColumn(name="sampling_stopping", kind=CellKind.SHARE, estimated=True, csv_only=True),
    ExportColumn(name="gain_stopping", head="Gain", kind=CellKind.POINTS, estimated=True),
    ExportColumn(name="sampling_paper", kind=CellKind.SHARE, estimated=True, csv_only=True),
    ExportColumn(name="gain_paper", head="Gain, paper's", kind=CellKind.POINTS, estimated=True),
)
_HEADLINE = (
    _RUN,
    _SOURCE,
    ExportColumn(name="models", csv_only=True),
    _TASKS,
    _PASS_AT_1,
    *_COMPARED,
    ExportColumn(name="tokens_per_solved", head="Tokens, solved", kind=CellKind.COUNT),
    ExportColumn(name="dollars_per_solved", head="Solved", kind=CellKind.DOLLARS, csv_only=True),
    ExportColumn(name="answer", csv_only=True),
)
_DIFFICULTY = (
    _RUN,
    ExportColumn(name="difficulty", head="Difficulty"),
    _TASKS,
    _PASS_AT_1,
    _SOURCE,
    *_COMPARED,
)
_REPAIRS = (
    _RUN,
    _SOURCE,
    ExportColumn(name="failing", head="Failing", kind=CellKind.COUNT),
    ExportColumn(name="repairs", head="Repairs", kind=CellKind.COUNT),
    ExportColumn(name="repairs_passed", kind=CellKind.COUNT, csv_only=True),
    ExportColumn(name="repair_rate", head="Pass", kind=CellKind.SHARE, estimated=True),
    ExportColumn(name="solved_only_by_repair", head="Only by repair", kind=CellKind.COUNT),
    ExportColumn(name="unchanged", head="Unchanged", kind=CellKind.SHARE),
    ExportColumn(name="broke", head="Broke", kind=CellKind.SHARE),
    ExportColumn(name="edit_lines", head="Lines", kind=CellKind.COUNT),
    ExportColumn(name="tokens_per_repair", head="Tokens", kind=CellKind.COUNT),
)
_CURVE = (
    _RUN,
    _SOURCE,
    ExportColumn(name="baseline", csv_only=True),
    ExportColumn(name="n_p", head="n_p", kind=CellKind.COUNT),
    ExportColumn(name="n_fr", head="n_fr", kind=CellKind.COUNT),
    ExportColumn(name="tokens", head="Tokens", kind=CellKind.COUNT),
    ExportColumn(name="pass_rate", head="pass@t", kind=CellKind.SHARE, estimated=True),
    ExportColumn(name="best", head="Best"),
)
_AS_SAMPLED = (
    "repairs that pass, of those that were tried, every one as sampled; shares of repairs that are "
    "the failing program again, and that fail a case which it passes"
)
_POINTS = "pass@t at the mean tokens generated; best: shapes that no other beats at its tokens"
_AS_GROWN = (
    "trees as grown, without replacement, against sampling under the same stopping rule, and "
    "against the paper's baseline, at the same mean tokens; each interval holds for its number "
    "alone, but for gains of several sources of a run (Holm)"
)

Row: TypeAlias = tuple[Cell, ...]


def run_table(runs: Sequence[RunFindings], kind: TableKind, way: FigureWay) -> ExportTable:
    """A table of some runs.

    Args:
        runs: At least one.
        kind: The kind of table.
        way: The sources; for curves also how trees are drawn, and the baseline.

    Raises:
        UsageError: No run has a requested source.
    """
    check_sources(runs, way)
    columns, rows, said = _KINDS[kind]
    made = [row for run in runs for row in rows(run, way)]
    tasks = "".join(dict.fromkeys(f"; {run.tasks}" for run in runs if run.tasks))
    if kind == "curve":
        drawn = (
            drawn_how(shown.policy, shown.way, run)
            for run in runs
            if (shown := shown_curves(run.findings, way)) is not None
        )
        said, tasks = f"{said}; {' | '.join(dict.fromkeys(drawn))}", ""
    return ExportTable(caption=f"{said}{tasks}", columns=columns, rows=tuple(made))


def _headline(run: RunFindings, way: FigureWay) -> Iterator[Row]:
    found = run.findings
    models = " and ".join(found.about.models)
    for whole in found.difficulties[-1:]:
        for each in _of(whole.sources, way) or (None,):
            yield (
                run.label,
                each.source if each else None,
                models,
                each.tasks if each else whole.tasks,
                whole.pass_at_1,
                *_against(each),
                each.tokens_per_solved if each else None,
                each.dollars_per_solved if each else None,
                str(each.answer) if each and each.answer else None,
            )


def _difficulty(run: RunFindings, way: FigureWay) -> Iterator[Row]:
    for group in run.findings.difficulties:
        for each in _of(group.sources, way) or (None,):
            yield (*_group(run, group), each.source if each else None, *_against(each))


def _group(run: RunFindings, group: DifficultyRates) -> Row:
    return run.label, group.difficulty, group.tasks, group.pass_at_1


def _repairs(run: RunFindings, way: FigureWay) -> Iterator[Row]:
    for each in run.findings.sources:
        if way.sources is None or each.source in way.sources:
            yield (run.label, each.source, *_repaired(each))


def _repaired(each: SourceFindings) -> Row:
    rate = each.repairs
    return (
        rate.failing,
        rate.tried,
        rate.passed,
        rate.rate,
        each.solved_only_by_repair,
        each.unchanged,
        each.broke,
        each.edit_lines,
        each.tokens_per_repair,
    )


def _curve(run: RunFindings, way: FigureWay) -> Iterator[Row]:
    shown = shown_curves(run.findings, way)
    for curve in shown.all if shown else ():
        best = {(point.n_p, point.n_fr): point for point in curve.points}
        head = (run.label, curve.source, None if curve.baseline is None else str(curve.baseline))
        for point in curve.points:
            yield (*head, point.n_p, point.n_fr, point.tokens, point.pass_rate, "yes")
        for shape in shapes_of(run.findings, curve) if curve.source is not None else ():
            if (shape.n_p, shape.n_fr) not in best:
                rate = Estimate(value=shape.pass_rate)
                yield (*head, shape.n_p, shape.n_fr, shape.tokens, rate, "no")


def _of(found: Sequence[AtEqualTokens], way: FigureWay) -> tuple[AtEqualTokens, ...]:
    return tuple(each for each in found if way.sources is None or each.source in way.sources)


def _against(each: AtEqualTokens | None) -> Row:
    if each is None:
        return (None,) * len(_COMPARED)
    return (
        each.pass_rate,
        each.tokens,
        each.stopping.rate,
        each.stopping.gain,
        each.paper.rate,
        each.paper.gain,
    )


_KINDS: Mapping[
    TableKind,
    tuple[tuple[ExportColumn, ...], Callable[[RunFindings, FigureWay], Iterator[Row]], str],
] = MappingProxyType(
    {
        "headline": (_HEADLINE, _headline, _AS_GROWN),
        "difficulty": (_DIFFICULTY, _difficulty, _AS_GROWN),
        "sources": (
            _REPAIRS,
            _repairs,
            _AS_SAMPLED,
        ),
        "curve": (
            _CURVE,
            _curve,
            _POINTS,
        ),
    }
)
