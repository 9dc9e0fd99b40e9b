"""Write a record as a line in the authors' format, with a key of ours for further facts.

All keys but `selfrepair` are the authors'. `repairs` holds those of one feedback source. In the
line, `selfrepair` holds the record without its programs, the baseline programs and the sources; in
a completion or repair, its node without the texts; and in a completion also the repairs of other
sources by name. A line is thus a whole record, and other readers see the fields they know.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from types import MappingProxyType

import msgspec

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.shorten import parse_integer
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.tree import ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.store.authors import OWN, PASSED, AuthorsStyle, Fields, dump
from pytest_selfrepair.store.patch import patched


def write(record: Record, source: str | None = None) -> str:
    """Write a record as a line, without its end; a record read from a line is written as it was.

    Args:
        record: The record. An unscored one has a line without completions.
        source: The feedback source whose repairs other readers see; None: the first, or that of
            the line it was read from.

    Raises:
        UsageError: The record does not have the source.
        StoreError: The facts kept of its line are damaged.
    """
    foreign = record.foreign
    if foreign is None or (source is not None and source != (foreign.source or _first(record))):
        return dump(fields(record, source), AuthorsStyle())
    try:
        base = fields(record, foreign.source, plain=foreign.plain)
        whole = patched(base, json.loads(foreign.patch, parse_int=parse_integer))
        return dump(whole, AuthorsStyle(compact=foreign.compact, ascii=foreign.ascii))
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{record.task_id}: damaged ({error})") from error


def fields(record: Record, source: str | None = None, *, plain: bool = False) -> Fields:
    """The JSON object of a record's line.

    Args:
        record: The record.
        source: The feedback source whose repairs other readers see; None: the first.
        plain: Whether to leave out our key.

    Raises:
        UsageError: The record has no such source.
    """
    grown = record.grown
    trees = grown.trees if grown else ()
    names = [tree.source for tree in trees]
    if source is not None and grown is not None and source not in names:
        accepted = ", ".join(names) or "none, it has no repairs"
        raise UsageError(
            f"--source: found {source!r}, which {record.task_id} has no repairs of; "
            f"accepted: {accepted}"
        )
    source = source or (names[0] if names else None)
    failing = {node.node for node in grown.programs if not node.verdict.passed} if grown else set()
    placed = {tree.source: _by_parent(tree, failing) for tree in trees}
    result: Fields = {"prob_path": record.task_id}
    if record.difficulty is not None:
        result["difficulty"] = str(record.difficulty)
    result["completions"] = [
        _completion(node, placed, source, plain=plain) for node in (grown.programs if grown else ())
    ]
    if plain:
        return result
    own: Fields = json.loads(replace(record, grown=None, foreign=None).to_json())
    for key in ("task_id", "difficulty", "grown", "foreign"):
        del own[key]
    own["grown"] = (
        None
        if grown is None
        else {
            "complete": grown.complete,
            "source": source,
            "trees": [
                {
                    "source": tree.source,
                    "complete": tree.complete,
                    **({"unanswered": list(tree.unanswered)} if tree.unanswered else {}),
                    "further": [_repair(*each) for each in placed[tree.source].get(None, ())],
                }
                for tree in trees
            ],
            "baseline": [_completion(node, {}, None) for node in grown.baseline],
        }
    )
    result[OWN] = own
    return result


_COSTS = {each.name for each in dataclass_fields(Cost)}


def _first(record: Record) -> str | None:
    return record.grown.trees[0].source if record.grown and record.grown.trees else None


_Placed = dict[str | None, list[tuple[ProgramNode, int]]]
"""Repairs with their positions in the tree, by the failing program they repair; None: another."""


def _by_parent(tree: RepairTree, failing: set[str]) -> _Placed:
    placed: _Placed = {}
    for place, repair in enumerate(tree.repairs):
        parent = repair.parent if repair.parent in failing else None
        placed.setdefault(parent, []).append((repair, place))
    return placed


def _completion(
    node: ProgramNode, placed: dict[str, _Placed], source: str | None, *, plain: bool = False
) -> Fields:
    by_source = {name: placed[name].get(node.node, ()) for name in placed}
    result: Fields = {
        "original_completion": node.program,
        "executed_completion": node.program,
        **_outcome(node),
        "repairs": None
        if node.verdict.passed
        else [_repair(*each, plain=plain) for each in by_source.get(source or "", ())],
    }
    if not plain:
        own = _own(node)
        if others := _others(by_source, source):
            own["repairs"] = others
        result[OWN] = own
    return result


def _others(
    by_source: Mapping[str, Sequence[tuple[ProgramNode, int]]], source: str | None
) -> Fields:
    return {
        name: [_repair(*each) for each in repairs]
        for name, repairs in by_source.items()
        if name != source and repairs
    }


def _repair(node: ProgramNode, place: int, *, plain: bool = False) -> Fields:
    result: Fields = {
        "explanation": node.feedback.text if node.feedback else "",
        "repaired_program": node.program,
        **_outcome(node),
    }
    if not plain:
        result[OWN] = _own(node) | {"place": place}
    return result


def _outcome(node: ProgramNode) -> Fields:
    verdict = node.verdict
    fault = PASSED if verdict.passed else _fault(verdict)
    if fault == PASSED and not verdict.passed:  # other readers would take it for a pass
        fault = f"{verdict.outcome}: {fault}"
    return {
        "tokens_generated": node.total_tokens,
        "binary": verdict.passed,
        "fault": fault,
        "errors": [
            *[PASSED] * verdict.cases_passed,
            *([] if verdict.passed else [_error(verdict)]),
        ],
    }


_ERRORS = MappingProxyType(
    {
        Outcome.SYNTAX_ERROR: "COMPILE ERROR",
        Outcome.MISSING_FUNCTION: "FUNCTION NOT FOUND ERROR",
    }
)
"""The authors' names of some outcomes; others are written in capitals."""


def _error(verdict: Verdict) -> list[JsonValue]:
    """The entry of a failing test: its kind, then both outputs, or a message and perhaps a line."""
    failure = verdict.failure or CaseFailure()
    kind = _ERRORS.get(verdict.outcome, verdict.outcome.replace("_", " ").upper())
    if verdict.outcome is Outcome.WRONG_ANSWER:
        return [kind, failure.actual, failure.expected]
    where: list[JsonValue] = [] if failure.line_number is None else [failure.line_number]
    return [kind, failure.error or "", *where]


def _fault(verdict: Verdict) -> str:
    """Describe the failure; only its outcome where nothing more is known."""
    failure, name = verdict.failure, verdict.outcome.replace("_", " ")
    if failure is None:
        return name
    if failure.error is not None:
        return failure.error
    if failure.expected is None and failure.actual is None:
        return name
    return (
        f"{name}: given {failure.input!r}, expected {failure.expected!r}, found {failure.actual!r}"
    )


def _own(node: ProgramNode) -> Fields:
    own: Fields = msgspec.to_builtins(node)
    del own["program"]
    own["verdict"], own["cost"] = _without_empty(own["verdict"]), _without_empty(own["cost"])
    if isinstance(feedback := own["feedback"], dict):
        told = {
            key: feedback[key]
            for key in ("evidence", "author", "seconds")
            if feedback[key] is not None and feedback[key] is not False
        }
        own["feedback"] = {
            "cost": _without_empty(feedback["cost"]),
            "finish_reason": feedback["finish_reason"],
            **told,
        }
    return own


def _without_empty(facts: JsonValue) -> JsonValue:
    """Drop empty facts: costs of zero, and None."""
    if not isinstance(facts, dict):
        return facts
    return {
        key: _without_empty(value)
        for key, value in facts.items()
        if value is not None and (value or key not in _COSTS)
    }
