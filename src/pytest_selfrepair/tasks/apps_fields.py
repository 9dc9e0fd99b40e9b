"""Validate and read the fields of an APPS task; errors name file, field and value."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from pytest_selfrepair.core.shorten import integer_text
from pytest_selfrepair.core.syntax import syntax_tree
from pytest_selfrepair.core.task import CHECK_FUNCTION, Case, Difficulty, JsonValue, Task, TaskKind
from pytest_selfrepair.tasks.calls import read_expectations
from pytest_selfrepair.tasks.outline import Outline
from pytest_selfrepair.tasks.source import Source, brief, read_json, unpacked

GRADERS_PACKAGES = ("numpy",)
"""The packages that the official graders of APPS and LiveCodeBench provide to programs."""

NAMES = ("problem_id", "task_id", "id")
"""The columns that may name a task; the first present one does."""

_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"seconds": (0.1, 3600), "megabytes": (32, 1_000_000)}
)
"""What a task may limit, and the range of each; Python itself needs some memory."""

_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def recognises(fields: Mapping[str, JsonValue]) -> bool:  # noqa: ARG001 - as every format
    """True for any line: what it lacks is reported when it is read."""
    return True


def name(fields: Mapping[str, JsonValue], source: Source) -> str:
    """A line's `problem_id`, `task_id` or `id`; numbers are padded to four digits.

    Raises:
        TaskError: It has none of these.
    """
    found = next((fields[each] for each in NAMES if each in fields), None)
    if isinstance(found, int) and not isinstance(found, bool):
        return f"{integer_text(found):0>4}"
    if isinstance(found, str) and found.strip():
        return found.strip()
    raise source.error("problem_id", brief(found), "a number or a text")


class _Tests(NamedTuple):
    """The contents of `input_output`, checked but not yet converted to cases."""

    fn_name: str | None = None
    inputs: list[JsonValue] = []  # noqa: RUF012 - never changed
    outputs: list[JsonValue] = []  # noqa: RUF012 - as above


def read(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
    """Make a task from the fields that folders and JSON Lines share.

    Args:
        task_id: The task's id in this run.
        fields: `question`, `difficulty`, `input_output`, and where present `solutions`,
            `starter_code`, `public_cases`, `topics`, `limits`, `checker` and `url`.
            `input_output` and `solutions` may be JSON inside a string.
        source: The source named in errors.

    Raises:
        TaskError: A field is missing or invalid.
    """
    task, tests = _read(task_id, fields, source)
    fn_name, inputs, values = tests
    if fn_name is not None:
        expected = read_expectations(fn_name, task.starter_code, inputs, values)
        values = [*expected.values]
        task = replace(
            task, fn_name=fn_name, wrapping=expected.wrapping, in_place=expected.in_place
        )
    pairs = zip(inputs, values, strict=True)
    cases = tuple(Case(input=given, expected=wanted) for given, wanted in pairs)
    return replace(task, cases=cases)


def check(fields: Mapping[str, JsonValue], source: Source) -> Outline:
    """The outline of a task with all fields known, which are checked as by `read`.

    Raises:
        TaskError: A field is missing or invalid.
    """
    task, tests = _read("", fields, source)
    kind = TaskKind.STDIN if tests.fn_name is None else TaskKind.CALL_BASED
    return Outline(difficulty=task.difficulty, kind=kind, cases=len(tests.inputs))


def _read(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> tuple[Task, _Tests]:
    """Read everything of a task but its cases; return it with the tests to make cases from."""
    starter = fields.get("starter_code") or ""
    if not isinstance(starter, str):
        raise source.error("starter_code", brief(starter), "a text")
    tests = _read_tests(unpacked(fields.get("input_output"), source, "input_output"), source)
    solutions = unpacked(fields.get("solutions"), source, "solutions")
    limits = _read_limits(fields.get("limits"), source)
    task = Task(
        id=task_id,
        statement=_read_statement(fields, source),
        difficulty=read_difficulty(fields, source),
        cases=(),
        starter_code=starter,
        solutions=_read_texts(solutions, "solutions", "program", source),
        checker=_read_checker(fields.get("checker"), source),
        packages=GRADERS_PACKAGES if _is_of_apps(fields) else (),
        topics=_read_texts(fields.get("topics"), "topics", "text", source),
        public_cases=_read_public_cases(fields.get("public_cases"), len(tests.inputs), source),
        seconds=limits.get("seconds"),
        megabytes=None if "megabytes" not in limits else round(limits["megabytes"]),
    )
    return task, tests


def outline(fields: Mapping[str, JsonValue], large: Mapping[str, bytes], source: Source) -> Outline:
    """The outline of a task with fields too large to read during collection.

    Args:
        fields: The fields; large ones are empty texts.
        large: The JSON of the large ones.
        source: The source named in errors.

    Raises:
        TaskError: One of the small fields is missing or invalid.
    """
    known: dict[str, JsonValue] = {key: value for key, value in fields.items() if key not in large}
    if "question" in large:
        known["question"] = "large"
    in_part = check(known, source)
    if "input_output" not in large:
        return in_part
    kind = _kind(large["input_output"], source)
    return Outline(difficulty=in_part.difficulty, kind=kind, cases=None)


def _kind(tests: bytes, source: Source) -> TaskKind:
    """The kind of a task by the JSON of its tests, which may be inside a JSON string."""
    if b"fn_name" not in tests:
        return TaskKind.STDIN
    try:
        inside = msgspec.json.decode(tests, type=str) if tests.startswith(b'"') else tests
        fn_name = read_json(bytes(_PARTS.decode(inside).get("fn_name", b"null")), source)
    except (ValueError, RecursionError):  # reading the task in full reports the error, if any
        found = unpacked(read_json(tests, source, "input_output"), source, "input_output")
        fn_name = found.get("fn_name") if isinstance(found, dict) else None
    return TaskKind.STDIN if fn_name is None else TaskKind.CALL_BASED


def _is_of_apps(fields: Mapping[str, JsonValue]) -> bool:
    """Whether a task has the columns or files of APPS itself, not only a similar layout."""
    return "problem_id" in fields or bool(fields.get("url"))


def _read_statement(fields: Mapping[str, JsonValue], source: Source) -> str:
    statement = fields.get("question")
    if not isinstance(statement, str) or not statement.strip():
        raise source.error("question", brief(statement), "a statement that is not empty")
    return statement


def read_difficulty(fields: Mapping[str, JsonValue], source: Source) -> Difficulty:
    """The field `difficulty`.

    Raises:
        TaskError: It is missing, or not one of the three difficulties of APPS.
    """
    difficulty = fields.get("difficulty")
    if difficulty not in list(Difficulty):  # a list, as a value need not be hashable
        raise source.error("difficulty", brief(difficulty), ", ".join(Difficulty))
    return Difficulty(str(difficulty))


def _read_public_cases(value: JsonValue, cases: int, source: Source) -> tuple[int, ...] | None:
    """The positions of the cases that a model may see, in order."""
    if value is None:
        return None
    accepted = f"a list of different positions of cases, from 0 to {cases - 1}"
    if not isinstance(value, list):
        raise source.error("public_cases", brief(value), accepted)
    found: list[int] = []
    for i, each in enumerate(value):
        if not isinstance(each, int) or isinstance(each, bool) or not 0 <= each < cases:
            raise source.error(f"public_cases[{i}]", brief(each), accepted)
        found.append(each)
    if len(set(found)) < len(found):
        raise source.error("public_cases", brief(value), accepted)
    return tuple(sorted(found))


def _read_tests(tests: JsonValue, source: Source) -> _Tests:
    if tests is None:
        return _Tests()
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
        return _Tests(None, _texts(inputs, source, "inputs"), _texts(outputs, source, "outputs"))
    for i, arguments in enumerate(inputs):
        if not isinstance(arguments, list):
            raise source.error(f"input_output.inputs[{i}]", brief(arguments), "a list of arguments")
    return _Tests(fn_name, inputs, outputs)


def _texts(values: list[JsonValue], source: Source, field: str) -> list[JsonValue]:
    return [
        value if isinstance(value, str) else _lines(value, source, f"input_output.{field}[{i}]")
        for i, value in enumerate(values)
    ]


def _lines(value: JsonValue, source: Source, field: str) -> str:
    """Standard input or output as one text; APPS may write it as a list of lines."""
    if isinstance(value, list):
        return "\n".join(_lines(line, source, field) for line in value)
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return integer_text(value)
    if isinstance(value, float):
        return repr(value)
    raise source.error(field, brief(value), "a text or a list of lines")


def _read_texts(texts: JsonValue, field: str, what: str, source: Source) -> tuple[str, ...]:
    """A list of texts, each of them a `what`; empty where there is no list."""
    if texts is None:
        return ()
    if not isinstance(texts, list):
        raise source.error(field, brief(texts), f"a list of {what}s")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise source.error(f"{field}[{i}]", brief(text), f"a {what}")
    return tuple(text for text in texts if isinstance(text, str))


def _read_limits(limits: JsonValue, source: Source) -> dict[str, float]:
    """The limits of a case that differ from the run's."""
    if limits is None:
        return {}
    if not isinstance(limits, dict) or not set(limits) <= set(_LIMITS):
        raise source.error("limits", brief(limits), f"an object with {' and '.join(_LIMITS)}")
    found: dict[str, float] = {}
    for name, value in limits.items():
        least, most = _LIMITS[name]
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not least <= value <= most
        ):
            accepted = f"a number from {least:,} to {most:,}"
            raise source.error(f"limits.{name}", brief(value), accepted)
        found[name] = float(value)
    return found


def _read_checker(program: JsonValue, source: Source) -> str | None:
    """The source of a task's own checker, parsed but not run."""
    if program is None:
        return None
    accepted = f"a Python program that defines {CHECK_FUNCTION}(given, expected, answer)"
    if not isinstance(program, str):
        raise source.error("checker", brief(program), accepted)
    try:
        parts = syntax_tree(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise source.error("checker", f"{type(error).__name__}: {error}", accepted) from error
    if not any(isinstance(each, ast.FunctionDef) and each.name == CHECK_FUNCTION for each in parts):
        raise source.error("checker", f"no function {CHECK_FUNCTION}", accepted)
    return program
