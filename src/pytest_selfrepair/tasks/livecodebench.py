"""Read tasks of LiveCodeBench: public cases, and private ones that are mostly compressed."""

import base64
import binascii
import io
import pickle
import zlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NoReturn

from pytest_selfrepair.core.task import Case, Difficulty, JsonValue, Task
from pytest_selfrepair.tasks.apps_fields import GRADERS_PACKAGES
from pytest_selfrepair.tasks.calls import read_expectations
from pytest_selfrepair.tasks.outline import Outline
from pytest_selfrepair.tasks.source import Source, brief, read_json, unpacked

DIFFICULTIES: Mapping[str, Difficulty] = MappingProxyType(
    {
        "easy": Difficulty.INTRODUCTORY,
        "medium": Difficulty.INTERVIEW,
        "hard": Difficulty.COMPETITION,
    }
)
"""LiveCodeBench's names for the levels of APPS, as near as they come."""

LARGEST_UNPACKED = 400_000_000
"""The largest decompressed size of a task's private cases, in bytes."""

_PUBLIC, _PRIVATE = "public_test_cases", "private_test_cases"


def recognises(fields: Mapping[str, JsonValue]) -> bool:
    """Whether a line has columns that only this format has."""
    return "question_content" in fields and _PUBLIC in fields


def name(fields: Mapping[str, JsonValue], source: Source) -> str:
    """The column `question_id`.

    Raises:
        TaskError: It is missing.
    """
    found = fields.get("question_id")
    if isinstance(found, str) and found.strip():
        return found.strip()
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    raise source.error("question_id", brief(found), "a number or a text")


def read(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
    """Make a task; its public cases come first.

    Raises:
        TaskError: A column is missing or invalid.
    """
    task = _without_cases(task_id, fields, source)
    tests = [(_PUBLIC, each) for each in _tests(fields.get(_PUBLIC), source, _PUBLIC)]
    public = len(tests)
    private = fields.get(_PRIVATE)
    if isinstance(private, str) and private.strip() and not private.lstrip().startswith("["):
        private = _decompressed(private, source)
    tests += [(_PRIVATE, each) for each in _tests(private, source, _PRIVATE)]
    fn_name = _fn_name(fields, source)
    functional = {_is_functional(each, source, field) for field, each in tests}
    if functional == {True, False}:
        raise source.error(_PRIVATE, "cases of both kinds", "testtype stdin or functional in all")
    if True not in functional:
        cases = tuple(
            Case(
                input=_text(each, "input", source, field),
                expected=_text(each, "output", source, field),
            )
            for field, each in tests
        )
        return replace(task, cases=cases, public_cases=tuple(range(public)))
    if fn_name is None:
        raise source.error("metadata.func_name", "nothing", "the name of the function to call")
    inputs: list[JsonValue] = [
        [
            read_json(line, source, field)
            for line in _text(each, "input", source, field).splitlines()
            if line.strip()
        ]
        for field, each in tests
    ]
    outputs = [
        read_json(_text(each, "output", source, field), source, field) for field, each in tests
    ]
    # What a function should return is never wrapped here.
    expected = read_expectations(fn_name, task.starter_code, inputs, outputs)
    return replace(
        task,
        fn_name=fn_name,
        cases=tuple(
            Case(input=given, expected=wanted)
            for given, wanted in zip(inputs, outputs, strict=True)
        ),
        in_place=expected.in_place,
        public_cases=tuple(range(public)),
    )


def outline(fields: Mapping[str, JsonValue], large: Mapping[str, bytes], source: Source) -> Outline:
    """The outline of a task with private cases too large to read during collection.

    Its kind is that of its public cases.

    Raises:
        TaskError: One of the small columns is missing or invalid.
    """
    known = {key: value for key, value in fields.items() if key not in large}
    if "question_content" in large:
        known["question_content"] = "large"
    if _PUBLIC in large:
        known[_PUBLIC] = read_json(large[_PUBLIC], source, _PUBLIC)
    task = read("", known, source)
    cases = None if _PRIVATE in large else len(task.cases)
    return Outline(difficulty=task.difficulty, kind=task.kind, cases=cases)


def _without_cases(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
    statement = fields.get("question_content")
    if not isinstance(statement, str) or not statement.strip():
        raise source.error("question_content", brief(statement), "a statement that is not empty")
    difficulty = fields.get("difficulty")
    if not isinstance(difficulty, str) or difficulty not in DIFFICULTIES:
        raise source.error("difficulty", brief(difficulty), ", ".join(DIFFICULTIES))
    starter = fields.get("starter_code") or ""
    if not isinstance(starter, str):
        raise source.error("starter_code", brief(starter), "a text")
    return Task(
        id=task_id,
        difficulty=DIFFICULTIES[difficulty],
        statement=statement,
        cases=(),
        starter_code=starter,
        packages=GRADERS_PACKAGES,
    )


def _fn_name(fields: Mapping[str, JsonValue], source: Source) -> str | None:
    metadata = unpacked(fields.get("metadata"), source, "metadata")
    fn_name = metadata.get("func_name") if isinstance(metadata, dict) else None
    if fn_name is not None and not (isinstance(fn_name, str) and fn_name.isidentifier()):
        raise source.error("metadata.func_name", brief(fn_name), "a function's name")
    return fn_name


def _tests(value: JsonValue, source: Source, field: str) -> list[JsonValue]:
    found = unpacked(value, source, field)
    if found is None:
        return []
    if not isinstance(found, list):
        raise source.error(field, brief(found), "a list of cases")
    return found


def _is_functional(test: JsonValue, source: Source, field: str) -> bool:
    kind = test.get("testtype") if isinstance(test, dict) else None
    if kind not in ("stdin", "functional"):
        raise source.error(field, brief(test), "cases with testtype stdin or functional")
    return kind == "functional"


def _text(test: JsonValue, side: str, source: Source, field: str) -> str:
    value = test.get(side) if isinstance(test, dict) else None
    if not isinstance(value, str):
        raise source.error(f"{field}.{side}", brief(value), "a text")
    return value


class _TextAlone(pickle.Unpickler):
    """Unpickles plain values only: a name of a class or function is rejected, never run."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name}, which is not plain text")

    def persistent_load(self, pid: object) -> NoReturn:
        raise pickle.UnpicklingError(f"a persistent id {brief(pid)}")


def _decompressed(packed: str, source: Source) -> str:
    """Unpack private cases as LiveCodeBench stores them: Base64 of zlib of a pickled text."""
    accepted = "a list of cases, or base64 of zlib of a pickled text"
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(base64.b64decode(packed, validate=True), LARGEST_UNPACKED)
    except (binascii.Error, zlib.error) as error:
        raise source.error(_PRIVATE, f"{brief(packed)} ({error})", accepted) from error
    if unpacker.unconsumed_tail:
        found = f"more than {LARGEST_UNPACKED} bytes once decompressed"
        raise source.error(_PRIVATE, found, f"at most {LARGEST_UNPACKED} bytes")
    try:
        text = _TextAlone(io.BytesIO(content)).load()
    except Exception as error:  # a broken pickle may raise any; none of them ran code
        raise source.error(_PRIVATE, f"{type(error).__name__}: {error}", accepted) from error
    if not isinstance(text, str):
        raise source.error(_PRIVATE, f"a pickled {type(text).__name__}", accepted)
    return text
