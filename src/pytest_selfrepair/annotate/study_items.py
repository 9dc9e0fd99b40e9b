"""The failing programs of a run that people are asked about, with the case each fails."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import ClassVar

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Task, TaskKind
from pytest_selfrepair.core.tree import ProgramNode, program_hash
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.store.run_names import LoadedRun

UNKNOWN_DIFFICULTY = "unknown"
"""The difficulty of a task whose record has none."""

_NOT_SHOWN = frozenset({Outcome.PASSED, Outcome.SANDBOX_ERROR, Outcome.NO_PROGRAM})
_NEVER_CALLED = frozenset({Outcome.MISSING_FUNCTION, Outcome.SYNTAX_ERROR, Outcome.NO_PROGRAM})
_FUNCTION = re.compile(r"^(?: {4}|\t)?(?:async )?def ([A-Za-z_]\w*) *\(", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """The key that answers on a program or game are stored under.

    Attributes:
        task_id: Its task; for a game, the scenario and the advised role.
        program_hash: `program_hash` of its text; for a game, its `game_key`.
    """

    task_id: str
    program_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A failing initial program.

    Attributes:
        key: Its key.
        node: Its node in the task's trees; of equal programs the first.
        program: Its text.
        verdict: Its verdict, with the first case it fails.
        statement: Its task's; empty where the record has none.
        difficulty: Its task's, or `UNKNOWN_DIFFICULTY`.
        kind: Its task's.
        functions: The names of its functions, the one that its task most likely calls first; empty
            for a program on standard input.
        in_place: Whether the answer is left in the function's first argument, as far as known:
            records do not say.
    """

    noun: ClassVar[str] = "program"
    state: ClassVar[str] = "failing"
    whole: ClassVar[str] = "task"

    key: Key
    node: str
    program: str
    verdict: Verdict
    statement: str
    difficulty: str
    kind: TaskKind
    functions: tuple[str, ...] = ()
    in_place: bool = False

    @property
    def about(self) -> str:
        """Its entry in lists."""
        return self.difficulty


def failing(run: LoadedRun) -> list[Item]:
    """The failing initial programs of a run, by task and in the order drawn.

    Equal programs of a task count once. Replies without a program, and programs that the sandbox
    failed to run, are excluded.
    """
    found: dict[Key, Item] = {}
    for record in run.records:
        for node in record.grown.programs if record.grown else ():
            if node.verdict.outcome in _NOT_SHOWN or not node.program.strip():
                continue
            key = Key(task_id=record.task_id, program_hash=program_hash(node.program))
            found.setdefault(key, _item(key, node, record))
    return list(found.values())


def completed(item: Item, task: Task) -> Item:
    """Add to a program its task's statement and called function, which the record may lack."""
    return replace(
        item,
        statement=item.statement or task.statement,
        functions=(task.fn_name,) if task.fn_name else (),
        in_place=task.in_place,
    )


def _item(key: Key, node: ProgramNode, record: Record) -> Item:
    called = record.kind is TaskKind.CALL_BASED
    return Item(
        key=key,
        node=node.node,
        program=node.program,
        verdict=node.verdict,
        statement=record.statement,
        difficulty=record.difficulty or UNKNOWN_DIFFICULTY,
        kind=record.kind or TaskKind.STDIN,
        functions=_functions(node.program, record) if called else (),
    )


def _functions(program: str, record: Record) -> tuple[str, ...]:
    """A program's functions, most shared by the task's programs first.

    A record does not say which function its task calls, but all callable programs must have it.
    """
    common = Counter(
        name
        for node in (record.grown.programs if record.grown else ())
        if node.verdict.outcome not in _NEVER_CALLED
        for name in set(_FUNCTION.findall(node.program))
    )
    names = dict.fromkeys(_FUNCTION.findall(program))
    return tuple(sorted(names, key=lambda name: (name.startswith("__"), -common[name])))
