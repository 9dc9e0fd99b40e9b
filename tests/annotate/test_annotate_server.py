"""The server of the annotation page: connections that say nothing end, proxies are named."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

import annotating
from pytest_selfrepair.annotate import host, study_plan
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.person import Person
from pytest_selfrepair.annotate.study_items import failing
from pytest_selfrepair.cli import main
from pytest_selfrepair.store import run_names
from pytest_selfrepair.web import guard

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    return annotating.store(folder / "s.sqlite", [annotating.record(0)])


def until_closed(address: str, *parts: bytes) -> bytes:
    """What comes back on a connection that says no more, until the server ends it."""
    name, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((name, int(port)), timeout=50) as browser:
        for part in parts:
            browser.sendall(part)
        found = b""
        try:
            while said := browser.recv(4096):
                found += said
        except ConnectionResetError:
            pass
    return found


def test_connections_that_are_idle_or_half_sent_end_by_themselves(
    stored: Path, tmp_path: Path
) -> None:
    with annotating.served(stored, "--answers", tmp_path / "a", "--port", 0) as server:
        waiting: list[tuple[bytes, ...]] = [
            (),
            (HEAD,),
            (HEAD + b"\r\n", HEAD),
            (HEAD.replace(b"GET", b"POST") + b"Content-Length: 9\r\n\r\n", b"half"),
        ]
        with ThreadPoolExecutor(len(waiting)) as browsers:
            found = list(browsers.map(lambda parts: until_closed(server.address, *parts), waiting))
        assert found[:2] == [b"", b""]
        assert found[2].startswith(b"HTTP/1.1 200 OK")
        assert found[3].startswith(b"HTTP/1.1 408 ")
        assert httpx2.get(server.address).status_code == 200


def test_a_proxy_that_is_named_says_who_asks_and_that_cookies_are_secure(
    stored: Path, tmp_path: Path
) -> None:
    by_proxy = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    arguments = (stored, "--answers", tmp_path / "a", "--port", 0)
    with annotating.served(*arguments, "--proxy", "127.0.0.1") as server, httpx2.Client() as client:
        assert client.get(server.address).status_code == 403  # anybody may come through a proxy
        link = server.said.partition("open ")[2].split()[0]
        assert "Secure" in client.get(link, headers=by_proxy).headers["set-cookie"]
        guesses = [
            client.get(
                f"{server.address}/enter/x{n}", headers={"X-Forwarded-For": f"203.0.113.{n}"}
            ).status_code
            for n in range(guard.GUESSES.burst + 2)
        ]
        assert set(guesses) == {404}
    with annotating.served(*arguments, "--proxy", "192.0.2.1") as server, httpx2.Client() as client:
        link = server.said.partition("open ")[2].split()[0]
        assert "Secure" not in client.get(link, headers=by_proxy).headers["set-cookie"]


def test_what_is_no_proxys_address_is_refused(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["annotate", str(stored), "--answers", str(tmp_path / "a"), "--proxy", "somewhere"]
    assert main(arguments) == 2
    assert "--proxy: found 'somewhere'; accepted: the address of a proxy" in capsys.readouterr().err


def test_without_a_proxy_one_person_needs_no_link(tmp_path: Path) -> None:
    with Answers(tmp_path / "a") as answers:
        served = host.Served(
            answers=answers,
            study=None,
            texts=study_plan.StudyTexts(consent="", instructions=""),
            items=(),
            person=Person(code="local", items=()),
            judged=None,
            seed=0,
            host="127.0.0.1",
            port=0,
            names=(),
            isolation=None,
        )
        assert not served.locked


def test_files_of_a_study_are_private(stored: Path, tmp_path: Path) -> None:
    items = failing(run_names.load(str(stored)))
    design, _ = study_plan.create(items, run="s", people=1, each=1, per_program=1, seed=0)
    path = tmp_path / "study_plan.json"
    study_plan.save(design, path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    study_plan.save(design, path, anew=False)
    assert path.stat().st_mode & 0o777 == 0o600
    with Answers(tmp_path / "answers") as answers:
        assert answers.path.stat().st_mode & 0o777 == 0o600
