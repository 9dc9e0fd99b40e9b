"""What is estimated from trees that ended early, and what is refused."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from builders import grown, program, repair
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.tree import Grown, Plan, Policy, ProgramNode, RepairTree
from pytest_selfrepair.estimate.run.censoring import Usable, usable


def setup(plan: Plan) -> Setup:
    return Setup(model="m", sources=("self",), prompts="p", checker="c", isolation="i", plan=plan)


def plan(n_p: int = 4, n_fr: int = 2, budget: int | None = None, policy: str = "batch") -> Plan:
    params = SamplingParams(max_tokens=400)
    return Plan(n_p=n_p, n_fr=n_fr, budget=budget, params=params, policy=Policy(policy))


def records(tasks: Sequence[Grown], how: Plan | None) -> list[Record]:
    of = None if how is None else setup(how)
    return [Record(task_id=f"apps/{i:04d}", setup=of, grown=each) for i, each in enumerate(tasks)]


def sizes(found: Usable, *, replacement: bool = False) -> set[tuple[int, int]]:
    return {(shape.n_p, shape.n_fr) for shape in found.shapes(replacement=replacement)}


def rectangle(n_p: int, n_fr: int) -> set[tuple[int, int]]:
    return {(i, j) for i in range(1, n_p + 1) for j in range(n_fr + 1)}


WHOLE = grown([False, True, False, False], [[False, True]] * 3)


def test_trees_that_nothing_ended_carry_all_shapes() -> None:
    for how in (plan(), plan(budget=2_000), None):
        found = usable(records([WHOLE] * 3, how), "self")
        assert sizes(found) == sizes(found, replacement=True) == rectangle(4, 2)
        assert found.refused == ()
        assert len(found.grown) == 3


def test_where_a_budget_ended_programs_only_those_it_grants_to_all_count() -> None:
    cut = replace(grown([False, False, True], [[], []], complete=False), baseline=())
    found = usable(records([WHOLE, cut, WHOLE, cut, cut, cut], plan(budget=900)), "self")
    assert sizes(found) == {(1, 0), (2, 0)}
    assert [len(each.programs) for each in found.grown] == [2] * 6
    assert [each.what for each in found.refused] == [
        "shapes of self beyond n_p = 2",
        "shapes of self with repair",
    ]
    assert found.refused[0].why.startswith("apps/0001, apps/0003, apps/0004 and 1 more: programs")


def test_a_budget_spent_to_the_last_token_may_have_cut_the_last_program() -> None:
    spent = grown([False] * 4, [[]] * 4)
    found = usable(records([WHOLE, spent], plan(budget=400)), "self")
    assert sizes(found) == {(1, 0)}
    assert usable(records([WHOLE, spent], plan(budget=399)), "self").shapes(replacement=True) == ()


def test_where_a_budget_ended_repairs_programs_and_the_rounds_it_grants_count() -> None:
    def ended(tree: RepairTree) -> RepairTree:
        return replace(tree, complete=False)

    cut = grown([False] * 4, [[True, True], [True, True], [True, False], [True]])
    cut = replace(cut, trees=tuple(map(ended, cut.trees)))
    # Four programs of 400 tokens, and a round of four repairs of them.
    found = usable(records([WHOLE, cut], plan(budget=3_200)), "self")
    assert sizes(found) == rectangle(4, 1)
    assert [each.what for each in found.refused] == ["shapes of self beyond n_fr = 1"]
    assert found.refused[0].why.startswith("apps/0001: repairs stopped at the token budget")
    # Of the other task, too, only the first round counts: of its repairs none passes.
    rates = [s.pass_rate for s in found.shapes(replacement=False) if (s.n_p, s.n_fr) == (1, 1)]
    assert rates == [pytest.approx((0.25 + 1) / 2)] * 3
    found = usable(records([WHOLE, cut], plan(budget=3_199)), "self")
    assert sizes(found) == rectangle(4, 0)
    assert usable(records([WHOLE, cut], None), "self").refused != ()


def test_explanations_of_unknown_length_leave_no_round_granted() -> None:
    def explained(node: ProgramNode) -> ProgramNode:
        return replace(node, feedback=Feedback(text="", cost=Cost(tokens=9, samples=1)))

    tree = WHOLE.trees[0]
    cut = replace(tree, complete=False, repairs=tuple(map(explained, tree.repairs)))
    found = usable(records([replace(WHOLE, trees=(cut,))], plan(budget=10_000)), "self")
    assert sizes(found) == rectangle(4, 0)


def test_tasks_that_bound_the_shapes_of_others_are_named() -> None:
    few = grown([False, True], [[True]])
    found = usable(records([WHOLE, few, WHOLE], plan()), "self")
    assert sizes(found) == rectangle(2, 1)
    assert [(each.what, each.why.partition(":")[0]) for each in found.refused] == [
        ("shapes of self beyond n_p = 2", "apps/0001"),
        ("shapes of self beyond n_fr = 1", "apps/0001"),
    ]


def test_a_failing_program_that_was_never_repaired_leaves_no_shape_with_repair() -> None:
    never = grown([False, True, False, False], [[True, True], [], [True, True]])
    found = usable(records([WHOLE, never], plan()), "self")
    assert sizes(found) == rectangle(4, 0)
    assert [each.what for each in found.refused] == ["shapes of self with repair"]
    assert found.expected(Policy.BATCH, replacement=True) is None
    whole = usable(records([WHOLE], plan()), "self").expected(Policy.BATCH, replacement=True)
    assert whole is not None
    assert len(whole.n_p) == 8


def test_tasks_without_a_score_or_a_tree_of_the_source_are_left_out() -> None:
    lost = Record(task_id="apps/9999", unscored="the endpoint is gone")
    other = replace(WHOLE, trees=(replace(WHOLE.trees[0], source="blind"),))
    found = usable([*records([WHOLE, other], plan()), lost], "self")
    assert found.arrays.tasks == ("apps/0000",)
    assert usable(records([WHOLE, other], plan()), None).arrays.tasks == ("apps/0000", "apps/0001")
    assert usable([lost], "self").shapes(replacement=True) == ()


CHANCE, SHORT, LONG = 0.5, 100, 400


def drawn_within(rng: np.random.Generator, budget: int) -> Grown:
    """A task whose failing programs are long, drawn until the budget ends."""
    spent, nodes, complete = 0, [], True
    for number in range(8):
        left = budget - spent
        if left < 64:
            complete = False
            break
        passes = bool(rng.random() < CHANCE)
        length = SHORT if passes else LONG
        nodes.append(
            program(f"p{number}", passed=passes and length <= left, tokens=min(length, left))
        )
        spent += min(length, left)
    return Grown(programs=tuple(nodes), trees=(), baseline=(), complete=complete)


def test_what_is_kept_of_ended_trees_is_unbiased_where_all_of_it_is_not() -> None:
    rng = np.random.default_rng(2)
    tasks = [drawn_within(rng, 1_250) for _ in range(4_000)]
    found = usable(records(tasks, plan(n_p=8, budget=1_250)), None)
    assert found.arrays.most_programs == 3
    shapes = found.shapes(replacement=False, policies=[Policy.BATCH])
    for shape in shapes:
        truth = 1 - (1 - CHANCE) ** shape.n_p
        error = math.sqrt(truth * (1 - truth) / len(tasks))
        assert abs(shape.pass_rate - truth) < 4 * error
        assert shape.tokens == pytest.approx(shape.n_p * 250, rel=0.02)
    shares = [np.mean([node.verdict.passed for node in each.programs]) for each in tasks]
    assert abs(np.mean(shares) - CHANCE) > 8 * np.std(shares) / math.sqrt(len(tasks))


def stopped(policy: Policy, rng: np.random.Generator, n_p: int, n_fr: int) -> Grown:
    """A task whose tree is drawn in the order of a policy, up to its first pass."""
    programs: list[ProgramNode] = []
    repairs: list[ProgramNode] = []

    def draw_program() -> bool:
        passed = bool(rng.random() < 0.2)
        programs.append(program(f"p{len(programs)}", passed=passed, tokens=10))
        return passed

    def draw_repairs(parent: str) -> bool:
        for number in range(n_fr):
            passed = bool(rng.random() < 0.15)
            repairs.append(repair(parent, number, passed=passed, tokens=3))
            if passed:
                return True
        return False

    if policy is Policy.DFS:
        for number in range(n_p):
            if draw_program() or draw_repairs(f"p{number}"):
                break
    elif not any(draw_program() for _ in range(n_p)):
        any(draw_repairs(f"p{number}") for number in range(n_p))
    tree = RepairTree(source="self", repairs=tuple(repairs), complete=True)
    return Grown(programs=tuple(programs), trees=(tree,), baseline=(), complete=True)


@pytest.mark.parametrize(
    ("policy", "carried"),
    [
        (Policy.DFS, {(1, 0), (1, 1), (1, 2), (2, 2), (3, 2)}),
        (Policy.BFS, {(1, 0), (2, 0), (3, 0), (3, 2)}),
    ],
)
def test_trees_that_stopped_at_a_pass_carry_what_they_begin_with(
    policy: Policy, carried: set[tuple[int, int]]
) -> None:
    rng = np.random.default_rng(4)
    tasks = [stopped(policy, rng, 3, 2) for _ in range(3_000)]
    found = usable(records(tasks, plan(n_p=3, n_fr=2, policy=policy)), "self")
    assert sizes(found) == carried
    assert found.shapes(replacement=True) == ()
    assert found.grown == ()
    assert [each.what for each in found.refused[:2]] == [
        "whether repair by self pays",
        "shapes of self with replacement",
    ]
    p, r = 0.2, 0.15
    for shape in found.shapes(replacement=False):
        stays = (1 - p) * (1 - r) ** shape.n_fr
        truth = 1 - stays**shape.n_p
        assert shape.policy is policy
        error = math.sqrt(truth * (1 - truth) / len(tasks))
        assert abs(shape.pass_rate - truth) < 4 * error
        repairs = 3 * (1 - (1 - r) ** shape.n_fr) / r
        if policy is Policy.DFS:
            tokens = (10 + (1 - p) * repairs) * (1 - stays**shape.n_p) / (1 - stays)
        else:
            mended = (1 - r) ** shape.n_fr
            turns = sum(mended**j for j in range(shape.n_p))
            tokens = 10 * (1 - (1 - p) ** shape.n_p) / p + (1 - p) ** shape.n_p * repairs * turns
        assert shape.tokens == pytest.approx(tokens, rel=0.03)
    some = found.expected(policy, replacement=False)
    assert some is not None
    assert set(zip(some.n_p, some.n_fr, strict=True)) == {s for s in carried if s[1]}
    assert found.expected(policy, replacement=True) is None
    alone = usable(records(tasks, plan(n_p=3, n_fr=2, policy=policy)), None)
    assert sizes(alone) == {shape for shape in carried if shape[1] == 0}


def test_trees_that_stopped_for_several_reasons_carry_nothing() -> None:
    rng = np.random.default_rng(4)
    tasks = [stopped(Policy.DFS, rng, 3, 2) for _ in range(4)]
    mixed = [*records(tasks, plan(3, 2, policy="dfs")), *records([WHOLE], plan(3, 2))]
    spent = records(tasks, plan(3, 2, budget=10, policy="dfs"))
    for each in (mixed, spent):
        found = usable(each, "self")
        assert found.shapes(replacement=False) == found.shapes(replacement=True) == ()
        assert found.expected(Policy.DFS, replacement=False) is None
        assert [refused.what for refused in found.refused] == ["shapes of self"]
