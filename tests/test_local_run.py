"""Whole runs with the embedded model: real weights, a real server, real programs."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from projects import write_project

needs_the_model = pytest.mark.skipif(
    find_spec("xllamacpp") is None, reason="the extra [local] is not installed"
)

LOCAL = (
    *("tasks", "--selfrepair-model", "local"),
    *("--selfrepair-programs", "1", "--selfrepair-max-tokens", "48"),
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
    result = pytester.runpytest_subprocess(*LOCAL, "-k", "0003", "-n2", timeout=240)
    result.stdout.fnmatch_lines(["*self-repair*", "tasks: *", "tokens: *"])
    assert result.ret in {0, 1}
    assert "not scored" not in result.stdout.str()
    again = pytester.runpytest_subprocess(
        *LOCAL, "-k", "0003", "--selfrepair-replay", "only", timeout=60
    )
    again.stdout.fnmatch_lines(["tokens: * samples, 0 of them paid for"])


@pytest.mark.usefixtures("project")
def test_weights_that_are_no_model_are_refused(pytester: pytest.Pytester, project: Path) -> None:
    (project / "notes.gguf").write_text("not a model")
    result = pytester.runpytest_subprocess(*LOCAL, "--selfrepair-local-weights", "notes.gguf")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: *--selfrepair-local-weights*notes.gguf*"])
