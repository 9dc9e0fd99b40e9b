"""What tests share."""

from __future__ import annotations

import gc
import json
import os
from contextlib import ExitStack
from functools import cache
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from imported import import_all
from projects import LEAN
from warm_processes import PROCESSES, can_be_warm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xdist.workermanage import WorkerController

    from endpoints import Serve
    from pytest_selfrepair.models.scripted_server import ScriptedServer
    from warm_sandboxes import WarmSandboxes

pytest_plugins = ["pytester"]

ADDRESS = "warm processes"
"""What a worker of these tests is told besides."""


def pytest_configure(config: pytest.Config) -> None:
    """No deadlines for examples: other processes have their share of the time.

    HYPOTHESIS_PROFILE=thorough tries ten times as many.
    """
    PROCESSES.address = getattr(config, "workerinput", {}).get(ADDRESS, "")
    if find_spec("hypothesis") is None:  # where tasks alone are run, in this repository
        return
    from hypothesis import settings  # noqa: PLC0415 - see above

    from examples import QUICK  # noqa: PLC0415 - see above

    settings.register_profile("quick", deadline=None, max_examples=QUICK)
    settings.register_profile("thorough", deadline=None, max_examples=10 * QUICK)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """All workers have their warm processes of one server."""
    if can_be_warm():
        node.workerinput[ADDRESS] = PROCESSES.address or PROCESSES.start()


def pytest_unconfigure() -> None:
    """What tests have started is gone when the last of them is."""
    PROCESSES.close()


def pytest_collection_finish() -> None:
    """The tests stay until the end: the garbage collector need not look at them again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers a processor: many tests wait for servers and for processes that end."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="session", autouse=True)
def _runs_within_tests_start_quickly() -> Iterator[None]:
    """Without bytecode each would compile the package anew; NumPy starts threads for nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="session")
def _package_is_imported() -> None:
    """What a run within a test imports first is forgotten after it: all of it is imported before.

    An HTTP client that is imported twice does not know its own exceptions, and NumPy refuses to be.
    Not at the top of this module: coverage would miss what is run before it starts.
    """
    import_all()


@pytest.fixture(scope="session")
def _warm_sandboxes() -> Iterator[WarmSandboxes]:
    """Sandboxes that are started once, for the judges of all tests but those of the sandbox."""
    # Not imported at the top: coverage would miss what a plugin imports before it starts.
    from warm_sandboxes import WarmSandboxes  # noqa: PLC0415

    sandboxes = WarmSandboxes()
    yield sandboxes
    sandboxes.close()


@pytest.fixture(scope="module", autouse=True)
def _sandboxes(_warm_sandboxes: WarmSandboxes) -> Iterator[None]:
    """The sandboxes of a module's tests, which are those of others as well."""
    with _warm_sandboxes.lent():
        yield


@cache
def _distributions_with_plugins() -> list[Distribution]:
    """The installed distributions that pytest would read all metadata for at every start."""
    return [each for each in distributions() if each.entry_points.select(group="pytest11")]


@pytest.fixture
def pytester(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    _package_is_imported: None,
) -> pytest.Pytester:
    """A folder to run pytest in, with no plugins but those of a user."""
    monkeypatch.setenv("PYTEST_ADDOPTS", LEAN)
    monkeypatch.setattr("importlib.metadata.distributions", _distributions_with_plugins)
    if can_be_warm():
        monkeypatch.setattr("execnet.gateway_io.popen_args", lambda _: PROCESSES.command())
    return pytester


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a scripted endpoint from the fields of its script; several may be started."""
    # Not imported at the top: coverage would miss what a plugin imports before it starts.
    from pytest_selfrepair.models.scripted import Script  # noqa: PLC0415
    from pytest_selfrepair.models.scripted_server import serving  # noqa: PLC0415

    with ExitStack() as stack:

        def start(**script: object) -> ScriptedServer:
            path = tmp_path / "script.json"
            path.write_text(json.dumps(script))
            return stack.enter_context(serving(Script(path)))

        yield start
