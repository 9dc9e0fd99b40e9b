"""The summary that ends a run on the terminal: did repair pay, at what cost, how sure."""

from collections import Counter
from collections.abc import Sequence

from tabulate import tabulate

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.checker import COUNTERPARTS
from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.ledger import Lost
from pytest_selfrepair.core.record import NOT_RUN, Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.compare import TaskOutcome, source_facts, task_outcome
from pytest_selfrepair.estimate.interval import Interval, gain_interval
from pytest_selfrepair.estimate.passrate import Comparison, compare

MOST_NAMED = 3
"""Tasks that are named for each reason why tasks were not scored."""


def summary(records: Sequence[Record], *, not_run: int = 0, lost: Lost | None = None) -> list[str]:
    """The lines of a run's summary, at most 80 columns wide but for the user's own names.

    Args:
        records: One for each task that was run.
        not_run: Tasks that were collected and never started.
        lost: Requests that were in flight when earlier runs of the same settings were killed.
    """
    tasks = [record.grown for record in records if record.grown is not None]
    lines = _budget(records)
    if tasks:
        sources = list(dict.fromkeys(tree.source for grown in tasks for tree in grown.trees))
        for source in sources:
            lines += [*_verdict(tasks, source), "", *_by_difficulty(records, source), ""]
        lines += [*_NOTE, "", *_by_source(tasks, sources), ""]
        lines += _outcomes(records, tasks)
    return [*lines, *_cost(records), *_lost(lost or Lost()), *_not_scored(records, not_run)]


def _budget(records: Sequence[Record]) -> list[str]:
    """That the budget of the run was spent, which comes first: rates are of fewer tasks."""
    missing = [str(record.unscored) for record in records if _is_over_budget(record)]
    if not missing:
        return []
    why = missing[0].removeprefix(f"{NOT_RUN}: ")
    return [f"the budget of the run is spent: {len(missing)} tasks were not run", f"  {why}", ""]


def _is_over_budget(record: Record) -> bool:
    return record.unscored is not None and record.unscored.startswith(NOT_RUN)


def _lost(lost: Lost) -> list[str]:
    if not lost.requests:
        return []
    dollars = f" and ${lost.dollars:,.4f}" if lost.dollars else ""
    return [
        f"lost: up to {lost.requests:,} requests, in flight when an earlier run was killed",
        f"  they cost at most {lost.tokens:,} tokens{dollars}",
    ]


def _verdict(tasks: Sequence[Grown], source: str) -> list[str]:
    """What repair gained on i.i.d. sampling, and whether that can be told; unbiased."""
    found = compare(tasks, source, replacement=False)
    interval = gain_interval(tasks, source, replacement=False)
    rates = f"repaired {_percent(found.repaired.pass_rate)}, i.i.d. {_percent(found.iid.pass_rate)}"
    how = "unbiased: drawn without replacement"
    if interval is not None:
        ends = f"{_points(interval.low)} to {_points(interval.high)}"
        how = f"{interval.level:.0%} interval over tasks: {ends}; {how}"
    return [
        f"{source}: {_in_words(interval, len(tasks))}",
        f"  {_points(found.gain)} points at the same {_count(found)} tokens a task ({rates})",
        f"  ({how})",
    ]


def _in_words(interval: Interval | None, tasks: int) -> str:
    if interval is not None and interval.low > 0:
        return "repair pays"
    if interval is not None and interval.high < 0:
        return "repair does not pay"
    return f"cannot tell with {tasks} task{'s' * (tasks != 1)} whether repair pays"


def _by_difficulty(records: Sequence[Record], source: str) -> list[str]:
    rows = []
    for name, difficulty in (*((str(d), d) for d in Difficulty), ("all", None)):
        tasks = [
            record.grown
            for record in records
            if record.grown is not None and difficulty in {None, record.difficulty}
        ]
        if tasks:
            rows.append(_row(name, compare(tasks, source, replacement=True)))
    headers = ("difficulty", "tasks", "pass@1", "i.i.d.", f"+ {source}", "gain", "tokens")
    return tabulate(rows, headers, disable_numparse=True, stralign="right").splitlines()


def _row(name: str, found: Comparison) -> tuple[str, ...]:
    return (
        name,
        str(found.tasks),
        _percent(found.pass_at_1),
        _percent(found.iid.pass_rate),
        _percent(found.repaired.pass_rate),
        _points(found.gain),
        _count(found),
    )


_NOTE = (
    "table: exact expectations over the sampled trees (batch policy, drawn with",
    "replacement as in the paper, which is biased low where few programs are drawn);",
    "i.i.d.: the baseline at the same tokens generated",
)


def _by_source(tasks: Sequence[Grown], sources: Sequence[str]) -> list[str]:
    rows = []
    for source in sources:
        facts = source_facts(tasks, source)
        rate = facts.repair_rate
        rows.append(
            (
                source,
                str(facts.failing),
                str(facts.tried),
                str(facts.passed),
                "-" if rate is None else _percent(rate),
                str(facts.solved),
                f"{facts.tokens / facts.tried:,.0f}" if facts.tried else "-",
            )
        )
    headers = ("feedback", "failing", "repairs", "passed", "rate", "solved", "tokens each")
    return tabulate(rows, headers, disable_numparse=True, stralign="right").splitlines()


def _outcomes(records: Sequence[Record], tasks: Sequence[Grown]) -> list[str]:
    became = Counter(task_outcome(record) for record in records)
    programs = Counter(node.verdict.outcome for grown in tasks for node in grown.programs)
    said = ", ".join(f"{count} {kind}" for kind, count in programs.most_common())
    solved, repaired = became[TaskOutcome.SOLVED], became[TaskOutcome.REPAIRED]
    unsolved = became[TaskOutcome.UNSOLVED]
    return [
        f"tasks: {solved} solved at once, {repaired} only by repair, {unsolved} unsolved",
        f"programs: {said}",
        *_judged(records),
        *_flips(records),
    ]


_SEEN = {
    FeedbackCases.ALL: "all cases",
    FeedbackCases.PUBLIC: "public cases alone; all cases decide",
}


def _judged(records: Sequence[Record]) -> list[str]:
    """Where programs ran, by whom their answers were compared, and what feedback saw of that."""
    setups = [record.setup for record in records if record.setup is not None]
    found = dict.fromkeys((setup.isolation, setup.checker) for setup in setups)
    seen = dict.fromkeys(setup.plan.feedback_cases for setup in setups)
    return [
        *(f"judged: in {isolation}, checker {checker}" for isolation, checker in found),
        *(f"feedback saw: {_SEEN[each]}" for each in seen),
    ]


def _flips(records: Sequence[Record]) -> list[str]:
    """How many verdicts hang on the choice between the checkers `tolerant` and `apps`."""
    counts: dict[str, list[bool]] = {}
    for record in records:
        if record.grown is None or record.setup is None:
            continue
        repairs = [repair for tree in record.grown.trees for repair in tree.repairs]
        counts.setdefault(record.setup.checker, []).extend(
            node.verdict.flips
            for node in (*record.grown.programs, *repairs, *record.grown.baseline)
            if node.verdict.flips is not None
        )
    return [
        f"verdicts that the checker {COUNTERPARTS[checker]} would flip: "
        f"{sum(flips):,} of {len(flips):,}"
        for checker, flips in counts.items()
        if flips and checker in COUNTERPARTS
    ]


def _cost(records: Sequence[Record]) -> list[str]:
    cost = sum((record.cost for record in records), Cost())
    paid = cost.tokens - cost.replayed_tokens
    reasoning = [f"  {cost.reasoning_tokens:,} for reasoning"] if cost.reasoning_tokens else []
    cached = f", {cost.cached_tokens:,} of them cached" if cost.cached_tokens else ""
    return [
        f"tokens: {cost.tokens:,} generated in {cost.samples:,} samples, {paid:,} of them paid for",
        *reasoning,
        f"prompts: {cost.prompt_tokens:,} tokens read{cached}",
        *_dollars(cost),
    ]


def _dollars(cost: Cost) -> list[str]:
    """What was paid, and for what no price is known."""
    unknown = f"{cost.unpriced:,} samples have no known price (--selfrepair-prices)"
    if cost.unpriced == cost.samples:
        return [f"US dollars: unknown; {unknown}"] if cost.samples else []
    if not cost.dollars:
        return []
    paid = cost.dollars - cost.replayed_dollars
    more = f"; {unknown}" if cost.unpriced else ""
    return [f"US dollars: {cost.dollars:,.4f}, {paid:,.4f} of them paid now{more}"]


def _not_scored(records: Sequence[Record], not_run: int) -> list[str]:
    """Why tasks are missing from the rates: never silently."""
    by_reason: dict[str, list[str]] = {}
    for record in records:
        if record.unscored is not None and not _is_over_budget(record):
            by_reason.setdefault(record.unscored, []).append(record.task_id)
    lines = []
    for reason, ids in by_reason.items():
        named = ", ".join(ids[:MOST_NAMED]) + (", …" if len(ids) > MOST_NAMED else "")
        lines += [f"not scored: {len(ids)} ({named})", f"  {reason}"]
    if not_run:
        lines.append(f"not run: {not_run}")
    return lines


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}"


def _count(found: Comparison) -> str:
    return f"{found.repaired.tokens:,.0f}"
