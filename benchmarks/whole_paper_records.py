"""Write the records that the run of `whole_paper.py` would leave, without running it."""

from contextlib import closing
from pathlib import Path

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.store.sqlite_store import SqliteStore
from whole_paper import (
    MENDED,
    MODEL,
    STATEMENT_WORDS,
    difficulty,
    passing,
    program,
    seeded,
    words,
)


def write_records(store: Path, tasks: int, programs: int, repairs: int) -> int:
    """File the records that a run of this size would leave; count their programs."""
    nodes = 0
    with closing(SqliteStore(store)) as target:
        run = target.begin_run()
        for number in range(tasks):
            record = whole_record(number, programs, repairs)
            target.add_record(run, record)
            nodes += 0 if record.grown is None else len(record.grown.nodes)
    return nodes


def whole_record(number: int, programs: int, repairs: int) -> Record:
    """The record of a task, as the scripted run would leave it."""
    task = f"tasks/{number:04d}"
    count = passing(number, programs)
    initial = [drawn(task, f"p{i}", right=i >= programs - count) for i in range(programs)]
    mended = [
        drawn(task, node, right=bool(count) and seeded(f"{task}#{node}").random() < MENDED)
        for draw in range(repairs)
        for each in initial
        if not each.verdict.passed
        for node in (f"{each.node}/self/r{draw}",)
    ]
    more = range(programs, programs + (0 if count else 2 * programs * repairs))
    grown = Grown(
        programs=tuple(initial),
        trees=(RepairTree(source="self", repairs=tuple(mended), complete=True),),
        baseline=tuple(drawn(task, f"p{i}", right=False) for i in more),
        complete=True,
    )
    plan = Plan(n_p=programs, n_fr=repairs, budget=None, params=SamplingParams())
    return Record(
        task_id=task,
        difficulty=Difficulty(difficulty(number)),
        kind=TaskKind.STDIN,
        statement=words(f"statement {number}", STATEMENT_WORDS),
        setup=Setup(
            model=MODEL,
            sources=("self",),
            prompts="default",
            checker="tolerant",
            isolation="nothing",
            plan=plan,
        ),
        grown=grown,
        cost=Cost.total(node.cost for node in grown.nodes),
    )


def drawn(task: str, node: str, *, right: bool) -> ProgramNode:
    """A program with its verdict."""
    text = program(task, node, right=right) + "\n"
    parent = node.partition("/")[0]
    told = words(f"{task}#{node}", 45) if parent != node else ""
    failure = CaseFailure(index=0, input="0 1 2\n", expected="3\n", actual=str(len(text)))
    verdict = Verdict(
        outcome=Outcome.PASSED if right else Outcome.WRONG_ANSWER,
        cases_run=3 if right else 1,
        cases_passed=3 if right else 0,
        failure=None if right else failure,
        seconds=0.004,
    )
    return ProgramNode(
        node=node,
        program=text,
        verdict=verdict,
        cost=Cost(tokens=(len(text) + len(told)) // 4, prompt_tokens=1000, samples=1, unpriced=1),
        finish_reason="stop",
        parent=parent if told else None,
        feedback=Feedback(text=told) if told else None,
        counted_by="endpoint",
        seconds=1.25,
    )
