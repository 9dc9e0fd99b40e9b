"""The gate: which limits a run meets, and what is said where it does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining import finished_games
from findings_made import at_equal_tokens
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import Lost
from pytest_selfrepair.estimate.bargain.bargain_findings import bargain_findings
from pytest_selfrepair.estimate.comparison.gate import Gate, GateRule, decide
from pytest_selfrepair.estimate.comparison.regression import Regression
from pytest_selfrepair.estimate.findings import About, Findings, OutcomeCounts
from pytest_selfrepair.estimate.intervals.estimate import Estimate

SHARES = st.floats(0, 1)


def run(
    rate: Estimate | None, *, tasks: int = 20, scored: int | None = None, not_run: int = 0
) -> Findings:
    """What is found of a run whose first source's trees solve so much."""
    headline = [at_equal_tokens(tasks=tasks, pass_rate=rate)] if rate is not None else []
    return Findings(
        about=About(
            title="a run",
            models=("gpt-4",),
            sources=("self",),
            prompts=("default@0",),
            n_p=5,
            n_fr=1,
            budget=None,
            temperature=0.8,
            tasks=tasks,
            scored=tasks if scored is None else scored,
            not_run=not_run,
            not_run_budget=None,
        ),
        headline=tuple(headline),
        difficulties=(),
        sources=(),
        pairs=(),
        shapes=(),
        curves=(),
        heat_maps=(),
        tally=OutcomeCounts(tasks={}, programs={}, repairs={}, baseline={}, judged=(), flips=()),
        cost=Cost(),
        lost=Lost(),
        unscored=(),
        refused=(),
    )


def objections(
    gate: Gate, findings: Findings, regression: Regression | str | None = None
) -> tuple[str, ...]:
    return decide(gate, findings, regression).objections


def fell(by: float, *, p: float = 0.01, upper: float = 0.2, runs: int = 1) -> Regression:
    return Regression(rate="pass@t", fall=by, lower=by - 0.1, upper=upper, p=p, tasks=60, runs=runs)


GOOD = Estimate(value=0.6, low=0.5, high=0.7)


@given(rate=SHARES, limit=SHARES)
def test_a_rate_below_the_limit_is_an_objection_and_no_other_is(rate: float, limit: float) -> None:
    found = objections(Gate(fail_under=limit), run(Estimate(value=rate)), None)
    assert bool(found) == (rate < limit)


def test_an_objection_names_the_rate_the_limit_and_the_option() -> None:
    [found] = objections(Gate(fail_under=0.75), run(GOOD), None)
    assert found == "pass@t of self is 0.600 (--selfrepair-fail-under 0.75)"


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (GOOD, "perhaps as low as 0.500 (--selfrepair-fail-under-lower 0.55)"),
        (replace(GOOD, low=None), "has no interval with 20 tasks"),
    ],
)
def test_a_lower_end_that_is_too_low_or_not_to_be_had_is_an_objection(
    rate: Estimate, said: str
) -> None:
    gate = Gate(fail_under_lower=0.55)
    [found] = objections(gate, run(rate), None)
    assert said in found
    assert not objections(gate, run(replace(GOOD, low=0.55)), None)


LIMIT = Gate(max_regression=0.05)
NONINFERIOR = Gate(max_regression=0.05, rule=GateRule.NONINFERIOR)


def test_a_fall_that_is_shown_and_exceeds_the_limit_is_an_objection() -> None:
    [found] = objections(LIMIT, run(GOOD), fell(0.08))
    assert found == (
        "pass@t fell by 0.080 from the baseline (one-sided p = 0.01 of no fall, 60 tasks; "
        "--selfrepair-max-regression 0.05)"
    )


@pytest.mark.parametrize(
    "regression",
    [fell(0.05), fell(0.03), fell(0.08, p=0.06), fell(0.0, p=0.5), fell(-0.1, p=0.99)],
)
def test_a_fall_within_the_limit_or_not_shown_is_none(regression: Regression) -> None:
    found = decide(LIMIT, run(GOOD), regression)
    assert found.passed
    assert "--selfrepair-max-regression 0.05" in found.met[-1]


def test_a_fall_that_chance_may_make_is_met_and_said() -> None:
    found = decide(LIMIT, run(GOOD), fell(0.08, p=0.06, runs=3))
    assert "fell by 0.080 from the mean of 3 baselines" in found.met[-1]
    assert "more than the limit, but no more than chance may do" in found.met[-1]


@pytest.mark.parametrize(("upper", "passed"), [(0.05, True), (0.06, False)])
def test_by_noninferiority_the_upper_bound_of_the_fall_decides(upper: float, passed: bool) -> None:
    found = decide(NONINFERIOR, run(GOOD), fell(0.01, p=0.3, upper=upper))
    assert found.passed is passed
    assert "perhaps by as much as" in (*found.objections, *found.met)[0 if not passed else -1]


@pytest.mark.parametrize("why", ["found a single program", None])
def test_a_regression_that_cannot_be_told_is_an_objection(why: str | None) -> None:
    [found] = objections(LIMIT, run(GOOD), why)
    assert (why or "no task was scored here and in the baseline") in found
    assert "--selfrepair-max-regression 0.05" in found


def test_with_a_gate_every_task_must_be_scored_unless_a_share_may_be_missing() -> None:
    missing = run(GOOD, tasks=18, scored=17, not_run=2)
    assert objections(Gate(fail_under=0.1), missing, None) == (
        "3 of 20 tasks were not scored (--selfrepair-max-unscored 0)",
    )
    assert not objections(Gate(fail_under=0.1, max_unscored=0.15), missing, None)
    assert objections(Gate(max_unscored=0.1), missing, None)


def test_a_run_without_any_scored_task_never_passes_a_limit_on_its_rate() -> None:
    [found] = objections(Gate(fail_under=0.0), run(None, tasks=0), None)
    assert found == "no task was scored (--selfrepair-fail-under)"


def test_without_limits_there_is_no_gate() -> None:
    assert not Gate().is_set
    assert not objections(Gate(), run(None, tasks=3, scored=0), None)
    assert Gate(max_unscored=0.0).is_set


def test_items_of_scenarios_without_a_score_count_as_tasks_do() -> None:
    lost = BargainRecord(task_id="c::seller", unscored="no answer")
    games = bargain_findings([finished_games("a", games=1), finished_games("b", games=1), lost])
    alone = replace(run(None, tasks=0), bargain=games)
    [said] = objections(Gate(max_unscored=0.3), alone)
    assert said == ("1 of 3 items of scenarios were not scored (--selfrepair-max-unscored 0.3)")
    assert not objections(Gate(max_unscored=0.4), alone)
    beside = replace(run(Estimate(value=0.5, low=0.4, high=0.6)), bargain=games)
    [said] = objections(Gate(fail_under=0.4), beside)
    assert said.startswith("1 of 23 tasks and items of scenarios were not scored")
    [said] = objections(Gate(fail_under=0.6, max_unscored=0.1), beside)
    assert said.startswith("pass@t of self is 0.500")
