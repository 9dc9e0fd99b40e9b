"""Feedback sources side by side: every count on records made by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import PASSED
from comparing import SETUP, Rows, fails, record, task_of
from examples import examples
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import NOT_RUN, Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown, RepairTree
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.estimate.comparison import source_comparison
from pytest_selfrepair.estimate.comparison.source_pairs import pair, pairs, pairs_by_difficulty
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import Flips, RepairRate, Unscored
from pytest_selfrepair.estimate.gain import AtEqualTokens, Bounds, RepairConclusion
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap
from pytest_selfrepair.estimate.intervals.decision import side
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.paired_score import paired_score
from pytest_selfrepair.estimate.intervals.power import least_gain
from pytest_selfrepair.estimate.run import equal_tokens
from pytest_selfrepair.estimate.run.equal_tokens import answered, difficulties
from pytest_selfrepair.estimate.run.repairs import broke, source_findings
from pytest_selfrepair.estimate.run.sampled import SampledRun
from pytest_selfrepair.estimate.run.scored import Scored, scored, source_names
from trees import counted

FEW = Bootstrap(draws=300)

MENDED = task_of([False], {"self": [[True]], "none": [[False]]}, [False, False])
FRESH = task_of([False], {"self": [[False]], "none": [[False]]}, [True, True])
AT_ONCE = task_of([True], {"self": [], "none": []})
MIXED = task_of([True, False], {"self": [[True, False]], "none": [[False, False]]}, [False] * 4)


def compared(
    records: Sequence[Record], *, not_run: int = 0, how: Bootstrap = FEW
) -> source_comparison.SourcesCompared:
    """The sources of a run from its records."""
    return source_comparison.compared(SampledRun.of(records, not_run=not_run), how=how)


def at_equal_tokens(
    tasks: Sequence[Scored], source: str, difficulty: str, *, how: Bootstrap
) -> AtEqualTokens:
    """One source alone, with its answer."""
    return answered([equal_tokens.compared(tasks, source, difficulty, how=how)])[0]


def counts(rate: RepairRate) -> tuple[str, int, int, int, float | None]:
    value = None if rate.rate is None else rate.rate.value
    return rate.group, rate.failing, rate.tried, rate.passed, value


def judged(grown: Grown, verdicts: dict[str, Verdict]) -> Grown:
    """The same trees with other verdicts on some nodes."""

    def again(node: str, verdict: Verdict) -> Verdict:
        return verdicts.get(node, verdict)

    return replace(
        grown,
        programs=tuple(
            replace(each, verdict=again(each.node, each.verdict)) for each in grown.programs
        ),
        trees=tuple(
            replace(
                tree,
                repairs=tuple(
                    replace(each, verdict=again(each.node, each.verdict)) for each in tree.repairs
                ),
            )
            for tree in grown.trees
        ),
    )


def with_texts(grown: Grown, texts: dict[str, str]) -> Grown:
    """The same trees with other programs in some nodes."""
    [tree] = grown.trees
    return replace(
        grown,
        programs=tuple(
            replace(each, program=texts.get(each.node, each.program)) for each in grown.programs
        ),
        trees=(
            replace(
                tree,
                repairs=tuple(
                    replace(each, program=texts.get(each.node, each.program))
                    for each in tree.repairs
                ),
            ),
        ),
    )


def test_repairs_are_counted_over_all_and_by_difficulty() -> None:
    tasks = scored(
        [
            record(0, MENDED),
            record(1, FRESH, Difficulty.COMPETITION),
            record(2, AT_ONCE, Difficulty.INTERVIEW),
            record(3, MIXED, Difficulty.COMPETITION),
        ]
    )
    found = source_findings(tasks, "self", how=FEW)
    assert counts(found.repairs) == (ALL, 3, 4, 2, 0.5)
    assert [counts(rate) for rate in found.by_difficulty] == [
        ("introductory", 1, 1, 1, 1.0),
        ("interview", 0, 0, 0, None),
        ("competition", 2, 3, 1, pytest.approx(1 / 3)),
    ]
    assert found.solved_only_by_repair == 1
    assert found.tokens_per_repair == 200


def test_repairs_are_counted_by_the_outcome_of_the_program_that_failed() -> None:
    task = judged(
        task_of([False, False, False], {"self": [[True, False], [False], []]}),
        {
            "p0": fails(Outcome.RUNTIME_ERROR),
            "p2": fails(Outcome.NO_PROGRAM, at=None),
        },
    )
    found = source_findings(scored([record(0, task)]), "self", how=FEW)
    assert [counts(rate) for rate in found.by_outcome] == [
        ("wrong_answer", 1, 1, 0, 0.0),
        ("runtime_error", 1, 2, 1, 0.5),
        ("no_program", 0, 0, 0, None),
    ]


def test_a_repair_rate_has_an_interval_once_ten_tasks_were_repaired() -> None:
    tasks = [MENDED, FRESH] * 5
    found = source_findings(scored(map_records(tasks)), "self", how=FEW).repairs.rate
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high
    one_less = [*tasks[1:], AT_ONCE, AT_ONCE]
    found = source_findings(scored(map_records(one_less)), "self", how=FEW).repairs.rate
    assert found is not None
    assert found == Estimate(value=found.value)
    assert found.value == pytest.approx(4 / 9)


def map_records(tasks: list[Grown]) -> list[Record]:
    return [record(number, grown) for number, grown in enumerate(tasks)]


def test_a_source_that_repaired_nothing_has_no_rate_and_no_means() -> None:
    found = source_findings(scored([record(0, AT_ONCE)]), "self", how=FEW)
    assert counts(found.repairs) == (ALL, 0, 0, 0, None)
    assert found.by_outcome == ()
    assert {
        found.tokens_per_repair,
        found.unchanged,
        found.broke,
        found.edit_lines,
    } == {None}


def test_what_repairs_did_to_the_text_is_told_of_those_that_hold_a_program() -> None:
    task = with_texts(
        task_of([False], {"self": [[False, False, False, False]]}),
        {
            "p0": "a = 1\nprint(a)\n",
            "p0/self/r0": "a = 1\nprint(a)",
            "p0/self/r1": "a = 2\nprint(a)\n",
            "p0/self/r2": "b = 1\nc = 1\nprint(b)\n",
            "p0/self/r3": "",
        },
    )
    task = judged(task, {"p0/self/r3": fails(Outcome.NO_PROGRAM, at=None)})
    found = source_findings(scored([record(0, task)]), "self", how=FEW)
    assert found.unchanged == pytest.approx(1 / 3)
    assert found.edit_lines == 2
    assert found.repairs.tried == 4


@pytest.mark.parametrize(
    ("failing", "repair", "expected"),
    [
        (fails(at=2), fails(at=1), True),
        (fails(at=2), fails(at=2), False),
        (fails(at=2), fails(at=3), False),
        (fails(at=2), PASSED, False),
        (fails(at=1), fails(Outcome.SYNTAX_ERROR, at=None), True),
        (fails(at=0), fails(Outcome.SYNTAX_ERROR, at=None), False),
        (fails(Outcome.SYNTAX_ERROR, at=None), fails(at=0), False),
    ],
)
def test_a_repair_breaks_what_it_fails_before_the_first_failure(
    failing: Verdict, repair: Verdict, expected: bool
) -> None:
    assert broke(failing, repair) is expected


def test_the_share_of_repairs_that_break_a_case_is_of_all_programs() -> None:
    task = judged(
        task_of([False, False], {"self": [[False, True], [False, False]]}),
        {"p0": fails(at=3), "p0/self/r0": fails(at=0), "p1": fails(at=0)},
    )
    assert source_findings(scored([record(0, task)]), "self", how=FEW).broke == 0.25


def test_a_pair_is_restricted_to_failing_programs_that_both_repaired() -> None:
    tasks = [
        task_of([False, False], {"self": [[True, False], [True]], "none": [[False], []]}),
        task_of([False], {"self": [[False]], "none": [[True]]}),
        task_of([False], {"self": [[True]], "none": [[]]}),
        AT_ONCE,
    ]
    found = pair(scored(map_records(tasks)), "self", "none")
    assert found is not None
    assert (found.tasks, found.programs) == (2, 2)
    assert found.first_rate == pytest.approx(1 / 4)
    assert found.second_rate == 0.5
    assert found.difference == Estimate(value=-1 / 4)
    assert (found.only_first, found.only_second) == (1, 1)


def test_the_interval_of_a_pair_is_of_differences_within_tasks() -> None:
    # Where one source passes, so does the other, but for every fifth task.
    both = task_of([False], {"self": [[True]], "none": [[True]]})
    neither = task_of([False], {"self": [[False]], "none": [[False]]})
    tasks = [*[both, neither] * 16, *[MENDED] * 8]
    found = pair(scored(map_records(tasks)), "self", "none")
    assert found is not None
    assert found.difference.value == pytest.approx(0.2)
    assert found.difference.low is not None
    assert found.difference.high is not None
    # Of two samples that have nothing to do with each other it would be twice as wide.
    assert 0.15 < found.difference.high - found.difference.low < 0.3
    assert (found.only_first, found.only_second) == (8, 0)
    assert found.difference.p == paired_score([1.0] * 8 + [0.0] * 32).p


def test_repairs_on_three_texts_and_on_one_are_no_difference_where_each_passes_as_often() -> None:
    rng = np.random.default_rng(3)
    said = []
    for _ in range(60):
        chances = rng.beta(0.5, 1.5, 40)
        rows: list[dict[str, Rows]] = [
            {"three": [list(map(bool, rng.random(3) < p))], "one": [[bool(rng.random() < p)]]}
            for p in chances
        ]
        found = pair(scored(map_records([task_of([False], row) for row in rows])), "three", "one")
        assert found is not None
        said.append(side(found.difference) != 0)
    assert np.mean(said) <= 0.05


def test_a_task_is_solved_by_one_source_alone_of_equally_many_repairs() -> None:
    later = task_of([False], {"self": [[False, False, True]], "none": [[False]]})
    at_once = task_of([True, False], {"self": [[True]], "none": [[False]]})
    found = pair(scored(map_records([later, at_once, MENDED])), "self", "none")
    assert found is not None
    assert (found.only_first, found.only_second) == (1, 0)


def test_each_failing_program_and_each_task_weighs_the_same() -> None:
    many = task_of([False] * 3, {"self": [[True], [False], [False]], "none": [[False]] * 3})
    found = pair(scored(map_records([many, MENDED])), "self", "none")
    assert found is not None
    assert found.difference.value == pytest.approx((1 / 3 + 1) / 2)


def test_every_two_sources_are_paired_where_they_share_a_program() -> None:
    rows: dict[str, Rows] = {"self": [[True]], "none": [[False]], "blind": [[False]]}
    rows["late"] = [[]]
    tasks = [task_of([False], rows)]
    found = pairs(scored(map_records(tasks)), [*rows])
    assert [(each.first, each.second) for each in found] == [
        ("self", "none"),
        ("self", "blind"),
        ("none", "blind"),
    ]


def test_sources_are_paired_within_each_difficulty_where_there_are_several() -> None:
    tasks = [MENDED] * 3 + [MIXED] * 2
    levels = [Difficulty.INTERVIEW] * 3 + [Difficulty.COMPETITION] * 2
    records = [
        replace(record, difficulty=level)
        for record, level in zip(map_records(tasks), levels, strict=True)
    ]
    found = pairs_by_difficulty(scored(records), ["self", "none"])
    assert [(each.difficulty, each.tasks, each.difference.value) for each in found] == [
        ("interview", 3, 1.0),
        ("competition", 2, 0.5),
    ]
    assert pairs_by_difficulty(scored(records[:3]), ["self", "none"]) == ()


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([MENDED] * 20, RepairConclusion.PAYS),
        ([FRESH] * 20, RepairConclusion.DOES_NOT_PAY),
        ([AT_ONCE] * 20, RepairConclusion.CANNOT_TELL),
        ([MENDED] * 9, RepairConclusion.CANNOT_TELL),
        ([MENDED, FRESH] * 10, RepairConclusion.CANNOT_TELL),
        ([*[MENDED, FRESH] * 10, MENDED], RepairConclusion.CANNOT_TELL),
    ],
)
def test_the_answer_is_clear_only_where_the_interval_is(
    tasks: list[Grown], expected: RepairConclusion
) -> None:
    found = at_equal_tokens(scored(map_records(tasks)), "self", ALL, how=FEW)
    assert found.answer is expected


def test_trees_and_iid_sampling_are_compared_without_bias_at_the_same_tokens() -> None:
    tasks = [MENDED, FRESH, AT_ONCE, MIXED]
    found = at_equal_tokens(scored(map_records(tasks)), "self", ALL, how=FEW)
    expected = counted(tasks, "self")
    assert found.tasks == 4
    assert found.tokens == 225 == expected.tokens
    assert found.pass_rate.value == 0.75
    assert found.paper.rate.value == pytest.approx(expected.iid)
    assert found.paper.gain.value == pytest.approx(expected.gain)
    assert found.paper.programs == pytest.approx(expected.samples)
    assert found.tokens_per_solved == 300
    assert (found.dollars, found.dollars_per_solved) == (None, None)


def test_the_answer_is_against_sampling_on_where_all_first_programs_fail() -> None:
    # The two unsolved tasks pay 200 tokens each for repairs: two more programs of each.
    tasks = [MENDED, FRESH, AT_ONCE, MIXED]
    found = at_equal_tokens(scored(map_records(tasks)), "self", ALL, how=FEW)
    assert (found.unsolved, found.stopping.programs, found.stopping.short) == (2, 2, 0)
    assert found.stopping.rate.value == 0.75
    assert found.stopping.gain.value == 0
    assert found.stopping.tokens == found.tokens == 225


def test_drawn_one_by_one_both_stop_at_the_first_pass() -> None:
    # The first repair passes: 200 tokens, for which a program at 100 may be followed by another.
    task = task_of([False], {"self": [[True, False]]}, [True, False, False, False])
    found = at_equal_tokens(scored(map_records([task])), "self", ALL, how=FEW)
    assert (found.tokens, found.stopping.programs) == (500, 4)
    assert found.one_by_one.tokens == 300
    # One more program costs 100, a second 75, a third 50: the 200 buy 2.5 of them.
    assert found.one_by_one.programs == pytest.approx(2.5)
    assert found.one_by_one.rate.value == pytest.approx(2.5 / 4)


def test_a_task_with_too_few_further_programs_is_counted_and_takes_certainty_back() -> None:
    short = task_of([False], {"self": [[True]]}, [False])
    enough = task_of([False], {"self": [[True]]}, [False, True])
    found = at_equal_tokens(scored(map_records([short] * 8 + [enough] * 12)), "self", ALL, how=FEW)
    assert (found.unsolved, found.stopping.programs, found.stopping.short) == (20, 2, 8)
    whole = at_equal_tokens(scored(map_records([enough] * 20)), "self", ALL, how=FEW)
    assert whole.stopping.short == 0
    # Sampling keeps what it has in the estimate; the interval allows for what was not sampled.
    assert found.stopping.gain.value == pytest.approx(8 / 20)
    assert found.stopping.gain.low is not None
    assert found.stopping.gain.low < paired_score([1.0] * 8 + [0.0] * 12).low


def test_where_no_further_program_was_sampled_repair_is_not_said_to_pay() -> None:
    alone = task_of([False], {"self": [[True]]})
    found = at_equal_tokens(scored(map_records([alone] * 20)), "self", ALL, how=FEW)
    assert found.stopping.short == 20
    assert found.answer is RepairConclusion.CANNOT_TELL


def test_where_all_programs_of_a_task_are_the_same_nothing_is_said() -> None:
    same = with_texts(task_of([False], {"self": [[True]]}, [False, False]), {"p0": "x = 1"})
    same = replace(same, baseline=tuple(replace(each, program="x = 1 ") for each in same.baseline))
    found = at_equal_tokens(scored(map_records([same] * 20)), "self", ALL, how=FEW)
    assert found.answer is RepairConclusion.CANNOT_GAIN
    varied = [*[same] * 19, task_of([False], {"self": [[True]]}, [False, True])]
    found = at_equal_tokens(scored(map_records(varied)), "self", ALL, how=FEW)
    assert found.answer is RepairConclusion.PAYS


def test_dollars_are_those_of_the_tree_where_every_completion_has_a_price() -> None:
    mended = task_of([False, False], {"self": [[True], [False]]}, [False] * 4, price=0.001)
    at_once = task_of([True, False], {"self": [[True]]}, [False] * 2, price=0.001)
    found = at_equal_tokens(scored(map_records([mended, at_once])), "self", ALL, how=FEW)
    # 0.2 + 0.4 for the first; of the second its programs alone.
    assert found.dollars == pytest.approx(0.4)
    assert found.dollars_per_solved == pytest.approx(0.4)
    assert found.tokens == 400


def test_where_nothing_is_solved_nothing_has_a_price_per_solved_task() -> None:
    none = task_of([False], {"self": [[False]]}, [False] * 2, price=0.001)
    found = at_equal_tokens(scored(map_records([none])), "self", ALL, how=FEW)
    assert (found.tokens_per_solved, found.dollars_per_solved) == (None, None)


def world(rng: np.random.Generator, tasks: int) -> list[Grown]:
    """Five programs a task, and a repair of each failing one that is nothing but a fresh draw."""

    def draws(chance: float, count: int) -> tuple[bool, ...]:
        return tuple((rng.random(count) < chance).tolist())

    def task(chance: float) -> Grown:
        programs = draws(chance, 5)
        repairs = draws(chance, programs.count(False))
        return of_fresh_draws(programs, repairs, () if any(programs) else draws(chance, 10))

    return [task(chance) for chance in rng.beta(0.4, 1.6, tasks)]


@cache  # most of many tasks came out as another did
def of_fresh_draws(
    programs: tuple[bool, ...], repairs: tuple[bool, ...], further: tuple[bool, ...]
) -> Grown:
    rows: Rows = [[passed] for passed in repairs]
    return task_of(programs, {"self": rows}, further, repair_tokens=100)


def test_a_repair_that_is_a_fresh_draw_gains_nothing_but_on_the_papers_baseline() -> None:
    rng = np.random.default_rng(15)
    runs = [
        at_equal_tokens(scored(map_records(world(rng, 60))), "self", ALL, how=Bootstrap(draws=2))
        for _ in range(40)
    ]
    gains = np.array([[each.stopping.gain.value, each.paper.gain.value] for each in runs])
    error = gains.std(axis=0) / math.sqrt(len(runs))
    assert abs(gains[:, 0].mean()) < 3 * error[0]
    assert gains[:, 1].mean() > 0.03
    assert sum(each.answer is not RepairConclusion.CANNOT_TELL for each in runs) <= 0.05 * len(runs)
    held = [each.stopping.gain for each in runs]
    assert sum((each.low or 0) <= 0 <= (each.high or 0) for each in held) >= 38


def test_which_gain_could_have_been_shown_is_said_of_every_run_with_an_interval() -> None:
    tasks = [MENDED, FRESH] * 10
    found = at_equal_tokens(scored(map_records(tasks)), "self", ALL, how=FEW)
    assert found.detectable == least_gain(20, 1.0)
    few = at_equal_tokens(scored(map_records(tasks[:9])), "self", ALL, how=FEW)
    assert few.detectable is None


def test_each_difficulty_with_scored_tasks_is_told_and_all_come_last() -> None:
    records = [
        record(0, MENDED, Difficulty.COMPETITION),
        record(1, MIXED),
        record(2, AT_ONCE),
        record(3, None, Difficulty.INTERVIEW, unscored="gone"),
    ]
    found = difficulties(scored(records), source_names(records), how=FEW)
    assert [(each.difficulty, each.tasks, each.pass_at_1.value) for each in found] == [
        ("introductory", 2, 0.75),
        ("competition", 1, 0.0),
        (ALL, 3, 0.5),
    ]
    assert [source.source for source in found[-1].sources] == ["self", "none"]
    assert {source.difficulty for source in found[0].sources} == {"introductory"}


def test_several_sources_are_said_together() -> None:
    def task(number: int) -> Grown:
        repairs: dict[str, Rows] = {
            name: [[number < won]] for name, won in (("a", 8), ("b", 8), ("c", 0))
        }
        return task_of([False], repairs, [False, False])

    tasks = scored(map_records([task(number) for number in range(60)]))
    alone = at_equal_tokens(tasks, "a", ALL, how=FEW)
    assert alone.answer is RepairConclusion.PAYS
    [whole] = [
        each for each in difficulties(tasks, ["a", "b", "c"], how=FEW) if each.difficulty == ALL
    ]
    assert whole.sources[0].stopping.gain.p == pytest.approx(3 * (alone.stopping.gain.p or 0))
    assert [each.answer for each in whole.sources] == [
        RepairConclusion.PAYS,
        RepairConclusion.PAYS,
        RepairConclusion.CANNOT_TELL,
    ]


def test_nothing_is_said_of_a_part_of_the_tasks() -> None:
    tasks = scored([record(i, MENDED, list(Difficulty)[i % 2]) for i in range(40)])
    found = difficulties(tasks, ["self"], how=FEW)
    assert [each.sources[0].answer for each in found] == [None, None, RepairConclusion.PAYS]


def test_a_source_counts_on_the_tasks_that_have_a_tree_of_it() -> None:
    other = task_of([False], {"gpt-4": [[True]]}, [False] * 2)
    records = map_records([MENDED, FRESH, other])
    assert source_names(records) == ("self", "none", "gpt-4")
    found = compared(records, how=FEW)
    assert [(each.source, each.tasks, each.pass_rate.value) for each in found.headline] == [
        ("self", 2, 0.5),
        ("none", 2, 0.0),
        ("gpt-4", 1, 1.0),
    ]


def test_tasks_programs_and_repairs_are_counted_by_what_became_of_them() -> None:
    wrong = judged(FRESH, {"p0": fails(Outcome.TIME_LIMIT)})
    records = [*map_records([MENDED, wrong, AT_ONCE, MIXED]), record(9, None, unscored="gone")]
    found = compared(records, how=FEW).tally
    assert found.tasks == {"solved": 2, "repaired": 1, "unsolved": 1, "unscored": 1}
    assert found.programs == {"passed": 2, "wrong_answer": 2, "time_limit": 1}
    assert list(found.programs) == ["passed", "wrong_answer", "time_limit"]
    assert found.repairs == {"wrong_answer": 6, "passed": 2}
    assert found.baseline == {"wrong_answer": 6, "passed": 2}
    assert found.judged == ("in bubblewrap, checker tolerant; feedback saw all cases",)


def test_flips_are_counted_over_all_programs_by_checker() -> None:
    task = judged(MENDED, {"p0": replace(fails(), flips=True), "p0/self/r0": PASSED})
    stable = judged(MENDED, {"p0": replace(fails(), flips=False)})
    own = replace(SETUP, checker="strict")
    records = [record(0, task), record(1, stable), record(2, task, setup=own)]
    assert compared(records, how=FEW).tally.flips == (Flips(checker="apps", flipped=1, compared=2),)


def test_what_was_not_scored_is_told_by_reason_and_the_budget_apart() -> None:
    records = [
        record(3, None, unscored="gone"),
        record(1, None, unscored="gone"),
        record(0, None, unscored="broken"),
        record(2, None, unscored=f"{NOT_RUN}: 500 tokens spent"),
    ]
    found = compared(records, how=FEW)
    assert found.unscored == (
        Unscored(reason="gone", tasks=("tasks/0001", "tasks/0003")),
        Unscored(reason="broken", tasks=("tasks/0000",)),
    )
    assert found.not_run_budget == Unscored(reason="500 tokens spent", tasks=("tasks/0002",))


def test_where_nothing_was_scored_there_is_still_what_it_cost() -> None:
    found = compared([record(0, None, unscored="gone", cost=Cost(tokens=7, samples=1))])
    assert (found.headline, found.difficulties, found.sources, found.pairs) == ((), (), (), ())
    assert found.cost == Cost(tokens=7, samples=1)


@examples(3)
@given(st.permutations(range(14)))
def test_the_order_of_the_records_changes_nothing(order: list[int]) -> None:
    shapes = [MENDED, FRESH, MIXED, AT_ONCE]
    records = [record(i, shapes[i % 4], list(Difficulty)[i % 2]) for i in range(14)]
    how = Bootstrap(draws=50)
    assert compared([records[i] for i in order], how=how) == compared(records, how=how)


def test_a_tree_without_repairs_beside_one_with_some_is_no_error() -> None:
    cut = replace(
        MENDED, trees=(MENDED.trees[0], RepairTree(source="none", repairs=(), complete=False))
    )
    found = compared(map_records([cut] * 12), how=FEW)
    assert found.pairs == ()
    assert found.sources[1].repairs.rate is None
    assert found.headline[1].pass_rate.value == 0


def test_every_rate_has_its_bounds_where_tasks_are_missing() -> None:
    records = [record(number, MENDED) for number in range(3)]
    records += [record(3 + number, FRESH, Difficulty.INTERVIEW) for number in range(3)]
    records.append(record(9, None, Difficulty.INTERVIEW, unscored="gone"))
    found = compared(records, not_run=2, how=FEW)
    [easy, _, whole] = found.difficulties
    assert easy.bounds is None
    assert whole.bounds == Bounds(low=0.0, high=3 / 9, missing=3)
    [headline, *_] = found.headline
    assert headline.pass_rate.value == 0.5
    assert headline.bounds == Bounds(low=3 / 9, high=6 / 9, missing=3)
    assert headline.stopping.bounds == headline.bounds


def test_the_effective_number_of_programs_is_counted() -> None:
    same = with_texts(
        task_of([False] * 4, {"self": [[]] * 4}),
        dict.fromkeys(("p0", "p1", "p2", "p3"), "x = 1"),
    )
    half = with_texts(
        task_of([False] * 4, {"self": [[]] * 4}),
        {"p0": "x = 1", "p1": "x = 1\n", "p2": "y = 1", "p3": "y = 1  "},
    )
    found = compared([record(0, same), record(1, half), record(2, MENDED)], how=FEW).tally
    assert found.drawn == 4
    assert found.distinct == pytest.approx(1.5)
