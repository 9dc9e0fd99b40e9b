"""Workflow commands: what a model wrote ends none and begins none."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bargaining import Writer, finished_games, lamp, played
from builders import FAILED, program
from comparing import record, task_of
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.core.verdict import CaseFailure
from pytest_selfrepair.estimate.comparison.gate import Decision
from pytest_selfrepair.report.annotations import annotations

UNSOLVED = task_of([False], {"self": [[False]]})
SOLVED = task_of([True], {"self": []})


def failing_on(text: str) -> Grown:
    verdict = replace(FAILED, failure=CaseFailure(index=0, input=text, actual=text, expected=text))
    node = replace(program("p0", passed=False), verdict=verdict)
    return replace(UNSOLVED, programs=(node,))


def test_lost_unsolved_and_won_tasks_are_marked_with_their_files() -> None:
    records = [record(1, UNSOLVED), record(2, UNSOLVED), record(3, SOLVED)]
    found = annotations(
        records,
        lost=["tasks/0002"],
        won=["tasks/0003"],
        files={"tasks/0002": "a,b:c/question.txt"},
    )
    heads = [line.split("::")[1] for line in found]
    assert heads == [
        "error title=task lost,file=a%2Cb%3Ac/question.txt",
        "warning title=task unsolved",
        "notice title=task won",
    ]
    assert "solved by the baseline and not by this run%0Aunsolved: 1 program" in found[0]


def test_the_gate_stands_first_with_its_reasons() -> None:
    failed = Decision(objections=("100% lost", "more"), met=())
    assert annotations([], decision=failed) == [
        "::error title=self-repair gate%3A failed::100%25 lost",
        "::error title=self-repair gate%3A failed::more",
    ]
    passed = Decision(objections=(), met=("one", "two"))
    assert annotations([], decision=passed) == [
        "::notice title=self-repair gate%3A passed::one%0Atwo"
    ]


def test_a_broken_rule_is_marked_at_its_scenario_and_beside_the_baseline() -> None:
    kept = finished_games("a", games=1)
    chains = played(Writer(lambda _: "12 it is, 100%\n::error::x"), "rule:fixed")
    broken = BargainRecord(
        task_id=kept.task_id, scenario=lamp(), role=BargainRole.SELLER, chains=chains
    )
    files = {kept.task_id: "games/a/scenario.toml"}
    [alone] = annotations([], [broken], files=files)
    assert alone.startswith("::warning title=rules broken,file=games/a/scenario.toml::games/a")
    assert "game 0, round 1, turn 3: no action in the last line" in alone
    assert alone.splitlines() == [alone]
    [worse] = annotations([], [broken], before=[kept])
    assert worse.startswith("::error title=rules broken::")
    assert "kept them in the baseline" in worse
    [better] = annotations([], [kept], before=[broken])
    assert better.startswith("::notice title=rules kept::")
    assert annotations([], [kept], before=[kept]) == []


def test_a_reason_why_tasks_are_not_scored_is_one_annotation_for_all_of_them() -> None:
    records = [replace(record(number, SOLVED), unscored="a key died") for number in range(1, 6)]
    assert annotations(records) == [
        "::error title=tasks not scored::5 (tasks/0001, tasks/0002, tasks/0003, …): a key died"
    ]


hostile = st.text(max_size=40) | st.sampled_from(
    ["\n::error::x", "\r\n::set-output name=a::b", "%0A::warning::", "\x1b[2J", "::add-mask::a"]
)


@given(hostile, hostile)
def test_whatever_a_model_or_a_name_holds_each_command_is_one_line(text: str, name: str) -> None:
    records = [replace(record(0, failing_on(text)), task_id=f"t{name}")]
    found = annotations(records, lost=[f"t{name}"], files={f"t{name}": name})
    assert len(found) == 1
    assert found[0].splitlines() == found
    head, message = found[0].removeprefix("::").split("::", 1)
    assert head.startswith("error title=task lost,file=")
    assert head.count(",") == 1
    assert "\x1b" not in found[0]
    assert message
