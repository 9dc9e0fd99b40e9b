"""Packages that programs may import: exactly those, at every level."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from builders import task
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.sandbox.limits import Limits

SITE = Path(np.__file__).parents[1]
NUMPY = tuple(path for path in (SITE / "numpy", SITE / "numpy.libs") if path.exists())
PROGRAM = (
    "import numpy as np\na = np.ones((90, 90))\nprint(int((a @ a).sum()), np.random.randint(9))"
)


@pytest.mark.parametrize("mode", ["auto", "without bubblewrap", "limits"])
def test_numpy_works_where_it_is_given_and_nothing_else_does(
    monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    if mode == "without bubblewrap":
        monkeypatch.setattr("pytest_selfrepair.sandbox.isolation.find_bubblewrap", lambda: None)
    try:
        isolation = find_isolation("limits" if mode == "limits" else "auto", NUMPY)
    except UsageError as error:
        pytest.skip(str(error))
    judge = SandboxJudge(isolation, Limits(), concurrency=1)

    async def ran() -> list[str]:
        programs = (PROGRAM, PROGRAM, "import msgspec", "import multiprocessing")
        found = [await judge.run_once(task(("", "")), program, "") for program in programs]
        await judge.aclose()
        return [each.error or str(each.output) for each in found]

    first, second, other, refused = asyncio.run(ran())
    assert first == second
    assert first.startswith("729000 ")
    assert other == "ModuleNotFoundError: No module named 'msgspec'"
    assert refused == "ImportError: multiprocessing is not available in the sandbox"
