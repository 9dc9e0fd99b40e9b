"""Compute all `Findings` of a run from its records."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.feedback import leaks
from pytest_selfrepair.core.record import UNKNOWN, Record, Setup
from pytest_selfrepair.core.run_account import Account, Lost
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.bargain.bargain_findings import bargain_findings
from pytest_selfrepair.estimate.comparison.source_comparison import compared
from pytest_selfrepair.estimate.exact.iid import iid, sampled
from pytest_selfrepair.estimate.exact.shape import ALL, Shape
from pytest_selfrepair.estimate.exact.shapes import Expected
from pytest_selfrepair.estimate.exact.stopping import reach, stopping
from pytest_selfrepair.estimate.findings import About, Curve, Findings, HeatMap, Refused, Unscored
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap
from pytest_selfrepair.estimate.intervals.statistics import mean_of, sampling_noise
from pytest_selfrepair.estimate.run.baselines import iid_points, stopping_points
from pytest_selfrepair.estimate.run.branches import spreads
from pytest_selfrepair.estimate.run.censoring import Usable
from pytest_selfrepair.estimate.run.curves import (
    averaged,
    curve,
    envelope,
    heat_map,
    rectangle,
    round_numbers,
)
from pytest_selfrepair.estimate.run.depths import by_depth
from pytest_selfrepair.estimate.run.latency import latencies
from pytest_selfrepair.estimate.run.notes import notes, overstepped
from pytest_selfrepair.estimate.run.sampled import SampledRun

_T = TypeVar("_T")


def findings(
    records: Sequence[Record],
    games: Sequence[BargainRecord] = (),
    *,
    not_run: int = 0,
    lost: Lost | None = None,
    account: Account | None = None,
    title: str | None = None,
    how: Bootstrap = BOOTSTRAP,
) -> Findings:
    """Compute every estimate that a run's records support, whatever their order.

    Args:
        records: One for each task.
        games: One for each scenario and role.
        not_run: Tasks and scenarios that were collected and never started.
        lost: Requests in flight when runs of the same settings were killed or stopped.
        account: The run's account; None: the payments are read from the records alone.
        title: The run's title in reports; None: its models and sources.
        how: How tasks are resampled.
    """
    played = bargain_findings(games)
    if title is None and played is not None and not records:
        title = played.title
    run = SampledRun.of(records, not_run=not_run)
    records, names = run.records, run.sources
    # In two threads, as NumPy computes on large arrays in one while the other reads programs.
    with ThreadPoolExecutor(1) as thread:
        comparing = thread.submit(compared, run, how=how)
        used = run.trees()
        shapes, heat_maps = _shapes(used), tuple(_heat_maps(used))
        curves = tuple(_curves(used, records, how))
        parts = comparing.result()
    return Findings(
        about=_about(records, names, not_run, parts.not_run_budget, title),
        headline=parts.headline,
        difficulties=parts.difficulties,
        sources=parts.sources,
        pairs=parts.pairs,
        shapes=shapes,
        curves=curves,
        heat_maps=heat_maps,
        tally=parts.tally,
        cost=parts.cost,
        lost=lost or Lost(),
        unscored=parts.unscored,
        refused=_refused(used),
        depths=by_depth(run.tasks, names, how=how),
        pairs_by_difficulty=parts.pairs_by_difficulty,
        latency=latencies(records),
        notes=(*overstepped(account), *notes(records)),
        spreads=spreads(run.tasks, names),
        bargain=played,
        account=account,
    )


_Used = dict[tuple[str, str | None], Usable]
"""The usable trees of each difficulty and source; source None stands for the programs alone."""


def _shapes(used: _Used) -> tuple[Shape, ...]:
    found: list[Shape] = []
    for replacement in (False, True):
        for (group, source), each in used.items():
            of_group = each.shapes(replacement=replacement, difficulty=group)
            found += [shape for shape in of_group if shape.source == source]
    return tuple(found)


def _curves(used: _Used, records: Sequence[Record], how: Bootstrap) -> Iterable[Curve]:
    difficulty_of = {record.task_id: str(record.difficulty or "") for record in records}
    model = " and ".join(_models(records)) or UNKNOWN
    for (group, source), each in used.items():
        drawn = how.of([difficulty_of[task] for task in each.arrays.tasks])
        depth = each.arrays.depth
        for policy, replacement in _ways(each):
            for points, baseline, less in _lines(each, policy, replacement=replacement):
                found = curve(
                    points,
                    source=source,
                    label=_label(
                        model,
                        source,
                        depth=(less or depth) if depth > 1 else None,
                        baseline=baseline,
                    ),
                    policy=policy,
                    replacement=replacement,
                    difficulty=group,
                    baseline=baseline,
                )
                with_ends = [
                    replace(
                        point,
                        pass_rate=drawn.rate(mean_of(points.solved[:, i])),
                        paper_band=sampling_noise(points.solved[:, i]),
                    )
                    for i, point in enumerate(found.points)
                ]
                yield replace(found, points=tuple(with_ends), depth=less)


def _lines(
    each: Usable, policy: Policy, *, replacement: bool
) -> Iterator[tuple[Expected, Baseline | None, int | None]]:
    """The points of every curve of one source, or of sampling without repair: (…, baseline, depth).

    The depth is given where it is less than the trees'.
    """
    if each.source is None:
        if (found := iid_points(each, policy, replacement=replacement)) is not None:
            yield found, Baseline.EVERY_TASK, None
        if (found := stopping_points(each, policy, replacement=replacement)) is not None:
            yield found, Baseline.STOPPING, None
        return
    for less in (None, *range(1, each.arrays.depth)):
        found = each.expected(policy, replacement=replacement, depth=less)
        if found is not None:
            yield envelope(found), None, less


def _ways(each: Usable) -> list[tuple[Policy, bool]]:
    """How trees are drawn for curves: without replacement, and with it as in the paper."""
    if each.order is not None:
        return [(each.order, False)]
    return [(Policy.BATCH, False), (Policy.BATCH, True)]


def _heat_maps(used: _Used) -> Iterable[HeatMap]:
    """Heat maps over all tasks, with and without replacement, against either baseline."""
    for (group, source), each in used.items():
        if source is None or group != ALL or each.order is not None or not each.grown:
            continue
        if not (each.arrays.most_programs and each.arrays.most_repairs(each.arrays.depth)):
            continue
        columns = round_numbers(each.arrays.most_programs)
        for _, replacement in _ways(each):
            expected = rectangle(each.arrays, columns, replacement=replacement)
            everywhere = averaged(iid(each.samples, sampled(each.grown), replacement=replacement))
            rivals = {
                Baseline.STOPPING: {
                    first: averaged(
                        stopping(
                            each.samples, first, reach(each.samples, first), replacement=replacement
                        )
                    )
                    for first in columns
                },
                Baseline.EVERY_TASK: dict.fromkeys(columns, everywhere),
            }
            for baseline, beside in rivals.items():
                yield heat_map(
                    expected,
                    beside,
                    source=source,
                    policy=Policy.BATCH,
                    replacement=replacement,
                    baseline=baseline,
                )


def _refused(used: _Used) -> tuple[Refused, ...]:
    """What cannot be estimated over all tasks; a single difficulty lacks the same or less."""
    return tuple(
        dict.fromkeys(
            refused for (group, _), each in used.items() if group == ALL for refused in each.refused
        )
    )


def _label(model: str, source: str | None, *, depth: int | None, baseline: Baseline | None) -> str:
    """A curve's label in the paper's legends, with its depth where trees have several levels."""
    if baseline is Baseline.STOPPING:
        return f"M_P = {model} (no repair, on only where none passes)"
    if source is None:
        return f"M_P = {model} (no repair)"
    ending = "" if depth is None else f", depth {depth}"
    if source == "self":
        return f"M_P = M_F = {model}{ending}"
    leaking = " (leaks the reference)" if leaks(source) else ""
    return f"M_P = {model}; M_F = {source}{leaking}{ending}"


def _about(
    records: Sequence[Record],
    sources: tuple[str, ...],
    not_run: int,
    over_budget: Unscored | None,
    title: str | None,
) -> About:
    setups = [record.setup for record in records if record.setup is not None]
    known = [setup for setup in setups if setup.model != UNKNOWN]
    models = _models(records)
    made = f"{' and '.join(models) or 'no model'}, feedback {' and '.join(sources) or 'none'}"
    return About(
        title=made if title is None else title,
        models=models,
        sources=sources,
        prompts=tuple(dict.fromkeys(setup.prompts for setup in setups)),
        n_p=_one(setup.plan.n_p for setup in setups),
        n_fr=_one(setup.plan.n_fr for setup in setups),
        n_f=_one(setup.plan.n_f for setup in setups),
        depth=_one(setup.plan.depth for setup in setups) if setups else 1,
        budget=_one(setup.plan.budget for setup in setups),
        temperature=_one(setup.plan.params.temperature for setup in known),
        tasks=len(records),
        scored=sum(record.grown is not None for record in records),
        not_run=not_run,
        not_run_budget=over_budget,
    )


def _models(records: Sequence[Record]) -> tuple[str, ...]:
    setups: list[Setup] = [record.setup for record in records if record.setup is not None]
    return tuple(dict.fromkeys(setup.model for setup in setups))


def _one(values: Iterable[_T]) -> _T | None:
    """The common value; None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
