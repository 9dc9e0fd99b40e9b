"""Read tasks of MBPP: a sentence, and assertions that call a function by name."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Mapping

from pytest_selfrepair.core.task import Assertions, Case, JsonValue, Task
from pytest_selfrepair.tasks.assertion_fields import (
    function_of,
    parsed,
    read_difficulty,
    read_optional,
    read_required,
)
from pytest_selfrepair.tasks.source import Source, brief

_TESTS = "test_list"
_STATEMENTS = ("text", "prompt")
"""The column with the sentence: in the full set, and in the sanitized one."""


def recognises(fields: Mapping[str, JsonValue]) -> bool:
    """Whether a line has the columns of MBPP, full or sanitized."""
    return _TESTS in fields and any(each in fields for each in _STATEMENTS)


def name(fields: Mapping[str, JsonValue], source: Source) -> str:
    """The task's name in its file: ``MBPP/601`` for the `task_id` 601.

    Raises:
        TaskError: It is missing.
    """
    found = fields.get("task_id")
    if isinstance(found, int) and not isinstance(found, bool):
        return f"MBPP/{found}"
    if not isinstance(found, str) or not found.strip():
        raise source.error("task_id", brief(found), "a number or a text")
    return found.strip()


def read(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
    """Make a task from a line's columns.

    Each text of `test_list` is a case; the statement shows the first, as the function's name
    appears nowhere else. `challenge_test_list` is left out, as is usual.

    Args:
        task_id: The task's id in this run.
        fields: `text` or `prompt`, `test_list`, and where present `code`, `test_setup_code`,
            `test_imports` and `difficulty`.
        source: The source named in errors.

    Raises:
        TaskError: A column is missing or invalid.
    """
    statement = read_required(fields, next(e for e in _STATEMENTS if e in fields), source)
    code = read_optional(fields, "code", source)
    reference = parsed(code, "code", source)
    setup = "\n".join(
        [
            *_texts(fields, "test_imports", source),
            read_optional(fields, "test_setup_code", source),
        ]
    ).strip()
    parsed(setup, "test_setup_code", source)
    tests = [each.strip() for each in _texts(fields, _TESTS, source)]
    modules = [parsed(each, f"{_TESTS}[{i}]", source) for i, each in enumerate(tests)]
    fn_name = _function_in(modules, reference)
    if fn_name is None:
        raise source.error(_TESTS, "no call of a function", "assertions that call one by its name")
    function = function_of(reference, fn_name)
    return Task(
        id=task_id,
        difficulty=read_difficulty(fields, source),
        statement=f"{statement.strip()}\n\nThis must hold:\n\n```python\n{tests[0]}\n```",
        cases=tuple(Case(input=each, expected=None) for each in tests),
        fn_name=fn_name,
        starter_code=f"def {fn_name}({ast.unparse(function.args)}):\n" if function else "",
        solutions=(code,) if code.strip() else (),
        public_cases=(0,),
        assertions=Assertions(definitions=code, setup=setup),
    )


def _texts(fields: Mapping[str, JsonValue], field: str, source: Source) -> Iterator[str]:
    found = fields.get(field)
    if found is None and field != _TESTS:
        return
    if not isinstance(found, list):
        raise source.error(field, brief(found), "a list of texts")
    for i, each in enumerate(found):
        if not isinstance(each, str):
            raise source.error(f"{field}[{i}]", brief(each), "a text")
        yield each.replace("\r\n", "\n")


def _function_in(tests: list[ast.Module], reference: ast.Module) -> str | None:
    """The function that most tests call; one of the reference program's, if they call any."""
    counts: Counter[str] = Counter()
    for test in tests:
        called = (each.func for each in ast.walk(test) if isinstance(each, ast.Call))
        counts.update({each.id: 1 for each in called if isinstance(each, ast.Name)})
    own = [each for each in counts if function_of(reference, each) is not None]
    others = [each for each in counts if not hasattr(builtins, each)]
    return max(own or others, key=counts.__getitem__, default=None)
