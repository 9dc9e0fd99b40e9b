"""Reconstruct a program's verdict from a line in the authors' format."""

import re

from pytest_selfrepair.core.feedback import LONGEST_SENTENCE
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.store.authors import PASSED, Fields, shown


def read_verdict(entry: Fields, program: str, *, passed: bool) -> Verdict:
    """Derive the verdict from `fault` and `errors`, as far as possible."""
    tests = _tests(entry.get("errors"))
    if passed:
        run = len(tests or ())
        return Verdict(outcome=Outcome.PASSED, cases_run=run, cases_passed=run)
    fault = entry.get("fault")
    if not isinstance(fault, str):
        fault = "" if fault is None else shown(fault)
    failure = CaseFailure(
        index=tests.index(False) if tests and False in tests else None,
        error=shorten(fault, LONGEST_SENTENCE) or None,
    )
    return Verdict(
        outcome=_outcome(entry.get("errors"), fault, program),
        cases_run=len(tests or ()),
        cases_passed=sum(tests or ()),
        failure=failure,
    )


def _tests(errors: JsonValue) -> list[bool] | None:
    """Whether each test was passed; None where unknown.

    The authors write "passed", or a list that begins with the error. The official checker of APPS
    writes true, false, -1 (an exception) or -2 (a program that cannot be run).
    """
    if not isinstance(errors, list):
        return None
    results: list[bool] = []
    for each in errors:
        if isinstance(each, int | float) and not isinstance(each, bool) and each not in {-1, -2}:
            return None
        results.append(each is None or each is True or each in ("", PASSED))
    return results


_PATTERNS = [
    (outcome, re.compile(text, re.IGNORECASE))
    for outcome, text in (
        (Outcome.WRONG_ANSWER, r"^(the code above is wrong|wrong answer)\b"),
        (Outcome.SYNTAX_ERROR, r"(Syntax|Indentation|Tab)Error|(syntax|compile) error|^-2$"),
        (Outcome.TIME_LIMIT, r"time.?out|timed out|time limit|out of time|took too long"),
        (Outcome.MEMORY_LIMIT, r"MemoryError|memory limit|out of memory"),
        (Outcome.MISSING_FUNCTION, r"(missing|no) (a )?function|function .{0,80}not (found|def)"),
        (Outcome.RUNTIME_ERROR, r"\w(Error|Exception|Interrupt|Exit)\b|StopIteration"),
        (Outcome.RUNTIME_ERROR, r"traceback|runtime error|exception|^-1$"),
    )
]
"""The outcomes of failures by the first matching pattern."""


def _outcome(errors: JsonValue, fault: str, program: str) -> Outcome:
    """Classify by the first failing test, else by the fault, else as a wrong answer."""
    first = errors[_first_failing(errors)] if isinstance(errors, list) and errors else None
    kind = first[0] if isinstance(first, list) and first else first
    detail = first[1] if isinstance(first, list) and len(first) > 1 else ""
    for text in (f"{kind}: {detail}" if isinstance(kind, str) else "", fault):
        for outcome, pattern in _PATTERNS:
            if pattern.search(text, 0, LONGEST_SENTENCE):
                return outcome
    return Outcome.WRONG_ANSWER if program.strip() else Outcome.NO_PROGRAM


def _first_failing(errors: list[JsonValue]) -> int:
    """The index of the first test with an error; 0 without one."""
    return next(
        (i for i, each in enumerate(errors) if isinstance(each, str | list) and each != PASSED), 0
    )
