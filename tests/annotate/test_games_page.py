"""People advise after finished games: what they are shown, what is kept, and who reads it."""

import contextlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bargaining import EVIL_TALK, HIDDEN_LIMIT, finished_games
from pytest_selfrepair.annotate import host, study_plan
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.finished_games import FinishedGame, finished
from pytest_selfrepair.annotate.person import Person
from pytest_selfrepair.bargain.game import ArmPlay
from pytest_selfrepair.cli import main
from pytest_selfrepair.store import run_names
from pytest_selfrepair.store.sqlite_store import SqliteStore
from scenario_projects import LAMP, write_scenarios, write_script


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with contextlib.closing(SqliteStore(tmp_path / "s.sqlite")) as made:
        run = made.begin_run()
        for name in ("a", "b", "c", "d"):
            made.add_record(run, finished_games(name))
    return tmp_path


def client_of(answers: Answers, items: list[FinishedGame]) -> TestClient:
    """The page of one person."""
    served = host.Served(
        answers=answers,
        study=None,
        texts=study_plan.StudyTexts(
            consent="", instructions=study_plan.standard("instructions", "game")
        ),
        items=tuple(items),
        person=Person(code="local", items=tuple(items)),
        judged=None,
        seed=0,
        host="127.0.0.1",
        port=0,
        names=(),
        isolation=None,
    )
    app = host.build(served, answers.key(), None)
    return TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False)


def advise(client: TestClient, number: int, text: str) -> None:
    shown = client.get(f"/programs/{number}").text
    token = re.search('name="csrf" value="([^"]*)"', shown)
    assert token, shown
    sent = {"csrf": token[1], "feedback": text, "seconds": "30", "revision": "0"}
    assert client.post(f"/programs/{number}", data=sent).status_code == 303


def test_the_page_shows_the_dialogue_and_what_the_advised_side_knows_alone(here: Path) -> None:
    items = finished(run_names.load("s.sqlite"))
    assert [item.key.task_id for item in items] == [
        f"games/{name}::seller" for name in "abcd" for _ in range(2)
    ]
    with Answers(here / "a.sqlite") as answers, client_of(answers, items) as client:
        home, shown = client.get("/").text, client.get("/programs/1").text
        assert client.post("/programs/1/run", headers={"X-CSRF": "x"}).status_code in {403, 404}
        assert client.get("/programs/9").status_code == 404
    assert "desk lamp a, you advise the seller" in home
    assert "0 of 8 games have your answer" in home
    assert "My price for the desk lamp a is 20.0 USD." in shown
    assert "the lowest price that is worth it for you is 8.0 USD" in shown
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", shown, re.DOTALL)
    standing = [re.findall(r'<td class="number">([^<]*)</td>', row) for row in rows]
    assert standing[1:4] == [["20.0", ""], ["20.0", "10.0"], ["19.0", "10.0"]]
    for text in (home, shown):
        assert str(HIDDEN_LIMIT) not in text  # what the rival alone knows, and what would tell it
        assert "wide" not in re.sub(r"<[^>]*>", "", text)
        assert "<script>alert" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "{{7*7}}" in text or text is home


def test_a_game_that_waits_for_a_persons_words_is_shown_with_those_before(here: Path) -> None:
    made = finished_games("a", games=1)
    [chain] = made.chains
    [none] = chain.arms
    waiting = ArmPlay(name="human:a.sqlite", rounds=none.rounds, complete=False)
    made = replace(made, chains=(replace(chain, arms=(none, waiting)),))
    found = finished(replace(run_names.load(str(here / "s.sqlite")), games=[made]))
    # the player repeats itself: equal games are one
    assert len(found) == 1
    other = replace(none.rounds[0].game, turns=chain.first.turns[:2])
    waiting = replace(waiting, rounds=(replace(none.rounds[0], game=other),))
    made = replace(made, chains=(replace(chain, arms=(waiting,)),))
    first, second = finished(replace(run_names.load(str(here / "s.sqlite")), games=[made]))
    assert [len(each.games) for each in (first, second)] == [1, 2]
    assert second.games == ((chain.first, ""), (other, None))


def test_a_study_draws_games_and_every_participant_gets_other_items(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = ["--participants", "4", "--games", "3", "--people-per-game", "2"]
    assert main(["study", "create", "s.sqlite", *size, "-o", "study_plan.json"]) == 0
    assert "4 participants, 6 games of 4 items (6 wide), 2 people each" in capsys.readouterr().err
    assert "advise somebody who bargains" in (here / "consent.txt").read_text()
    design = study_plan.load(here / "study_plan.json")
    for person in design.participants:
        assert len({key.task_id for key in person.programs}) == 3
    many = ["--participants", "2", "--games", "5", "--kind", "games", "-o", "other.json"]
    assert main(["study", "create", "s.sqlite", *many]) == 2
    said = capsys.readouterr().err
    assert "--games: found 5, and nobody may see two games of one item, but 4 items" in said
    assert main(["study", "create", "s.sqlite", "--kind", "programs", "-o", "other.json"]) == 2
    assert "0 tasks of this run have failing programs" in capsys.readouterr().err


def test_what_people_write_is_the_advice_of_the_second_run(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scenarios(pytester.path)
    pytester.makeini("[pytest]")
    write_script(pytester.path, reply="OFFER 19")
    play = (LAMP, "--selfrepair-model", "scripted:script.json", "-m", "seller")
    pytester.runpytest(*play, "--selfrepair-feedback", "none").assert_outcomes(passed=1)
    store = f"{pytester.path}/.selfrepair/samples.sqlite"
    items = finished(run_names.load(store))
    with Answers(pytester.path / "a.sqlite") as answers, client_of(answers, items) as client:
        advise(client, 1, f"Come down sooner. {EVIL_TALK}")
    assert main(["study", "report", "--answers", f"{pytester.path}/a.sqlite"]) == 0
    assert "1 answer on 1 game, 1 people" in capsys.readouterr().out
    human = f"human:{pytester.path}/a.sqlite"
    pytester.runpytest(*play, "--selfrepair-feedback", human).assert_outcomes(passed=1)
    [found] = run_names.load(store).games
    [arm] = found.chains[0].arms
    assert (arm.name, arm.complete) == ("human:a.sqlite", True)
    [advice] = [each.advice for each in arm.rounds]
    assert advice is not None
    assert advice.text.startswith("Come down sooner.")
    assert (advice.author, advice.seconds) == ("local", 30)
