"""Two equal runs at once on one store pay once for what both want."""

import json
import os
import re
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from projects import LEAN, fenced, write_task
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import ScriptedServer, serving
from pytest_selfrepair.store.sqlite_store import SqliteStore
from warm_processes import python

TASKS = 6
WRONG = {"text": fenced("print(0)"), "tokens": 10, "seconds": 0.1}
PAID = re.compile(r"tokens: ([\d,]+) generated in \d+ samples, ([\d,]+) of them paid for")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(TASKS):
        write_task(
            tmp_path / f"tasks/{number:04d}",
            difficulty="interview",
            inputs=["1\n"],
            outputs=["7\n"],
            statement=f"Print seven, for the {number}th time.",
        )
    script = {"tasks": {"*": {"program": WRONG, "repair": WRONG}}}
    (tmp_path / "script.json").write_text(json.dumps(script))
    return tmp_path


def start(root: Path, server: ScriptedServer, *options: str) -> subprocess.Popen[str]:
    command = [*python("pytest"), "tasks", "--selfrepair-model", "gpt-4", *options]
    command += ["--selfrepair-programs", "2", "--selfrepair-concurrency", "4"]
    command += ["--selfrepair-base-url", server.base_url, "-p", "no:cacheprovider"]
    environment = {**os.environ, "OPENAI_API_KEY": "sk-x", "PYTEST_ADDOPTS": LEAN}
    return subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "mode",
    [("-p", "no:xdist"), pytest.param(("-n2",), marks=pytest.mark.slow)],
    ids=["serial", "n2"],
)
def test_two_equal_runs_at_once_pay_once(root: Path, mode: tuple[str, ...]) -> None:
    with serving(Script(root / "script.json")) as server:
        runs = [start(root, server, *mode) for _ in range(2)]
        outputs = [run.communicate(timeout=120)[0] for run in runs]
        asked = dict(server.requests)
    said = [PAID.search(output) for output in outputs]
    assert all(said), outputs
    generated, paid = zip(
        *([int(part.replace(",", "")) for part in each.groups()] for each in said if each),
        strict=True,
    )
    assert set(asked.values()) == {1}, "no draw is asked for twice"
    assert generated == (10 * len(asked),) * 2
    assert sum(paid) == 10 * len(asked)
    assert "lost" not in "".join(outputs)
    with closing(SqliteStore(root / ".selfrepair/samples.sqlite")) as store:
        query = "SELECT sum(tokens), sum(lost) FROM campaigns"
        account = store.read(lambda connection: connection.execute(query).fetchone())
        assert account == (10 * len(asked), 0)


def test_a_run_beside_one_that_is_killed_draws_what_that_had_claimed(root: Path) -> None:
    with serving(Script(root / "script.json")) as server:
        killed, going = (start(root, server, "-p", "no:xdist") for _ in range(2))
        while server.requests.total() < 10 and killed.poll() is None:
            time.sleep(0.002)
        killed.kill()
        killed.communicate(timeout=60)
        output, _ = going.communicate(timeout=120)
        again = sum(count - 1 for count in server.requests.values())
    assert f"{TASKS} failed" in output
    with closing(SqliteStore(root / ".selfrepair/samples.sqlite")) as store:
        query = "SELECT sum(lost) FROM campaigns"
        [lost] = store.read(lambda connection: connection.execute(query).fetchone())
    assert again <= lost, "only what was in flight is drawn again"
