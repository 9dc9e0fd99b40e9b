"""What a type checker sees of the public names; checked by mypy, and never run."""

from typing import TYPE_CHECKING, assert_type

import pytest_selfrepair as face
from pytest_selfrepair import (
    CONTEXT_LIMIT,
    Cost,
    Findings,
    Message,
    Model,
    Outcome,
    Plan,
    ProgramNode,
    Record,
    Role,
    RunResult,
    RunSettings,
    SampleRequest,
    SamplingParams,
    ScriptedModel,
    SeveralModel,
    StoredModel,
    Task,
    Verdict,
    chat_model,
    judge_programs,
    load_run,
    load_tasks,
    run_tasks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


async def a_notebook() -> None:
    tasks = load_tasks("apps_tasks")
    assert_type(tasks, list[Task])
    verdicts = await judge_programs([(tasks[0], "print(1)")])
    assert_type(verdicts, list[Verdict])
    assert_type(verdicts[0].outcome, Outcome)
    plan = Plan(n_p=5, n_fr=1, budget=None, params=SamplingParams())
    run = await run_tasks(tasks, StoredModel("m"), plan, settings=RunSettings(replay="only"))
    assert_type(run, RunResult)
    assert_type(load_run(3), RunResult)
    assert_type(run.records, tuple[Record, ...])
    assert_type(run.findings(), Findings)
    assert_type(run.records[0].cost, Cost)
    if (grown := run.records[0].grown) is not None:
        assert_type(grown.nodes, tuple[ProgramNode, ...])


def models(script: face.Script) -> "Sequence[Model]":
    several: SeveralModel = chat_model("gpt-4")
    return [several, ScriptedModel("scripted", script), StoredModel("stored")]


def errors_have_their_fields(error: face.TaskError) -> str:
    base: face.SelfRepairError = error
    endpoint: face.ModelError = face.EndpointFailedError("no answer")
    assert_type(error.file, str)
    return f"{base}{endpoint}"


def a_request() -> SampleRequest:
    message = Message(role=Role.USER, content=CONTEXT_LIMIT)
    params = SamplingParams(temperature=0.0)
    return SampleRequest(model="m", messages=(message,), params=params, task_id="t", node="p0")
