"""Read a line in the authors' format leniently as a record, keeping unknown facts."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import UNKNOWN, Foreign, Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.store.authors import (
    PASSED,
    AuthorsStyle,
    FieldError,
    Fields,
    dump,
    is_ours,
    load,
    objects,
    shown,
    style_of,
)
from pytest_selfrepair.store.authors_own import read_own
from pytest_selfrepair.store.authors_verdict import read_verdict
from pytest_selfrepair.store.authors_write import fields as written
from pytest_selfrepair.store.patch import diff

MOST_TOKENS = 2**53
"""The largest plausible number of tokens in a file."""

_NO_COMPLETIONS = "its file has no completions of it"
_COMPACT = AuthorsStyle(compact=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """The interpretation of lines that lack these facts.

    Attributes:
        model: M_P's name.
        source: The feedback source's name.
        n_p: The most programs of a task in the file.
        n_fr: The most repairs of a failing program in the file; 0: there are no trees.
        marks: Whether a single repair marks a program that passed when rerun.
        difficulty: Gives the difficulty of a task by its id.
    """

    model: str = UNKNOWN
    source: str = "self"
    n_p: int
    n_fr: int
    marks: bool = False
    difficulty: Callable[[str], Difficulty | None] = lambda _: None


def read(
    line: bytes, reading: LineReading, *, number: int, keep: bool = True
) -> tuple[Record, Foreign | None]:
    """Read the record of a line, and the line's other facts.

    Args:
        line: The line.
        reading: Its interpretation.
        number: Its number in its file.
        keep: Whether to return its other facts.

    Returns:
        The record, and the other facts, which are not in it: None unless requested, or where the
        line is, except for its position, just as we write it.

    Raises:
        FieldError: A field is invalid.
        StoreError: Our key in the line does not hold a record.
    """
    fields, style = load(line), style_of(line)
    task_id = name(fields)
    source = None
    if ours := is_ours(fields):
        record, source = read_own(task_id, fields)
    else:
        record = _record(task_id, fields, reading)
    if not keep:
        return record, None
    base = written(record, source, plain=not ours)
    patch = diff(base, fields)
    if ours and patch is None and source is None and style == AuthorsStyle():
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
    """The task's id: `prob_path`, else `task_id`.

    Raises:
        FieldError: Both are missing.
    """
    key = "prob_path" if fields.get("prob_path") is not None else "task_id"
    found = fields.get(key)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= MOST_TOKENS:
        return f"{found:04d}"
    if isinstance(found, str) and found:
        return found
    field = "prob_path" if found is None else key
    raise FieldError(field, shown(found), "a task's path or name, here or as task_id")


def passes(completion: Fields) -> bool:
    """Whether a program passed, as the authors count it: by `binary`, or a `fault` of "passed".

    Raises:
        FieldError: Neither field tells.
    """
    return completion.get("fault") == PASSED or _binary(completion)


def _binary(entry: Fields) -> bool:
    found, fault = entry.get("binary"), entry.get("fault")
    if found is None and isinstance(fault, str):
        return fault == PASSED
    if isinstance(found, bool | int | float) and found in {0, 1}:
        return bool(found)
    if isinstance(found, str) and found in {"True", "False"}:  # in old files
        return found == "True"
    raise FieldError("binary", shown(found), "true, false, 1 or 0")


def _record(task_id: str, fields: Fields, reading: LineReading) -> Record:
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


def _program(
    place: str, entry: Fields, reading: LineReading
) -> tuple[ProgramNode, list[ProgramNode]]:
    text = _text(entry, "executed_completion", "original_completion")
    repairs = objects(entry, "repairs")
    passed = passes(entry) or (reading.marks and len(repairs) == 1)
    node = ProgramNode(
        node=place,
        program=text,
        verdict=read_verdict(entry, text, passed=passed),
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
        verdict=read_verdict(entry, text, passed=_binary(entry)),
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
