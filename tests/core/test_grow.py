"""The growth of repair trees, with scripted replies and real sandboxes."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from projects import fenced
from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.grow import grow
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.sample import (
    CONTEXT_LIMIT,
    Model,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)
from pytest_selfrepair.core.task import Case, Difficulty, Task
from pytest_selfrepair.core.tree import Grown, Plan, Policy
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.errors import EndpointFailedError, InfrastructureError, ReplayMissError
from pytest_selfrepair.feedback.error_only import ErrorOnly
from pytest_selfrepair.feedback.explained import Explained
from pytest_selfrepair.feedback.joint import Joint
from pytest_selfrepair.models.scripted import Script, ScriptedModel
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

TASK = Task(
    id="t",
    difficulty=Difficulty.INTRODUCTORY,
    statement="Print twice n.",
    cases=(Case(input="2\n", expected="4\n"), Case(input="5\n", expected="10\n")),
)
GOOD = fenced("print(2 * int(input()))")
BAD = fenced("print(int(input()) ** 2)")
WORSE = fenced("print(1 / 0)")
ISOLATION = find_isolation()


class Asked:
    """A model that remembers what it was asked."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.requests: dict[str, SampleRequest] = {}

    @property
    def name(self) -> str:
        return self.model.name

    async def sample(self, request: SampleRequest) -> Sample:
        self.requests[request.node] = request
        return await self.model.sample(request)

    async def aclose(self) -> None:
        await self.model.aclose()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.json"


def scripted(path: Path, places: Mapping[str, object]) -> Asked:
    path.write_text(json.dumps({"tasks": {"*": places}}))
    return Asked(ScriptedModel("coder", Script(path)))


def grown(
    model: Model,
    *sources: FeedbackSource,
    n_p: int = 2,
    n_fr: int = 1,
    budget: int | None = None,
    max_tokens: int = 100,
    spending: Spending | None = None,
    policy: Policy = Policy.BATCH,
) -> Grown:
    params = SamplingParams(max_tokens=max_tokens)
    return asyncio.run(
        grow(
            TASK,
            Plan(n_p=n_p, n_fr=n_fr, budget=budget, params=params, policy=policy),
            model=model,
            judge=SandboxJudge(isolation=ISOLATION),
            sources=sources,
            prompts=PromptSet.default(),
            spending=spending or Spending(),
        )
    )


def test_every_failing_program_is_repaired_and_no_other(script: Path) -> None:
    model = scripted(script, {"program": [BAD, GOOD, WORSE], "repair": GOOD})
    found = grown(model, Joint(), n_p=3, n_fr=2)
    [tree] = found.trees
    assert [program.verdict.passed for program in found.programs] == [False, True, False]
    assert [repair.node for repair in tree.repairs] == [
        *("p0/self/r0", "p2/self/r0", "p0/self/r1", "p2/self/r1")
    ]
    assert all(repair.verdict.passed for repair in tree.repairs)
    assert tree.complete


def test_all_sources_share_the_initial_programs(script: Path) -> None:
    model = scripted(script, {"program": BAD, "repair:none": GOOD, "repair": WORSE})
    found = grown(model, Joint(), ErrorOnly())
    outcomes = {tree.source: tree.repairs[0].verdict.outcome for tree in found.trees}
    assert outcomes == {"self": Outcome.RUNTIME_ERROR, "none": Outcome.PASSED}
    assert sum(node.startswith("p0/") or node == "p0" for node in model.requests) == 3


def test_the_repairing_model_sees_the_failing_case_and_the_feedback(script: Path) -> None:
    words = {"text": "It squares n.", "tokens": 7}
    model = scripted(script, {"program": BAD, "repair": GOOD, "feedback": words})
    critic = Explained(
        name="critic",
        model=model,
        prompts=PromptSet.default(),
        params=SamplingParams(max_tokens=50),
    )
    found = grown(model, critic, n_p=1)
    [repair] = found.trees[0].repairs
    said = model.requests["p0/critic/r0"].messages[-1].content
    assert "It squares n." in said
    assert "The input was '5\\n'. The output was '25\\n', expected '10\\n'." in said
    assert repair.feedback is not None
    assert (repair.feedback.text, repair.feedback.cost.tokens) == ("It squares n.", 7)
    assert repair.total_tokens == repair.tokens + 7


class Short(Asked):
    """Reads no prompt of some nodes: they are longer than its context."""

    def __init__(self, model: Model, unread: str) -> None:
        super().__init__(model)
        self.unread = unread

    async def sample(self, request: SampleRequest) -> Sample:
        sample = await super().sample(request)
        if not re.fullmatch(self.unread, request.node):
            return sample
        nothing = Usage(completion_tokens=0, prompt_tokens=None, counted_by="endpoint")
        return Sample(text="", usage=nothing, finish_reason=CONTEXT_LIMIT)


def test_a_branch_whose_prompt_is_too_long_ends_there(script: Path) -> None:
    places = {"program": BAD, "repair": GOOD, "feedback": "It squares n."}
    model = Short(scripted(script, places), r"p0|p1/self/r0|p2/critic/f0")
    critic = Explained(
        name="critic", model=model, prompts=PromptSet.default(), params=SamplingParams()
    )
    found = grown(model, Joint(), critic, n_p=3)
    assert [node.finish_reason == CONTEXT_LIMIT for node in found.programs] == [True, False, False]
    joint, separate = (tree.repairs for tree in found.trees)
    assert [repair.finish_reason for repair in joint] == [CONTEXT_LIMIT, "stop"]
    assert [repair.finish_reason for repair in separate] == ["stop", CONTEXT_LIMIT]
    assert separate[1].verdict.outcome is Outcome.NO_PROGRAM
    assert "p2/critic/r0" not in model.requests
    assert not any(node.startswith("p0/") for node in model.requests)


def test_the_tokens_of_a_joint_reply_are_split_by_its_parts(script: Path) -> None:
    reply = {"text": f"It squares n. {GOOD}", "tokens": 1000}
    found = grown(scripted(script, {"program": BAD, "repair": reply}), Joint(), n_p=1)
    [repair] = found.trees[0].repairs
    assert 0 < repair.explanation_tokens < repair.tokens == 1000
    assert repair.feedback is not None
    assert repair.feedback.cost.tokens == 0


def test_a_joint_reply_holds_its_own_explanation(script: Path) -> None:
    model = scripted(
        script, {"program": BAD, "repair": f"It squares n.\n\n# Repaired program\n{GOOD}"}
    )
    [repair] = grown(model, Joint(), n_p=1).trees[0].repairs
    assert repair.feedback is not None
    assert (repair.feedback.text, repair.feedback.cost.tokens) == ("It squares n.", 0)


def test_the_size_of_the_baseline_is_fixed_by_the_plan(script: Path) -> None:
    costs = {"program": {"text": BAD, "tokens": 10}, "repair": {"text": BAD, "tokens": 15}}
    found = grown(scripted(script, costs), Joint(), ErrorOnly(), n_p=2, n_fr=3)
    assert [program.node for program in found.baseline] == [f"p{i}" for i in range(2, 2 + 12)]


def test_the_baseline_reaches_as_far_as_the_costliest_tree_where_that_is_further(
    script: Path,
) -> None:
    model = scripted(
        script,
        {
            "program": {"text": BAD, "tokens": 10},
            "repair:none": {"text": BAD, "tokens": 15},
            "repair:self": {"text": BAD, "tokens": 35},
        },
    )
    found = grown(model, Joint(), ErrorOnly())
    assert [program.node for program in found.baseline] == [f"p{i}" for i in range(2, 9)]
    assert sum(program.tokens for program in found.baseline) == 70


def test_a_task_that_a_program_solves_has_no_baseline(script: Path) -> None:
    model = scripted(script, {"program": [BAD, GOOD], "repair": BAD})
    found = grown(model, Joint())
    assert len(found.trees[0].repairs) == 1
    assert found.baseline == ()


def test_a_baseline_that_may_not_be_drawn_in_full_ends_and_the_task_counts(script: Path) -> None:
    class Ending(Asked):
        async def sample(self, request: SampleRequest) -> Sample:
            if request.node == "p4":
                raise ReplayMissError("not recorded")
            return await super().sample(request)

    found = grown(Ending(scripted(script, {"program": BAD, "repair": BAD})), Joint(), n_fr=3)
    assert [program.node for program in found.baseline] == ["p2", "p3"]


def test_where_all_programs_pass_nothing_more_is_sampled(script: Path) -> None:
    model = scripted(script, {"program": GOOD})
    found = grown(model, Joint())
    assert found.trees[0].repairs == found.baseline == ()
    assert len(model.requests) == 2


@pytest.mark.parametrize("budget", [5, 40, 99, 100, 150, 230, 1000])
def test_no_request_could_have_exceeded_the_budget_of_its_tree(script: Path, budget: int) -> None:
    model = scripted(
        script,
        {"program": {"text": BAD, "tokens": 30}, "repair": {"text": BAD, "tokens": 40}},
    )
    found = grown(model, Joint(), n_p=2, n_fr=2, budget=budget)
    initial = sum(program.tokens for program in found.programs)
    for spent in (found.trees[0].tokens, sum(program.tokens for program in found.baseline)):
        assert initial + spent <= max(budget, initial)
    assert all(request.params.max_tokens <= budget for request in model.requests.values())
    whole = len(found.programs) == 2 and len(found.trees[0].repairs) == 4
    assert (found.complete and found.trees[0].complete) == whole


def test_equal_programs_are_judged_alike_and_once(script: Path) -> None:
    found = grown(scripted(script, {"program": BAD, "repair": BAD}), Joint(), n_p=3)
    assert len({id(program.verdict) for program in found.programs}) == 1


def test_a_failure_waits_for_what_is_under_way_and_counts_it(script: Path) -> None:
    class Failing(Asked):
        async def sample(self, request: SampleRequest) -> Sample:
            if request.node == "p0":
                raise EndpointFailedError("gone")
            await asyncio.sleep(0.05)
            return await super().sample(request)

    model = Failing(scripted(script, {"program": {"text": BAD, "tokens": 11}}))
    spending = Spending()
    with pytest.raises(InfrastructureError, match="gone"):
        grown(model, Joint(), n_p=3, spending=spending)
    assert spending.cost.tokens == 22


ENDING = [
    # programs, repairs, and what each policy draws of three programs with two repairs each
    ([BAD, BAD, GOOD], [WORSE] * 6, "p0 p0r0 p0r1 p1 p1r0 p1r1 p2", "p0 p1 p2"),
    ([BAD, BAD, BAD], [WORSE, WORSE, WORSE, GOOD], "p0 p0r0 p0r1 p1 p1r0 p1r1", None),
    ([GOOD, BAD, BAD], [], "p0", "p0"),
    ([BAD] * 3, [GOOD], "p0 p0r0", "p0 p1 p2 p0r0"),
]


def drawn(tree: Grown) -> str:
    """The nodes of one source's tree, in a policy's order, in short."""
    repairs = [each.node.replace("/none/", "") for each in tree.repairs]
    return " ".join([*(each.node for each in tree.programs), *repairs])


@pytest.mark.parametrize(("programs", "repairs", "depth_first", "breadth_first"), ENDING)
def test_a_tree_that_ends_at_its_first_pass_draws_nothing_after_it(
    script: Path,
    programs: list[str],
    repairs: list[str],
    depth_first: str,
    breadth_first: str | None,
) -> None:
    expected = {Policy.DFS: depth_first, Policy.BFS: breadth_first}
    for policy, nodes in expected.items():
        if nodes is None:
            continue
        places = {"program": programs}
        for number in range(3):
            for draw in range(2):
                at = 2 * number + draw
                places[f"p{number}/none/r{draw}"] = [repairs[at] if at < len(repairs) else WORSE]
        model = scripted(script, places)
        tree = grown(model, ErrorOnly(), n_p=3, n_fr=2, policy=policy)
        assert sorted(drawn(tree).split()) == sorted(nodes.split())
        assert set(model.requests) == {each.node for each in tree.nodes}
        assert tree.complete
        assert tree.trees[0].complete
        assert tree.baseline == ()


def test_trees_of_several_sources_share_the_programs_that_any_of_them_needs(script: Path) -> None:
    places = {
        "program": [BAD, WORSE, GOOD],
        "p0/none/r0": [GOOD],
        "p0/self/r0": [BAD],
        "p1/self/r0": [BAD],
    }
    tree = grown(scripted(script, places), ErrorOnly(), Joint("self"), n_p=3, policy=Policy.DFS)
    assert [each.node for each in tree.programs] == ["p0", "p1", "p2"]
    none, joint = tree.trees
    assert [each.node for each in none.repairs] == ["p0/none/r0"]
    assert [each.node for each in joint.repairs] == ["p0/self/r0", "p1/self/r0"]


@pytest.mark.parametrize("policy", [Policy.DFS, Policy.BFS])
def test_a_budget_ends_a_tree_before_its_first_pass(script: Path, policy: Policy) -> None:
    places = {"program": {"text": BAD, "tokens": 80}, "repair": {"text": BAD, "tokens": 80}}
    tree = grown(scripted(script, places), ErrorOnly(), n_p=3, n_fr=3, budget=330, policy=policy)
    assert sum(each.total_tokens for each in tree.nodes) <= 330
    assert not tree.trees[0].complete
