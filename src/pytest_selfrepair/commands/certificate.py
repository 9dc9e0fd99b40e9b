"""Collect what supports the verdicts of a run, as facts and as a page of Markdown."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_selfrepair import __version__
from pytest_selfrepair.core.reading import RULES
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.verdicts import JUDGE_VERSION
from pytest_selfrepair.estimate.findings import Flips
from pytest_selfrepair.estimate.run.doubts import (
    ReferenceFacts,
    Solved,
    near_limit,
    nodes,
    references,
)
from pytest_selfrepair.estimate.run.outcome_counts import count_outcomes, flips
from pytest_selfrepair.report.markdown import escaped
from pytest_selfrepair.sandbox.referee import CHECKER_BROKE
from pytest_selfrepair.store.run_names import LoadedRun

MOST_ROWS = 15
"""Tasks of each kind named on the page; the JSON names all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """One task.

    Attributes:
        task_id: The task.
        digest: The SHA-256 of everything that decides its verdicts; of an older record, of its
            statement.
        tried: Reference solutions tried; None where none was.
        passed: Reference solutions that pass.
        ambiguous: Whether accepted solutions disagree.
        scored: Whether it was scored.
    """

    task_id: str
    digest: str
    tried: int | None
    passed: int | None
    ambiguous: bool
    scored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The facts that support a run's verdicts.

    Attributes:
        run: The run's title.
        written_by: The versions of this package, its judge and its reading rules.
        models: The code models of the records.
        prompts: The prompt sets, with digests.
        checkers: The checkers.
        levels: The isolation levels of the sandboxes.
        packages: Packages available to programs besides the standard library, with versions.
        read_by: The versions of the rules that read replies.
        time_limits: CPU seconds allowed for a case.
        tasks: All tasks, sorted.
        digest: The SHA-256 of the digests of all tasks, in order.
        verdicts: The number of judged programs.
        references: The results of reference solutions; None where none was tried.
        near: Verdicts within a factor of two of the time limit.
        near_known: Verdicts for which that is known.
        unstable: Programs that another run of the store judged differently, a line each.
        differed: Programs with different verdicts in two executions of this run; the one that ran
            alone counts.
        flips: Verdicts that the other checker would change.
        checker_broke: Answers on which a task's own checker crashed.
        lacking: Programs that tried to import a module they may not have, by module.
        unscored: Unscored tasks.
    """

    run: str
    written_by: dict[str, str]
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    checkers: tuple[str, ...]
    levels: tuple[str, ...]
    packages: tuple[str, ...]
    read_by: tuple[int, ...]
    time_limits: tuple[float, ...]
    tasks: tuple[TaskFacts, ...]
    digest: str
    verdicts: int
    references: ReferenceFacts | None
    near: int
    near_known: int
    unstable: tuple[str, ...]
    differed: int
    flips: tuple[Flips, ...]
    checker_broke: int
    lacking: dict[str, int]
    unscored: int


def certificate(run: LoadedRun, others: Iterable[Record]) -> Certificate:
    """Collect the facts of a run.

    Args:
        run: The run.
        others: Records of other runs, to find programs judged differently there.
    """
    records = run.records
    setups = [record.setup for record in records if record.setup is not None]
    tasks = tuple(_task(record) for record in records)
    near, known = near_limit(records)
    judged = list(nodes(records))
    return Certificate(
        run=run.title,
        written_by={
            "pytest-selfrepair": __version__,
            "judge": str(JUDGE_VERSION),
            "reading": str(RULES),
        },
        models=_several(setup.model for setup in setups),
        prompts=_several(setup.prompts for setup in setups),
        checkers=_several(setup.checker for setup in setups),
        levels=_several(setup.isolation for setup in setups),
        packages=_several(each for record in records for each in record.packages),
        read_by=tuple(sorted({setup.reading for setup in setups})),
        time_limits=tuple(
            sorted({each.time_limit for each in records if each.time_limit is not None})
        ),
        tasks=tasks,
        digest=_sha256("\n".join(f"{each.task_id} {each.digest}" for each in tasks)),
        verdicts=len(judged),
        references=references(records),
        near=near,
        near_known=known,
        unstable=tuple(_unstable(records, others)),
        differed=sum(node.verdict.unstable for _, node in judged),
        flips=flips(records),
        checker_broke=sum(
            (node.verdict.failure is not None)
            and (node.verdict.failure.error or "").startswith(CHECKER_BROKE)
            for _, node in judged
        ),
        lacking=count_outcomes(records).lacking,
        unscored=sum(record.grown is None for record in records),
    )


def _several(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(found)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _task(record: Record) -> TaskFacts:
    said = record.references
    return TaskFacts(
        task_id=record.task_id,
        digest=record.digest or _sha256(record.statement),
        tried=None if said is None else said.tried,
        passed=None if said is None else said.passed,
        ambiguous=said is not None and said.ambiguous,
        scored=record.grown is not None,
    )


def _unstable(records: Sequence[Record], others: Iterable[Record]) -> Iterator[str]:
    """Programs of a task with another outcome from the same checker in another run."""
    known = {
        (record.task_id, _checker(record), node.program): node.verdict.outcome
        for record, node in nodes(records)
    }
    said: set[str] = set()
    for record, node in nodes(others):
        here = known.get((record.task_id, _checker(record), node.program))
        if here is not None and here is not node.verdict.outcome:
            line = f"{record.task_id}: {here} here, {node.verdict.outcome} in another run"
            if line not in said:
                said.add(line)
                yield line


def _checker(record: Record) -> str:
    return "" if record.setup is None else record.setup.checker


def as_markdown(facts: Certificate) -> str:
    """The page: first what decides verdicts, then doubts, then the tasks."""
    parts = [
        [f"# Verdicts of {escaped(facts.run)}"],
        [*_settings(facts)],
        ["## What may be doubted"],
        [f"- {line}" for line in _doubtful_facts(facts)],
        ["## Tasks"],
        [*_tasks(facts)],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _settings(facts: Certificate) -> Iterator[str]:
    yield "| what | |"
    yield "|---|---|"
    for name, values in (
        ("model", facts.models),
        ("prompts", facts.prompts),
        ("checker", facts.checkers),
        ("programs ran in", facts.levels),
        ("packages", facts.packages or ("the standard library alone",)),
        ("time limit of a case (CPU seconds)", tuple(f"{each:g}" for each in facts.time_limits)),
        ("certified by", tuple(f"{name} {version}" for name, version in facts.written_by.items())),
        ("replies read by rules", tuple(map(str, facts.read_by))),
        ("digest of all tasks", (f"`{facts.digest}`",)),
    ):
        shown = ", ".join(v if v.startswith("`") else escaped(v) for v in values) or "unknown"
        yield f"| {name} | {shown} |"


def _doubtful_facts(facts: Certificate) -> Iterator[str]:
    yield f"{facts.verdicts:,} programs were judged on {len(facts.tasks):,} tasks"
    if facts.unscored:
        yield f"{facts.unscored:,} of these tasks are part of no rate"
    said = facts.references
    if said is None:
        yield "reference solutions were not tried: run with `--selfrepair-validate`"
    else:
        yield f"{said.passed:,} of {said.tried:,} reference solutions of {said.tasks:,} tasks pass"
        yield (
            f"{len(said.ambiguous):,} tasks are ambiguous: solved with them "
            f"{_solved(said.with_them)}, without them {_solved(said.without_them)}"
        )
    yield (
        f"{facts.near:,} of {facts.near_known:,} verdicts of which that is known lie within a "
        "factor of two of the time limit"
    )
    yield f"{len(facts.unstable):,} programs were judged otherwise in another run of the store"
    if facts.differed:
        yield (
            f"{facts.differed:,} programs met a time limit, and another verdict when they were run "
            "again alone, which counts"
        )
    for each in facts.flips:
        share = f"{each.flipped:,} of {each.compared:,}"
        yield f"the checker `{each.checker}` would flip {share} verdicts"
    yield f"a task's own checker broke on {facts.checker_broke:,} answers, which count as wrong"
    lacking = ", ".join(f"{escaped(name)} {count:,}" for name, count in facts.lacking.items())
    yield f"programs that import what they may not have: {lacking or 'none'}"


def _solved(found: Solved) -> str:
    return f"{found.solved:,} of {found.tasks:,}"


def _tasks(facts: Certificate) -> Iterator[str]:
    doubtful = [
        each
        for each in facts.tasks
        if each.ambiguous
        or not each.scored
        or (each.tried is not None and each.passed != each.tried)
    ]
    listed = [*doubtful, *(each for each in facts.tasks if each not in doubtful)]
    yield "| task | references that pass | | digest |"
    yield "|---|---|---|---|"
    for each in listed[:MOST_ROWS]:
        passed = "not tried" if each.tried is None else f"{each.passed} of {each.tried}"
        notes = ["ambiguous"] * each.ambiguous + ["not scored"] * (not each.scored)
        row = (escaped(each.task_id), passed, ", ".join(notes), f"`{each.digest[:12]}`")
        yield f"| {' | '.join(row)} |"
    if (more := len(listed) - MOST_ROWS) > 0:
        yield f"\nand {more:,} more: the JSON has all."
