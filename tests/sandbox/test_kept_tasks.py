"""A task is sent to a machine once; its workers share it, and no program gets at it."""

import asyncio
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_attacks import judge_of

from builders import task
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.sandbox.kept_tasks import KeptTasks, digest_of

MARK = "expected-by-a-task-that-is-kept"
TASK = task(("1\n", f"{MARK}\n"))
DATA = pickle.dumps(TASK, pickle.HIGHEST_PROTOCOL)

FIND = """
import sys
from pytest_selfrepair.sandbox.kept_tasks import KeptTasks
found = KeptTasks(shares=True).find(*sys.argv[1:])
print(None if found is None else found.cases[0].expected)
"""
"""Another worker of the machine that is told where a task lies."""

SEARCH = """
import glob, json, os, stat
given = json.loads(input())


def look(place):
    try:
        if stat.S_ISREG(os.stat(place).st_mode):
            with open(place, "rb") as file:
                return given["mark"][::-1].encode() in file.read(1 << 20)
    except OSError:
        pass
    return False


places = [given["place"], *(place for each in given["globs"] for place in glob.glob(each))]
print([place for place in places if look(place)])
"""
GLOBS = ("/proc/*/fd/*", "/proc/*/task/*/fd/*", "/dev/shm/*", "/tmp/*")  # noqa: S108 - searched


@pytest.fixture
def kept() -> Iterator[KeptTasks]:
    tasks = KeptTasks(shares=True)
    yield tasks
    tasks.close()


def found_by_another(digest: str, place: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FIND, digest, place], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


linux = pytest.mark.skipif(sys.platform != "linux", reason="tasks are shared on Linux alone")


@linux
def test_another_process_finds_a_task_where_it_was_kept_until_it_goes(kept: KeptTasks) -> None:
    place = kept.keep(digest_of(DATA), DATA)
    assert found_by_another(digest_of(DATA), place) == MARK
    kept.close()
    assert found_by_another(digest_of(DATA), place) == "None"


@linux
def test_what_lies_in_a_place_is_taken_only_where_it_is_what_was_asked_for(
    kept: KeptTasks, tmp_path: Path
) -> None:
    (tmp_path / "other").write_bytes(pickle.dumps("another task"))
    assert KeptTasks(shares=True).find(digest_of(DATA), str(tmp_path / "other")) is None
    assert kept.find(digest_of(DATA), "") is None


def test_where_programs_are_not_kept_from_files_a_task_lies_in_none() -> None:
    tasks = KeptTasks(shares=False)
    assert tasks.keep(digest_of(DATA), DATA) == ""
    found = tasks.find(digest_of(DATA), "")
    assert isinstance(found, Task)
    assert found == TASK


@linux
@pytest.mark.parametrize("level", ["A", "B", "C"])
def test_no_program_gets_at_a_task_that_is_kept(
    kept: KeptTasks, level: str, tmp_path: Path
) -> None:
    place = kept.keep(digest_of(DATA), DATA)
    given = {"place": place, "mark": MARK[::-1]}  # its own input has no mark
    outside = json.dumps({**given, "globs": []})
    done = subprocess.run(
        [sys.executable, "-c", SEARCH], input=outside, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{[place]}\n"
    with judge_of(level, tmp_path) as judge:
        ran = asyncio.run(judge.run_once(TASK, SEARCH, json.dumps({**given, "globs": GLOBS})))
    assert ran.printed == "[]\n", ran
