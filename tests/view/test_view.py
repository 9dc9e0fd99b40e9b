"""The local page over a store: who gets in, what it shows, and that it writes nothing."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import synthetic
from pytest_selfrepair.cli import main
from pytest_selfrepair.store.sqlite_store import SqliteStore
from pytest_selfrepair.view.searching import MOST_FOUND, search
from pytest_selfrepair.view.store_pages import StorePages
from pytest_selfrepair.view.watched import LIVE_SECONDS, Watched
from viewing import store_of_runs, talk_of

EVIL = "</title><script>window.hacked=1</script><img src=x onerror='window.hacked=2'>\x1b[31m\u202e"
SECRET = "the-secret-of-the-link"  # noqa: S105 - a test's


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of_runs(tmp_path_factory.mktemp("view") / "s.sqlite", evil=EVIL)


def client_of(path: Path, base: str = "http://127.0.0.1:8766") -> TestClient:
    return TestClient(StorePages(path, SECRET).application(), base_url=base, follow_redirects=False)


@pytest.fixture
def inside(stored: Path) -> Iterator[TestClient]:
    with client_of(stored) as client:
        assert client.get(f"/enter/{SECRET}").headers["location"] == "/"
        yield client


def test_it_opens_by_its_link_alone_and_under_its_own_name(stored: Path) -> None:
    with client_of(stored) as client:
        for path in ("/", "/runs/1", "/runs/1/report", "/compare?run=1&run=2", "/search?q=a"):
            refused = client.get(path)
            assert refused.status_code == 403
            assert str(stored) not in refused.text
        assert client.get("/enter/another").status_code == 404
        entered = client.get(f"/enter/{SECRET}")
        assert "httponly" in entered.headers["set-cookie"].lower()
        assert client.get("/").status_code == 200
        for host in ("evil.example", "127.0.0.1.evil.example", ""):
            assert client.get("/", headers={"host": host}).status_code == 421
    with client_of(stored) as client:
        guesses = [client.get(f"/enter/{number}").status_code for number in range(12)]
        assert guesses == [404] * 10 + [429] * 2


def test_nothing_is_written_and_nothing_but_get_is_answered(tmp_path: Path) -> None:
    path = store_of_runs(tmp_path / "s.sqlite", tasks=2)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    with client_of(path) as client:
        client.get(f"/enter/{SECRET}")
        for address in ("/", "/runs/1", "/runs/1/report", "/compare?run=1&run=2", "/search?q=def"):
            assert client.get(address).status_code == 200
            assert client.post(address).status_code in {403, 405}
    assert path.read_bytes() == before


def test_the_list_has_every_run_the_latest_first(inside: TestClient) -> None:
    text = inside.get("/").text
    places = [text.index(f'href="/runs/{number}"') for number in (3, 2, 1)]
    assert places == sorted(places)
    assert "third &lt;/title&gt;" in text


def test_every_text_is_escaped_and_every_page_has_a_policy(inside: TestClient) -> None:
    for path in (
        "/",
        "/runs/3",
        "/search?q=def&run=3",
        "/runs/3/report",
        "/compare?run=1&run=2&run=3",
    ):
        answer = inside.get(path)
        assert answer.status_code == 200
        assert "<script>window" not in answer.text
        assert "<img" not in answer.text
        assert not set("\x1b\u202e") & set(answer.text)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self'" in policy or "script-src 'sha256-" in policy
        assert answer.headers["x-frame-options"] == "DENY"


def test_two_runs_are_compared_and_three_ranked(inside: TestClient) -> None:
    assert "against" in inside.get("/compare?run=2&run=1").text.partition("</title>")[0]
    assert "<title>3 runs compared" in inside.get("/compare?run=1&run=2&run=3").text
    assert inside.get("/compare?run=1").status_code == 400
    assert inside.get("/compare?run=1&run=99").status_code == 503
    assert inside.get("/runs/99").status_code == inside.get("/runs/x").status_code == 404


def test_a_search_finds_programs_whatever_their_case_and_some_places_of_each(
    inside: TestClient,
) -> None:
    text = inside.get("/search?q=BISECT_RIGHT&run=2").text
    assert "<mark>bisect_right</mark>" in text
    assert set(re.findall(r'href="/runs/(\d+)/report', text)) == {"2"}
    assert "0 places in 18 items." in inside.get("/search?q=nowhere+to+be+found").text
    found = re.findall(r'href="/runs/(\d+)/report', inside.get("/search?q=import").text)
    assert found == sorted(found, reverse=True)
    assert "90 places in 18 items." in inside.get("/search?q=import").text  # five of an item


def test_a_search_looks_through_talk_and_beyond_ascii_within_its_bounds(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with closing(SqliteStore(path)) as store:
        run = store.begin_run()
        record = talk_of("Ich zahle GERNE 12 → für die Lampe.")
        store.add_record(run, record)
        for number in range(3):
            store.add_record(run, synthetic.record(number))
        [place] = search(store, "→ FÜR die").places
        assert (place.task_id, place.is_task) == (record.task_id, False)
        assert (place.before, place.found) == ("Ich zahle GERNE 12 ", "→ für die")
        ticks = iter([0.0, 1.0, 99.0])
        ended = search(store, "import", clock=lambda: next(ticks))
        assert (ended.items, ended.ended) == (1, "5 seconds were over")
        assert len(search(store, "e").places) <= MOST_FOUND


def test_a_run_is_going_while_it_grows(tmp_path: Path) -> None:
    path = store_of_runs(tmp_path / "s.sqlite", tasks=2)
    now = 0.0
    watched = Watched(path, clock=lambda: now)
    assert [each.live for each in watched.runs()] == [False] * 3
    with closing(SqliteStore(path)) as store:
        store.add_record(1, synthetic.record(9))
        fourth = store.begin_run("fourth")
        store.add_record(fourth, synthetic.record(9))
    found = {each.about.run: each for each in watched.runs()}
    assert {number for number, each in found.items() if each.live} == {1, 4}
    assert (found[1].about.tasks, found[1].latest[0].task_id) == (3, synthetic.record(9).task_id)
    assert found[4].label == "fourth"
    now = LIVE_SECONDS + 1
    assert not any(each.live for each in watched.runs())


@pytest.mark.parametrize("content", [None, b"no store"])
def test_a_store_that_cannot_be_read_is_said_before_anything_is_served(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.sqlite"
    if content is not None:
        path.write_bytes(content)
    assert main(["view", str(path), "--port", "0"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert str(path) in captured.err


def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for module in ("view.view_server", "web.serving", "web.connection"):
        monkeypatch.delitem(sys.modules, f"pytest_selfrepair.{module}", raising=False)
    assert main(["view", "s.sqlite"]) == 2
    assert "found no uvicorn; accepted: what `pip install" in capsys.readouterr().err
