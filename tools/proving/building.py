"""The files of a task, made from its module and the statement in its folder."""

import ast
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from proving.running import run
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.task import Task as ReadTask
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.apps_fields import read as read_task
from pytest_selfrepair.tasks.folders import CASES, CHECKER, METADATA, SOLUTIONS, STARTER, STATEMENT
from pytest_selfrepair.tasks.source import Source
from tasks.kit import Json, Task

EXAMPLES = "-----Examples-----\n"


class BuildError(Exception):
    """A task that cannot be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A task with its cases, the right outputs and the text of its files by name.

    `read` is the same task as the plugin reads it.
    """

    name: str
    task: Task
    inputs: tuple[Json, ...]
    outputs: tuple[JsonValue, ...]
    files: dict[str, str]
    read: ReadTask


def build(name: str, task: Task, folders: Path) -> Built:
    """Return the task with its cases drawn and answered by its first reference program.

    Raises BuildError when that program fails on a case, or the statement is missing.
    """
    inputs = tuple(task.cases(Random(f"apps_tasks/{name}")))
    outcomes = run(task.references[0], task.fn_name, inputs)
    for number, outcome in enumerate(outcomes):
        if outcome.error:
            raise BuildError(f"{name}: first reference, case {number}: {outcome.error}")
    if len(outcomes) < len(inputs):
        found = f"{len(outcomes)} of {len(inputs)} cases answered in time"
        raise BuildError(f"{name}: first reference: {found}")
    outputs = tuple(outcome.output for outcome in outcomes)
    about = {
        "difficulty": task.difficulty,
        "source": "pytest-selfrepair",
        "topics": list(task.topics),
    }
    files = {
        STATEMENT: with_examples(name, task, folders, zip(inputs, outputs, strict=True)),
        CASES: layout(task, inputs, outputs),
        METADATA: json.dumps(about, indent=2, sort_keys=True) + "\n",
        SOLUTIONS: json.dumps(task.references, indent=1) + "\n",
    }
    if task.fn_name is not None:
        files[STARTER] = starter(name, task.references[0], task.fn_name)
    if task.checker is not None:
        files[CHECKER] = task.checker
    return Built(
        name=name, task=task, inputs=inputs, outputs=outputs, files=files, read=read(name, files)
    )


def read(name: str, files: dict[str, str]) -> ReadTask:
    """Return the task as the plugin reads it; raises BuildError when it cannot."""
    try:
        return read_task(
            name,
            {
                "question": files[STATEMENT],
                "difficulty": json.loads(files[METADATA])["difficulty"],
                "input_output": files[CASES],
                "solutions": files[SOLUTIONS],
                "starter_code": files.get(STARTER, ""),
                "checker": files.get(CHECKER),
            },
            Source(file=name),
        )
    except TaskError as error:
        raise BuildError(str(error)) from error


def layout(task: Task, inputs: Sequence[Json], outputs: Sequence[Json]) -> str:
    """Return the text of `input_output.json`, one case a line so that a diff shows cases."""
    parts = [] if task.fn_name is None else [f'"fn_name": {json.dumps(task.fn_name)}']
    for name, values in (("inputs", inputs), ("outputs", outputs)):
        parts.append(f'"{name}": [\n' + ",\n".join(map(json.dumps, values)) + "\n]")
    return "{" + ",\n".join(parts) + "}\n"


def with_examples(name: str, task: Task, folders: Path, cases: Iterable[tuple[Json, Json]]) -> str:
    """Return the statement of the folder with the first cases as its examples."""
    path = folders / name / STATEMENT
    if not path.is_file():
        raise BuildError(f"{name}/{STATEMENT}: is missing; it is written by hand")
    before, marker, after = path.read_text("utf-8").partition(EXAMPLES)
    if not marker or "-----Input-----\n" not in before or "-----Output-----\n" not in before:
        found = "expected the sections Input, Output and Examples, in this order"
        raise BuildError(f"{name}/{STATEMENT}: {found}")
    _, note, rest = after.partition("-----")
    shown = "".join(
        example(task, *case) for _, case in zip(range(task.examples), cases, strict=False)
    )
    return before + marker + shown.rstrip() + "\n" + (f"\n{note}{rest}" if note else "")


def example(task: Task, case: Json, output: Json) -> str:
    """Return one example as the statement shows it."""
    if isinstance(case, str) or not isinstance(case, Sequence):
        return f"Input\n{case}\nOutput\n{output}\n"
    return f"{task.fn_name}({', '.join(map(json.dumps, case))}) == {json.dumps(output)}\n"


def starter(name: str, program: str, fn_name: str) -> str:
    """Return the head of the function `fn_name` of the program, up to where its body begins."""
    rows = program.splitlines(keepends=True)
    tree = ast.parse(program)
    blocks = [("", tree.body)]
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    blocks += [(rows[node.lineno - 1], node.body) for node in classes]
    for opening, block in blocks:
        for node in block:
            if isinstance(node, ast.FunctionDef) and node.name == fn_name:
                decorators = getattr(node.body[0], "decorator_list", [])
                body = min(each.lineno for each in (node.body[0], *decorators))
                head = "".join(
                    row
                    for row in rows[node.lineno - 1 : body - 1]
                    if not row.lstrip().startswith("#")
                )
                return opening + head + " " * node.body[0].col_offset
    raise BuildError(f"{name}: first reference has no 'def {fn_name}(' at its top level")
