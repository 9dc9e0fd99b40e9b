"""The feedback sources: what each says of a failing program, and what it costs."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from builders import task
from projects import fenced
from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.feedback import (
    Failure,
    Feedback,
    FeedbackCases,
    FeedbackSource,
    error_sentence,
)
from pytest_selfrepair.core.grow import grow
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.sample import Model, Sample, SampleRequest, SamplingParams
from pytest_selfrepair.core.task import Assertions, Task
from pytest_selfrepair.core.tree import Grown, Plan, program_hash
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.feedback import recipe_of
from pytest_selfrepair.feedback.blind import Blind
from pytest_selfrepair.feedback.error_only import ErrorOnly
from pytest_selfrepair.feedback.explained import Explained
from pytest_selfrepair.feedback.human import Human
from pytest_selfrepair.feedback.joint import Joint
from pytest_selfrepair.feedback.placebo import Placebo
from pytest_selfrepair.feedback.reference import Reference
from pytest_selfrepair.feedback.several_cases import SeveralCases
from pytest_selfrepair.feedback.trace import Trace
from pytest_selfrepair.models.scripted import Script, ScriptedModel
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

PROMPTS = PromptSet.default()
TWICE = replace(
    task(("0\n", "0\n"), ("2\n", "4\n"), ("3\n", "6\n"), ("4\n", "8\n"), ("5\n", "10\n")),
    statement="Print twice n.",
    solutions=("print(2 * int(input()))  # the secret",),
)
SQUARE = "print(int(input()) ** 2)"
GOOD, BAD, WORSE = (fenced(p) for p in ("print(2 * int(input()))", SQUARE, "print(1 / 0)"))


@pytest.fixture(scope="module")
def judge() -> Iterator[SandboxJudge]:
    found = SandboxJudge(find_isolation("auto"), Limits(cpu_seconds=1.0), concurrency=2)
    yield found
    asyncio.run(found.aclose())


class Asked:
    """A scripted model that remembers what it was asked, by node."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.name
        self.requests: dict[str, SampleRequest] = {}

    def __getitem__(self, node: str) -> str:
        return self.requests[node].messages[-1].content

    async def sample(self, request: SampleRequest) -> Sample:
        assert request.node not in self.requests
        self.requests[request.node] = request
        return await self.model.sample(request)

    async def aclose(self) -> None:
        await self.model.aclose()


Scripted = Callable[..., Asked]


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    def make(**places: object) -> Asked:
        path = tmp_path / "script.json"
        path.write_text(json.dumps({"tasks": {"*": places}}))
        return Asked(ScriptedModel("coder", Script(path)))

    return make


def grown(
    judge: SandboxJudge,
    model: Asked,
    *sources: FeedbackSource,
    of: Task = TWICE,
    spending: Spending | None = None,
    n_p: int = 1,
    n_fr: int = 1,
    n_f: int | None = None,
    depth: int = 1,
    budget: int | None = None,
    feedback_cases: FeedbackCases = FeedbackCases.ALL,
) -> Grown:
    plan = Plan(
        n_p=n_p,
        n_fr=n_fr,
        n_f=n_f,
        depth=depth,
        budget=budget,
        feedback_cases=feedback_cases,
        params=SamplingParams(max_tokens=100),
    )
    return asyncio.run(
        grow(
            of,
            plan,
            model=model,
            judge=judge,
            sources=sources,
            prompts=PROMPTS,
            spending=spending or Spending(),
        )
    )


def failure(judge: SandboxJudge, program: str, of: Task = TWICE) -> Failure:
    verdict = asyncio.run(judge.judge(of, program))
    return Failure(task=of, program=program, verdict=verdict, error=error_sentence(of, verdict))


def said(source: FeedbackSource, about: Failure, node: str = "p0/x/f0") -> Feedback:
    return asyncio.run(source.feedback(about, node=node))


def critic(model: Asked) -> Explained:
    return Explained(
        name="critic", model=model, prompts=PROMPTS, params=SamplingParams(max_tokens=50)
    )


def test_a_blind_repair_is_told_only_that_the_program_fails(
    judge: SandboxJudge, scripted: Scripted
) -> None:
    model = scripted(program=BAD, repair=GOOD)
    grown(judge, model, Blind(prompts=PROMPTS))
    every = "\n".join(message.content for message in model.requests["p0/blind/r0"].messages)
    assert every.count(PROMPTS.blind) == 2
    assert "The output was" not in every
    assert "expected" not in every


def test_a_placebo_fits_any_program_and_is_chosen_by_the_node(judge: SandboxJudge) -> None:
    source, about = Placebo(prompts=PROMPTS), failure(judge, SQUARE)
    texts = [said(source, about, f"p0/placebo/f{number}").text for number in range(30)]
    assert set(texts) == set(PROMPTS.placebo)
    assert texts[7] == said(source, about, "p0/placebo/f7").text
    assert not any(char in text for text in texts for char in "`=()")


def test_several_failing_cases_are_shown_and_no_more_than_three(judge: SandboxJudge) -> None:
    text = said(SeveralCases(judge=judge, prompts=PROMPTS), failure(judge, SQUARE)).text
    assert [line[:23] for line in text.splitlines()] == [
        f"{number}. The input was '{given}\\n'." for number, given in ((1, 3), (2, 4), (3, 5))
    ]


def test_a_program_that_fails_one_case_has_its_error_sentence_alone(judge: SandboxJudge) -> None:
    about = failure(judge, "n = int(input())\nprint(2 * n if n < 5 else 0)")
    found = said(SeveralCases(judge=judge, prompts=PROMPTS), about)
    assert (found.text, found.evidence) == (about.error, True)


def test_cases_and_trace_see_public_cases_alone(judge: SandboxJudge, scripted: Scripted) -> None:
    model = scripted(program=BAD, repair=GOOD)
    sources = (
        SeveralCases(judge=judge, prompts=PROMPTS),
        Trace(runner=judge, prompts=PROMPTS),
    )
    of = replace(TWICE, public_cases=(0, 2))
    cases, trace = grown(judge, model, *sources, of=of, feedback_cases=FeedbackCases.PUBLIC).trees
    for tree in (cases, trace):
        told = tree.repairs[0].feedback
        assert told is not None
        assert told.text.startswith("The input was '3\\n'. The output was '9\\n', expected")
    assert "executed last" in model["p0/trace/r0"]


def test_of_assertions_the_first_that_fails_stands_alone(judge: SandboxJudge) -> None:
    of = replace(
        task(("assert f(1) == 2", None), ("assert f(2) == 4", None), fn_name="f"),
        assertions=Assertions(definitions=""),
    )
    about = failure(judge, "def f(n):\n    return 0", of)
    for source in (
        SeveralCases(judge=judge, prompts=PROMPTS),
        Trace(runner=judge, prompts=PROMPTS),
    ):
        assert said(source, about).text == about.error


def test_a_hint_is_made_from_the_solution_and_shows_none_of_it(
    judge: SandboxJudge, scripted: Scripted
) -> None:
    hint = f"Double it.\n{GOOD}\nThat is all."
    model = scripted(program=BAD, repair=GOOD, feedback={"text": hint, "tokens": 9})
    source = Reference(model=model, prompts=PROMPTS, params=SamplingParams(max_tokens=50))
    [repair] = grown(judge, model, source).trees[0].repairs
    assert "the secret" in model["p0/reference/f0"]
    assert "the secret" not in model["p0/reference/r0"]
    assert repair.feedback is not None
    assert repair.feedback.text == "Double it.\nThat is all."
    assert repair.feedback.cost.tokens == 9


def test_a_task_without_a_solution_has_no_hint_and_its_programs_are_counted(
    judge: SandboxJudge, scripted: Scripted
) -> None:
    model = scripted(program=[BAD, GOOD, WORSE])
    source = Reference(model=model, prompts=PROMPTS, params=SamplingParams())
    [tree] = grown(judge, model, source, of=replace(TWICE, solutions=()), n_p=3).trees
    assert (tree.repairs, tree.unanswered, tree.complete) == ((), ("p0", "p2"), True)


@pytest.fixture(params=["jsonl", "sqlite"])
def answers(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    rows = [
        (TWICE.id, program_hash(f"{SQUARE}\n"), "ann", "It squares n.", 61.5),
        (TWICE.id, program_hash("another"), "ann", "Nothing to do with it.", 5),
        (TWICE.id, program_hash(f"{SQUARE}\n"), "bob", "Double n instead.", None),
        (TWICE.id, program_hash(f"{SQUARE}\n"), "eve", "  ", 3),
        ("another/task", program_hash(f"{SQUARE}\n"), "bob", "Of another task.", 3),
    ]
    columns = ("task_id", "program_hash", "participant", "feedback", "seconds")
    path = tmp_path / f"answers.{request.param}"
    if request.param == "jsonl":
        lines = [json.dumps(dict(zip(columns, row, strict=True))) for row in rows]
        path.write_text("\n".join(lines) + "\n")
        return path
    store = sqlite3.connect(path)
    with store:
        store.execute(f"CREATE TABLE answers ({', '.join(columns)})")
        store.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", rows)
    store.close()
    return path


def test_every_text_that_people_wrote_is_repaired_on_as_often_as_asked_for(
    judge: SandboxJudge, scripted: Scripted, answers: Path
) -> None:
    model = scripted(program=[BAD, WORSE + "\n"], repair=[GOOD, WORSE])
    [tree] = grown(judge, model, Human.read("human", answers), n_p=2, n_fr=3).trees
    assert [repair.node for repair in tree.repairs] == [
        *("p0/human/r0", "p0/human/f0/r1", "p0/human/f0/r2"),
        *("p0/human/r1", "p0/human/f1/r1", "p0/human/f1/r2"),
    ]
    told = [repair.feedback for repair in tree.repairs if repair.feedback is not None]
    assert [(each.author, each.seconds) for each in told] == [("ann", 61.5)] * 3 + [
        ("bob", None)
    ] * 3
    assert "It squares n." in model["p0/human/f0/r2"]
    assert "Double n instead." in model["p0/human/r1"]
    assert tree.unanswered == ("p1",)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 2: not JSON"),
        ("[]", r"line 2: found '\[\]'; accepted: an object"),
        ({"task_id": None}, "line 2: task_id: found nothing; accepted: a text"),
        ({"feedback": 3}, "line 2: feedback: found 3; accepted: a text"),
        ({"program_hash": "xyz"}, "line 2: program_hash: found 'xyz'; accepted: the SHA-256"),
        ({"seconds": "long"}, "line 2: seconds: found 'long'; accepted: a number"),
        ({"seconds": -1}, "line 2: seconds: found -1; accepted: 0 or more"),
    ],
)
def test_a_line_that_is_no_answer_is_named(
    tmp_path: Path, row: str | dict[str, object], said: str
) -> None:
    good = {
        "task_id": "t",
        "program_hash": "0" * 64,
        "participant": "ann",
        "feedback": "Hm.",
        "seconds": 1,
    }
    text = row if isinstance(row, str) else json.dumps({**good, **row})
    path = tmp_path / "answers.jsonl"
    path.write_text(f"{json.dumps(good)}\n{text}\n")
    with pytest.raises(UsageError, match=said):
        Human.read("human", path)


def test_a_store_without_answers_is_named(tmp_path: Path) -> None:
    store = sqlite3.connect(tmp_path / "other.sqlite")
    with store:
        store.execute("CREATE TABLE other (a)")
    store.close()
    with pytest.raises(UsageError, match=r"other\.sqlite: no such table: answers; accepted"):
        Human.read("human", tmp_path / "other.sqlite")


@pytest.mark.parametrize("name", ["none:x", "trace:", "reference:", "self:jointly"])
def test_an_argument_that_a_source_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="self:separate, none, blind, placebo"):
        recipe_of(name)


def test_texts_and_repairs_are_set_apart_and_a_text_is_paid_for_once(
    judge: SandboxJudge, scripted: Scripted
) -> None:
    model = scripted(
        program=BAD,
        repair={"text": WORSE, "tokens": 10},
        feedback=[{"text": "One.", "tokens": 3}, {"text": "Two.", "tokens": 5}],
    )
    spending = Spending()
    separate, joint = grown(
        judge, model, critic(model), Joint(), n_fr=6, n_f=2, spending=spending
    ).trees
    assert [repair.node for repair in separate.repairs] == [
        *("p0/critic/r0", "p0/critic/f0/r1", "p0/critic/f0/r2"),
        *("p0/critic/r1", "p0/critic/f1/r1", "p0/critic/f1/r2"),
    ]
    assert [repair.total_tokens for repair in separate.repairs] == [13, 10, 10, 15, 10, 10]
    assert [repair.node for repair in joint.repairs] == [f"p0/self/r{n}" for n in range(6)]
    asked = [node for node in model.requests if "/f" in node and "/r" not in node]
    assert asked == ["p0/critic/f0", "p0/critic/f1"]
    baseline = spending.cost.tokens - separate.tokens - joint.tokens
    assert separate.tokens == 68
    assert baseline > 0


def test_as_many_texts_as_repairs_are_named_as_ever(
    judge: SandboxJudge, scripted: Scripted
) -> None:
    model = scripted(program=BAD, repair=WORSE, feedback="Hm.")
    grown(judge, model, critic(model), ErrorOnly(), n_fr=2)
    assert {node for node in model.requests if "/" in node} == {
        *("p0/critic/f0", "p0/critic/r0", "p0/critic/f1", "p0/critic/r1"),
        *("p0/none/r0", "p0/none/r1"),
    }


def test_a_repair_that_fails_is_repaired_again_on_its_own_error(
    judge: SandboxJudge, scripted: Scripted
) -> None:
    model = scripted(
        program=BAD,
        feedback="Hm.",
        **{"p0/self/r0": WORSE, "p0/self/r1": GOOD, "repair": WORSE, "p0/self/r0/r1": GOOD},
    )
    joint, separate = grown(judge, model, Joint(), critic(model), n_fr=2, depth=2).trees
    assert [(repair.node, repair.parent) for repair in joint.repairs] == [
        ("p0/self/r0", "p0"),
        ("p0/self/r1", "p0"),
        ("p0/self/r0/r0", "p0/self/r0"),
        ("p0/self/r0/r1", "p0/self/r0"),
    ]
    assert [repair.verdict.passed for repair in joint.repairs] == [False, True, False, True]
    assert "ZeroDivisionError" in model["p0/self/r0/r0"]
    assert "p0/critic/r1/f1" in model.requests
    assert len(separate.repairs) == 2 + 4


def test_depth_ends_where_nothing_fails(judge: SandboxJudge, scripted: Scripted) -> None:
    model = scripted(program=BAD, repair=GOOD)
    [tree] = grown(judge, model, Joint(), depth=9).trees
    assert (len(tree.repairs), tree.complete) == (1, True)


@pytest.mark.parametrize("budget", [100, 180, 250, 400, 999])
def test_a_budget_holds_for_shared_texts_and_every_level(
    judge: SandboxJudge, scripted: Scripted, budget: int
) -> None:
    model = scripted(
        program={"text": BAD, "tokens": 30},
        repair={"text": WORSE, "tokens": 40},
        feedback={"text": "Hm.", "tokens": 50},
    )
    found = grown(judge, model, critic(model), n_fr=2, n_f=1, depth=2, budget=budget)
    [tree] = found.trees
    assert 30 + tree.tokens <= budget
    assert tree.complete == (len(tree.repairs) == 2 + 4)
