"""Where a run's programs are judged: --selfrepair-judge-pool."""

import importlib.util
from pathlib import Path

import pytest

from projects import write_project
from pytest_selfrepair.api.results import load_run
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.opened_pool import make_pool

SCRIPTED = ("--selfrepair-model", "scripted:script.json", "tasks")


def test_what_is_no_pool_is_refused_with_what_is(pytester: pytest.Pytester) -> None:
    write_project(pytester.path)
    result = pytester.runpytest(*SCRIPTED, "--selfrepair-judge-pool", "ray")
    result.stderr.fnmatch_lines(
        ["*--selfrepair-judge-pool: found 'ray'; accepted: local, dask (*), dask://HOST:PORT, or*"]
    )


def test_without_dask_it_is_said_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "distributed" else found(name)
    )
    with pytest.raises(UsageError) as refused:
        make_pool(JudgeSettings(pool="dask"), option="--{}".format)
    assert str(refused.value) == (
        "--pool: found 'dask', which needs Dask; accepted: after "
        'pip install "pytest-selfrepair[cluster]"'
    )


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["-pno:xdist", "-n0", "-n2"])
def test_a_run_comes_out_the_same_on_a_cluster(pytester: pytest.Pytester, mode: str) -> None:
    pytest.importorskip("distributed")
    write_project(pytester.path)
    outcomes: list[object] = []
    for pool in ("local", "dask"):
        store = Path(f"{pool}.sqlite")
        result = pytester.runpytest_subprocess(
            *(*SCRIPTED, mode, "--selfrepair-judge-pool", pool, "--selfrepair-store", str(store))
        )
        outcomes.append(result.parseoutcomes())
        records = load_run(pytester.path / store).records
        outcomes.append(
            {
                record.task_id: [node.verdict.outcome for node in record.grown.programs]
                for record in records
                if record.grown is not None
            }
        )
        assert all(r.setup is not None and r.setup.isolation.startswith("level") for r in records)
    assert outcomes[:2] == outcomes[2:]
    assert len(records) == 3
