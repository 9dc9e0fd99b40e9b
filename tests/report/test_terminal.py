"""The summary on the terminal, from findings."""

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from findings_made import NOTHING, SPENT, UNSURE, any_findings, at_equal_tokens, estimate, sample
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import Lost
from pytest_selfrepair.estimate.findings import Findings, Refused
from pytest_selfrepair.estimate.gain import AtEqualTokens, Bounds, RepairConclusion
from pytest_selfrepair.report.curve import Series, plot
from pytest_selfrepair.report.summary_lines import LineStyle
from pytest_selfrepair.report.terminal import summary
from pytest_selfrepair.report.visible_text import (
    Paper,
    columns,
    harmless,
    harmless_lines,
    shows_unicode,
)


def shown(findings: Findings, *, width: int = 80, unicode: bool = True) -> list[str]:
    return [line.text for line in summary(findings, width=width, unicode=unicode)]


def with_about(**changed: Any) -> Findings:
    return sample(about=replace(sample().about, **changed))


@pytest.mark.parametrize(
    ("found", "said", "style"),
    [
        (at_equal_tokens(), "self: repair pays", LineStyle.GOOD),
        (
            at_equal_tokens(answer=RepairConclusion.DOES_NOT_PAY),
            "self: repair does not pay",
            LineStyle.BAD,
        ),
        (
            UNSURE,
            "gpt-4: cannot tell with 30 tasks whether repair pays; a gain of about 13 points",
            LineStyle.UNSURE,
        ),
        (
            at_equal_tokens(answer=RepairConclusion.CANNOT_GAIN),
            "self: all programs of a task are the same, so whether repair pays is not said",
            LineStyle.UNSURE,
        ),
        (
            at_equal_tokens(answer=RepairConclusion.CANNOT_TELL, tasks=1, detectable=None),
            "self: cannot tell with 1 task whether repair pays",
            LineStyle.UNSURE,
        ),
    ],
)
def test_it_says_first_in_words_whether_repair_pays(
    found: AtEqualTokens, said: str, style: LineStyle
) -> None:
    first = summary(sample(headline=(found,)))[0]
    assert (first.text, first.style) == (said, style)


def test_the_answer_is_carried_by_its_numbers() -> None:
    text = " ".join(line.strip() for line in shown(sample())[1:10])
    assert text.startswith(
        "+6.1 points (95% interval over tasks: +1.1 to +11.1, p = 0.019): 66.0% of 30 tasks "
        "solved, against 59.9% by sampling 5.9 more programs if all first ones fail, at the same "
        "1,240 tokens generated per task "
        "stopping after each draw: +5.5 points (95% interval over tasks: +0.5 to +10.5), against "
        "60.5% by 6.4 more programs, at 1,198 tokens "
        "the paper's comparison: +7.6 points (95% interval over tasks: +2.6 to +12.6), against "
        "58.4% by 7.2 programs of every task "
        "a solved task costs 1,879 tokens, 0.0123 US dollars"
    )


def test_tasks_with_too_few_programs_and_holms_procedure_are_said() -> None:
    few = at_equal_tokens(stopping=replace(at_equal_tokens().stopping, short=3))
    text = " ".join(line.strip() for line in shown(sample(headline=(few, UNSURE))))
    assert "(3 of 12 unsolved tasks have fewer further programs than that; the interval" in text
    assert (
        "p-values and intervals are corrected for 2 sources (Holm): if no source gains or" in text
    )
    assert "at most 5 % of runs say that one does" in text
    assert "Holm" not in " ".join(shown(sample(headline=(few,))))


def test_bounds_and_duplicates_are_said_where_there_are_any() -> None:
    stopping = replace(at_equal_tokens().stopping, bounds=Bounds(low=0.246, high=0.836, missing=43))
    cut = at_equal_tokens(stopping=stopping, bounds=Bounds(low=0.271, high=0.860, missing=43))
    tally = replace(sample().tally, drawn=5.0, distinct=1.6)
    text = " ".join(line.strip() for line in shown(sample(headline=(cut,), tally=tally)))
    assert "(if the 43 tasks not scored or not run were counted: between 27.1% and 86.0% " in text
    assert "solved, between 24.6% and 83.6% without repair)" in text
    assert "programs of a task: 5.0 drawn, 1.6 distinct (effective number, mean over" in text
    whole = replace(sample().difficulties[-1], bounds=Bounds(low=0.155, high=0.744, missing=43))
    text = " ".join(line.strip() for line in shown(sample(difficulties=(whole,))))
    assert "pass@1 of all lies between 15.5% and 74.4% if 43 missing tasks are counted" in text
    hard = replace(whole, difficulty="interview", sources=(cut,))
    text = " ".join(line.strip() for line in shown(sample(difficulties=(hard,))))
    assert (
        "pass@1 of interview lies between 15.5% and 74.4%, that of trees on feedback self between "
        "27.1% and 86.0%, that of sampling beside them between 24.6% and 83.6% if 43 missing tasks "
        "are counted"
    ) in text
    varied = " ".join(shown(sample(tally=replace(tally, distinct=4.1))))
    assert "distinct" not in varied


def test_too_few_tasks_for_an_interval_are_said_to_be() -> None:
    beside = replace(at_equal_tokens().stopping, gain=estimate(0.2))
    few = at_equal_tokens(stopping=beside, answer=RepairConclusion.CANNOT_TELL, detectable=None)
    assert "+20.0 points (too few tasks for an interval)" in shown(sample(headline=(few,)))[1]


def test_a_budget_that_is_spent_comes_before_all_else() -> None:
    lines = shown(with_about(not_run_budget=SPENT))
    assert lines[:3] == [
        "the budget of the run is spent: 4 tasks were not run",
        "  90,000 of 100,000 tokens (--selfrepair-max-tokens-total)",
        "",
    ]


def test_the_tables_have_a_row_for_each_difficulty_source_and_outcome() -> None:
    rows = [line.split() for line in shown(sample())]
    assert ["competition", "5", "4.0%", "21.0%", "16.0%", "21.0%", "16.0%"] in rows
    assert ["all", "30", "37.7%", "66.0%", "59.9%", "63.2%", "61.1%"] in rows
    gained = ["+6.1", "[+1.1,", "+11.1]"]
    assert ["self", "120", "31", "25.8%", "[17.8,", "33.8]", *gained, "1,879"] in rows
    assert ["wrong_answer", "66", "140", "60", "28.9%", "36.7%"] in rows


def test_columns_that_do_not_fit_follow_in_a_table_of_their_own() -> None:
    lines = shown(sample(), width=40)
    heads = [line.split() for line in lines if line.startswith("difficulty")]
    assert heads == [
        ["difficulty", "tasks", "pass@1"],
        ["difficulty", "self", "sampling"],
        ["difficulty", "gpt-4", "sampling"],
    ]


def test_wide_characters_leave_columns_straight() -> None:
    wide = at_equal_tokens("モデル")
    both = (wide, at_equal_tokens("self"))
    source = sample().sources[0]
    findings = with_about(sources=("モデル", "self"))
    findings = replace(
        findings,
        headline=both,
        sources=(replace(source, source="モデル"), source),
        difficulties=tuple(replace(each, sources=both) for each in findings.difficulties),
    )
    lines = shown(findings)
    for head in ("difficulty", "feedback", "outcome"):
        start = next(number for number, line in enumerate(lines) if line.startswith(head))
        assert len({columns(line) for line in lines[start : start + 4]}) == 1


def test_a_curve_shows_most_sources_that_one_way_to_draw_has() -> None:
    iid, first, second = sample().curves
    biased = tuple(replace(each, replacement=True) for each in (second, first, iid))
    titles = {
        (iid, first, second, *biased): "(batch, without replacement)",
        (iid, *biased): "(batch, with replacement)",
    }
    for curves, title in titles.items():
        lines = shown(sample(curves=curves))
        at = next(number for number, line in enumerate(lines) if line.startswith("pass@t: "))
        assert title in lines[at]
        assert [line[2] for line in lines[at:] if line[4:9] in {"M_P =", "sever"}] == list("·ox#")


def test_what_it_cost_and_what_is_missing_is_said() -> None:
    findings = sample(
        cost=Cost(
            tokens=1000,
            prompt_tokens=1800,
            replayed_tokens=200,
            samples=8,
            reasoning_tokens=40,
            cached_tokens=600,
            dollars=0.5,
            replayed_dollars=0.1,
            unpriced=2,
        ),
        lost=Lost(requests=2, tokens=300, dollars=0.5),
        refused=tuple(Refused(what=f"shape {number}", why="cut short") for number in range(5)),
    )
    lines = shown(findings)
    assert lines[-13:] == [
        "tokens: 1,000 generated in 8 samples, 800 of them paid for, 40 for reasoning",
        "prompts: 1,800 tokens read, 600 of them cached",
        "US dollars: 0.5000, 0.4000 of them paid now; 2 samples of no known price",
        "  (--selfrepair-prices)",
        "lost: up to 2 requests, in flight when a run was killed or stopped; they cost at",
        "  most 300 tokens and 0.5000 US dollars",
        "not scored: 2 (apps_tasks/interview/0104, apps_tasks/competition/0009)",
        "  the endpoint failed: HTTP 503 after 6 attempts",
        "not run: 2",
        "not estimated: shape 0: cut short",
        "not estimated: shape 1: cut short",
        "not estimated: shape 2: cut short",
        "and 2 more not estimated: see the other reports",
    ]


def test_a_run_in_which_nothing_was_scored_says_so_and_what_it_cost() -> None:
    assert shown(NOTHING) == [
        "nothing was scored: cannot tell whether repair pays",
        "",
        "tasks: 1 unscored",
        "",
        "tokens: 7 generated in 1 sample, 7 of them paid for",
        "prompts: 0 tokens read",
        "US dollars: unknown; 1 sample of no known price (--selfrepair-prices)",
        "not scored: 1 (t)",
        "  gone",
    ]


@pytest.mark.parametrize(
    ("findings", "lines"),
    [
        (
            sample(),
            [
                "self: repair pays; gpt-4: cannot tell with 30 tasks (about 13 points could be s…",
                "self 66.0% (without 59.9%) at 1,240 tokens; gpt-4 63.2% (61.1%) at 1,402",
                "30 scored, 2 not scored, 2 not run; 98,420 tokens, 0.8123 US dollars",
            ],
        ),
        (
            with_about(not_run_budget=SPENT),
            [
                "budget spent; self: repair pays; gpt-4: cannot tell with 30 tasks (about 13 poi…",
                "self 66.0% (without 59.9%) at 1,240 tokens; gpt-4 63.2% (61.1%) at 1,402",
                "30 scored, 2 not scored, 6 not run; 98,420 tokens, 0.8123 US dollars",
            ],
        ),
        (NOTHING, ["nothing was scored", "no rates", "0 scored, 1 not scored; 7 tokens"]),
    ],
    ids=["two sources", "budget", "nothing"],
)
def test_quiet_it_is_three_lines(findings: Findings, lines: list[str]) -> None:
    assert [line.text for line in summary(findings, quiet=True)] == lines


@given(findings=any_findings(), width=st.integers(24, 120), unicode=st.booleans())
@examples(8)
def test_any_findings_fit_the_terminal_and_steer_nothing(
    findings: Findings, width: int, unicode: bool
) -> None:
    for quiet in (True, False):
        lines = summary(findings, quiet=quiet, width=width, unicode=unicode)
        assert len(lines) == 3 or not quiet
        for line in lines:
            assert columns(line.text) <= width
            assert not {unicodedata.category(c) for c in line.text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
            assert line.text.isascii() or unicode


@given(st.text(st.characters(codec=None)))
def test_a_harmless_text_is_one_line_that_any_encoder_takes(text: str) -> None:
    found = harmless(text)
    assert found.encode() is not None
    assert len(found.splitlines()) <= 1
    assert "\x1b" not in found


def test_harmless_lines_keep_their_indentation_and_only_newlines_end_them() -> None:
    assert harmless_lines("def f():\n\treturn 1\r\n\x0c\x1b[1mx\x85\n") == [
        "def f():",
        "    return 1",
        "\ufffd\ufffd[1mx\ufffd",
    ]


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.integers(1, 30), st.booleans())
def test_a_clipped_name_keeps_to_its_columns(text: str, limit: int, unicode: bool) -> None:
    paper = Paper(unicode=unicode)
    assert columns(paper.clip(paper.text(text), limit)) <= limit


def test_names_that_are_cut_stay_apart() -> None:
    long = [f"openai/a-very-long-name-{number}-of-a-model" for number in range(12)]
    written = Paper().names([*long, "", "self"], 12)
    assert len(set(written.values())) == len(written) == 14
    assert max(map(len, written.values())) <= 12
    assert written["self"] == "self"


@pytest.mark.parametrize(
    ("encoding", "shows"),
    [("utf-8", True), ("ascii", False), ("latin-1", False), (None, False), ("unheard-of", False)],
)
def test_a_terminal_that_cannot_show_the_drawing_gets_ascii(
    encoding: str | None, shows: bool
) -> None:
    assert shows_unicode(encoding) is shows


LINE = Series(label="up", points=((0.0, 0.0), (100.0, 1.0)))


def test_a_curve_rises_from_corner_to_corner() -> None:
    assert plot([LINE], width=18, height=6, unicode=False) == [
        " 100% |          .",
        "  80% |        ..",
        "  60% |      ..",
        "  40% |    ..",
        "  20% |  ..",
        "   0% |..",
        "      +-----------",
        "       0   50  100",
        "  . up",
    ]


def test_where_two_curves_meet_the_legend_says_so() -> None:
    flat = Series(label="flat", points=((0.0, 0.5), (100.0, 0.5)))
    lines = plot([LINE, flat, Series(label="none", points=())], unicode=True)
    assert lines[-3:] == ["  · up", "  o flat", "  # several of these"]
    assert sum("#" in line for line in lines) == 2


@given(
    st.lists(
        st.lists(st.tuples(st.floats(0, 1e12), st.floats(0, 1)), max_size=5),
        max_size=8,
    ),
    st.integers(20, 100),
    st.integers(2, 20),
)
def test_any_curve_is_drawn_within_its_columns(
    series: list[list[tuple[float, float]]], width: int, height: int
) -> None:
    drawn = [Series(label=str(i), points=tuple(sorted(each))) for i, each in enumerate(series)]
    lines = plot(drawn, width=width, height=height)
    assert all(len(line) <= width for line in lines)
    assert bool(lines) is any(series)
