"""Games that end badly: a reader or a model of the user's own that raises, and a killed worker."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.plugin.game_runner import GameRunner, UpcomingGames
from pytest_selfrepair.store import run_names
from scenario_projects import GAP, LAMP, write_scenarios

if TYPE_CHECKING:
    from pytest_selfrepair.plugin.run_equipment import RunEquipment
    from pytest_selfrepair.plugin.run_models import RunModels

OWN = """
import os
from pathlib import Path
from pytest_selfrepair import Sample, Usage

HERE = Path(__file__).parent

class Own:
    name = "mine"

    async def sample(self, request):
        if (request.task_id, request.node) == ("games/gap::seller", "seller/g0/round1/t2"):
            WHAT
        with (HERE / "asked").open("a") as file:
            file.write(f"{request.task_id} {request.node}\\n")
        usage = Usage(completion_tokens=9, prompt_tokens=None, counted_by="words")
        return Sample(text="Well.\\nOFFER 12", usage=usage, finish_reason="stop")

    async def aclose(self):
        pass

def pytest_selfrepair_model(name):
    return Own() if name == "mine" else None
"""
PLAY = ("games", "--selfrepair-model", "mine", "--selfrepair-feedback", "none")


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    write_scenarios(pytester.path)
    pytester.makeini("[pytest]")
    return pytester.path


@pytest.mark.parametrize("error", [ValueError("no\nsuch"), SystemExit(3)], ids=["error", "exit"])
def test_whatever_reading_a_scenario_raises_is_said_in_its_record(error: BaseException) -> None:
    def load() -> NoReturn:
        raise error

    runner = GameRunner(cast("RunModels", None), cast("RunEquipment", None))
    upcoming = UpcomingGames(
        task_id="lamp::seller", role=BargainRole.SELLER, load=cast("type[Scenario]", load)
    )
    record = asyncio.run(runner.run(upcoming))
    words = " ".join(str(error).split())
    assert record.unscored == f"{type(error).__name__} in what reads the scenario: {words}"
    assert runner.bound(upcoming) == Cost()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("what", ["raise KeyError('x')", "raise SystemExit(3)"], ids=["e", "exit"])
def test_what_a_model_of_the_users_own_raises_costs_its_item_alone(
    pytester: pytest.Pytester, what: str
) -> None:
    pytester.makeconftest(OWN.replace("WHAT", what))
    result = pytester.runpytest(*PLAY)
    result.assert_outcomes(passed=3, errors=1)
    name = what.removeprefix("raise ").partition("(")[0]
    result.stdout.fnmatch_lines([f"*not scored: {name} in the model 'mine'*"])


def test_a_worker_that_is_killed_leaves_its_games_unscored_and_a_second_run_plays_them(
    pytester: pytest.Pytester, project: Path
) -> None:
    kill = 'flag = HERE / "killed"\n'
    kill += " " * 12 + "if not flag.exists():\n"
    kill += " " * 16 + "flag.touch() or os.kill(os.getpid(), 9)"
    pytester.makeconftest(OWN.replace("WHAT", kill))
    result = pytester.runpytest(*PLAY, "-n2")
    result.stdout.fnmatch_lines(["not scored: games/gap::seller: the worker that ran it died*"])
    result.stdout.fnmatch_lines(["*1 failed, 3 passed in*"])
    by_id = {each.task_id: each for each in loaded(project).games}
    assert by_id.keys() == {f"{each}::{role}" for each in (GAP, LAMP) for role in BargainRole}
    lost = by_id.pop(f"{GAP}::seller")
    assert "died" in (lost.unscored or "")
    assert all(each.unscored is None for each in by_id.values())

    pytester.runpytest(*PLAY, "-p", "no:xdist").assert_outcomes(passed=4)
    assert all(each.unscored is None and each.chains for each in loaded(project).games)
    asked = Counter((project / "asked").read_text().splitlines())
    again = {line for line, times in asked.items() if times > 1}
    assert len(again) <= 2  # what was under way when the worker died, of its two items
    assert f"{GAP}::seller seller/g0/round2/none" not in again


def loaded(project: Path) -> run_names.LoadedRun:
    return run_names.load(f"{project}/.selfrepair/samples.sqlite")


@pytest.mark.usefixtures("project")
def test_an_item_without_a_score_fails_the_gate_that_decides_in_its_place(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(OWN.replace("WHAT", "raise KeyError('x')"))
    result = pytester.runpytest(*PLAY, "--selfrepair-max-unscored", "0.2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["self-repair gate: failed: 1 of 4 items of scenarios were not*"])
    result = pytester.runpytest(*PLAY, "--selfrepair-max-unscored", "0.3")
    assert result.ret == pytest.ExitCode.OK
