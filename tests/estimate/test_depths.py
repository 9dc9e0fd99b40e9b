"""Trees with repairs of repairs: what each level adds, in estimates and in words."""

from dataclasses import replace

import pytest

from builders import grown, repair
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.estimate.run.depths import fresh_is_better
from pytest_selfrepair.report.html import page
from pytest_selfrepair.report.markdown import markdown
from pytest_selfrepair.report.terminal import summary

SETUP = Setup(
    model="coder",
    sources=("self",),
    prompts="default@0",
    checker="tolerant",
    isolation="nothing",
    plan=Plan(n_p=2, n_fr=1, budget=None, params=SamplingParams(), depth=2),
)


def deep(*second: bool, baseline: tuple[bool, ...]) -> Grown:
    """Two programs that fail, a repair of each that fails, and a repair of each repair."""
    found = grown([False, False], [[False], [False]], baseline)
    [tree] = found.trees
    below = tuple(
        replace(repair(f"p{i}/self/r0", 0, passed=passed), node=f"p{i}/self/r0/r0")
        for i, passed in enumerate(second)
    )
    return replace(found, trees=(replace(tree, repairs=(*tree.repairs, *below)),))


def found(*trees: Grown, setup: Setup = SETUP) -> Findings:
    return findings(
        [
            Record(
                task_id=f"t/{i}",
                difficulty=Difficulty.INTRODUCTORY,
                setup=setup,
                grown=each,
                cost=each.programs[0].cost,
            )
            for i, each in enumerate(trees)
        ]
    )


FRESH = (False,) * 4
REPAIRED_LATE = [deep(False, True, baseline=(*FRESH, False, False, False, False)) for _ in range(3)]


def test_a_level_counts_where_it_solves_what_fresh_samples_do_not() -> None:
    depths = found(*REPAIRED_LATE).depths
    assert [(each.depth, each.pass_rate.value, each.stopping.rate.value) for each in depths] == [
        (1, 0.0, 0.0),
        (2, 1.0, 0.0),
    ]
    assert [each.tokens for each in depths] == [600, 1000]
    assert fresh_is_better(depths) == ()


def test_the_last_depth_is_the_tree_as_grown() -> None:
    estimates = found(*REPAIRED_LATE)
    last = replace(estimates.depths[-1], depth=None, answer=estimates.headline[0].answer)
    assert last == estimates.headline[0]


def test_a_level_whose_tokens_fresh_sampling_would_have_used_better_is_named() -> None:
    trees = [deep(False, False, baseline=(*FRESH, True, True, True, True)) for _ in range(3)]
    depths = found(*trees).depths
    assert depths[1].stopping.gain.value < depths[0].stopping.gain.value < 0
    assert fresh_is_better(depths) == (1, 2)


def test_there_is_a_curve_for_every_depth() -> None:
    curves = [each for each in found(*REPAIRED_LATE).curves if each.source and not each.replacement]
    by_depth = {each.depth: each for each in curves if each.difficulty == "all"}
    assert set(by_depth) == {None, 1}
    assert by_depth[1].label == "M_P = M_F = coder, depth 1"
    assert by_depth[None].label == "M_P = M_F = coder, depth 2"
    assert by_depth[1].points[-1].pass_rate.value == 0.0
    assert by_depth[None].points[-1].pass_rate.value == 1.0
    assert by_depth[None].points[-1].tokens == 1000


def test_shapes_are_those_of_every_depth() -> None:
    shapes = {
        (each.depth, each.n_p, each.n_fr): each.pass_rate
        for each in found(*REPAIRED_LATE).shapes
        if not each.replacement and each.policy == "batch" and each.difficulty == "all"
    }
    assert shapes[1, 2, 1] == 0.0
    assert shapes[2, 2, 1] == 1.0
    assert shapes[2, 1, 1] == pytest.approx(0.5)


def test_repairs_below_a_level_with_a_pass_cost_a_tree_neither_tokens_nor_dollars() -> None:
    task = deep(False, False, baseline=FRESH)
    [tree] = task.trees
    mended = repair("p0", 0, passed=True)
    task = replace(task, trees=(replace(tree, repairs=(mended, *tree.repairs[1:])),))

    def priced(node: ProgramNode) -> ProgramNode:
        return replace(node, cost=Cost(tokens=node.tokens, samples=1, dollars=node.tokens / 100))

    [tree] = task.trees
    task = replace(
        task,
        programs=tuple(map(priced, task.programs)),
        trees=(replace(tree, repairs=tuple(map(priced, tree.repairs))),),
    )
    [headline] = found(task).headline
    assert (headline.tokens, headline.dollars) == (600, 6.0)


def test_a_run_of_one_level_has_no_depths() -> None:
    assert found(grown([False, True], [[True]])).depths == ()


@pytest.mark.parametrize("report", ["terminal", "markdown", "html"])
def test_every_report_says_where_fresh_sampling_is_better(report: str) -> None:
    trees = [deep(False, False, baseline=(*FRESH, True, True, True, True)) for _ in range(3)]
    estimates = found(*trees)
    if report == "terminal":
        text = " ".join(" ".join(line.text for line in summary(estimates)).split())
        assert "depth 1: 0.0% at 600 tokens" in text
        assert "the tokens of level 1 and 2 would have been better used for fresh sampling" in text
    elif report == "markdown":
        text = markdown(estimates)
        assert "tokens of level 1 and 2 would have been better used" in text
    else:
        text = page(estimates, [])
        assert 'id="depths"' in text
        assert "self, depth 1" in text


def test_a_source_that_leaks_and_one_that_is_silent_are_labelled() -> None:
    programs = grown([False, False], [[True], [False]])
    [tree] = programs.trees
    trees = (
        replace(tree, source="reference", repairs=tree.repairs[:1], unanswered=("p1",)),
        replace(tree, source="self"),
    )
    setup = replace(SETUP, sources=("reference", "self"))
    estimates = found(replace(programs, trees=trees), setup=setup)
    leaking, plain = estimates.sources
    assert (leaking.leaks, leaking.unanswered) == (True, 1)
    assert (plain.leaks, plain.unanswered) == (False, 0)
    [pair] = estimates.pairs
    assert pair.programs == 1
    text = " ".join(" ".join(line.text for line in summary(estimates)).split())
    assert text.count("leaks the reference solution: an upper bound") == 1
    assert "1 failing program without feedback, left out" in text
    assert "leaks the reference" in page(estimates, [])
    assert "Its feedback leaks the reference solution" in markdown(estimates)


def test_the_curve_of_a_source_that_leaks_says_so() -> None:
    programs = grown([False, True], [[True]])
    [tree] = programs.trees
    setup = replace(SETUP, sources=("reference:gpt-4",))
    estimates = found(
        replace(programs, trees=(replace(tree, source="reference:gpt-4"),)), setup=setup
    )
    labels = {each.label for each in estimates.curves}
    assert "M_P = coder; M_F = reference:gpt-4 (leaks the reference)" in labels
