#!/usr/bin/env python3
"""Write the generated files of `apps_tasks/`, or prove with `--check` that every task is sound."""

import argparse
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tasks.kit import Json, Task

TOOLS = Path(__file__).resolve().parent
FOLDERS = TOOLS.parent / "apps_tasks"
TIME_LIMIT = 4.0  # seconds a case, as in APPS
REFERENCE_LIMIT = TIME_LIMIT / 4  # room for a machine four times slower
FILE_LIMIT = 200_000  # bytes
CASES = range(20, 31)
LEAST_WRONG = 3
LONGEST_SHOWN = 80  # characters of a value in a message
WORDS = {
    "introductory": range(60, 131),
    "interview": range(60, 251),
    "competition": range(60, 321),
}


class TaskError(Exception):
    """A task that cannot be generated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a program did on one case; `seconds` are of CPU time."""

    output: Json
    error: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A task with its cases, the right outputs and the text of its generated files by name."""

    name: str
    task: Task
    inputs: tuple[Json, ...]
    outputs: tuple[Json, ...]
    files: dict[str, str]


def load_tasks() -> dict[str, Task]:
    """Return every task of `tools/tasks/` under the name of its folder, sorted by name."""
    modules = sorted(path.stem for path in (TOOLS / "tasks").glob("*_[0-9][0-9][0-9][0-9].py"))
    return {
        stem.replace("_", "/"): importlib.import_module(f"tasks.{stem}").TASK for stem in modules
    }


def run(program: str, task: Task, inputs: Sequence[Json], timeout: float) -> list[Outcome]:
    """Return one outcome a case; fewer when `timeout` (seconds, all cases) ended the program."""
    command = [sys.executable, "-I", str(TOOLS / "run_cases.py")]
    job = json.dumps({"program": program, "fn_name": task.fn_name, "inputs": inputs})
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            shown, _ = child.communicate(job, timeout=timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            shown, _ = child.communicate()
    return [Outcome(**json.loads(line)) for line in shown.splitlines()]


def agree(found: Json, expected: Json) -> bool:
    """Return whether two outputs say the same; blanks at the ends of lines do not count."""
    if isinstance(found, str) and isinstance(expected, str):
        ours, theirs = found.rstrip().splitlines(), expected.rstrip().splitlines()
        return [line.rstrip() for line in ours] == [line.rstrip() for line in theirs]
    return found == expected


def short(value: Json) -> str:
    """Return the value as JSON, cut to a length an error message can hold."""
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def layout(task: Task, inputs: Sequence[Json], outputs: Sequence[Json]) -> str:
    """Return the text of `input_output.json`, one case a line so that a diff shows cases."""
    parts = [] if task.fn_name is None else [f'"fn_name": {json.dumps(task.fn_name)}']
    for name, values in (("inputs", inputs), ("outputs", outputs)):
        parts.append(f'"{name}": [\n' + ",\n".join(map(json.dumps, values)) + "\n]")
    return "{" + ",\n".join(parts) + "}\n"


def build(name: str, task: Task) -> Built:
    """Return the task with its cases drawn and answered by its first reference program.

    Raises TaskError when that program fails on a case.
    """
    inputs = tuple(task.cases(Random(f"apps_tasks/{name}")))
    outcomes = run(task.references[0], task, inputs, TIME_LIMIT * len(inputs))
    for number, outcome in enumerate(outcomes):
        if outcome.error:
            raise TaskError(f"{name}: first reference, case {number}: {outcome.error}")
    if len(outcomes) < len(inputs):
        found = f"{len(outcomes)} of {len(inputs)} cases answered"
        raise TaskError(f"{name}: first reference: {found}")
    outputs = tuple(outcome.output for outcome in outcomes)
    about = {
        "difficulty": task.difficulty,
        "source": "pytest-selfrepair",
        "topics": list(task.topics),
    }
    files = {
        "input_output.json": layout(task, inputs, outputs),
        "metadata.json": json.dumps(about, indent=2, sort_keys=True) + "\n",
        "solutions.json": json.dumps(task.references, indent=1) + "\n",
    }
    return Built(name=name, task=task, inputs=inputs, outputs=outputs, files=files)


def file_problems(built: Built) -> Iterator[str]:
    """Yield what is wrong with the files of the task's folder."""
    task, folder = built.task, FOLDERS / built.name
    if task.difficulty != built.name.split("/", maxsplit=1)[0]:
        yield f"{built.name}: difficulty is {task.difficulty!r}, expected the folder's name"
    for file, text in built.files.items():
        path = folder / file
        if not path.is_file() or path.read_bytes() != text.encode():
            yield f"{built.name}/{file}: differs from its module; run tools/make_tasks.py"
        if len(text) > FILE_LIMIT:
            yield f"{built.name}/{file}: {len(text)} bytes, expected at most {FILE_LIMIT}"
    expected = {*built.files, "question.txt"} | ({"starter_code.py"} if task.fn_name else set())
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if found != expected:
        yield f"{built.name}: files are {sorted(found)}, expected {sorted(expected)}"
    if task.fn_name and "starter_code.py" in found:
        starter = (folder / "starter_code.py").read_text("utf-8")
        if f"def {task.fn_name}(" not in starter:
            yield f"{built.name}/starter_code.py: has no 'def {task.fn_name}('"
    if "question.txt" in found:
        yield from statement_problems(built, (folder / "question.txt").read_text("utf-8"))


def statement_problems(built: Built, statement: str) -> Iterator[str]:
    """Yield where the statement is too long or its examples are not the first cases."""
    where, words = f"{built.name}/question.txt", len(statement.split())
    if words not in (allowed := WORDS[built.task.difficulty]):
        yield f"{where}: {words} words, expected {allowed.start} to {allowed.stop - 1}"
    before, _, shown = statement.partition("-----Examples-----\n")
    if "-----Input-----\n" not in before or "-----Output-----\n" not in before:
        yield f"{where}: expected the sections Input, Output and Examples, in this order"
    wanted = ""
    for case, output in zip(built.inputs[: built.task.examples], built.outputs, strict=False):
        wanted += example(built.task, case, output)
    shown = shown.partition("-----")[0].rstrip()
    if shown != wanted.rstrip():
        yield f"{where}: examples are {shown!r}, expected {wanted.rstrip()!r}"


def example(task: Task, case: Json, output: Json) -> str:
    """Return one example as the statement shows it."""
    if isinstance(case, str) or not isinstance(case, Sequence):
        return f"Input\n{case}\nOutput\n{output}\n"
    return f"{task.fn_name}({', '.join(map(json.dumps, case))}) == {json.dumps(output)}\n"


def case_problems(built: Built) -> Iterator[str]:
    """Yield what is wrong with the cases themselves."""
    texts = [json.dumps(case) for case in built.inputs]
    if len(texts) not in CASES:
        yield f"{built.name}: {len(texts)} cases, expected {CASES.start} to {CASES.stop - 1}"
    for number, text in enumerate(texts):
        if text in texts[:number]:
            yield f"{built.name}: case {number} repeats case {texts.index(text)}"
    if len(texts[-1]) < max(map(len, texts)):
        yield f"{built.name}: the last case is not the largest"
    if built.task.fn_name is None:
        for number, pair in enumerate(zip(built.inputs, built.outputs, strict=True)):
            if not all(isinstance(text, str) and text.endswith("\n") for text in pair):
                yield f"{built.name}: case {number}: expected texts that end in a newline"


def reference_problems(built: Built) -> Iterator[str]:
    """Yield where a reference program is slow, or the second one does not agree."""
    for which, program in zip(("first", "second"), built.task.references, strict=True):
        outcomes = run(program, built.task, built.inputs, TIME_LIMIT * len(built.inputs))
        where = f"{built.name}: {which} reference"
        if len(outcomes) < len(built.inputs):
            yield f"{where}: {len(outcomes)} of {len(built.inputs)} cases answered"
        for number, (outcome, expected) in enumerate(zip(outcomes, built.outputs, strict=False)):
            if outcome.error or not agree(outcome.output, expected):
                found = outcome.error or short(outcome.output)
                yield f"{where}, case {number}: found {found}, expected {short(expected)}"
            if outcome.seconds > REFERENCE_LIMIT:
                found = f"{outcome.seconds:.2f} s"
                yield f"{where}, case {number}: took {found}, expected under {REFERENCE_LIMIT} s"


def wrong_problems(built: Built) -> Iterator[str]:
    """Yield the wrong programs that every case accepts, and slow ones that are wrong or fast."""
    task = built.task
    if len(task.wrong) + len(task.slow) < LEAST_WRONG:
        count = len(task.wrong) + len(task.slow)
        yield f"{built.name}: {count} wrong programs, expected {LEAST_WRONG} or more"
    for label, program in task.wrong.items():
        outcomes = run(program, task, built.inputs, TIME_LIMIT * len(built.inputs))
        where = f"{built.name}: wrong program {label!r}"
        if len(outcomes) < len(built.inputs):
            # A program that does not compile, or never ends, says nothing about the cases.
            yield f"{where}: {len(outcomes)} of {len(built.inputs)} cases answered, expected all"
        elif all(map(passes, outcomes, built.outputs)):
            yield f"{where}: passes every case"
    for label, program in task.slow.items():
        inputs = [*built.inputs[: task.examples], built.inputs[-1]]
        outcomes = run(program, task, inputs, TIME_LIMIT)
        if not all(map(passes, outcomes, built.outputs[: len(outcomes)])):
            yield f"{built.name}: slow program {label!r} is wrong on an example, not just slow"
        if len(outcomes) != task.examples:
            found = f"{len(outcomes)} of {len(inputs)} cases done in {TIME_LIMIT} s"
            yield f"{built.name}: slow program {label!r}: {found}, expected all but the last"


def passes(outcome: Outcome, expected: Json) -> bool:
    """Return whether the outcome is the right answer."""
    return not outcome.error and agree(outcome.output, expected)


def prove(name: str, task: Task) -> tuple[Built | None, list[str]]:
    """Return the built task and everything found wrong with it."""
    try:
        built = build(name, task)
    except TaskError as error:
        return None, [str(error)]
    checks = (file_problems, case_problems, reference_problems, wrong_problems)
    return built, [problem for check in checks for problem in check(built)]


def check(tasks: dict[str, Task]) -> list[str]:
    """Return everything wrong with the tasks, alone and together."""
    problems: list[str] = []
    seen: dict[tuple[Json, ...], str] = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for name, (built, found) in zip(tasks, pool.map(prove, tasks, tasks.values()), strict=True):
            problems += found
            if built is None:
                continue
            texts = tuple(map(json.dumps, built.inputs))
            if texts in seen:
                problems.append(f"{name}: has the same cases as {seen[texts]}")
            seen[texts] = name
            wrong = len(built.task.wrong) + len(built.task.slow)
            print(f"{name}: {len(texts)} cases, {wrong} wrong programs, {len(found)} problems")
    for folder in sorted(path for path in FOLDERS.glob("*/*") if path.is_dir()):
        if (name := folder.relative_to(FOLDERS).as_posix()) not in tasks:
            problems.append(f"{name}: has no module tools/tasks/{name.replace('/', '_')}.py")
    return problems


def write(tasks: dict[str, Task]) -> None:
    """Write the generated files of every task; raises TaskError when a reference fails."""
    for name, task in tasks.items():
        for file, text in build(name, task).files.items():
            path = FOLDERS / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        print(f"{name}: written")


def main() -> int:
    """Return the exit status: 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; prove every task")
    options = parser.parse_args()
    tasks, problems = load_tasks(), []
    try:
        if options.check:
            problems = check(tasks)
        else:
            write(tasks)
    except TaskError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
