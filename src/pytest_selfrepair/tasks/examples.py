"""Which cases of a task its statement shows, where its source does not say."""

import json
import re

from pytest_selfrepair.core.task import Case, JsonValue, Task, TaskKind

_HEADING = re.compile(
    r"\W*(?:(?:sample|example|expected|the|standard|test|case)\W*(?:\d+\W+)?)*outputs?\b",
    re.IGNORECASE,
)
"""What says, right behind an example's input, that its output follows."""

_LONGEST_HEADING = 4
"""Words of it that are looked at."""

_ANSWERS = r"(?:==>?|=>|=|-+>|(?:should)?returns?|shouldbe|/+=?>?|#=?>?|:){1,3}"
"""What stands between a call and its result, without blanks."""


def examples(task: Task) -> tuple[int, ...]:
    """The positions of the cases that the statement gives as examples, in order.

    A case of a program that reads and prints is one where its input follows a word such as
    ``Input`` and is itself followed by a heading such as ``Output``; another output than the case
    expects may stand there, where several are right. A case of a
    function is one where the statement has its arguments behind ``Input:`` and its result behind
    ``Output:``, or a call with its result. Blanks and line ends never matter.
    """
    if task.kind is TaskKind.STDIN:
        words = task.statement.split()
        shows = [_shows_text(words, case) for case in task.cases]
    else:
        squeezed = _squeezed(task.statement)
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
    return _squeezed(json.dumps(value, ensure_ascii=False))


def _squeezed(text: str) -> str:
    """Without blanks, with one kind of quotes, and with constants as JSON has them."""
    text = re.sub(r"[`*]|<[^<>]*>", "", text)
    text = "".join(text.split()).replace("'", '"')
    return re.sub(r"\b(True|False|None)\b", lambda found: _CONSTANTS[found[0]], text)


_CONSTANTS = {"True": "true", "False": "false", "None": "null"}
