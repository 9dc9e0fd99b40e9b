"""The engine works ahead of pytest, alone and in workers, and leaves pytest as it was."""

import json
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import SUM, fenced, write_task
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import serving
from pytest_selfrepair.plugin.engine import Engine
from pytest_selfrepair.plugin.workers import task_shares

MODES = [(), pytest.param(("-n0",), marks=pytest.mark.slow), ("-n2",)]
IDS = ["serial", "n0", "n2"]
SELDOM = [(), *(pytest.param(mode, marks=pytest.mark.thorough) for mode in (("-n0",), ("-n2",)))]
"""Where a worker does what the only process does."""
ONE_PROGRAM = ("--selfrepair-programs", "1", "--selfrepair-repairs", "0")


def write_sums(root: Path, count: int) -> None:
    for number in range(count):
        write_task(
            root / f"tasks/{number:04d}",
            difficulty="interview",
            inputs=["1 2\n"],
            outputs=["3\n"],
            statement=f"Print the sum, for the {number}th time.",  # equal prompts share samples
        )


def write_script(root: Path, **programs: str) -> None:
    tasks = {f"tasks/{name.removeprefix('t')}": {"program": p} for name, p in programs.items()}
    (root / "script.json").write_text(json.dumps({"tasks": {"*": {"program": SUM}} | tasks}))


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9))
def test_shares_hold_every_task_once_in_order_and_nothing_else(
    kinds: Sequence[bool], workers: int
) -> None:
    ids = [f"t/{i}::selfrepair" if task else f"test_x.py::{i}" for i, task in enumerate(kinds)]
    shares = task_shares(ids, workers)
    assert len(shares) == workers
    assert sorted(i for share in shares for i in share) == [i for i, t in enumerate(kinds) if t]
    assert all(share == sorted(share) for share in shares)
    sizes = [len(share) for share in shares]
    assert max(sizes) - min(sizes) <= 1


WAITS_FOR_OTHERS = """
import asyncio
from pytest_selfrepair import Sample, Usage

class Together:
    name = "together"

    def __init__(self):
        self.here, self.all_here = set(), asyncio.Event()

    async def sample(self, request):
        self.here.add(request.task_id)
        if len(self.here) >= 3:
            self.all_here.set()
        await asyncio.wait_for(self.all_here.wait(), 60)
        usage = Usage(completion_tokens=9, prompt_tokens=None, counted_by="words")
        text = "```python\\nprint(sum(map(int, input().split())))\\n```"
        return Sample(text=text, usage=usage, finish_reason="stop")

    async def aclose(self):
        pass

def pytest_selfrepair_model(name):
    return Together() if name == "together" else None
"""


@pytest.mark.parametrize("mode", SELDOM, ids=IDS)
def test_requests_of_several_tasks_are_in_flight_at_once(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    write_sums(pytester.path, 6)
    pytester.makeconftest(WAITS_FOR_OTHERS)
    options = ("--selfrepair-model", "together", *ONE_PROGRAM, *mode)
    pytester.runpytest("tasks", *options).assert_outcomes(passed=6)


NOTES_WHO_ASKS = """
from pathlib import Path
from pytest_selfrepair import Sample, Usage

class Noting:
    name = "noting"

    async def sample(self, request):
        with Path("asked").open("a") as asked:
            asked.write(request.task_id + "\\n")
        usage = Usage(completion_tokens=9, prompt_tokens=None, counted_by="words")
        return Sample(text="```python\\nprint(0)\\n```", usage=usage, finish_reason="stop")

    async def aclose(self):
        pass

def pytest_selfrepair_model(name):
    return Noting() if name == "noting" else None
"""


def test_where_a_machine_computes_all_answers_the_first_task_is_finished_before_others_begin(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def embedded(*equipment: Any, begins_alone: bool) -> Engine:
        assert not begins_alone
        return Engine(*equipment, begins_alone=True)

    monkeypatch.setattr("pytest_selfrepair.plugin.run_process.Engine", embedded)
    write_sums(pytester.path, 5)
    pytester.makeconftest(NOTES_WHO_ASKS)
    options = ("--selfrepair-programs", "2", "--selfrepair-repairs", "1")
    pytester.runpytest("tasks", "--selfrepair-model", "noting", *options)
    asked = (pytester.path / "asked").read_text().split()
    first = asked.count("tasks/0000")
    assert first > 2  # its programs, and what is drawn as they fail
    assert asked[:first] == ["tasks/0000"] * first


OTHERS = [
    pytest.param(way, marks=pytest.mark.slow) for way in ("loadfile", "loadscope", "loadgroup")
]
"""To us these are as `worksteal` is: only of `load` do we know what a worker is to run."""


@pytest.mark.parametrize("dist", ["load", "worksteal", *OTHERS])
def test_tasks_and_ordinary_tests_run_side_by_side_however_they_are_distributed(
    pytester: pytest.Pytester, dist: str
) -> None:
    write_sums(pytester.path, 5)
    write_script(pytester.path, t0001=fenced("print(0)"))
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", range(7))
        def test_ordinary(n):
            assert n != 3
        """
    )
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    result = pytester.runpytest(*(".", "-p", "no:cacheprovider", *options, "-n2", "--dist", dist))
    result.assert_outcomes(passed=10, failed=2)


def test_pytests_order_is_kept(pytester: pytest.Pytester) -> None:
    write_sums(pytester.path, 3)
    write_script(pytester.path)
    pytester.makepyfile(test_before="def test_it(): pass", zest_after="def test_it(): pass")
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    result = pytester.runpytest("test_before.py", "tasks", "zest_after.py", "-v", *options)
    lines = [line.split()[0] for line in result.outlines if "PASSED" in line]
    assert lines == [
        "test_before.py::test_it",
        *(f"tasks/{number:04d}::selfrepair" for number in range(3)),
        "zest_after.py::test_it",
    ]


@pytest.mark.parametrize("mode", MODES, ids=IDS)
def test_a_run_that_stops_at_a_failure_has_started_little_more(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    write_sums(pytester.path, 40)
    write_script(pytester.path, **{f"t{number:04d}": fenced("print(0)") for number in range(4)})
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    pytester.runpytest(
        "tasks", *options, *mode, "-x", "--selfrepair-concurrency", "2"
    ).stdout.fnmatch_lines(["*stopping after 1 failures*"])
    replayed = pytester.runpytest("tasks", *options, "--selfrepair-replay", "only")
    outcomes = replayed.parseoutcomes()
    assert outcomes["failed"] >= 1
    assert outcomes["errors"] >= 20


@pytest.mark.parametrize("mode", MODES, ids=IDS)
def test_what_is_in_flight_when_a_run_stops_is_waited_for_and_kept(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    write_sums(pytester.path, 8)
    slow = {"program": {"text": SUM, "seconds": 2.0}}
    tasks = {"*": slow} | {f"tasks/000{i}": {"program": fenced("print(0)")} for i in range(2)}
    (pytester.path / "script.json").write_text(json.dumps({"tasks": tasks}))
    with serving(Script(pytester.path / "script.json")) as server:
        options = ("--selfrepair-model", "m", "--selfrepair-base-url", server.base_url)
        pytester.runpytest("tasks", *options, *ONE_PROGRAM, *mode, "-x")
        asked = set(server.requests)
    assert len(asked) > 2
    with sqlite3.connect(pytester.path / ".selfrepair/samples.sqlite") as store:
        rows = store.execute("select task_id, node from samples").fetchall()
    assert {f"{task}#{node}" for task, node in rows} == asked


@pytest.mark.parametrize("mode", MODES, ids=IDS)
def test_a_duration_is_the_tasks_own(pytester: pytest.Pytester, mode: tuple[str, ...]) -> None:
    write_sums(pytester.path, 4)
    slow = {"text": SUM, "seconds": 1.5}
    tasks = {"*": {"program": SUM}, "tasks/0000": {"program": slow}}
    (pytester.path / "script.json").write_text(json.dumps({"tasks": tasks}))
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    pytester.runpytest("tasks", *options, *mode, "--junitxml=report.xml")
    cases = ET.parse(pytester.path / "report.xml").iter("testcase")  # noqa: S314 - written by us
    times = {str(case.get("classname")): float(str(case.get("time"))) for case in cases}
    assert times["tasks.0000"] > 1.5
    assert max(times, key=times.__getitem__) == "tasks.0000"


def test_tasks_of_a_worker_that_dies_go_to_the_others(pytester: pytest.Pytester) -> None:
    write_sums(pytester.path, 9)
    write_script(pytester.path)
    pytester.makeconftest(
        """
        import os

        def pytest_runtest_call(item):
            if "0002" in item.nodeid:
                os.kill(os.getpid(), 9)
        """
    )
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    result = pytester.runpytest("tasks", *options, "-n3")
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(["*not scored: 1 (tasks/0002)*", "*the worker that ran it died*"])


def test_workers_that_collect_different_tests_are_told_so(pytester: pytest.Pytester) -> None:
    write_sums(pytester.path, 2)
    write_script(pytester.path)
    pytester.makeconftest(
        """
        import os

        def pytest_collection_modifyitems(items):
            if os.environ["PYTEST_XDIST_WORKER"] == "gw1":
                items.reverse()
        """
    )
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    result = pytester.runpytest("tasks", *options, "-n2")
    result.stdout.fnmatch_lines(["*Different tests were collected between gw? and gw?*"])
    assert result.ret != 0


def test_what_failed_last_time_runs_alone_and_stepwise_goes_on_where_it_stopped(
    pytester: pytest.Pytester,
) -> None:
    write_sums(pytester.path, 5)
    write_script(pytester.path, t0001=fenced("print(0)"), t0003=fenced("print(0)"))
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    pytester.runpytest("tasks", *options).assert_outcomes(passed=3, failed=2)
    last = pytester.runpytest("tasks", *options, "--lf")
    last.assert_outcomes(failed=2)
    first = pytester.runpytest("tasks", *options, "--sw")
    first.assert_outcomes(passed=1, failed=1)
    skipping = pytester.runpytest("tasks", *options, "--sw", "--sw-skip")
    skipping.assert_outcomes(passed=1, failed=2, deselected=1)


def test_nothing_is_sampled_where_tasks_are_only_collected(pytester: pytest.Pytester) -> None:
    write_sums(pytester.path, 2)
    write_script(pytester.path)
    options = ("--selfrepair-model", "scripted:script.json", *ONE_PROGRAM)
    result = pytester.runpytest("tasks", *options, "--collect-only", "-q")
    result.stdout.fnmatch_lines(["tasks/0000::selfrepair", "tasks/0001::selfrepair"])
    assert not (pytester.path / ".selfrepair").exists()
