"""A line of the authors' format as a record, liberally: what we have no place for is kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import LONGEST_SENTENCE, Feedback
from pytest_selfrepair.core.record import Foreign, Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.task import Difficulty, JsonValue
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.authors import (
    OWN,
    PASSED,
    FieldError,
    Fields,
    Style,
    dump,
    is_ours,
    load,
    shown,
    style_of,
)
from pytest_selfrepair.store.authors_write import fields as written
from pytest_selfrepair.store.patch import diff

UNKNOWN = "unknown"
"""What a record calls what its file does not say."""

MOST_TOKENS = 2**53
"""Tokens beyond which no number in a file is believed."""

_NO_COMPLETIONS = "its file has no completions of it"
_COMPACT = Style(compact=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How lines are understood that do not say it themselves.

    Attributes:
        model: M_P's name.
        source: What the feedback source is called.
        n_p: Programs of a task, the most of any in the file.
        n_fr: Repairs of a failing program, the most of any in the file; 0: there are no trees.
        marks: Whether a single repair marks a program that passed when it was run again.
        difficulty: The difficulty of a task, by its id, where its line does not say it.
    """

    model: str = UNKNOWN
    source: str = "self"
    n_p: int
    n_fr: int
    marks: bool = False
    difficulty: Callable[[str], Difficulty | None] = lambda _: None


def read(
    line: bytes, reading: Reading, *, number: int, keep: bool = True
) -> tuple[Record, Foreign | None]:
    """The record of a line, and what else the line says.

    Args:
        line: The line.
        reading: How it is understood.
        number: Its number in its file.
        keep: Whether what else it says is asked for.

    Returns:
        The record, without the second; and that, or None where it is not asked for, or where the
        line is, but for its place, just as we write it.

    Raises:
        FieldError: A field is not what the format allows.
        StoreError: What the line says of a record of ours is none.
    """
    fields, style = load(line), style_of(line)
    task_id = name(fields)
    source = None
    if ours := is_ours(fields):
        record, source = _own_record(task_id, fields)
    else:
        record = _record(task_id, fields, reading)
    if not keep:
        return record, None
    base = written(record, source, plain=not ours)
    patch = diff(base, fields)
    if ours and patch is None and source is None and style == Style():
        return record, None
    return record, Foreign(
        line=number,
        patch=dump(patch, _COMPACT),
        plain=not ours,
        source=source,
        compact=style.compact,
        ascii=style.ascii,
    )


def name(fields: Fields) -> str:
    """The task's id: `prob_path`, or else `task_id`.

    Raises:
        FieldError: There is neither.
    """
    key = "prob_path" if fields.get("prob_path") is not None else "task_id"
    found = fields.get(key)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= MOST_TOKENS:
        return f"{found:04d}"
    if isinstance(found, str) and found:
        return found
    field = "prob_path" if found is None else key
    raise FieldError(field, shown(found), "a task's path or name, here or as task_id")


def objects(fields: Fields, key: str) -> list[Fields]:
    """A list of objects; empty where there is none.

    Raises:
        FieldError: It is something else.
    """
    found = fields.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise FieldError(key, shown(found), "a list of objects")
    result: list[Fields] = []
    for place, each in enumerate(found):
        if not isinstance(each, dict):
            raise FieldError(f"{key}[{place}]", shown(each), "an object")
        result.append(each)
    return result


def passes(completion: Fields) -> bool:
    """Whether a program passed, as the authors count it: `binary`, or a `fault` of "passed".

    Raises:
        FieldError: The line does not say.
    """
    return completion.get("fault") == PASSED or _binary(completion)


def _binary(entry: Fields) -> bool:
    found, fault = entry.get("binary"), entry.get("fault")
    if found is None and isinstance(fault, str):
        return fault == PASSED
    if isinstance(found, bool | int | float) and found in {0, 1}:
        return bool(found)
    if isinstance(found, str) and found in {"True", "False"}:  # as old files have it
        return found == "True"
    raise FieldError("binary", shown(found), "true, false, 1 or 0")


def _record(task_id: str, fields: Fields, reading: Reading) -> Record:
    completions = objects(fields, "completions")
    if not isinstance(fields.get("completions"), list):
        raise FieldError("completions", shown(fields.get("completions")), "a list of objects")
    difficulty = _difficulty(fields) or reading.difficulty(task_id)
    if not completions:
        return Record(task_id=task_id, difficulty=difficulty, unscored=_NO_COMPLETIONS)
    programs: list[ProgramNode] = []
    rows: list[list[ProgramNode]] = []
    for place, entry in enumerate(completions):
        try:
            program, repairs = _program(f"p{place}", entry, reading)
        except FieldError as error:
            raise error.within(f"completions[{place}]") from error
        programs.append(program)
        if not program.verdict.passed:
            rows.append(repairs)
    sizes = {len(row) for row in rows}
    tree = RepairTree(
        source=reading.source,
        repairs=tuple(each for turn in zip_longest(*rows) for each in turn if each is not None),
        complete=len(sizes) <= 1 and 0 not in sizes,
    )
    grown = Grown(
        programs=tuple(programs), trees=(tree,) if reading.n_fr else (), baseline=(), complete=True
    )
    plan = Plan(n_p=reading.n_p, n_fr=reading.n_fr, budget=None, params=SamplingParams())
    setup = Setup(
        model=reading.model,
        sources=tuple(each.source for each in grown.trees),
        prompts=UNKNOWN,
        checker=UNKNOWN,
        isolation=UNKNOWN,
        plan=plan,
    )
    samples = len(programs) + len(tree.repairs)
    tokens = sum(node.cost.tokens for node in (*programs, *tree.repairs))
    return Record(
        task_id=task_id,
        difficulty=difficulty,
        setup=setup,
        grown=grown,
        cost=Cost(tokens=tokens, samples=samples, unpriced=samples),
    )


def _difficulty(fields: Fields) -> Difficulty | None:
    found = fields.get("difficulty")
    if found is None:
        return None
    try:
        return Difficulty(str(found))
    except ValueError:
        raise FieldError("difficulty", shown(found), ", ".join(Difficulty)) from None


def _program(place: str, entry: Fields, reading: Reading) -> tuple[ProgramNode, list[ProgramNode]]:
    text = _text(entry, "executed_completion", "original_completion")
    repairs = objects(entry, "repairs")
    passed = passes(entry) or (reading.marks and len(repairs) == 1)
    node = ProgramNode(
        node=place,
        program=text,
        verdict=_verdict(entry, text, passed=passed),
        cost=_cost(entry),
        finish_reason=UNKNOWN,
    )
    if passed:
        return node, []
    row: list[ProgramNode] = []
    for number, repair in enumerate(repairs):
        try:
            row.append(_repair(f"{place}/{reading.source}/r{number}", place, repair))
        except FieldError as error:
            raise error.within(f"repairs[{number}]") from error
    return node, row


def _repair(place: str, parent: str, entry: Fields) -> ProgramNode:
    text = _text(entry, "repaired_program", "executed_completion", "program")
    explanation = _text(entry, "explanation")
    cost = _cost(entry)
    share = len(explanation) / max(len(explanation) + len(text), 1)
    return ProgramNode(
        node=place,
        program=text,
        verdict=_verdict(entry, text, passed=_binary(entry)),
        cost=cost,
        finish_reason=UNKNOWN,
        explanation_tokens=round(share * cost.tokens),
        parent=parent,
        feedback=Feedback(text=explanation, finish_reason=UNKNOWN),
    )


def _text(entry: Fields, *keys: str) -> str:
    for key in keys:
        found = entry.get(key)
        if isinstance(found, str):
            return found
        if found is not None:
            raise FieldError(key, shown(found), "a text or null")
    return ""


def _cost(entry: Fields) -> Cost:
    return Cost(tokens=_tokens(entry), samples=1, unpriced=1)


def _tokens(entry: Fields) -> int:
    found = entry.get("tokens_generated")
    if (
        isinstance(found, int | float)
        and not isinstance(found, bool)
        and 0 <= found <= MOST_TOKENS
        and found == int(found)
    ):
        return int(found)
    raise FieldError("tokens_generated", shown(found), f"a whole number from 0 to {MOST_TOKENS}")


def _verdict(entry: Fields, program: str, *, passed: bool) -> Verdict:
    """What `fault` and `errors` say, as far as it can be told."""
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
    """Which tests were passed; None where that cannot be told.

    The authors write "passed", or a list that begins with what went wrong. The official checker of
    APPS writes true, false, -1 (an exception) or -2 (no program that can be run).
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
"""What a failure is taken for, by the first pattern that its words have."""


def _outcome(errors: JsonValue, fault: str, program: str) -> Outcome:
    """By what the first failing test says, else by the fault; wrong where neither tells more."""
    first = errors[_first_failing(errors)] if isinstance(errors, list) and errors else None
    kind = first[0] if isinstance(first, list) and first else first
    detail = first[1] if isinstance(first, list) and len(first) > 1 else ""
    for text in (f"{kind}: {detail}" if isinstance(kind, str) else "", fault):
        for outcome, pattern in _PATTERNS:
            if pattern.search(text, 0, LONGEST_SENTENCE):
                return outcome
    return Outcome.WRONG_ANSWER if program.strip() else Outcome.NO_PROGRAM


def _first_failing(errors: list[JsonValue]) -> int:
    """The place of the first test that says what went wrong; 0 where none does."""
    return next(
        (i for i, each in enumerate(errors) if isinstance(each, str | list) and each != PASSED), 0
    )


def _own_record(task_id: str, fields: Fields) -> tuple[Record, str | None]:
    """The record that a line of ours is, and the source in `repairs`, unless it is the first.

    Raises:
        FieldError: The line does not say the same twice.
        StoreError: It is no record.
    """
    own: Any = fields[OWN]
    facts: dict[str, Any] = {
        **own,
        "task_id": task_id,
        "difficulty": fields.get("difficulty"),
        "foreign": None,
    }
    if not isinstance(facts.get("grown"), dict):
        return Record.from_facts(facts), None
    source: object = facts["grown"].get("source")
    try:
        facts["grown"], entries = _own_grown(fields, facts["grown"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"{OWN}: not a record: {type(error).__name__}: {error}") from error
    record = Record.from_facts(facts)
    grown = record.grown
    if grown is None or not grown.trees:
        return record, None
    _check(grown, entries)
    return record, source if isinstance(source, str) and source != grown.trees[0].source else None


_Entries = list[tuple[str, Fields]]
"""Completions or repairs, each with what an error calls it."""


def _own_grown(fields: Fields, own: dict[str, Any]) -> tuple[dict[str, Any], list[_Entries]]:
    """The facts of the trees, and the entries they stand in: programs, then those of each tree."""
    completions = [
        (f"completions[{place}]", entry)
        for place, entry in enumerate(objects(fields, "completions"))
    ]
    all_entries = [completions]
    trees: list[dict[str, Any]] = []
    for tree in own["trees"]:
        source = tree["source"]
        repairs: _Entries = [(OWN, entry) for entry in tree["further"]]
        for field, entry in completions:
            own_entry: Any = entry[OWN]
            others = own_entry.get("repairs", {}).get(source, [])
            its = objects(entry, "repairs") if source == own["source"] else others
            repairs += [(f"{field}.repairs[{place}]", each) for place, each in enumerate(its)]
        repairs.sort(key=_place)
        all_entries.append(repairs)
        nodes = [_own_node(entry, "repaired_program") for _, entry in repairs]
        trees.append({"source": source, "complete": tree["complete"], "repairs": nodes})
    facts = {
        "programs": [_own_node(entry, "executed_completion") for _, entry in completions],
        "trees": trees,
        "baseline": [_own_node(entry, "executed_completion") for entry in own["baseline"]],
        "complete": own["complete"],
    }
    return facts, all_entries


def _place(entry: tuple[str, Fields]) -> int:
    own: Any = entry[1][OWN]
    return int(own["place"])


def _own_node(entry: Fields, program: str) -> dict[str, Any]:
    own: Any = entry[OWN]
    facts = {key: value for key, value in own.items() if key not in {"repairs", "place"}}
    facts["program"] = entry[program]
    if facts["feedback"] is not None:
        facts["feedback"] = {**facts["feedback"], "text": entry["explanation"]}
    return facts


def _check(grown: Grown, all_entries: list[_Entries]) -> None:
    """See that what other readers are told is what the record holds.

    Raises:
        FieldError: It is not.
    """
    for nodes, entries in zip(
        [grown.programs, *(tree.repairs for tree in grown.trees)], all_entries, strict=True
    ):
        for node, (field, entry) in zip(nodes, entries, strict=True):
            for key, held in (
                ("binary", node.verdict.passed),
                ("tokens_generated", node.total_tokens),
            ):
                if entry.get(key) != held:
                    found = shown(entry.get(key))
                    accepted = f"{shown(held)}, as {OWN} holds it"
                    raise FieldError(f"{field}.{key}", found, accepted)
