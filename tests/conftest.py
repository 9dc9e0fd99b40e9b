"""What tests share."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import ExitStack, suppress
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import pytest

from projects import LEAN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from endpoints import Serve
    from pytest_selfrepair.models.scripted_server import ScriptedServer

pytest_plugins = ["pytester"]


def pytest_configure() -> None:
    """No deadlines for examples: other processes have their share of the time."""
    if find_spec("hypothesis") is None:  # where tasks alone are run, in this repository
        return
    from hypothesis import settings  # noqa: PLC0415 - see above

    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


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


async def _ask_nobody() -> None:
    """Import what asking an endpoint imports."""
    import openai  # noqa: PLC0415 - as below

    async with openai.AsyncOpenAI(api_key="-", base_url="http://127.0.0.1:9", max_retries=0) as api:
        with suppress(openai.APIConnectionError):
            await api.chat.completions.create(model="-", messages=[])


@pytest.fixture(scope="session")
def _package_is_imported() -> None:
    """What a run within a test imports first is forgotten after it: all of it is imported before.

    An HTTP client that is imported twice does not know its own exceptions, and NumPy refuses to be.
    Not at the top of this module: coverage would miss what is run before it starts.
    """
    for library in ("numpy", "tiktoken", "xdist", "xdist.plugin"):
        if find_spec(library) is not None:
            import_module(library)
    if find_spec("openai") is not None:
        asyncio.run(_ask_nobody())
    package = import_module("pytest_selfrepair")
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # an extra
                import_module(module.name)


@pytest.fixture
def pytester(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    _package_is_imported: None,
) -> pytest.Pytester:
    """A folder to run pytest in, with no plugins but those of a user."""
    monkeypatch.setenv("PYTEST_ADDOPTS", LEAN)
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
