"""Trusted programs run on cases, and their answers compared."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_selfrepair.core.task import JsonValue
from tasks.kit import Json

RUN_CASES = Path(__file__).resolve().parent.parent / "run_cases.py"
TIME_LIMIT = 4.0  # seconds of CPU a case, as in APPS
LONGEST_SHOWN = 80  # characters of a value in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a program did on one case; `seconds` are of CPU time."""

    output: JsonValue
    error: str
    seconds: float


def run(
    program: str, fn_name: str | None, inputs: Sequence[Json], limit: float = TIME_LIMIT
) -> list[Outcome]:
    """Return one outcome a case, up to the first that takes more than `limit` seconds of CPU."""
    command = [sys.executable, "-I", str(RUN_CASES)]
    job = {"program": program, "fn_name": fn_name, "inputs": inputs, "limit": limit}
    done = subprocess.run(
        command, input=json.dumps(job), stdout=subprocess.PIPE, text=True, check=False
    )
    return [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]


def agree(found: Json, expected: Json) -> bool:
    """Return whether two outputs say the same; blanks at the ends of lines do not count."""
    if isinstance(found, str) and isinstance(expected, str):
        ours, theirs = found.rstrip().splitlines(), expected.rstrip().splitlines()
        return [line.rstrip() for line in ours] == [line.rstrip() for line in theirs]
    return type(found) is type(expected) and found == expected


def short(value: Json) -> str:
    """Return the value as JSON, cut to a length that a message can hold."""
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
