"""However a run ends, its summary says what was paid for, what was kept and how to go on."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from test_two_runs_at_once import start

from projects import fenced, write_task
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import ScriptedServer, serving

TASKS = 10
TOKENS = 10
RIGHT = fenced("print(7)")


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
    return tmp_path


def script(root: Path, *, seconds: float, **others: object) -> Script:
    """All programs are right and slow, but for those of the first task."""
    slow = {"text": RIGHT, "tokens": TOKENS, "seconds": seconds}
    wrong = {"text": fenced("print(0)"), "tokens": TOKENS}
    tasks = {"*": {"program": slow}, "tasks/0000": {"program": wrong, "repair": wrong}}
    (root / "script.json").write_text(json.dumps({"tasks": tasks, **others}))
    return Script(root / "script.json")


def run(root: Path, server: ScriptedServer, *options: str) -> str:
    return start(root, server, *options).communicate(timeout=120)[0]


def words_of(output: str) -> str:
    return " ".join(output.split())


@pytest.mark.parametrize(
    "mode",
    [("-p", "no:xdist"), pytest.param(("-n2",), marks=pytest.mark.slow)],
    ids=["serial", "n2"],
)
def test_what_was_sampled_ahead_of_a_run_that_stops_is_counted_as_paid_for(
    root: Path, mode: tuple[str, ...]
) -> None:
    with serving(script(root, seconds=0.5)) as server:
        output = run(root, server, *mode, "-x")
        asked = server.requests.total()
        again = run(root, server, "-p", "no:xdist", "--selfrepair-replay", "only", "-x")
    found = re.search(r"samples, ([\d,]+) paid for, ([\d,]+) of them for tasks", words_of(output))
    assert found is not None, output
    assert int(found[1].replace(",", "")) == TOKENS * asked
    assert "0 of them paid for" in again
    assert f"all runs of these settings have paid for {TOKENS * asked} tokens" in words_of(again)


def interrupt(process: subprocess.Popen[str], server: ScriptedServer, requests: int) -> str:
    while server.requests.total() < requests and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    return process.communicate(timeout=120)[0]


@pytest.mark.parametrize(
    "mode",
    [pytest.param(("-p", "no:xdist"), marks=pytest.mark.slow), ("-n2",)],
    ids=["serial", "n2"],
)
def test_an_interrupted_run_says_what_was_kept_and_how_to_go_on(
    root: Path, mode: tuple[str, ...]
) -> None:
    with serving(script(root, seconds=0.7)) as server:
        output = interrupt(start(root, server, *mode), server, 12)
        asked = server.requests.total()
        rest = run(root, server, "-p", "no:xdist")
        assert set(server.requests.values()) == {1}, "nothing is paid for again"
    kept = f"interrupted: kept {asked} completions of this run ({TOKENS * asked} tokens, "
    assert kept in output
    assert "the same command again continues" in output
    assert "lost" not in output
    paid = re.search(r"samples, ([\d,]+) of them paid for", rest)
    assert paid is not None
    assert int(paid[1]) == TOKENS * (server.requests.total() - asked)


def test_a_bound_that_the_endpoint_oversteps_is_named_and_nothing_more_is_sent(root: Path) -> None:
    with serving(script(root, seconds=0.0)) as server:
        options = ("--selfrepair-max-tokens", "5", "--selfrepair-max-tokens-total", "14")
        output = run(root, server, "-p", "no:xdist", *options, "--selfrepair-concurrency", "1")
        assert server.requests.total() == 2
    said = words_of(output)
    assert "--selfrepair-max-tokens-total is overstepped by 6 tokens: 20 where 14 were" in said
    assert "20 of 14 tokens are spent: overstepped by 6; raise" in said
