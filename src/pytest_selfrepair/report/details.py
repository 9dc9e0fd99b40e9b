"""Pack a run's tasks for a page: an index, and compressed parts opened on demand.

Each part is JSON, compressed by gzip and encoded as Base64. It holds consecutive tasks with their
trees; a text that repeats within a part is stored once.
"""

import gzip
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.core.verdict import CaseFailure
from pytest_selfrepair.estimate.run.outcome import task_outcome
from pytest_selfrepair.report.mathematics import readable_mathematics
from pytest_selfrepair.report.replies import read_as
from pytest_selfrepair.report.visible import visible

Facts: TypeAlias = dict[str, object]

PART_SIZE = 200_000
"""Characters of programs and feedback after which a new part starts."""

_PACKERS = 2
"""Threads that compress: as many as keep up with what makes parts."""

_LEVEL = 6
"""The gzip level; higher ones take several times as long to save a few per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The tasks of a run, for a page.

    Attributes:
        index: A packed list with a row for each task.
        statements: A packed list with the statement of each task, or null.
        parts: Packed objects ``{texts, tasks}``; a row of the index says which one its task is in.
        keys: For each task's id, the page's name for its first record.
        sources: The feedback sources that have a column in the rows.
    """

    index: str
    statements: str
    parts: tuple[str, ...]
    keys: dict[str, str]
    sources: tuple[str, ...]


def details(
    records: Sequence[Record], statements: Mapping[str, str], sources: Sequence[str]
) -> Details:
    """Pack records for a page.

    Args:
        records: One for each task and run.
        statements: By task id, where known.
        sources: The feedback sources in the order of the report; others that occur follow.
    """
    found = (tree.source for each in records if each.grown for tree in each.grown.trees)
    sources = tuple(dict.fromkeys((*sources, *found)))
    models = {record.setup.model for record in records if record.setup}
    rows: list[Facts] = []
    parts: list[Future[str]] = []
    keys: dict[str, str] = {}
    taken: set[str] = set()
    part = _Part()
    with ThreadPoolExecutor(_PACKERS) as packers:  # gzip runs while the next part is made
        for record in records:
            key = _free(visible(record.task_id), taken)
            keys.setdefault(record.task_id, key)
            row = _row(record, key, sources) | {"part": len(parts), "at": len(part.tasks)}
            if len(models) > 1 and record.setup:
                row["model"] = visible(record.setup.model)
            rows.append(row)
            part.add(record)
            if part.size > PART_SIZE:
                if len(parts) >= _PACKERS:
                    parts[-_PACKERS].result()  # at most this many parts wait in memory
                parts.append(packers.submit(_compressed, part.json()))
                part = _Part()
        if part.tasks:
            parts.append(packers.submit(_compressed, part.json()))
    return Details(
        index=_packed(rows),
        statements=_packed([_statement(statements, record) for record in records]),
        parts=tuple(each.result() for each in parts),
        keys=keys,
        sources=tuple(map(visible, sources)),
    )


def _free(wanted: str, taken: set[str]) -> str:
    """A unique name for a record: tasks may repeat where several runs are combined."""
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}~{number}"
    taken.add(key)
    return key


def _statement(statements: Mapping[str, str], record: Record) -> str | None:
    text = statements.get(record.task_id) or record.statement
    return visible(readable_mathematics(text)) if text else None


def _row(record: Record, key: str, sources: Sequence[str]) -> Facts:
    """A task's row: what the list shows, sorts by and searches."""
    cost = record.cost
    row: Facts = {
        "key": key,
        "id": visible(record.task_id),
        "difficulty": record.difficulty,
        "kind": record.kind,
        "outcome": task_outcome(record),
        "tokens": cost.tokens,
        "seconds": round(record.seconds, 2),
        "dollars": cost.dollars if cost.samples > cost.unpriced else None,
    }
    if record.unscored is not None:
        row["why"] = visible(record.unscored)
    if record.grown is None:
        return row
    programs = record.grown.programs
    trees = {tree.source: tree.repairs for tree in record.grown.trees}
    every = (*programs, *(node for tree in trees.values() for node in tree))
    return row | {
        "programs": _passed(programs),
        "repairs": [_passed(trees.get(source, ())) for source in sources],
        "became": sorted({node.verdict.outcome for node in every}),
    }


def _passed(nodes: Sequence[ProgramNode]) -> tuple[int, int]:
    return sum(node.verdict.passed for node in nodes), len(nodes)


@dataclass(slots=True)
class _Part:
    """Consecutive tasks, and their texts, each once."""

    texts: dict[str, int] = field(default_factory=dict)
    tasks: list[Facts] = field(default_factory=list)
    failures: dict[CaseFailure, Facts] = field(default_factory=dict)
    size: int = 0

    def add(self, record: Record) -> None:
        grown = record.grown
        if grown is None:
            self.tasks.append({})
            return
        self.tasks.append(
            {
                "complete": grown.complete,
                "programs": [self._node(node) for node in grown.programs],
                "trees": [
                    {
                        "source": visible(tree.source),
                        "complete": tree.complete,
                        "repairs": [self._node(node) for node in tree.repairs],
                    }
                    for tree in grown.trees
                ],
                "baseline": [self._node(node) for node in grown.baseline],
                "cost": record.cost,
            }
        )

    def json(self) -> bytes:
        """The part, to be compressed."""
        return msgspec.json.encode({"texts": list(self.texts), "tasks": self.tasks})

    def _text(self, text: str) -> int:
        """Intern a text and return its number in the part."""
        shown = visible(text)
        number = self.texts.setdefault(shown, len(self.texts))
        if number == len(self.texts) - 1:
            self.size += len(shown)
        return number

    def _failure(self, failure: CaseFailure) -> Facts:
        """What is shown of a failure; many programs of a task fail alike."""
        if failure not in self.failures:
            self.failures[failure] = dict(_failure(failure))
        return self.failures[failure]

    def _node(self, node: ProgramNode) -> Facts:
        verdict = node.verdict
        facts: Facts = {
            "node": visible(node.node),
            "outcome": verdict.outcome,
            "program": self._text(node.program),
            "tokens": node.tokens,
            "read": node.cost.prompt_tokens,
            "ran": verdict.cases_run,
            "passed": verdict.cases_passed,
        }
        if verdict.rule is not None:
            facts["rule"] = visible(verdict.rule)
        if verdict.flips:
            facts["flips"] = True
        if (reading := read_as(node)) is not None:
            facts["reading"] = reading
        if node.finish_reason != "stop":
            facts["finish"] = visible(node.finish_reason)
        if verdict.failure is not None:
            facts["failure"] = self._failure(verdict.failure)
        if node.cost.samples > node.cost.unpriced:
            facts["dollars"] = node.total_cost.dollars
        if node.parent is not None:
            facts["parent"] = visible(node.parent)
        if node.feedback is not None:
            facts["feedback"] = self._text(node.feedback.text)
            facts["feedback_tokens"] = node.feedback.cost.tokens or node.explanation_tokens
            facts["separate"] = node.feedback.cost.samples > 0
        return facts


def _failure(failure: CaseFailure) -> Iterator[tuple[str, object]]:
    for name in ("index", "input", "expected", "actual", "error", "line_number", "line"):
        value = getattr(failure, name)
        if value is not None:
            yield name, visible(value) if isinstance(value, str) else value


def _packed(data: object) -> str:
    """JSON, compressed, in base 64; the same for the same data at any time."""
    return _compressed(msgspec.json.encode(data))


def _compressed(json: bytes) -> str:
    return b64encode(gzip.compress(json, compresslevel=_LEVEL, mtime=0)).decode("ascii")
