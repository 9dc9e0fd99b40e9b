"""Findings that no run made: a plausible one, and any that conform."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import Lost
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.core.verdict import Outcome
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
from pytest_selfrepair.estimate.gain import (
    Against,
    AtEqualTokens,
    Baseline,
    DifficultyRates,
    RepairConclusion,
)
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.run.outcome import TaskOutcome

METHOD = "score interval over tasks (Wilson) with Student's t"
METHOD_OF_GAINS = "score test of paired differences (Tango) with Student's t"


def estimate(value: float, half: float | None = None) -> Estimate:
    """A number with an interval of so much on either side."""
    if half is None:
        return Estimate(value=value)
    return Estimate(value=value, low=value - half, high=value + half, method=METHOD)


def against(baseline: Baseline, rate: float, gain: Estimate, **changed: Any) -> Against:
    """Sampling of one baseline."""
    facts: dict[str, Any] = {
        "baseline": baseline,
        "rate": estimate(rate, 0.12),
        "gain": gain,
        "programs": 5.9,
        "tokens": 1240.4,
    }
    return Against(**(facts | changed))


def tested(value: float, half: float, p: float) -> Estimate:
    """A difference with an interval and a p-value."""
    return replace(estimate(value, half), method=METHOD_OF_GAINS, p=p)


def at_equal_tokens(source: str = "self", **changed: Any) -> AtEqualTokens:
    """One source against sampling without repair."""
    facts: dict[str, Any] = {
        "source": source,
        "difficulty": ALL,
        "tasks": 30,
        "pass_rate": estimate(0.660, 0.12),
        "unsolved": 12,
        "tokens": 1240.4,
        "dollars": 0.0081,
        "stopping": against(Baseline.STOPPING, 0.599, tested(0.061, 0.05, 0.019)),
        "one_by_one": against(
            Baseline.ONE_BY_ONE, 0.605, tested(0.055, 0.05, 0.034), programs=6.4, tokens=1198.0
        ),
        "paper": against(Baseline.EVERY_TASK, 0.584, tested(0.076, 0.05, 0.004), programs=7.2),
        "tokens_per_solved": 1879.0,
        "dollars_per_solved": 0.0123,
        "answer": RepairConclusion.PAYS,
        "detectable": 0.112,
    }
    return AtEqualTokens(**(facts | changed))


UNSURE = at_equal_tokens(
    "gpt-4",
    pass_rate=estimate(0.632, 0.12),
    stopping=against(Baseline.STOPPING, 0.611, tested(0.021, 0.06, 0.48), programs=6.8),
    tokens=1402.0,
    answer=RepairConclusion.CANNOT_TELL,
    detectable=0.134,
    tokens_per_solved=2218.0,
)


def _source(name: str, passed: int) -> SourceFindings:
    def rate(group: str, failing: int, tried: int, passed: int) -> RepairRate:
        share = estimate(passed / tried, 0.08)
        return RepairRate(group=group, failing=failing, tried=tried, passed=passed, rate=share)

    return SourceFindings(
        source=name,
        repairs=rate(ALL, 41, 120, passed),
        by_difficulty=(rate("introductory", 5, 15, 6), rate("interview", 36, 105, passed - 6)),
        by_outcome=(
            rate("wrong_answer", 30, 90, passed - 5),
            rate("runtime_error", 11, 30, 5),
        ),
        solved_only_by_repair=5,
        tokens_per_repair=212.3,
        unchanged=0.12,
        broke=0.03,
        edit_lines=4.0,
    )


def _curve(source: str | None, label: str, rates: tuple[float, ...], step: float) -> Curve:
    points = tuple(
        CurvePoint(
            tokens=step * (number + 1),
            pass_rate=estimate(rate, 0.1),
            n_p=number + 1,
            n_fr=0 if source is None else 1,
            all_tokens=4 * step * (number + 1),
            dollars=None,
        )
        for number, rate in enumerate(rates)
    )
    return Curve(
        source=source,
        label=label,
        policy=Policy.BATCH,
        replacement=False,
        difficulty=ALL,
        points=points,
    )


def sample(**changed: Any) -> Findings:
    """What a run of thirty tasks and two sources may find."""
    sources = (at_equal_tokens(), UNSURE)
    shares = (("introductory", 10, 0.62), ("interview", 15, 0.33), ("competition", 5, 0.04))
    facts: dict[str, Any] = {
        "about": About(
            title="gpt-3.5-turbo, feedback self and gpt-4",
            models=("gpt-3.5-turbo",),
            sources=("self", "gpt-4"),
            prompts=("default@0123456789ab",),
            n_p=5,
            n_fr=3,
            budget=7000,
            temperature=0.8,
            tasks=34,
            scored=30,
            not_run=2,
            not_run_budget=None,
        ),
        "headline": sources,
        "difficulties": tuple(
            DifficultyRates(
                difficulty=name,
                tasks=tasks,
                pass_at_1=estimate(share, 0.1),
                sources=sources
                if name == ALL
                else tuple(
                    at_equal_tokens(
                        each.source,
                        difficulty=name,
                        pass_rate=estimate(share + 0.17),
                        stopping=against(Baseline.STOPPING, share + 0.12, estimate(0.05)),
                        answer=None,
                        detectable=None,
                    )
                    for each in sources
                ),
            )
            for name, tasks, share in (*shares, (ALL, 30, 0.377))
        ),
        "sources": (_source("self", 31), _source("gpt-4", 38)),
        "pairs": (
            Pair(
                first="self",
                second="gpt-4",
                tasks=18,
                programs=41,
                first_rate=31 / 120,
                second_rate=38 / 120,
                difference=tested(-7 / 120, 0.07, 0.11),
                only_first=1,
                only_second=3,
            ),
        ),
        "shapes": (
            Shape(
                source="self",
                policy=Policy.BATCH,
                replacement=False,
                n_p=1,
                n_fr=1,
                depth=1,
                difficulty=ALL,
                tasks=30,
                pass_rate=0.45,
                tokens=312.5,
                all_tokens=1300.0,
                samples=1.6,
                dollars=None,
            ),
        ),
        "curves": (
            _curve(
                None,
                "M_P = gpt-3.5-turbo (no repair)",
                (0.377, 0.47, 0.52, 0.55, 0.58, 0.60, 0.611, 0.62),
                205,
            ),
            _curve(
                "self", "M_P = M_F = gpt-3.5-turbo (self)", (0.44, 0.53, 0.585, 0.63, 0.66), 248
            ),
            _curve(
                "gpt-4",
                "M_P = gpt-3.5-turbo; M_F = gpt-4",
                (0.42, 0.52, 0.571, 0.61, 0.632),
                280.4,
            ),
        ),
        "heat_maps": (
            HeatMap(
                source="self",
                policy=Policy.BATCH,
                replacement=True,
                n_p=(1,),
                n_fr=(1,),
                cells=(
                    HeatCell(
                        n_p=1,
                        n_fr=1,
                        ratio=None,
                        out_of_bounds=True,
                        pass_rate=0.44,
                        tokens=248.0,
                    ),
                ),
            ),
        ),
        "tally": OutcomeCounts(
            tasks={
                str(TaskOutcome.SOLVED): 12,
                str(TaskOutcome.REPAIRED): 7,
                str(TaskOutcome.UNSOLVED): 11,
                str(TaskOutcome.UNSCORED): 2,
            },
            programs={"passed": 57, "wrong_answer": 66, "runtime_error": 27},
            repairs={"wrong_answer": 140, "passed": 69, "runtime_error": 25, "time_limit": 6},
            baseline={"passed": 40, "wrong_answer": 60},
            judged=("in bubblewrap with seccomp, checker tolerant",),
            flips=(Flips(checker="apps", flipped=3, compared=490),),
        ),
        "cost": Cost(
            tokens=98_420,
            prompt_tokens=402_118,
            replayed_tokens=41_200,
            samples=490,
            cached_tokens=120_000,
            dollars=0.8123,
            replayed_dollars=0.34,
        ),
        "lost": Lost(),
        "unscored": (
            Unscored(
                reason="the endpoint failed: HTTP 503 after 6 attempts",
                tasks=("apps_tasks/interview/0104", "apps_tasks/competition/0009"),
            ),
        ),
        "refused": (
            Refused(
                what="shapes of gpt-4 without replacement beyond n_p = 3",
                why="apps_tasks/interview/0101: its trees stopped at their budget",
            ),
        ),
    }
    return Findings(**(facts | changed))


SPENT = Unscored(
    reason="90,000 of 100,000 tokens (--selfrepair-max-tokens-total)",
    tasks=tuple(f"apps_tasks/interview/{number:04d}" for number in range(100, 104)),
)

NOTHING = sample(
    about=About(
        title="gpt-4",
        models=("gpt-4",),
        sources=("self",),
        prompts=(),
        n_p=None,
        n_fr=None,
        budget=None,
        temperature=None,
        tasks=1,
        scored=0,
        not_run=0,
        not_run_budget=None,
    ),
    headline=(),
    difficulties=(),
    sources=(),
    pairs=(),
    shapes=(),
    curves=(),
    heat_maps=(),
    tally=OutcomeCounts(
        tasks={"unscored": 1}, programs={}, repairs={}, baseline={}, judged=(), flips=()
    ),
    cost=Cost(tokens=7, samples=1, unpriced=1),
    unscored=(Unscored(reason="gone", tasks=("t",)),),
    refused=(),
)
"""A run in which nothing was scored."""

names = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["self", "gpt-4", "モデル" * 9, "\x1b[31mred\x1b[0m", "a|b`c`<b>@user #1", "\u202eyks\r\n"]
)
_shares = st.floats(0, 1)
_amounts = st.floats(0, 1e12)
_counts = st.integers(0, 10**9)
_levels = st.floats(0.5, 0.999)


@st.composite
def estimates(draw: st.DrawFn, values: st.SearchStrategy[float] = _shares) -> Estimate:
    """A number, with an interval or without."""
    low, value, high = sorted(draw(st.tuples(values, values, values)))
    if draw(st.booleans()):
        return Estimate(value=value)
    return Estimate(
        value=value,
        low=low,
        high=high,
        level=draw(_levels),
        method=draw(names),
        p=draw(st.none() | _shares),
    )


_differences = st.builds(replace, estimates(st.floats(-1, 1)), p=_shares)

_against = st.builds(
    Against,
    baseline=st.sampled_from(Baseline),
    rate=estimates(),
    gain=_differences,
    programs=_amounts,
    tokens=_amounts,
    short=_counts,
)


def _at(source: st.SearchStrategy[str]) -> st.SearchStrategy[AtEqualTokens]:
    return st.builds(
        AtEqualTokens,
        source=source,
        difficulty=names,
        tasks=_counts,
        pass_rate=estimates(),
        unsolved=_counts,
        tokens=_amounts,
        dollars=st.none() | _amounts,
        stopping=_against,
        one_by_one=_against,
        paper=_against,
        tokens_per_solved=st.none() | _amounts,
        dollars_per_solved=st.none() | _amounts,
        answer=st.none() | st.sampled_from(RepairConclusion),
        detectable=st.none() | _shares,
    )


def _rates(group: st.SearchStrategy[str]) -> st.SearchStrategy[RepairRate]:
    return st.builds(
        RepairRate,
        group=group,
        failing=_counts,
        tried=_counts,
        passed=_counts,
        rate=st.none() | estimates(),
    )


def _few(elements: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(elements, max_size=3).map(tuple)


_outcomes = st.sampled_from([str(each) for each in Outcome]) | names
_tallies = st.dictionaries(_outcomes, _counts, max_size=5)
_points = st.builds(
    CurvePoint,
    tokens=_amounts,
    pass_rate=estimates(),
    all_tokens=_amounts,
    dollars=st.none() | _amounts,
)
_unscored = st.builds(Unscored, reason=names, tasks=_few(names))


@st.composite
def any_findings(draw: st.DrawFn) -> Findings:
    """Anything that conforms, with the sources and difficulties of one run."""
    sources = draw(st.lists(names, unique=True, max_size=5))
    difficulties = draw(st.lists(names, unique=True, max_size=3))
    scored = bool(sources) and draw(st.booleans())

    def each(strategy: Any) -> tuple[Any, ...]:
        return tuple(draw(strategy(st.just(name))) for name in sources) if scored else ()

    about = draw(
        st.builds(
            About,
            title=names,
            models=_few(names),
            sources=st.just(tuple(sources)),
            prompts=_few(names),
            temperature=st.none() | st.floats(0, 2),
            not_run_budget=st.none() | _unscored,
        )
    )
    curves = st.builds(
        Curve,
        source=st.none() | st.sampled_from(sources) if sources else st.none(),
        label=names,
        difficulty=st.just(ALL) | names,
        points=st.lists(_points, max_size=4).map(
            lambda points: tuple(sorted(points, key=lambda point: point.tokens))
        ),
    )
    return Findings(
        about=about,
        headline=each(_at),
        difficulties=tuple(
            DifficultyRates(
                difficulty=name,
                tasks=draw(_counts),
                pass_at_1=draw(estimates()),
                sources=each(_at),
            )
            for name in (difficulties if scored else ())
        ),
        sources=each(
            lambda source: st.builds(
                SourceFindings,
                source=source,
                repairs=_rates(st.just(ALL)),
                by_difficulty=st.just(()),
                by_outcome=_few(_rates(_outcomes)),
                solved_only_by_repair=_counts,
                tokens_per_repair=st.none() | _amounts,
                unchanged=st.none() | _shares,
                broke=st.none() | _shares,
                edit_lines=st.none() | _amounts,
            )
        ),
        pairs=draw(
            _few(
                st.builds(
                    Pair,
                    first=names,
                    second=names,
                    tasks=_counts,
                    programs=_counts,
                    first_rate=_shares,
                    second_rate=_shares,
                    difference=_differences,
                    only_first=_counts,
                    only_second=_counts,
                )
            )
        ),
        shapes=draw(
            _few(
                st.builds(
                    Shape,
                    source=st.none() | names,
                    difficulty=names,
                    pass_rate=_shares,
                    tokens=_amounts,
                    all_tokens=_amounts,
                    samples=_amounts,
                    dollars=st.none() | _amounts,
                )
            )
        ),
        curves=draw(_few(curves)),
        heat_maps=(),
        tally=draw(
            st.builds(
                OutcomeCounts,
                tasks=_tallies,
                programs=_tallies,
                repairs=_tallies,
                baseline=_tallies,
                judged=_few(names),
                flips=_few(st.builds(Flips, checker=names, flipped=_counts, compared=_counts)),
            )
        ),
        cost=draw(
            st.builds(
                Cost,
                **dict.fromkeys(
                    [
                        "tokens",
                        "prompt_tokens",
                        "replayed_tokens",
                        "samples",
                        "reasoning_tokens",
                        "cached_tokens",
                        "unpriced",
                    ],
                    _counts,
                ),
                dollars=_amounts,
                replayed_dollars=_amounts,
            )
        ),
        lost=draw(st.builds(Lost, requests=_counts, tokens=_counts, dollars=_amounts)),
        unscored=draw(_few(_unscored)),
        refused=draw(_few(st.builds(Refused, what=names, why=names))),
    )
