"""Judging and running without pytest, in whatever event loop the caller has."""

import asyncio
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from builders import task as made_task
from endpoints import Serve
from projects import fenced, write_task
from pytest_selfrepair import (
    Feedback,
    JudgeSettings,
    Outcome,
    Plan,
    Policy,
    RunSettings,
    Sample,
    SampleRequest,
    SamplingParams,
    Script,
    ScriptedModel,
    StoredModel,
    Task,
    TaskError,
    UsageError,
    chat_model,
    judge_programs,
    load_run,
    load_tasks,
    run_tasks,
)
from pytest_selfrepair.api.equipment import RunSettings as Settings
from pytest_selfrepair.commands.judge_options import add
from pytest_selfrepair.core.feedback import Failure
from pytest_selfrepair.plugin.flags import OPTIONS
from pytest_selfrepair.plugin.model_flags import FEEDBACK_MAX_TOKENS
from pytest_selfrepair.store.sqlite_store import SqliteStore

RIGHT, WRONG = "print(sum(map(int, input().split())))", "print(0)"
PLAN = Plan(n_p=2, n_fr=1, budget=None, params=SamplingParams(max_tokens=256))


@pytest.fixture
def tasks() -> list[Task]:
    sums = made_task(("1 2\n", "3\n"), ("4 5\n", "9\n"))
    return [replace(sums, id=each, statement=f"Sum, {each}.") for each in ("one", "two")]


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    return RunSettings(store=tmp_path / "samples.sqlite")


def scripted(tmp_path: Path, name: str = "coder", **places: object) -> ScriptedModel:
    script = tmp_path / f"{name}.json"
    script.write_text(json.dumps({"tasks": {"*": places}}), encoding="utf-8")
    return ScriptedModel(name, Script(script))


class Counting(ScriptedModel):
    """A scripted model that counts what it is asked."""

    asked = 0

    async def sample(self, request: SampleRequest) -> Sample:
        self.asked += 1
        return await super().sample(request)


def test_programs_get_their_verdicts_in_order_in_a_running_loop(tasks: list[Task]) -> None:
    async def notebook() -> list[Outcome]:
        one, two = tasks
        verdicts = await judge_programs(
            [(one, RIGHT), (two, WRONG), (one, "print(1 / 0)"), (two, ""), (two, "def")]
        )
        return [verdict.outcome for verdict in verdicts]

    assert asyncio.run(notebook()) == [
        Outcome.PASSED,
        Outcome.WRONG_ANSWER,
        Outcome.RUNTIME_ERROR,
        Outcome.NO_PROGRAM,
        Outcome.SYNTAX_ERROR,
    ]


def test_a_broken_checker_is_no_wrong_program_and_costs_no_other(tasks: list[Task]) -> None:
    broken = replace(tasks[0], checker="def check(given, expected, answer):\n    raise OSError\n")
    first, second = asyncio.run(judge_programs([(broken, RIGHT), (tasks[1], RIGHT)]))
    assert first.outcome is Outcome.SANDBOX_ERROR
    assert first.failure is not None
    assert "checker" in str(first.failure.error)
    assert second.passed


def test_settings_of_judging_are_heard(tasks: list[Task]) -> None:
    strict = JudgeSettings(checker="strict", all_cases=True, jobs=1)
    [verdict] = asyncio.run(judge_programs([(tasks[0], "print('3 ')")], strict))
    assert (verdict.outcome, verdict.cases_run) == (Outcome.WRONG_ANSWER, 2)
    for wrong, message in (
        (JudgeSettings(checker="exact"), "checker: found 'exact'; accepted: tolerant, "),
        (JudgeSettings(sandbox="none"), "found 'none'; accepted: auto, strict, limits"),
        (JudgeSettings(packages=("no-such-thing",)), "packages: found"),
    ):
        with pytest.raises(UsageError, match=message):
            asyncio.run(judge_programs([], wrong))


def test_the_defaults_are_those_of_the_plugin_and_the_commands() -> None:
    flags = {option.name: option.default for option in OPTIONS}
    judging, run = JudgeSettings(), Settings()
    assert (judging.checker, judging.sandbox) == (flags["checker"], flags["sandbox"])
    assert f"{judging.timeout:g} {judging.memory}" == f"{flags['timeout']} {flags['memory']}"
    assert f"{run.replay} {run.concurrency}" == f"{flags['replay']} {flags['concurrency']}"
    assert run.store.as_posix() == flags["store"]
    assert run.feedback_max_tokens == FEEDBACK_MAX_TOKENS
    assert add.__module__ == "pytest_selfrepair.commands.judge_options"


def test_tasks_are_loaded_with_the_ids_that_the_plugin_gives_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("tasks/0001", "tasks/0002"):
        write_task(tmp_path / name, difficulty="interview", inputs=["1\n"], outputs=["1\n"])
    assert [task.id for task in load_tasks("tasks")] == ["tasks/0001", "tasks/0002"]
    assert [task.id for task in load_tasks(Path("tasks/0002"))] == ["tasks/0002"]
    (tmp_path / "tasks/0002/input_output.json").write_text("{")
    with pytest.raises(TaskError, match=r"tasks/0002/input_output.json: content: found"):
        load_tasks("tasks")
    with pytest.raises(TaskError, match=r"nowhere: path: found no such file"):
        load_tasks("nowhere")


def test_a_run_grows_trees_and_is_kept_as_one(
    tmp_path: Path, tasks: list[Task], settings: RunSettings
) -> None:
    model = scripted(tmp_path, program=fenced(WRONG), repair=[fenced(RIGHT)])
    critic = scripted(tmp_path, "critic", feedback="It prints nothing but 0.")
    run = asyncio.run(
        run_tasks(tasks, model, PLAN, feedback=["self", critic, "none"], settings=settings)
    )
    assert [record.unscored for record in run.records] == [None, None]
    grown = run.records[0].grown
    assert grown is not None
    assert [tree.source for tree in grown.trees] == ["self", "critic", "none"]
    assert all(repair.verdict.passed for repair in grown.repairs)
    feedback = grown.trees[1].repairs[0].feedback
    assert feedback is not None
    assert feedback.text == "It prints nothing but 0."
    assert load_run(run.name).records == run.records
    assert run.name == f"{settings.store.as_posix()}::1"


def test_what_is_stored_is_not_paid_for_again(
    tmp_path: Path, tasks: list[Task], settings: RunSettings
) -> None:
    first = Counting("coder", scripted(tmp_path, program=fenced(RIGHT))._script)  # noqa: SLF001 - its file
    run = asyncio.run(run_tasks(tasks, first, PLAN, feedback=["none"], settings=settings))
    assert first.asked == 4
    again = asyncio.run(
        run_tasks(
            tasks,
            StoredModel("coder"),
            PLAN,
            feedback=["none"],
            settings=replace(settings, replay="only"),
        )
    )
    assert again.name == f"{settings.store.as_posix()}::2"
    assert [each.grown for each in again.records] != [each.grown for each in run.records]
    assert all(each.cost.replayed_tokens == each.cost.tokens > 0 for each in again.records)


def test_what_is_not_stored_is_no_wrong_program(tasks: list[Task], settings: RunSettings) -> None:
    for replay in ("only", "auto"):
        run = asyncio.run(
            run_tasks(tasks, StoredModel("m"), PLAN, settings=replace(settings, replay=replay))
        )
        assert all("no stored sample of m for node p" in str(r.unscored) for r in run.records)


def test_a_run_stays_within_its_tokens(
    tmp_path: Path, tasks: list[Task], settings: RunSettings
) -> None:
    model = scripted(tmp_path, program={"text": fenced(RIGHT), "tokens": 200})
    bounded = replace(settings, max_tokens_total=300)
    run = asyncio.run(run_tasks(tasks, model, PLAN, settings=bounded))
    assert sum(record.cost.tokens for record in run.records) <= 300
    assert any("budget" in str(record.unscored) for record in run.records)


class Loud:
    """A source of the user's own that breaks."""

    name = "loud"
    joint = False
    max_tokens = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        raise LookupError("nothing to say")


def test_what_a_source_raises_costs_its_task_alone(
    tmp_path: Path, tasks: list[Task], settings: RunSettings
) -> None:
    script = tmp_path / "coder.json"
    places = {"one": {"program": fenced(WRONG)}, "two": {"program": fenced(RIGHT)}}
    script.write_text(json.dumps({"tasks": places}), encoding="utf-8")
    model = ScriptedModel("coder", Script(script))
    run = asyncio.run(run_tasks(tasks, model, PLAN, feedback=[Loud()], settings=settings))
    one, two = run.records
    assert "the feedback source 'loud'" in str(one.unscored)
    assert two.unscored is None


def test_what_cannot_be_run_is_refused_before_anything_is_paid(
    tmp_path: Path, tasks: list[Task], settings: RunSettings
) -> None:
    model = scripted(tmp_path, program=fenced(RIGHT))
    for feedback, message in (
        (["gpt-4"], r"feedback: found 'gpt-4'; accepted: self, self:separate, none, .*human"),
        (["self", "self"], "found two sources called 'self'"),
        (["trace:x"], "feedback: found 'trace:x'"),
    ):
        with pytest.raises(UsageError, match=message):
            asyncio.run(run_tasks(tasks, model, PLAN, feedback=feedback, settings=settings))
    for plan, message in (
        (replace(PLAN, n_p=0), "plan: n_p: found 0; accepted: from 1 up"),
        (replace(PLAN, n_fr=3, n_f=2), "plan: n_f: found 2; accepted: a divisor of n_fr"),
        (replace(PLAN, depth=2, policy=Policy.DFS), "plan: depth: found 2; accepted: 1, or"),
    ):
        with pytest.raises(UsageError, match=message):
            asyncio.run(run_tasks(tasks, model, plan, settings=settings))
    with pytest.raises(UsageError, match="found 'one' twice"):
        asyncio.run(run_tasks([tasks[0], tasks[0]], model, PLAN, settings=settings))
    with pytest.raises(UsageError, match="replay: found 'never'; accepted: off, auto, only"):
        RunSettings(replay="never")
    with closing(SqliteStore(settings.store)) as store:
        assert store.read(lambda of: of.execute("SELECT count(*) FROM samples").fetchone()) == (0,)


def test_a_task_without_cases_is_not_scored(
    tmp_path: Path, tasks: list[Task], settings: RunSettings
) -> None:
    model = scripted(tmp_path, program=fenced(RIGHT))
    empty = replace(tasks[0], cases=())
    run = asyncio.run(run_tasks([empty, tasks[1]], model, PLAN, settings=settings))
    assert [record.unscored for record in run.records] == ["it has no cases", None]


def test_an_endpoint_of_openai_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="api_key: found nothing"):
        chat_model("gpt-4")
    with pytest.raises(UsageError, match="concurrency: found 0"):
        chat_model("gpt-4", api_key="k", concurrency=0)


def test_a_model_behind_an_endpoint_writes_and_repairs(
    serve: Serve, tasks: list[Task], settings: RunSettings
) -> None:
    places = {"program": fenced(WRONG), "repair": fenced(RIGHT)}
    server = serve(tasks={"*": places}, api_key="the-key")

    async def notebook() -> list[bool]:
        model = chat_model("m", base_url=server.base_url, api_key="the-key")
        run = await run_tasks(tasks, model, PLAN, settings=settings)
        grown = [record.grown for record in run.records if record.grown is not None]
        return [repair.verdict.passed for each in grown for repair in each.repairs]

    assert asyncio.run(notebook()) == [True] * 4
