"""More tasks, or more samples of each? What a run says of that, and where it says nothing."""

import math

import numpy as np
import pytest

from comparing import record, task_of
from findings_made import sample
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.comparison.regression import Baselines
from pytest_selfrepair.estimate.findings import Spread
from pytest_selfrepair.estimate.run.branches import spread, spread_of_two
from pytest_selfrepair.plugin.gating import foreseen_split
from pytest_selfrepair.report.html import page
from pytest_selfrepair.report.markdown import markdown
from pytest_selfrepair.report.terminal import summary

HALF = Spread(source="self", k=2, tasks=60, pass_at_k=0.5, share_of_draws=0.36)
SAID = (
    "more tasks, or more samples of each? 36 % of the variance of pass@2 of self over 60 tasks is "
    "noise of draws, so more samples of each task narrow its interval by at most 20 %; twice as "
    "many tasks narrow it by 29 %"
)


def tree(passing: list[bool], repaired: list[bool]) -> Grown:
    return task_of(passing, {"self": [[each] for each in repaired]}, [False] * 8)


def run(count: int) -> list[Record]:
    some = [
        tree([True, False, False, False], [False, True, False]),
        tree([False] * 4, [False] * 4),
        tree([True, True, True, False], [False]),
    ]
    return [record(number, some[number % 3]) for number in range(count)]


def test_tasks_that_differ_by_chance_alone_are_all_noise_of_draws() -> None:
    rng = np.random.default_rng(3)
    found = spread([(6, int(each)) for each in rng.binomial(6, 0.5, size=4000)], None)
    assert found is not None
    assert found.k == 3
    assert found.share_of_draws == pytest.approx(1, abs=0.06)
    assert found.pass_at_k == pytest.approx(1 - 0.5**3, abs=0.01)


def test_tasks_that_are_always_or_never_solved_have_no_noise_of_draws() -> None:
    found = spread([(4, 0)] * 10 + [(4, 4)] * 10, "self")
    assert found is not None
    assert found.share_of_draws == 0


def test_the_share_is_that_of_the_world_in_which_tasks_differ_too() -> None:
    """pass@2 of six branches, each task with a chance of its own."""
    rng = np.random.default_rng(5)
    chances = rng.beta(0.6, 1.2, size=6000)
    found = spread([(6, int(each)) for each in rng.binomial(6, 1 - chances)], None)
    # At k = 3: the variance of the true rates, and that of their estimates.
    true = 1 - (1 - chances) ** 3
    counts = rng.binomial(6, 1 - chances[:, None], size=(6000, 40))
    drawn = 1 - np.vectorize(lambda each: math.comb(each, 3) / 20)(counts)
    noise = drawn.var(axis=1).mean()
    assert found is not None
    assert found.share_of_draws == pytest.approx(noise / (noise + true.var()), abs=0.03)


def test_two_runs_of_single_programs_tell_it_of_whole_trees() -> None:
    """Chances of 0.2 and 0.8: of a variance of 0.25, 0.16 is noise of draws."""
    rng = np.random.default_rng(9)
    chances = np.where(rng.random(3000) < 0.5, 0.2, 0.8)
    one, two = (list(map(float, rng.random(3000) < chances)) for _ in range(2))
    found = spread_of_two(one, two)
    assert found is not None
    assert found.share_of_draws == pytest.approx(0.64, abs=0.04)
    alone = [
        [record(number, task_of([number % 3 == which], {})) for number in range(30)]
        for which in (0, 1)
    ]
    assert foreseen_split(Baselines(alone[:1])) == []
    [said] = foreseen_split(Baselines(alone))
    assert "100 % of the variance of pass@t of the baseline over 30 tasks is noise of draws" in said
    assert spread_of_two([1.0] * 20, [1.0] * 20) is None


def test_where_it_is_not_known_nothing_is_said() -> None:
    assert spread([(1, 0), (1, 1)] * 10, None) is None  # a single branch a task
    assert spread([(4, 2), (4, 1)] * 4, None) is None  # too few tasks
    assert spread([(4, 2)] * 20, None) is None  # all rates alike


def test_a_run_says_it_of_each_source_and_leaves_out_trees_that_were_cut() -> None:
    records = run(30)
    [found] = findings(records).spreads
    assert (found.source, found.k, found.tasks) == ("self", 2, 30)
    assert findings(records[:9]).spreads == ()
    alone = [record(number, task_of([number % 2 == 0] * 4, {})) for number in range(20)]
    [programs] = findings(alone).spreads
    assert (programs.source, programs.share_of_draws) == (None, 0)


def test_every_report_says_it() -> None:
    made = sample(spreads=(HALF,))
    told = " ".join(line.text.strip() for line in summary(made, width=120))
    assert SAID in told
    assert f"{SAID[0].upper()}{SAID[1:]}." in markdown(made).replace("@\u200b", "@")
    assert f"{SAID[0].upper()}{SAID[1:]}." in page(made, [])
    assert "more samples of each" not in " ".join(line.text for line in summary(sample()))
