"""Requests, samples and other processes, for tests of the store."""

import subprocess
import sys
from pathlib import Path

from pytest_selfrepair.core.sample import (
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)

HERE = Path(__file__).parent
PROLOGUE = f"""
import asyncio, os, signal, sys, time
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from storing import asked, replied
from pytest_selfrepair.core.run_account import RunLimits, Wanted
from pytest_selfrepair.store.sqlite_store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
"""


def asked(
    node: str = "p0",
    *,
    model: str = "gpt-4",
    content: str = "\ud800 hello",
    task_id: str = "t",
    params: SamplingParams | None = None,
) -> SampleRequest:
    """A request of one message."""
    return SampleRequest(
        model=model,
        messages=(Message(role=Role.USER, content=content),),
        params=params or SamplingParams(),
        task_id=task_id,
        node=node,
    )


def replied(text: str = "print('\udc00')", *, tokens: int = 3, reason: str = "stop") -> Sample:
    """A sample that the endpoint has counted no prompt tokens of."""
    usage = Usage(completion_tokens=tokens, prompt_tokens=None, counted_by="tiktoken:o200k_base")
    return Sample(text=text, usage=usage, finish_reason=reason)


def start(code: str, store: Path, *arguments: object) -> subprocess.Popen[str]:
    """Another Python that has opened the store as `store` and runs some code."""
    words = [str(argument) for argument in arguments]
    command = [sys.executable, "-c", PROLOGUE + code, str(store), *words]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for its end, which must be a good one, and give back what it printed."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output
