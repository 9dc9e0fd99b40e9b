"""Tasks that are too much alike: by their statements, their cases, or a program for both."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

from proving.building import EXAMPLES
from proving.running import agree, run
from pytest_selfrepair.core.task import JsonValue

SHINGLE = 3  # words
MOST_SHARED_WORDING = 0.2  # of the shingles of both statements; unlike ones share 0.05
MOST_SHARED_CASES = 0.25  # of the cases of the task with fewer
PATIENCE = 0.5  # seconds of CPU a case for the program of another task
PROBE = 1  # the case that a program of another task is tried on first: the second example


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What of a task is compared: read from its folder, so that nothing need be built."""

    name: str
    wording: frozenset[tuple[str, ...]]
    program: str
    fn_name: str | None
    inputs: list[JsonValue]
    outputs: list[JsonValue]


def profile(folder: Path) -> Profile:
    """Return the profile of the task in the folder."""
    cases = json.loads((folder / "input_output.json").read_text("utf-8"))
    return Profile(
        name=f"{folder.parent.name}/{folder.name}",
        wording=shingles((folder / "question.txt").read_text("utf-8")),
        program=json.loads((folder / "solutions.json").read_text("utf-8"))[0],
        fn_name=cases.get("fn_name"),
        inputs=cases["inputs"],
        outputs=cases["outputs"],
    )


def shingles(statement: str) -> frozenset[tuple[str, ...]]:
    """Return every run of three words of the statement, beside its examples."""
    before, _, after = statement.partition(EXAMPLES)
    words = re.findall(r"\w+", f"{before} {after.partition('-----')[2]}".lower())
    return frozenset(tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def alike(tasks: Sequence[Profile], chosen: Collection[str], pool: Executor) -> Iterator[str]:
    """Yield which of the chosen tasks are like any other."""
    for one, other in combinations(tasks, 2):
        if one.name in chosen or other.name in chosen:
            yield from looks_alike(one, other)
    yield from (
        problem for found in pool.map(partial(solved, tasks, chosen), tasks) for problem in found
    )


def looks_alike(one: Profile, other: Profile) -> Iterator[str]:
    """Yield what two tasks share of their statements and of their cases."""
    both, either = one.wording & other.wording, one.wording | other.wording
    if len(both) > MOST_SHARED_WORDING * len(either):
        share = f"{len(both) / len(either):.0%} of their runs of {SHINGLE} words"
        yield f"{one.name} and {other.name}: statements share {share}"
    ours, theirs = (
        set(map(json.dumps, zip(task.inputs, task.outputs, strict=True))) for task in (one, other)
    )
    if len(ours & theirs) > MOST_SHARED_CASES * min(len(ours), len(theirs)):
        yield f"{one.name} and {other.name}: share {len(ours & theirs)} cases"


def solved(tasks: Sequence[Profile], chosen: Collection[str], one: Profile) -> list[str]:
    """Return which other tasks of its kind the program of this one solves.

    Where this task is not chosen, only chosen ones are tried.
    """
    others = [
        other
        for other in tasks
        if other.name != one.name
        and (one.fn_name is None) == (other.fn_name is None)
        and (one.name in chosen or other.name in chosen)
    ]
    problems = []
    while others:
        probes = run(one.program, one.fn_name, [other.inputs[PROBE] for other in others], PATIENCE)
        for other, probe in zip(others, probes, strict=False):
            if not probe.error and agree(probe.output, other.outputs[PROBE]) and solves(one, other):
                problems.append(f"{one.name}: its first reference solves {other.name}")
        others = others[len(probes) + 1 :]  # the next one took too long
    return problems


def solves(one: Profile, other: Profile) -> bool:
    """Return whether the program of one task passes every case of the other."""
    outcomes = run(one.program, one.fn_name, other.inputs, PATIENCE)
    return len(outcomes) == len(other.inputs) and all(
        not outcome.error and agree(outcome.output, expected)
        for outcome, expected in zip(outcomes, other.outputs, strict=True)
    )
