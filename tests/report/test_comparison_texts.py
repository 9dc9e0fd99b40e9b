"""Two runs side by side in texts and as data."""

import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_markdown import parsed, texts

from comparing import record, task_of
from comparison_made import AFTER, BEFORE, NOTHING, any_two_runs, change, changes, two
from examples import examples
from findings_made import estimate, sample
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.errors import ReportError
from pytest_selfrepair.estimate.comparison.run_comparison import (
    COMPARE_SCHEMA,
    RunComparison,
    RunConclusion,
    progress,
    run_comparison,
    side,
)
from pytest_selfrepair.estimate.comparison.settings import Setting
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report import comparison_markdown
from pytest_selfrepair.report.comparison_terminal import against, comparison
from pytest_selfrepair.report.data import comparison_from_json, comparison_to_json
from pytest_selfrepair.report.summary_lines import LineStyle, SummaryLine
from pytest_selfrepair.report.terminal import summary
from pytest_selfrepair.report.visible_text import columns

SOLVED = task_of([True], {"self": []})
UNSOLVED = task_of([False], {"self": [[False]]})


def shown(found: RunComparison, *, width: int = 80) -> list[str]:
    return [line.text for line in comparison(found, width=width)]


def run(*grown: Grown) -> list[Record]:
    return [record(number, each) for number, each in enumerate(grown)]


def compared(before: list[Record], after: list[Record]) -> RunComparison:
    return run_comparison(
        (side(before, "A"), before), (side(after, "B"), after), how=Bootstrap(draws=300)
    )


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (Estimate(value=0.1, low=0.01, high=0.2, p=0.03), RunConclusion.BETTER),
        (Estimate(value=-0.1, low=-0.2, high=-0.01, p=0.049), RunConclusion.WORSE),
        (Estimate(value=0.1, low=-0.01, high=0.2, p=0.0501), RunConclusion.CANNOT_TELL),
        (Estimate(value=0.1, low=-0.01, high=0.2, p=0.2), RunConclusion.CANNOT_TELL),
        (Estimate(value=0.1, low=0.01, high=0.2, level=0.99, p=0.03), RunConclusion.CANNOT_TELL),
        (Estimate(value=0.9), RunConclusion.CANNOT_TELL),
    ],
)
def test_it_got_better_where_the_p_value_of_its_interval_says_so(
    difference: Estimate, expected: RunConclusion
) -> None:
    assert progress(difference) is expected


@examples(15)
@given(st.lists(st.sampled_from([(1, 1), (1, 0), (0, 1), (0, 0)]), min_size=2, max_size=60))
def test_verdict_interval_and_p_of_a_comparison_never_contradict_each_other(
    tasks: list[tuple[int, int]],
) -> None:
    made = (UNSOLVED, SOLVED)
    before, after = (run(*[made[task[which]] for task in tasks]) for which in (0, 1))
    found = run_comparison(
        (side(before, "A"), before), (side(after, "B"), after), how=Bootstrap(draws=2)
    )
    assert found.overall is not None
    difference = found.overall.pass_at_t.difference
    assert difference.low is not None
    assert difference.high is not None
    assert difference.p is not None
    told = found.answer in {RunConclusion.BETTER, RunConclusion.WORSE}
    assert told is (difference.p < 0.05)
    assert told is (difference.low > 0 or difference.high < 0)
    assert (found.answer is RunConclusion.SAME) is (before == after)


@pytest.mark.parametrize(
    ("won", "answer"),
    [(3, RunConclusion.CANNOT_TELL), (4, RunConclusion.CANNOT_TELL), (5, RunConclusion.BETTER)],
)
def test_three_of_sixty_won_and_none_lost_is_not_yet_better(
    won: int, answer: RunConclusion
) -> None:
    before = run(*[SOLVED] * 30, *[UNSOLVED] * 30)
    after = run(*[SOLVED] * (30 + won), *[UNSOLVED] * (30 - won))
    assert compared(before, after).answer is answer


def test_records_are_compared_by_what_they_solve() -> None:
    few, many = run(*[SOLVED] * 4, *[UNSOLVED] * 16), run(*[SOLVED] * 16, *[UNSOLVED] * 4)
    assert compared(few, many).answer is RunConclusion.BETTER
    assert compared(many, few).answer is RunConclusion.WORSE
    same = compared(few, few)
    assert same.answer is RunConclusion.SAME
    said = "the same: each of 20 tasks came out as it did before: 20.0% solved"
    assert shown(same)[0] == said
    assert "no task was lost or won" in shown(same)
    assert "settings that differ: none" in shown(same)
    assert (same.before.scored, same.before.models, same.before.sources) == (
        20,
        ("gpt-4",),
        ("self",),
    )
    assert compared(few, []).overall is None


@pytest.mark.parametrize(
    ("answer", "said", "style"),
    [
        (
            RunConclusion.BETTER,
            "better: from 60.0% to 66.7% of 30 tasks solved, +6.7",
            LineStyle.GOOD,
        ),
        (RunConclusion.WORSE, "worse: from 60.0% to 66.7% of 30 tasks solved, +6.7", LineStyle.BAD),
        (
            RunConclusion.CANNOT_TELL,
            "cannot tell with 30 tasks whether it got better: from 60.0% to 66.7%",
            LineStyle.UNSURE,
        ),
    ],
)
def test_it_says_first_whether_it_got_better(
    answer: RunConclusion, said: str, style: LineStyle
) -> None:
    first = comparison(two(answer))[0]
    assert first.text.startswith(said)
    assert first.style is style


def test_trees_that_cost_the_same_need_no_rate_at_equal_tokens() -> None:
    found = two(changes=(changes(tokens=620.2),))
    text = "\n".join(shown(found))
    assert "tokens of a tree" not in text
    assert "at 620 tokens" not in text


def test_too_few_tasks_for_an_interval_are_said_to_be() -> None:
    found = two(RunConclusion.CANNOT_TELL, tasks=8, changes=(changes(tasks=8, half=None),))
    assert " ".join(shown(found)[:2]) == (
        "cannot tell with 8 tasks whether it got better: from 60.0% to 66.7% solved, "
        "+6.7   points (too few tasks for an interval)"
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("self", "self", "pass@t: programs and their repairs on self"),
        ("self", "gpt-4", "pass@t: programs and their repairs on self before, on gpt-4 after"),
        (None, "self", "pass@t: programs alone before, programs and their repairs on self after"),
        (None, None, "pass@t: programs alone"),
    ],
)
def test_it_says_whose_repairs_count(before: str | None, after: str | None, said: str) -> None:
    assert said in shown(two(before_source=before, after_source=after))


def test_runs_that_share_no_scored_task_say_so_and_name_the_others() -> None:
    lines = shown(NOTHING)
    assert lines[0] == "no task was scored in both runs, so they cannot be compared"
    assert "only in the run before: 1 task: tasks/0500" in lines
    assert not any("%" in line for line in lines)


def test_settings_too_wide_for_a_table_are_told_whole() -> None:
    before, after = "bubblewrap with " + "a" * 60, "landlock with " + "b" * 50
    wide = (Setting(name="isolation", before=before, after=after),)
    lines = shown(two(settings=wide))
    at = lines.index("  isolation")
    told = " ".join(line.strip() for line in lines[at + 1 : at + 5])
    assert told.startswith(f"before: {before} after: {after}")


def test_dollars_that_nobody_knows_are_said_to_be_unknown() -> None:
    text = " ".join(shown(two(dollars=None)))
    assert "US dollars a task: unknown, for some completions have no known price" in text


def test_a_runs_summary_has_a_few_lines_of_its_baseline() -> None:
    lines = [line.text for line in against(two())]
    assert " ".join(line.strip() for line in lines[:3]) == (
        "against run 1 of .selfrepair/samples.sqlite (2030-01-31 12:00:00 UTC): better: from 60.0% "
        "to 66.7% of 30 tasks solved, +6.7 points (95% interval over tasks: +1.7 to +11.7)"
    )
    assert "  lost: 2 tasks: tasks/0001, tasks/0002" in lines
    assert "  won: 13 tasks: tasks/0010, tasks/0011, tasks/0012 and 10 more" in lines
    assert "  settings that differ: sources from self to gpt-4; seed from not known to 7" in lines
    assert len(lines) <= 17


def test_the_baseline_follows_the_answer_of_the_summary() -> None:
    beside = [SummaryLine("against the run before")]
    lines = [line.text for line in summary(sample(), beside=beside)]
    at = lines.index("against the run before")
    assert lines[at - 1] == lines[at + 1] == ""
    assert lines[at + 2].startswith("difficulty")
    assert summary(sample(), quiet=True, beside=beside)[3:] == beside


@given(found=any_two_runs(), width=st.integers(24, 120), unicode=st.booleans())
@examples(6)
def test_any_two_runs_fit_the_terminal_and_steer_nothing(
    found: RunComparison, width: int, unicode: bool
) -> None:
    for write in (comparison, against):
        for quiet in (True, False):
            for line in write(found, quiet=quiet, width=width, unicode=unicode):
                assert columns(line.text) <= width
                kinds = {unicodedata.category(c) for c in line.text}
                assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
                assert line.text.isascii() or unicode
    assert len(comparison(found, quiet=True)) == 3


def test_the_markdown_has_the_answer_in_bold_and_three_tables() -> None:
    text = comparison_markdown.markdown(two())
    tokens = parsed(text)
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == 3
    assert kinds.count("tr_open") == 1 + 3 + 1 + 3 + 1 + 2
    assert "**better**: from 60.0% to 66.7% of 30 tasks solved, +6.7 points" in text
    assert "lost: 2 tasks: tasks/0001, tasks/0002" in texts(tokens)


def test_the_markdown_of_runs_that_share_nothing_has_no_table_of_rates() -> None:
    text = comparison_markdown.markdown(NOTHING)
    assert "**no task was scored in both runs, so they cannot be compared**." in text
    assert [token.type for token in parsed(text)].count("table_open") == 1


@given(any_two_runs())
@examples(6)
def test_any_two_runs_make_no_markup_but_ours(found: RunComparison) -> None:
    for text, tables in (
        (
            comparison_markdown.markdown(found),
            2 * bool(found.overall) + bool(found.versus.settings),
        ),
        (comparison_markdown.against(found), 0),
    ):
        kinds = [token.type for token in parsed(text)]
        foreign = {"html_block", "html_inline", "code_inline", "fence", "image", "link_open"}
        assert not foreign & {*kinds}
        assert kinds.count("heading_open") == 1
        assert kinds.count("table_open") == tables


@given(any_two_runs())
@examples(6)
def test_two_runs_survive_their_json(found: RunComparison) -> None:
    text = comparison_to_json(found)
    assert text.isascii()
    assert comparison_from_json(text) == found


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"schema": COMPARE_SCHEMA + 1}, f"schema: found {COMPARE_SCHEMA + 1}; accepted: "),
        ({"answer": "perhaps"}, r"Invalid enum value 'perhaps' - at `\$\.answer`"),
        ({"before": {}}, r"missing required field `name` - at `\$\.before`"),
    ],
)
def test_what_is_no_comparison_is_refused_by_its_field(facts: dict[str, object], said: str) -> None:
    text = json.dumps(json.loads(comparison_to_json(two())) | facts)
    with pytest.raises(ReportError, match=said):
        comparison_from_json(text)


def test_a_number_that_is_not_finite_is_refused_by_its_place() -> None:
    broken = two(tokens=replace(change(1.0, 2.0), after=estimate(float("nan"))))
    with pytest.raises(ReportError, match=r"comparison\.versus\.tokens\.after\.value: found nan"):
        comparison_to_json(broken)


def test_both_runs_are_named_in_the_json() -> None:
    facts = json.loads(comparison_to_json(two()))
    assert facts["schema"] == COMPARE_SCHEMA
    assert (facts["before"]["name"], facts["after"]["name"]) == (BEFORE.name, AFTER.name)
