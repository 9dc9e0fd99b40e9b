"""What is said before a run of what its tasks can show, and which limits are refused."""

from dataclasses import fields
from typing import Any

import pytest

from comparing import record, task_of
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.comparison.regression import Baselines
from pytest_selfrepair.plugin.gating import (
    foreseen_gain,
    foreseen_limit,
    foreseen_split,
    spread_of_gain,
)
from pytest_selfrepair.plugin.options import Settings

SOLVED = task_of([True, True, False, False], {"self": [[False]] * 2})
UNSOLVED = task_of([False] * 4, {"self": [[False]] * 4}, [False] * 8)
REPAIRED = task_of([False] * 4, {"self": [[True], [False], [False], [False]]}, [False] * 8)


def settings(**given: Any) -> Settings:
    """Nothing but what is given."""
    plain: dict[str, Any] = dict.fromkeys(field.name for field in fields(Settings))
    plain |= {"gate_rule": "shown", "gate_scope": "population", "programs": 4}
    return Settings(**(plain | given))


def run(solved: int, of: int = 60) -> list[Record]:
    made = [SOLVED] * solved + [UNSOLVED] * (of - solved)
    return [record(number, grown) for number, grown in enumerate(made)]


TASKS = [each.task_id for each in run(30)]
ONE = Baselines([run(30)])
TWO = Baselines([run(30), run(36)])


def test_without_a_known_discordance_the_limits_at_several_are_said() -> None:
    said = foreseen_limit(settings(max_regression=0.01), ONE, TASKS)
    assert said == [
        "gate: 60 tasks in both runs hold a limit of about 0.069/0.082/0.1",
        "  where 5/10/20 % of them come out differently by chance",
        "  (--selfrepair-discordance, or a second --selfrepair-baseline, says how many)",
    ]


def test_a_limit_that_so_many_tasks_cannot_hold_is_refused_with_the_least() -> None:
    given = settings(max_regression=0.05, discordance=0.1)
    with pytest.raises(UsageError, match=r"found 0\.05; accepted: 0\.082 or more, the least limit"):
        foreseen_limit(given, ONE, TASKS)
    [said] = foreseen_limit(settings(max_regression=0.082, discordance=0.1), ONE, TASKS)
    assert said.startswith("gate: with 60 tasks and a discordance of 10 % (--selfrepair-disc")
    assert (
        "the least limit is 0.082, at which a fall of twice as much is shown in 80 % of runs"
        in said
    )


def test_two_baselines_tell_the_discordance_themselves() -> None:
    [said] = foreseen_limit(settings(max_regression=0.2), TWO, TASKS)
    # they differ in a tenth of the tasks; one more from their mean by 3/4 of that
    assert "60 tasks and the discordance of 2 baselines the least limit is 0.076" in said


def test_only_tasks_that_are_run_and_in_the_baseline_count() -> None:
    few = settings(max_regression=0.4, discordance=0.1)
    with pytest.raises(UsageError, match="accepted: no limit, as 3 tasks in both runs"):
        foreseen_limit(few, ONE, [*TASKS[:3], "elsewhere"])


def test_noninferiority_needs_a_larger_limit() -> None:
    given = settings(max_regression=0.083, discordance=0.1, gate_rule="noninferior")
    with pytest.raises(UsageError, match="80 % of unchanged runs are shown to be within"):
        foreseen_limit(given, ONE, TASKS)


def test_on_the_same_tasks_the_least_limit_is_known_exactly() -> None:
    [said] = foreseen_limit(settings(max_regression=0.3, gate_scope="tasks"), ONE, TASKS)
    assert said.startswith("gate: with 60 tasks, the same in both runs the least limit is 0.0")
    with pytest.raises(UsageError, match="--selfrepair-gate-scope tasks: found a single program"):
        foreseen_limit(settings(max_regression=0.3, gate_scope="tasks", programs=1), ONE, TASKS)


def test_without_a_limit_of_a_regression_nothing_is_foreseen() -> None:
    assert foreseen_limit(settings(), ONE, TASKS) == []
    assert foreseen_limit(settings(max_regression=0.1), None, TASKS) == []


def test_a_plan_says_which_gain_so_many_tasks_could_show() -> None:
    assert foreseen_gain(settings(), 60)[0] == (
        "60 tasks could show a gain of about 13/13/16 points with 80 % power,"
    )
    assert foreseen_gain(settings(), 300)[0] == (
        "300 tasks could show a gain of about 3.6/5.1/7.2 points with 80 % power,"
    )
    assert foreseen_gain(settings(), 3) == ["3 tasks could show no gain with 80 % power"]
    [said] = foreseen_gain(settings(discordance=0.2), 60)
    assert said == (
        "60 tasks could show a gain of about 16 points with 80 % power, at a spread of 20 %, "
        "stated (--selfrepair-discordance)"
    )


def test_an_earlier_run_tells_its_spread() -> None:
    repaired = [record(number, REPAIRED if number < 6 else UNSOLVED) for number in range(60)]
    spread = spread_of_gain(repaired)
    assert spread == pytest.approx(0.1, abs=0.01)
    assert spread is not None
    [said] = foreseen_gain(settings(), 60, (spread, "that of run 3"))
    assert "at a spread of 10 %, that of run 3" in said
    assert spread_of_gain([record(0, None)]) is None


def test_more_tasks_or_more_samples_is_said_where_the_noise_of_draws_is_known() -> None:
    said = " ".join(foreseen_split(Baselines([run(30)])))
    assert "% of the variance of pass@2 of the baseline over 60 tasks is noise of draws" in said
    assert foreseen_split(Baselines([run(60)])) == []
