"""What a whole run may spend, over its workers and its resumed runs; and the plan before it."""

import json
import re
from pathlib import Path

import pytest

from projects import fenced, write_task
from pytest_selfrepair.core.record import CUT_SHORT, NOT_RUN, Record
from pytest_selfrepair.core.run_account import Lost
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.report.terminal import summary

WRONG = {"text": fenced("print(0)"), "tokens": 40}
MODEL = ("--selfrepair-model", "scripted:script.json", "--selfrepair-max-tokens", "50")
TREE = ("--selfrepair-programs", "2", "--selfrepair-repairs", "1")
EACH = 4 * 40 + 4 * 40  # two programs, two repairs, and twice as many further programs
MODES = [(), pytest.param(("-n0",), marks=pytest.mark.slow), ("-n2",)]
IDS = ["serial", "n0", "n2"]


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    for number in range(6):
        write_task(
            pytester.path / f"tasks/{number:04d}",
            difficulty="interview",
            inputs=["1\n"],
            outputs=["7\n"],
            statement=f"Print seven, for the {number}th time.",
        )
    script = {"tasks": {"*": {"program": WRONG, "repair": WRONG}}}
    (pytester.path / "script.json").write_text(json.dumps(script))
    return pytester


def paid(result: pytest.RunResult) -> int:
    found = re.search(r"tokens: .* samples, ([\d,]+) of them paid for", result.stdout.str())
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("mode", MODES, ids=IDS)
def test_a_run_never_spends_more_than_it_may_and_goes_on_when_it_may_spend_more(
    project: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    def run(*more: str) -> pytest.RunResult:
        return project.runpytest("tasks", *MODEL, *TREE, *mode, *more)

    first = run("--selfrepair-max-tokens-total", "700")
    assert 700 - 50 < paid(first) <= 700
    first.stdout.fnmatch_lines(
        ["the budget of the run is spent: * tasks were not run", "*--selfrepair-max-tokens-total*"]
    )
    outcomes = first.parseoutcomes()
    assert outcomes["failed"] + outcomes["errors"] == 6
    assert outcomes["errors"] >= 3
    again = run("--selfrepair-max-tokens-total", "700")
    assert paid(again) <= 700 - paid(first)
    assert paid(run()) == 6 * EACH - paid(first) - paid(again)


def test_under_a_bound_tasks_go_in_a_balanced_random_order_that_the_seed_draws(
    pytester: pytest.Pytester,
) -> None:
    for number in range(12):
        write_task(
            pytester.path / f"tasks/{number:04d}",
            difficulty="introductory" if number < 8 else "competition",
            inputs=["1\n"],
            outputs=["7\n"],
        )
    pytester.makepyfile(test_ordinary="def test_yes():\n    pass\n")
    (pytester.path / "script.json").write_text('{"tasks": {}}')

    def order(*more: str) -> list[str]:
        options = ("-q", "--collect-only", "-p", "no:xdist", *MODEL, *more)
        result = pytester.runpytest_inprocess("tasks", "test_ordinary.py", *options)
        return [line.split("::")[0] for line in result.outlines if "::" in line]

    plain = order()
    assert plain == [*sorted(plain[:-1]), "test_ordinary.py"]
    bound = ("--selfrepair-max-tokens-total", "700")
    first, again, other = order(*bound), order(*bound), order(*bound, "--selfrepair-seed", "1")
    assert first == again != other
    assert sorted(first[:-1]) == plain[:-1] != first[:-1]
    assert first[-1] == "test_ordinary.py"
    for length in (3, 6, 9):
        hard = sum(int(each.rpartition("/")[2]) >= 8 for each in first[:length])
        assert abs(hard - length / 3) <= 1


def test_a_task_that_was_begun_is_told_from_those_never_run() -> None:
    records = [
        Record(task_id="a", unscored=f"{NOT_RUN}: 690 of 700 tokens"),
        Record(task_id="b", unscored=f"{CUT_SHORT}: 680 of 700 tokens"),
        Record(task_id="c", unscored=f"{CUT_SHORT}: 670 of 700 tokens"),
    ]
    found = findings(records)
    assert found.about.not_run_budget is not None
    assert found.about.not_run_budget.tasks == ("a",)
    [cut] = found.unscored
    assert cut.tasks == ("b", "c")
    assert cut.reason == "cut short: budget: 670 of 700 tokens"


def test_a_run_that_ignores_the_store_has_an_account_of_its_own(project: pytest.Pytester) -> None:
    options = (*MODEL, *TREE, "--selfrepair-max-tokens-total", "350", "--selfrepair-replay", "off")
    runs = [project.runpytest("tasks/0000", *options) for _ in range(2)]
    assert [paid(run) for run in runs] == [EACH, EACH]


def test_a_bound_in_dollars_needs_a_price(project: pytest.Pytester) -> None:
    options = ("--selfrepair-model", "unheard-of", "--selfrepair-base-url", "http://127.0.0.1:9/v1")
    result = project.runpytest_inprocess("tasks", *options, "--selfrepair-max-cost", "1")
    result.stderr.fnmatch_lines(["*--selfrepair-max-cost: found 1, but no price of unheard-of*"])


@pytest.mark.parametrize(
    ("model", "cost"),
    [
        ("gpt-4", r"\$\d+\.\d\d \(prices of \d{4}-\d\d-\d\d\)"),
        ("unheard-of", "cost unknown: no price of unheard-of is known"),
        ("scripted:script.json", r"\$0\.00 "),
    ],
)
def test_a_plan_says_what_a_run_takes_at_most_and_samples_nothing(
    project: pytest.Pytester, model: str, cost: str
) -> None:
    options = ("--selfrepair-model", model, *MODEL[2:], *TREE, "--selfrepair-plan")
    result = project.runpytest("tasks", *options, "--selfrepair-feedback", "none")
    shown = result.stdout.str()
    assert "6 tasks, at most 48 completions" in shown
    assert "12 programs, 0 explanations, 12 repairs, 24 programs of the baseline" in shown
    assert "2,400 tokens generated, " in shown
    assert "6 tasks could show no gain with 80 % power" in shown
    assert re.search(cost, shown)
    assert not Path(project.path / ".selfrepair").exists()


def test_a_run_takes_no_more_than_its_plan(project: pytest.Pytester) -> None:
    run = project.runpytest("tasks", *MODEL, *TREE)
    read = re.search(r"prompts: ([\d,]+) tokens read", run.stdout.str())
    plan = project.runpytest("tasks", *MODEL, *TREE, "--selfrepair-plan")
    bound = re.search(r"([\d,]+) tokens generated, ([\d,]+) read", plan.stdout.str())
    assert read is not None
    assert bound is not None
    assert paid(run) <= int(bound[1].replace(",", ""))
    assert int(read[1].replace(",", "")) <= int(bound[2].replace(",", ""))


def test_a_plan_with_workers_is_refused(project: pytest.Pytester) -> None:
    result = project.runpytest("tasks", *MODEL, "--selfrepair-plan", "-n2")
    result.stderr.fnmatch_lines(["*--selfrepair-plan: found workers (-n); accepted: -n0*"])


def test_the_summary_begins_with_a_budget_that_is_spent_and_counts_what_was_lost() -> None:
    records = [Record(task_id=f"t/{i}", unscored=f"{NOT_RUN}: 9 of 10 tokens") for i in range(3)]
    found = findings(records, lost=Lost(requests=2, tokens=300, dollars=0.5))
    lines = [line.text for line in summary(found)]
    assert lines[:2] == ["the budget of the run is spent: 3 tasks were not run", "  9 of 10 tokens"]
    said = " ".join(" ".join(lines).split())
    assert "lost: up to 2 requests, in flight when a run was killed or stopped;" in said
    assert "they cost at most 300 tokens and 0.5000 US dollars" in said
    assert not any("not scored" in line for line in lines)
