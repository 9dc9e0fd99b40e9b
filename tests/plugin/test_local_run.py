"""Whole runs with the embedded model: real weights, a real server, real programs."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from projects import write_project

needs_the_model = pytest.mark.skipif(
    find_spec("xllamacpp") is None, reason="the extra [local] is not installed"
)

LOCAL = (
    *("tasks", "--selfrepair-model", "local"),
    *("--selfrepair-programs", "2", "--selfrepair-max-tokens", "48"),
)


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    """A folder with three tasks."""
    write_project(pytester.path)
    return pytester.path


@pytest.mark.slow  # what CI runs first is such a run, too
@needs_the_model
@pytest.mark.usefixtures("project")
def test_the_embedded_model_writes_and_repairs_programs(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest(*LOCAL, "-k", "0003", "-n2")
    result.stdout.fnmatch_lines(["*self-repair*", "tasks: *", "tokens: *"])
    assert result.ret in {0, 1}
    assert "not scored" not in result.stdout.str()
    again = pytester.runpytest(*LOCAL, "-k", "0003", "--selfrepair-replay", "only")
    again.stdout.fnmatch_lines(["tokens: * samples, 0 of them paid for"])


KILLER = """
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path


def asked():
    with closing(sqlite3.connect(".selfrepair/samples.sqlite")) as store:
        try:
            return store.execute("SELECT count(*) FROM reservations").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


def kill_the_server_once_it_is_asked():
    while not Path(".selfrepair/samples.sqlite").exists() or not asked():
        time.sleep(0.05)
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            if "models.local_server" in Path(f"/proc/{child}/cmdline").read_text():
                os.kill(int(child), signal.SIGKILL)


threading.Thread(target=kill_the_server_once_it_is_asked, daemon=True).start()
"""


@pytest.mark.slow
@needs_the_model
@pytest.mark.skipif(sys.platform != "linux", reason="finds the server by /proc")
def test_a_server_that_is_killed_in_a_run_is_named_and_no_task_is_wrong_for_it(
    pytester: pytest.Pytester, project: Path
) -> None:
    pytester.makeconftest(KILLER)
    assert (project / "conftest.py").exists()
    result = pytester.runpytest(*LOCAL, "-k", "0002 or 0003", "-p", "no:xdist")
    result.stdout.fnmatch_lines(
        ["*not scored: *no connection*", "note: The embedded model's server has ended (SIGKILL: *)"]
    )
    result.assert_outcomes(errors=2)


@pytest.mark.usefixtures("project")
def test_weights_that_are_no_model_are_refused(pytester: pytest.Pytester, project: Path) -> None:
    (project / "notes.gguf").write_text("not a model")
    result = pytester.runpytest(*LOCAL, "--selfrepair-local-weights", "notes.gguf")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: *--selfrepair-local-weights*notes.gguf*"])
