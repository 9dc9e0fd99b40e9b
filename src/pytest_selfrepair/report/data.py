"""Read and write findings, comparisons and rankings as JSON."""

import json
import math
from typing import Any, TypeVar

import msgspec

from pytest_selfrepair.errors import ReportError
from pytest_selfrepair.estimate.comparison.ranked import RANKING_SCHEMA, RunRanking
from pytest_selfrepair.estimate.comparison.run_comparison import COMPARE_SCHEMA, RunComparison
from pytest_selfrepair.estimate.findings import SCHEMA, Findings

_WIDEST = 160
"""The widest object or list on one line, in characters."""

_FEW = 24
"""The most elements of an object or list on one line."""

_LINE_EACH = {"shapes", "points", "cells", "growth", "outcomes"}
"""Long lists, whose objects stand on one line each."""

_Report = TypeVar("_Report", Findings, RunComparison, RunRanking)


def to_json(findings: Findings) -> str:
    """All findings as ASCII JSON (docs/report-json.md); every shape and point on one line.

    Raises:
        ReportError: A number is not finite.
    """
    return _dumped(findings, "findings")


def from_json(text: str) -> Findings:
    """Read the output of `to_json`. Unknown fields are ignored.

    Raises:
        ReportError: The text holds no findings, or those of another version.
    """
    return _read(text, Findings, SCHEMA, "findings")


def comparison_to_json(found: RunComparison) -> str:
    """A comparison of two runs as ASCII JSON (docs/compare-json.md).

    Raises:
        ReportError: A number is not finite.
    """
    return _dumped(found, "comparison")


def comparison_from_json(text: str) -> RunComparison:
    """Read the output of `comparison_to_json`. Unknown fields are ignored.

    Raises:
        ReportError: The text holds no two runs, or those of another version.
    """
    return _read(text, RunComparison, COMPARE_SCHEMA, "comparison")


def ranking_to_json(found: RunRanking) -> str:
    """A ranking of several runs as ASCII JSON (docs/compare-runs-json.md).

    Raises:
        ReportError: A number is not finite.
    """
    return _dumped(found, "ranking")


def ranking_from_json(text: str) -> RunRanking:
    """Read the output of `ranking_to_json`. Unknown fields are ignored.

    Raises:
        ReportError: The text holds no such runs, or those of another version.
    """
    return _read(text, RunRanking, RANKING_SCHEMA, "ranking")


def _dumped(report: Findings | RunComparison | RunRanking, what: str) -> str:
    facts = msgspec.to_builtins(report)
    _check_finite(facts, what)
    return _written(facts, "") + "\n"


def _read(text: str, kind: type[_Report], schema: int, what: str) -> _Report:
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReportError(f"not a report of pytest-selfrepair: {error}") from error
    if not isinstance(facts, dict) or "schema" not in facts:
        raise ReportError("not a report of pytest-selfrepair: found no field schema")
    if type(facts["schema"]) is not int or facts["schema"] != schema:
        raise ReportError(
            f"report: schema: found {json.dumps(facts['schema'])[:80]}; accepted: {schema}. "
            "It was written by another version of pytest-selfrepair"
        )
    try:
        _check_finite(facts, what)
        return msgspec.convert(facts, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ReportError(f"not a report of pytest-selfrepair: {error}") from error


def _check_finite(value: object, place: str) -> None:
    """Reject NaN and infinities, which JSON lacks.

    Raises:
        ReportError: A number is not finite; the error names its path.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ReportError(f"{place}: found {value}; accepted: a finite number")
    elif isinstance(value, dict):
        for name, each in value.items():
            _check_finite(each, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            _check_finite(each, f"{place}[{number}]")


def _written(value: Any, indent: str, *, one_line: bool = False, each: bool = False) -> str:
    """A value's JSON, with short values and the elements of long lists on one line.

    Args:
        value: The value.
        indent: The indentation of its first line.
        one_line: Whether to write all of it on one line.
        each: Whether to write each element on one line.
    """
    if one_line or not value or not isinstance(value, dict | list | tuple):
        return json.dumps(value)
    if not each and (len(value) <= _FEW and len(line := json.dumps(value)) <= _WIDEST):
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(name)}: {_written(part, deeper, each=name in _LINE_EACH)}"
            for name, part in value.items()
        ]
    else:
        parts = [_written(part, deeper, one_line=each) for part in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    inside = f",\n{deeper}".join(parts)
    return f"{opening}\n{deeper}{inside}\n{indent}{closing}"
