"""Findings put together from records: every part of a report, whatever the records hold."""

import json
import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import synthetic
from examples import examples
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.gain import RepairConclusion
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap
from pytest_selfrepair.report.data import from_json, to_json
from pytest_selfrepair.store.authors_file import open_file

FEW = Bootstrap(draws=200)


@examples(3)
@given(st.integers(0, 14), st.integers(0, 3), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter_and_the_json_reads_back(
    count: int, missing: int, rng: random.Random
) -> None:
    records = [*map(synthetic.record, range(count)), *map(synthetic.unscored, range(missing))]
    found = findings(records, how=FEW)
    rng.shuffle(records)
    assert findings(records, how=FEW) == found
    assert from_json(to_json(found)) == found
    assert found.about.scored == count
    assert found.about.tasks == count + missing


def test_every_part_is_there_for_every_source_and_difficulty() -> None:
    records = [*map(synthetic.record, range(30))]
    found = findings(records, how=FEW, title="a run")
    assert found.about.title == "a run"
    assert [each.source for each in found.headline] == ["self", "gpt-4"]
    difficulties = {each.difficulty for each in found.difficulties}
    assert ALL in difficulties
    curves = {(each.source, each.difficulty, each.replacement) for each in found.curves}
    assert curves == {
        (source, difficulty, replacement)
        for source in (None, "self", "gpt-4")
        for difficulty in difficulties
        for replacement in (False, True)
    }
    for curve in found.curves:
        tokens = [point.tokens for point in curve.points]
        assert tokens == sorted(tokens)
    shapes = {
        (each.source, each.policy, each.replacement, each.n_p, each.n_fr, each.difficulty)
        for each in found.shapes
    }
    assert len(shapes) == len(found.shapes)  # each once
    assert len(shapes) == 5 * 3 * 2 * len(Policy) * len(
        difficulties
    )  # n_fr 0, and 1 of two sources
    assert {each.source for each in found.heat_maps} == {"self", "gpt-4"}


@pytest.fixture
def costly(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """Twenty tasks in the authors' format: trees that cost many times what their programs do."""
    rng = random.Random(5)  # noqa: S311 - nothing is secret here
    path = tmp_path_factory.mktemp("authors") / "f.jsonl"

    def repair() -> dict[str, object]:
        return {
            "explanation": "so",
            "repaired_program": f"print({rng.random()})",
            "tokens_generated": 200,
            "binary": rng.random() < 0.2,
        }

    with path.open("w") as file:
        for task in range(20):
            passing = [rng.random() < task / 40 for _ in range(10)]
            completions = [
                {
                    "original_completion": "",
                    "executed_completion": f"print({number})",
                    "tokens_generated": 100,
                    "binary": ok,
                    "fault": "passed" if ok else "wrong",
                    "errors": [],
                    "repairs": None if ok else [repair() for _ in range(4)],
                }
                for number, ok in enumerate(passing)
            ]
            file.write(json.dumps({"task_id": f"t/{task}", "completions": completions}) + "\n")
    return [record for _, record in open_file(path).records() if isinstance(record, Record)]


def test_trees_that_cost_more_than_the_sampled_programs_are_not_held_against_them(
    costly: list[Record],
) -> None:
    [headline] = findings(costly, how=FEW).headline
    assert headline.n_p is not None
    assert headline.stopping.short == 0
    assert headline.n_p + headline.stopping.programs <= 10
    expected = [
        shape
        for shape in findings(costly, how=FEW).shapes
        if (shape.n_p, shape.n_fr, shape.difficulty) == (headline.n_p, 1, ALL)
        and shape.policy is Policy.BATCH
        and not shape.replacement
    ]
    assert math.isclose(expected[0].pass_rate, headline.pass_rate.value)
    assert math.isclose(expected[0].tokens, headline.tokens)


def test_where_even_the_smallest_tree_costs_more_nothing_is_claimed_for_repair(
    costly: list[Record],
) -> None:
    single = [record for record in costly if record.grown is not None]
    cut = [_first_program(record) for record in single]
    [headline] = findings(cut, how=FEW).headline
    assert headline.stopping.short == headline.unsolved > 0
    assert headline.answer is not RepairConclusion.PAYS


def _first_program(record: Record) -> Record:
    assert record.grown is not None
    first = record.grown.programs[:1]
    trees = tuple(
        replace(tree, repairs=tuple(r for r in tree.repairs if r.parent == first[0].node))
        for tree in record.grown.trees
    )
    return replace(record, grown=replace(record.grown, programs=first, trees=trees))
