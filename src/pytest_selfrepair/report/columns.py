"""The columns of the tables of programs and tasks, each declared once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.estimate.run.outcome import task_outcome

_Row = TypeVar("_Row")


class Stage(StrEnum):
    """The stage at which a program was sampled."""

    INITIAL = "initial"
    REPAIR = "repair"
    BASELINE = "baseline"


class ColumnType(StrEnum):
    """The type of a column's values; any value may be missing."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledProgram:
    """A program with its task and tree.

    Attributes:
        record: The task.
        node: The program.
        stage: The stage at which it was sampled.
        source: The feedback source of its tree; None for a program that is not a repair.
        depth: Repairs from the initial program to this one; 0 for a program that is not a repair.
    """

    record: Record
    node: ProgramNode
    stage: Stage
    source: str | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[_Row]):
    """A column of a table.

    Attributes:
        name: Its name.
        type: The type of its values.
        about: The values' meaning, with units, for the documentation.
        value: The value in a row; None where it is missing.
    """

    name: str
    type: ColumnType
    about: str
    value: Callable[[_Row], object]


def programs_of(records: Sequence[Record]) -> Iterator[SampledProgram]:
    """Every program of some records: initial programs, each tree's repairs, baseline programs."""
    for record in records:
        grown = record.grown
        if grown is None:
            continue
        for node in grown.programs:
            yield SampledProgram(record=record, node=node, stage=Stage.INITIAL)
        for tree in grown.trees:
            depths: dict[str, int] = {}
            for node in tree.repairs:
                depths[node.node] = depth = depths.get(node.parent or "", 0) + 1
                yield SampledProgram(
                    record=record, node=node, stage=Stage.REPAIR, source=tree.source, depth=depth
                )
        for node in grown.baseline:
            yield SampledProgram(record=record, node=node, stage=Stage.BASELINE)


def _model(record: Record) -> object:
    return None if record.setup is None else record.setup.model


def _feedback(name: str) -> Callable[[SampledProgram], object]:
    return lambda row: None if row.node.feedback is None else getattr(row.node.feedback, name)


def _failure(name: str) -> Callable[[SampledProgram], object]:
    def value(row: SampledProgram) -> object:
        failure = row.node.verdict.failure
        return None if failure is None else getattr(failure, name)

    return value


def _counted(of: Callable[[Grown], Sequence[ProgramNode]]) -> Callable[[Record], object]:
    return lambda record: None if record.grown is None else len(of(record.grown))


def _passing(of: Callable[[Grown], Sequence[ProgramNode]]) -> Callable[[Record], object]:
    def value(record: Record) -> object:
        if record.grown is None:
            return None
        return sum(node.verdict.passed for node in of(record.grown))

    return value


def _of_program(
    name: str, kind: ColumnType, about: str, value: Callable[[SampledProgram], object]
) -> Column[SampledProgram]:
    return Column(name=name, type=kind, about=about, value=value)


def _of_task(
    name: str, kind: ColumnType, about: str, value: Callable[[Record], object]
) -> Column[Record]:
    return Column(name=name, type=kind, about=about, value=value)


PROGRAM_COLUMNS: tuple[Column[SampledProgram], ...] = (
    _of_program("task_id", ColumnType.TEXT, "the task", lambda row: row.record.task_id),
    _of_program(
        "difficulty", ColumnType.TEXT, "the task's difficulty", lambda row: row.record.difficulty
    ),
    _of_program("model", ColumnType.TEXT, "the code model", lambda row: _model(row.record)),
    _of_program(
        "node",
        ColumnType.TEXT,
        "the program's place in the task's trees",
        lambda row: row.node.node,
    ),
    _of_program(
        "stage",
        ColumnType.TEXT,
        "its stage: `initial`, `repair` or `baseline`",
        lambda row: row.stage,
    ),
    _of_program(
        "source", ColumnType.TEXT, "the feedback source of a repair", lambda row: row.source
    ),
    _of_program(
        "parent", ColumnType.TEXT, "the node that a repair repairs", lambda row: row.node.parent
    ),
    _of_program(
        "depth",
        ColumnType.INTEGER,
        "number of repairs from the initial program to this one; 0: not a repair",
        lambda row: row.depth,
    ),
    _of_program(
        "outcome",
        ColumnType.TEXT,
        "the outcome of its verdict",
        lambda row: row.node.verdict.outcome,
    ),
    _of_program(
        "passed",
        ColumnType.BOOLEAN,
        "whether every case was accepted",
        lambda row: row.node.verdict.passed,
    ),
    _of_program(
        "cases_run",
        ColumnType.INTEGER,
        "number of cases run, up to the first that fails",
        lambda row: row.node.verdict.cases_run,
    ),
    _of_program(
        "cases_passed",
        ColumnType.INTEGER,
        "number of cases accepted",
        lambda row: row.node.verdict.cases_passed,
    ),
    _of_program(
        "failed_case",
        ColumnType.INTEGER,
        "position of the first failing case, from 0",
        _failure("index"),
    ),
    _of_program("error", ColumnType.TEXT, "why that case fails, in words", _failure("error")),
    _of_program(
        "tokens",
        ColumnType.INTEGER,
        "tokens generated for the completion that holds it",
        lambda row: row.node.tokens,
    ),
    _of_program(
        "prompt_tokens",
        ColumnType.INTEGER,
        "tokens read for it",
        lambda row: row.node.cost.prompt_tokens,
    ),
    _of_program(
        "feedback_tokens",
        ColumnType.INTEGER,
        "tokens generated for a repair's feedback alone; 0 if an earlier repair paid for it",
        lambda row: None if row.node.feedback is None else row.node.feedback.cost.tokens,
    ),
    _of_program(
        "dollars",
        ColumnType.NUMBER,
        "US dollars for completion and feedback, as far as prices are known",
        lambda row: row.node.total_cost.dollars,
    ),
    _of_program(
        "replayed",
        ColumnType.BOOLEAN,
        "whether its tokens were served from a store and not paid for in this run",
        lambda row: row.node.cost.replayed_tokens > 0,
    ),
    _of_program(
        "finish_reason",
        ColumnType.TEXT,
        "why the model stopped, in its endpoint's word",
        lambda row: row.node.finish_reason,
    ),
    _of_program(
        "seconds",
        ColumnType.NUMBER,
        "seconds that the request took when it was sampled",
        lambda row: row.node.seconds,
    ),
    _of_program(
        "cpu_seconds",
        ColumnType.NUMBER,
        "CPU seconds that the program used on all cases",
        lambda row: row.node.verdict.cpu_seconds,
    ),
    _of_program(
        "feedback", ColumnType.TEXT, "the feedback text that a repair was given", _feedback("text")
    ),
    _of_program(
        "author", ColumnType.TEXT, "the person who wrote the feedback, if any", _feedback("author")
    ),
    _of_program(
        "program",
        ColumnType.TEXT,
        "its text; empty if the reply held none",
        lambda row: row.node.program,
    ),
)
"""The table of programs."""

TASK_COLUMNS: tuple[Column[Record], ...] = (
    _of_task("task_id", ColumnType.TEXT, "the task", lambda record: record.task_id),
    _of_task("difficulty", ColumnType.TEXT, "its difficulty", lambda record: record.difficulty),
    _of_task(
        "kind",
        ColumnType.TEXT,
        "how programs are run: `stdin` or `call_based`",
        lambda record: record.kind,
    ),
    _of_task("model", ColumnType.TEXT, "the code model", _model),
    _of_task(
        "outcome",
        ColumnType.TEXT,
        "`solved` by an initial program, `repaired`, `unsolved` or `unscored`",
        task_outcome,
    ),
    _of_task(
        "unscored", ColumnType.TEXT, "why it could not be scored", lambda record: record.unscored
    ),
    _of_task(
        "programs", ColumnType.INTEGER, "initial programs", _counted(lambda grown: grown.programs)
    ),
    _of_task(
        "programs_passed",
        ColumnType.INTEGER,
        "those of them that pass",
        _passing(lambda grown: grown.programs),
    ),
    _of_task(
        "repairs",
        ColumnType.INTEGER,
        "repairs, over all feedback sources",
        _counted(lambda grown: grown.repairs),
    ),
    _of_task(
        "repairs_passed",
        ColumnType.INTEGER,
        "those of them that pass",
        _passing(lambda grown: grown.repairs),
    ),
    _of_task(
        "baseline",
        ColumnType.INTEGER,
        "further programs, drawn where no initial one passes",
        _counted(lambda grown: grown.baseline),
    ),
    _of_task(
        "baseline_passed",
        ColumnType.INTEGER,
        "those of them that pass",
        _passing(lambda grown: grown.baseline),
    ),
    _of_task(
        "tokens",
        ColumnType.INTEGER,
        "tokens generated, feedback included",
        lambda record: record.cost.tokens,
    ),
    _of_task(
        "prompt_tokens", ColumnType.INTEGER, "tokens read", lambda record: record.cost.prompt_tokens
    ),
    _of_task(
        "dollars",
        ColumnType.NUMBER,
        "US dollars, as far as prices are known",
        lambda record: record.cost.dollars,
    ),
    _of_task("seconds", ColumnType.NUMBER, "wall-clock seconds", lambda record: record.seconds),
)
"""The table of tasks."""
