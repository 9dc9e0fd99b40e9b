"""The fields of an APPS task, read with care: what is wrong is named by file, field and value."""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from pytest_selfrepair.core.shorten import integer_text, parse_integer
from pytest_selfrepair.core.task import CHECK_FUNCTION, Case, Difficulty, JsonValue, Task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.calls import read_expectations

LARGEST_FILE = 50_000_000
"""Bytes of one task file (or one line of JSON Lines) that are read at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where fields come from, so that an error can name it.

    Attributes:
        file: The file as the user would name it, perhaps with a line number.
    """

    file: str

    def error(self, field: str, found: str, accepted: str) -> TaskError:
        """The error that names what is wrong."""
        return TaskError(file=self.file, field=field, found=found, accepted=accepted)


def read_text(path: Path, source: Source) -> str:
    """A file's text; a byte order mark is dropped and line ends become newlines.

    Raises:
        TaskError: The file is missing, too large, or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise source.error("size", f"{size} bytes", f"at most {LARGEST_FILE} bytes")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise source.error("file", error.strerror or str(error), "a readable file") from error
    except UnicodeDecodeError as error:
        raise source.error("text", f"byte {error.start} that is not UTF-8", "UTF-8 text") from error


def read_json(text: str, source: Source, field: str = "content") -> JsonValue:
    """Parse JSON as APPS writes it: integers of any length, nothing that JSON does not know.

    Raises:
        TaskError: The text is not JSON, or holds NaN, an infinity or half a surrogate pair.
    """

    def constant(name: str) -> NoReturn:
        raise source.error(field, name, "JSON numbers")

    try:
        value: JsonValue = json.loads(text, parse_int=parse_integer, parse_constant=constant)
        for part in _texts(value):
            part.encode()
    except UnicodeEncodeError as error:
        raise source.error(field, "half a surrogate pair", "whole characters") from error
    except RecursionError as error:
        raise source.error(field, "JSON nested too deep", "JSON of moderate depth") from error
    except ValueError as error:
        raise source.error(field, f"{brief(text)} ({error})", "JSON") from error
    return value


def _texts(value: JsonValue) -> Iterator[str]:
    """Every text in a JSON value, keys of objects included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)


def read_task(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
    """Make a task of the fields that folders and JSON Lines share.

    Args:
        task_id: The task's id in this run.
        fields: `question`, `difficulty`, `input_output`, and where present `solutions`,
            `starter_code` and `checker`. `input_output` and `solutions` may be JSON inside a
            string.
        source: What errors name.

    Raises:
        TaskError: A field is missing or is not what APPS allows.
    """
    statement = fields.get("question")
    if not isinstance(statement, str) or not statement.strip():
        raise source.error("question", brief(statement), "a statement that is not empty")
    difficulty = fields.get("difficulty")
    if difficulty not in list(Difficulty):  # which, unlike a set, may be asked for any value
        raise source.error("difficulty", brief(difficulty), ", ".join(Difficulty))
    starter = fields.get("starter_code") or ""
    if not isinstance(starter, str):
        raise source.error("starter_code", brief(starter), "a text")
    tests = _unpacked(fields.get("input_output"), source, "input_output")
    solutions = _unpacked(fields.get("solutions"), source, "solutions")
    task = Task(
        id=task_id,
        difficulty=Difficulty(str(difficulty)),
        statement=statement,
        cases=(),
        starter_code=starter,
        solutions=_read_solutions(solutions, source),
        checker=_read_checker(fields.get("checker"), source),
    )
    return task if tests is None else _with_cases(task, tests, source)


def _with_cases(task: Task, tests: JsonValue, source: Source) -> Task:
    if not isinstance(tests, dict):
        raise source.error("input_output", brief(tests), "an object with inputs and outputs")
    fn_name = tests.get("fn_name")
    if fn_name is not None and not (isinstance(fn_name, str) and fn_name.isidentifier()):
        raise source.error(
            "input_output.fn_name", brief(fn_name), "a function's name, or no such field"
        )
    inputs, outputs = tests.get("inputs", []), tests.get("outputs", [])
    for field, values in (("inputs", inputs), ("outputs", outputs)):
        if not isinstance(values, list):
            raise source.error(f"input_output.{field}", brief(values), "a list")
    assert isinstance(inputs, list)  # noqa: S101 - checked above, which mypy cannot follow
    assert isinstance(outputs, list)  # noqa: S101 - as above
    if len(inputs) != len(outputs):
        raise source.error(
            "input_output.outputs", f"{len(outputs)} outputs", f"{len(inputs)}, as inputs"
        )
    if fn_name is None:
        cases = tuple(
            Case(
                input=_lines(given, source, f"input_output.inputs[{i}]"),
                expected=_lines(wanted, source, f"input_output.outputs[{i}]"),
            )
            for i, (given, wanted) in enumerate(zip(inputs, outputs, strict=True))
        )
        return replace(task, cases=cases)
    for i, arguments in enumerate(inputs):
        if not isinstance(arguments, list):
            raise source.error(f"input_output.inputs[{i}]", brief(arguments), "a list of arguments")
    expected = read_expectations(fn_name, task.starter_code, inputs, outputs)
    return replace(
        task,
        fn_name=fn_name,
        cases=tuple(
            Case(input=given, expected=wanted)
            for given, wanted in zip(inputs, expected.values, strict=True)
        ),
        wrapping=expected.wrapping,
        in_place=expected.in_place,
    )


def _lines(value: JsonValue, source: Source, field: str) -> str:
    """Standard input or output as one text; APPS also writes it as a list of lines."""
    if isinstance(value, list):
        return "\n".join(_lines(line, source, field) for line in value)
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return integer_text(value)
    if isinstance(value, float):
        return repr(value)
    raise source.error(field, brief(value), "a text or a list of lines")


def _read_solutions(solutions: JsonValue, source: Source) -> tuple[str, ...]:
    if solutions is None:
        return ()
    if not isinstance(solutions, list):
        raise source.error("solutions", brief(solutions), "a list of programs")
    for i, program in enumerate(solutions):
        if not isinstance(program, str):
            raise source.error(f"solutions[{i}]", brief(program), "a program")
    return tuple(program for program in solutions if isinstance(program, str))


def _read_checker(program: JsonValue, source: Source) -> str | None:
    """The source of a task's own checker, read but not run."""
    if program is None:
        return None
    accepted = f"a Python program that defines {CHECK_FUNCTION}(given, expected, answer)"
    if not isinstance(program, str):
        raise source.error("checker", brief(program), accepted)
    try:
        parts = ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise source.error("checker", f"{type(error).__name__}: {error}", accepted) from error
    if not any(isinstance(each, ast.FunctionDef) and each.name == CHECK_FUNCTION for each in parts):
        raise source.error("checker", f"no function {CHECK_FUNCTION}", accepted)
    return program


def _unpacked(value: JsonValue, source: Source, field: str) -> JsonValue:
    """A field that may be absent, an object, or JSON inside a string that may be empty."""
    if not isinstance(value, str):
        return value
    return read_json(value, source, field) if value.strip() else None


def brief(value: object, limit: int = 60) -> str:
    """A value as an error shows it: its repr, cut to `limit` characters."""
    if value is None:
        return "nothing"
    try:
        shown = repr(value)
    except ValueError:  # an integer beyond the limit of digits
        return f"a long {type(value).__name__}"
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"
