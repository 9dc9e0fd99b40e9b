"""Test the isolation with a hostile program that reports what it can reach."""

import contextlib
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pytest_selfrepair.core.task import Difficulty, Task
from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

_SECRET = "a secret of this machine"  # noqa: S105 - bait for the hostile program
_PROGRAM = """\
import json, os, socket

given, got = json.loads(input()), []


def tried(name, attack):
    try:
        if attack():
            got.append(name)
    except BaseException:
        pass


def connects():
    with socket.create_connection((given["host"], given["port"]), timeout=2):
        return True


def writes():
    with open(given["folder"] + "/written", "w") as file:
        return bool(file.write("x"))


def kills():
    if given["pid"] < 1000:  # so few processes may be of the sandbox's own
        return False
    os.kill(given["pid"], 0)
    return True


tried("a file of this machine was read", lambda: given["secret"] in open(given["file"]).read())
tried("a file was written outside its scratch folder", writes)
tried("the network was reached", connects)
tried("the environment was inherited", lambda: given["variable"] in os.environ)
tried("a process of this machine was in reach", kills)
print(json.dumps(got))
"""
_VARIABLES = ("PATH", "HOME", "USER")


async def canary(judge: SandboxJudge) -> tuple[str, ...]:
    """Run a hostile program and return what it reached; empty where isolation holds.

    Raises:
        SandboxError: It could not be run, or gave no valid report.
    """
    task = Task(id="canary", difficulty=Difficulty.INTRODUCTORY, statement="", cases=())
    variable = next((name for name in _VARIABLES if name in os.environ), "PATH")
    with _bait() as (file, folder), _listening() as (host, port):
        given = {
            "secret": _SECRET,
            "file": file,
            "folder": folder,
            "host": host,
            "port": port,
            "variable": variable,
            "pid": os.getpid(),
        }
        ran = await judge.run_once(task, _PROGRAM, json.dumps(given) + "\n")
        written = "written" in os.listdir(folder)  # noqa: PTH208 - a bare name
    try:
        got = [str(each) for each in json.loads(ran.printed)]
    except (ValueError, TypeError) as error:
        found = ran.error or ran.printed[:80]
        raise SandboxError(
            f"the isolation test reported {found!r}; expected: a list of what it reached"
        ) from error
    if written and not any("written" in each for each in got):
        got.append("a file was written outside its scratch folder")
    return tuple(got)


@contextlib.contextmanager
def _bait() -> Iterator[tuple[str, str]]:
    """Create a world-readable file in a world-writable folder."""
    with tempfile.TemporaryDirectory(prefix="selfrepair-canary-") as folder:
        Path(folder).chmod(0o777)
        file = Path(folder, "secret")
        file.write_text(_SECRET)
        file.chmod(0o644)
        yield str(file), folder


@contextlib.contextmanager
def _listening() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[:2]
