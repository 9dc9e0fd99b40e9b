"""`selfrepair doctor` says what a run would meet, and ends with 1 where it would fail."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pytest_selfrepair.cli import main
from pytest_selfrepair.commands.doctor_checks import unbounded
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.isolation import find_isolation, missed
from pytest_selfrepair.store import place
from pytest_selfrepair.store.sqlite_store import SqliteStore

Doctor = Callable[..., tuple[int, dict[str, dict[str, str]]]]


@pytest.fixture
def doctor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    """Its exit status, and what it finds by what it looks after."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
        status = main(["doctor", "--json", *arguments])
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return status, {line["what"]: line for line in lines}

    return run


def test_memory_is_said_to_be_unbounded_where_the_system_bounds_none() -> None:
    assert "memory" not in unbounded("D", "linux")
    assert "memory; processes that leave their group" in unbounded("D", "darwin")


def test_it_looks_after_all_that_a_run_needs(doctor: Doctor) -> None:
    status, found = doctor()
    assert status == 0
    assert {"isolation", "not bounded", "canary", "speed", "packages", "store"} <= found.keys()
    assert {"endpoint", "extras"} <= found.keys()
    assert found["canary"]["said"] == "a hostile program reached nothing"
    assert found["store"]["said"].startswith(".selfrepair/samples.sqlite will be created")
    assert not Path(".selfrepair").exists()


def test_where_nothing_contains_programs_a_hostile_one_gets_at_something(doctor: Doctor) -> None:
    status, found = doctor("--sandbox", "limits")
    assert status == 0
    assert found["canary"]["state"] == "note"
    assert "a file of this machine was read" in found["canary"]["said"]
    assert "the network was reached" in found["canary"]["said"]
    assert found["not bounded"]["cure"] == "run only programs that you trust"


def test_without_the_isolation_that_is_asked_for_a_run_would_fail(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_selfrepair.sandbox.isolation.find_bubblewrap", lambda: None)
    status, found = doctor("--sandbox", "strict")
    assert (status, found["isolation"]["state"]) == (1, "wrong")
    assert "bubblewrap" in found["isolation"]["cure"]


def test_it_says_why_there_is_no_stronger_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_selfrepair.sandbox.isolation.find_bubblewrap", lambda: None)
    try:
        isolation = find_isolation("auto")
    except UsageError:
        isolation = find_isolation("limits")
    assert missed(isolation)[0] == "levels A and B: there is no bubblewrap"


def test_a_store_on_a_network_file_system_or_of_something_else_is_wrong(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("other").write_text("no store at all")
    status, found = doctor("--store", "other")
    assert (status, found["store"]["state"]) == (1, "wrong")
    monkeypatch.setattr(place, "mounts", lambda: "1 0 0:1 / / rw - nfs4 host:/x rw")
    status, found = doctor()
    assert status == 1
    assert "on nfs4, which hosts share" in found["store"]["said"]


def test_a_store_that_others_may_read_is_said(doctor: Doctor) -> None:
    with closing(SqliteStore(Path("store"))):
        pass
    Path("store").chmod(0o644)
    status, found = doctor("--store", "store")
    assert status == 0
    assert found["store"]["cure"] == "chmod 600 store"


def test_an_endpoint_without_a_key_is_wrong_and_the_key_is_never_shown(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, found = doctor("--model", "gpt-4o-mini")
    assert (status, found["endpoint"]["state"]) == (1, "wrong")
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-key")
    status, found = doctor("--model", "gpt-4o-mini")
    assert status == 0
    assert "no request was sent" in found["endpoint"]["said"]
    assert "a-secret-key" not in json.dumps(found)


def test_an_endpoint_is_asked_where_that_is_wanted(doctor: Doctor) -> None:
    status, found = doctor("--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--ask")
    assert (status, found["endpoint"]["state"]) == (1, "wrong")
    assert "127.0.0.1:9" in found["endpoint"]["said"]


def test_packages_that_are_not_installed_and_unknown_weights_are_wrong(doctor: Doctor) -> None:
    status, found = doctor("--packages", "nothing-like-it", "--model", "local:9b")
    assert status == 1
    assert found["packages"]["state"] == found["weights"]["state"] == "wrong"


def test_its_text_has_a_line_for_each_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(["doctor", "--model", "m"]) == 1
    text = capsys.readouterr().out
    assert "ok     canary       a hostile program reached nothing\n" in text
    assert "WRONG  endpoint     OPENAI_API_KEY is not set" in text
    assert text.splitlines()[-1].endswith(" 1 wrong: a run would fail")
