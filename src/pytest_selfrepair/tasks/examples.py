"""Find the cases that a task's statement shows, where its source does not say."""

import json
import re

from pytest_selfrepair.core.task import Case, JsonValue, Task, TaskKind

_HEADING = re.compile(
    r"\W*(?:(?:sample|example|expected|the|standard|test|case)\W*(?:\d+\W+)?)*outputs?\b",
    re.IGNORECASE,
)
"""A heading, right after an example's input, that announces its output."""

_LONGEST_HEADING = 4
"""The most words of a heading."""

_ANSWERS = r"(?:==>?|=>|=|-+>|(?:should)?returns?|shouldbe|/+=?>?|#=?>?|:){1,3}"
"""What separates a call from its result, without whitespace."""


def examples(task: Task) -> tuple[int, ...]:
    """The positions of the cases that the statement gives as examples, in order.

    A case on standard input is shown where its input follows a word such as ``Input`` and precedes
    a heading such as ``Output``; the output shown may differ from the case's, as several may be
    right. A case of a function is shown where the statement has its arguments after ``Input:`` and
    its result after ``Output:``, or a call with its result. Whitespace does not matter.
    """
    if task.kind is TaskKind.STDIN:
        words = task.statement.split()
        shows = [_shows_text(words, case) for case in task.cases]
    else:
        squeezed = _normalised(task.statement)
        shows = [_shows_call(squeezed, task.fn_name or "", case) for case in task.cases]
    return tuple(i for i, shown in enumerate(shows) if shown)


def _shows_text(words: list[str], case: Case) -> bool:
    given = str(case.input).split()
    if not given:
        return False
    for start in range(1, len(words) - len(given) + 1):
        if words[start] != given[0] or words[start : start + len(given)] != given:
            continue
        end = start + len(given)
        heading = " ".join(words[end : end + _LONGEST_HEADING])
        if "input" in words[start - 1].lower() and _HEADING.match(heading):
            return True
    return False


def _shows_call(squeezed: str, fn_name: str, case: Case) -> bool:
    if not isinstance(case.input, list):
        return False
    texts = [_rendered(each) for each in (*case.input, case.expected)]
    if sum(map(len, texts)) > len(squeezed):
        return False
    *arguments, result = map(re.escape, texts)
    named = ",?".join(rf"(?:\w+[=:])?{each}" for each in arguments)
    wanted = rf"{result}(?![\w.,]*\w[\]\"])"
    ends = r"(?!\d|\.\d)"
    return any(
        re.search(pattern, squeezed) is not None
        for pattern in (
            rf"(?i:input):{named}(?i:output):{wanted}{ends}",
            rf"\b{re.escape(fn_name)}\({named}\){_ANSWERS}{wanted}{ends}",
        )
    )


def _rendered(value: JsonValue) -> str:
    return _normalised(json.dumps(value, ensure_ascii=False))


def _normalised(text: str) -> str:
    """Without whitespace, with one kind of quotes, and with constants as in JSON."""
    text = re.sub(r"[`*]|<[^<>]*>", "", text)
    text = "".join(text.split()).replace("'", '"')
    return re.sub(r"\b(True|False|None)\b", lambda found: _CONSTANTS[found[0]], text)


_CONSTANTS = {"True": "true", "False": "false", "None": "null"}
