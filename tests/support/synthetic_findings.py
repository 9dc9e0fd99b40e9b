"""Findings as they could be of some records, made by hand."""

from collections.abc import Sequence

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.run_account import Lost
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.shape import ALL, Shape
from pytest_selfrepair.estimate.findings import (
    About,
    Curve,
    CurvePoint,
    Findings,
    Flips,
    HeatCell,
    HeatMap,
    OutcomeCounts,
    Pair,
    Refused,
    RepairRate,
    SourceFindings,
    Unscored,
)
from pytest_selfrepair.estimate.gain import Against, AtEqualTokens, Baseline, RepairConclusion
from pytest_selfrepair.estimate.gain import DifficultyRates as RatesOfDifficulty
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.run.outcome import task_outcome
from synthetic import FAULTS

METHOD = "score interval over tasks (Wilson) with Student's t"


def share(value: float, width: float = 0.05) -> Estimate:
    """A share with an interval about it."""
    return Estimate(
        value=value, low=max(0.0, value - width), high=min(1.0, value + width), method=METHOD
    )


def difference(value: float, width: float = 0.035) -> Estimate:
    """A difference with an interval about it."""
    p = 0.01 if abs(value) > width else 0.4
    return Estimate(value=value, low=value - width, high=value + width, method=METHOD, p=p)


def at_equal_tokens(
    source: str, difficulty: str, tasks: int, *, gain: float, priced: bool
) -> AtEqualTokens:
    """One source against i.i.d. sampling."""
    about = difference(gain)
    assert about.low is not None
    assert about.high is not None
    answer = (
        RepairConclusion.PAYS
        if about.low > 0
        else RepairConclusion.DOES_NOT_PAY
        if about.high < 0
        else RepairConclusion.CANNOT_TELL
    )
    return AtEqualTokens(
        source=source,
        difficulty=difficulty,
        tasks=tasks,
        pass_rate=share(0.42 + gain),
        unsolved=tasks // 3,
        tokens=2840.4,
        dollars=0.17 if priced else None,
        stopping=_against(Baseline.STOPPING, about),
        one_by_one=_against(Baseline.ONE_BY_ONE, about),
        paper=_against(Baseline.EVERY_TASK, difference(gain + 0.02)),
        tokens_per_solved=6129.0,
        dollars_per_solved=0.3678 if priced else None,
        answer=answer,
        detectable=0.051,
    )


def _against(baseline: Baseline, gain: Estimate) -> Against:
    return Against(baseline=baseline, rate=share(0.42), gain=gain, programs=9.4, tokens=2840.4)


def _points(gain: float, n_fr: int, *, priced: bool) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(
            tokens=300.0 * n_p * (1 + n_fr * 0.8),
            pass_rate=share(min(0.99, 1 - 0.78 * (n_p * (1 + n_fr * 0.8)) ** (-0.26 - gain)), 0.04),
            n_p=n_p,
            n_fr=n_fr,
            all_tokens=1200.0 * n_p * (1 + n_fr * 0.8),
            dollars=0.02 * n_p * (1 + n_fr) if priced else None,
        )
        for n_p in range(1, 11)
    )


def _curves(sources: Sequence[str], label: str, *, priced: bool) -> tuple[Curve, ...]:
    made = []
    for difficulty in (ALL, *Difficulty):
        for replacement in (False, True):
            for number, source in enumerate((None, *sources)):
                name = f"{label} (no repair)" if source is None else f"{label}; M_F = {source}"
                if source == "self":
                    name = f"M_P = M_F{label.removeprefix('M_P')}"
                made.append(
                    Curve(
                        source=source,
                        label=name,
                        policy=Policy.BATCH,
                        replacement=replacement,
                        difficulty=difficulty,
                        points=_points(
                            0.03 * number - 0.03 * (source == "self"),
                            int(source is not None),
                            priced=priced,
                        ),
                    )
                )
    return tuple(made)


def _shape(source: str, n_p: int, n_fr: int, shift: float) -> Shape:
    samples = n_p * (1 + 0.7 * n_fr)
    return Shape(
        source=source,
        policy=Policy.BATCH,
        replacement=True,
        n_p=n_p,
        n_fr=n_fr,
        depth=1,
        difficulty=ALL,
        tasks=300,
        pass_rate=min(0.99, 1 - 0.78 * samples ** (-0.24 - shift)),
        tokens=300.0 * samples,
        all_tokens=1200.0 * samples,
        samples=samples,
        dollars=None,
    )


def _heat_map(source: str, shift: float) -> HeatMap:
    n_p, n_fr = (1, 2, 5, 10, 25), (10, 5, 3, 1)
    rows = (
        (0.83, 0.89, None, None, None),
        (0.85, 0.90, 0.96, None, None),
        (0.87, 0.92, 0.96, 1.01, None),
        (0.91, 0.95, 0.98, 1.00, 1.04),
    )
    return HeatMap(
        source=source,
        policy=Policy.BATCH,
        replacement=True,
        n_p=n_p,
        n_fr=n_fr,
        cells=tuple(
            HeatCell(
                n_p=p,
                n_fr=r,
                ratio=None if ratio is None else ratio + shift,
                out_of_bounds=ratio is None,
                pass_rate=0.4,
                tokens=300.0 * p * (1 + r),
            )
            for r, row in zip(n_fr, rows, strict=True)
            for p, ratio in zip(n_p, row, strict=True)
        ),
    )


def _rate(group: str, tried: int, passed: int) -> RepairRate:
    rate = share(passed / tried) if tried else None
    return RepairRate(group=group, failing=tried, tried=tried, passed=passed, rate=rate)


def _source(source: str) -> SourceFindings:
    return SourceFindings(
        source=source,
        repairs=_rate(ALL, 1100, 212),
        by_difficulty=tuple(
            _rate(difficulty, tried, tried // by)
            for difficulty, tried, by in zip(Difficulty, (200, 500, 400), (2, 5, 21), strict=True)
        ),
        by_outcome=tuple(
            _rate(outcome, tried, tried // 6)
            for outcome, tried in zip(dict.fromkeys(FAULTS), (700, 200, 150, 50, 0), strict=True)
        ),
        solved_only_by_repair=31,
        tokens_per_repair=312.6,
        unchanged=0.094,
        broke=0.06,
        edit_lines=6.5,
    )


def findings(
    records: Sequence[Record] = (),
    *,
    sources: Sequence[str] = ("self", "gpt-4"),
    gains: Sequence[float] = (0.012, 0.061),
    priced: bool = True,
    model: str = "gpt-3.5-turbo",
) -> Findings:
    """Findings as they could be of some records; only the tally and the cost are really theirs."""
    scored = [each for each in records if each.grown]
    lost = [each for each in records if not each.grown]
    programs: dict[str, int] = {}
    repairs: dict[str, int] = {}
    baseline: dict[str, int] = {}
    tasks: dict[str, int] = {}
    for each in records:
        tasks[task_outcome(each)] = tasks.get(task_outcome(each), 0) + 1
        if each.grown is None:
            continue
        fixed = [node for tree in each.grown.trees for node in tree.repairs]
        for into, nodes in (
            (programs, each.grown.programs),
            (repairs, fixed),
            (baseline, each.grown.baseline),
        ):
            for node in nodes:
                into[node.verdict.outcome] = into.get(node.verdict.outcome, 0) + 1
    levels = [(str(level), max(1, len(scored) // 3)) for level in Difficulty] + [(ALL, len(scored))]
    pairs = [(a, b) for i, a in enumerate(sources) for b in sources[i + 1 :]]
    label = f"M_P = {model}"
    return Findings(
        about=About(
            title=f"{model} repairing on {', '.join(sources) or 'nothing'}",
            models=(model,),
            sources=tuple(sources),
            prompts=("default@3f2a91c0",),
            n_p=5,
            n_fr=1 if sources else 0,
            budget=None,
            temperature=0.8,
            tasks=len(records),
            scored=len(scored),
            not_run=3 if lost else 0,
            not_run_budget=None,
        ),
        headline=tuple(
            at_equal_tokens(source, ALL, len(scored), gain=gain, priced=priced)
            for source, gain in zip(sources, gains, strict=False)
            if scored
        ),
        difficulties=tuple(
            RatesOfDifficulty(
                difficulty=level,
                tasks=number,
                pass_at_1=share(0.31),
                sources=tuple(
                    at_equal_tokens(source, level, number, gain=gain, priced=priced)
                    for source, gain in zip(sources, gains, strict=False)
                ),
            )
            for level, number in levels
            if scored
        ),
        sources=tuple(_source(source) for source in sources if scored),
        pairs=tuple(
            Pair(
                first=first,
                second=second,
                tasks=240,
                programs=1010,
                first_rate=0.193,
                second_rate=0.247,
                difference=difference(-0.054),
                only_first=9,
                only_second=24,
            )
            for first, second in pairs
            if scored
        ),
        shapes=tuple(
            _shape(source, n_p, n_fr, 0.03 * number)
            for number, source in enumerate(sources)
            for n_p in (1, 2, 5, 10, 25)
            for n_fr in (1, 3, 5, 10)
            if scored
        ),
        curves=_curves(sources, label, priced=priced) if scored else (),
        heat_maps=tuple(
            _heat_map(source, 0.06 * number) for number, source in enumerate(sources) if scored
        ),
        tally=OutcomeCounts(
            tasks=tasks,
            programs=programs,
            repairs=repairs,
            baseline=baseline,
            judged=("in bubblewrap with seccomp, checker tolerant",) if scored else (),
            flips=(Flips(checker="apps", flipped=41, compared=6210),) if scored else (),
        ),
        cost=sum((each.cost for each in records), Cost()),
        lost=Lost(requests=2, tokens=2048, dollars=0.12) if lost else Lost(),
        unscored=(
            Unscored(reason=str(lost[0].unscored), tasks=tuple(each.task_id for each in lost)),
        )
        if lost
        else (),
        refused=(
            Refused(
                what="shapes of self without replacement beyond n_p = 3",
                why="apps_tasks/interview/0013: its trees stopped at their budget",
            ),
        )
        if lost
        else (),
    )
