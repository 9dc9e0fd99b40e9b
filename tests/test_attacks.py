"""Hostile programs, each at every level of isolation that this machine has: none gets anywhere."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import pytest_selfrepair
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.sandbox.limits import Limits
from test_warm_sandbox import family, task

ATTACKS = sorted(Path(__file__).with_name("attacks").glob("*.py"))
LIMITS = Limits(cpu_seconds=0.3, wall_factor=-4.0)  # 0.8 seconds of wall-clock time
NEVER = "never printed"
PLACES = ("/", "/tmp", "/var/tmp", "/dev/shm", "/etc")  # noqa: S108 - where they try to write
MARK = "selfrepair-attack"


def _level(level: str, patch: pytest.MonkeyPatch) -> Isolation:
    """The isolation of a level, whoever runs the tests."""
    module = "pytest_selfrepair.sandbox.isolation"
    if level == "C":
        patch.setattr(f"{module}.find_bubblewrap", lambda: None)
        return find_isolation("auto")
    root = os.geteuid() == 0
    if level == "A" or not root:
        return find_isolation("strict")
    # Python, bubblewrap and what runs inside, wherever they are installed.
    shown = (sys.base_prefix, sys.prefix, str(Path(pytest_selfrepair.__file__).parent))
    helper = (sys.executable, str(Path(__file__).with_name("unprivileged.py")), *shown, "--")
    patch.setattr("os.geteuid", lambda: 65534)
    patch.setattr(f"{module}._problem", lambda _: None)
    isolation = find_isolation("strict")
    patch.undo()
    isolation = replace(isolation, command=(*helper, *isolation.command))
    patch.setattr(f"{module}._walled", lambda: [isolation])
    return find_isolation("strict")


@pytest.fixture(scope="module", params=["A", "B", "C"])
def judge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxJudge]:
    """One judge with one zygote, which all attacks of a level meet."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            isolation = _level(request.param, patch)
        except UsageError as error:
            pytest.skip(str(error))
        if not isolation.description.startswith(f"level {request.param}"):
            pytest.skip(f"here there is {isolation.description}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_KEY", "SECRET")
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("scratch")))
        judge = SandboxJudge(isolation, LIMITS, concurrency=1)
        assert honest(judge).passed
        yield judge
        asyncio.run(judge.aclose())


def honest(judge: SandboxJudge) -> Verdict:
    program = "import math, heapq\nprint(sum(map(int, input().split())) + math.floor(0.5))"
    return asyncio.run(judge.judge(task(("1 2\n", "3"), ("3 4\n", "7")), program))


def test_there_are_many_attacks() -> None:
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize("attack", ATTACKS, ids=[path.stem for path in ATTACKS])
def test_an_attack_gets_nowhere(judge: SandboxJudge, attack: Path) -> None:
    before, files = family(), _files()
    program = attack.read_text(encoding="utf-8")
    for fn_name in (None, "solve") if "def solve" in program else (None,):
        wanted = task(([], NEVER), ([], NEVER), fn_name=fn_name)
        verdict = asyncio.run(judge.judge(wanted, program))
        assert not verdict.passed
        assert verdict.outcome is not Outcome.SANDBOX_ERROR
        assert "REACHED" not in str(verdict.failure and verdict.failure.actual)
    assert len(family()) == len(before), "a process is left"
    assert _files() <= files, "a file is left"
    assert honest(judge).passed


def _files() -> set[str]:
    """What lies in the zygote's scratch folder, and what attacks write elsewhere."""
    scratch = {str(path) for path in Path(tempfile.gettempdir()).glob("*/*")}
    return scratch | {str(path) for place in PLACES for path in Path(place).glob(MARK)}
