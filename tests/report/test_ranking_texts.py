"""Several runs side by side in texts, as data, and as a page."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_markdown import parsed

from examples import examples
from pytest_selfrepair.errors import ReportError
from pytest_selfrepair.estimate.comparison.ranked import RANKING_SCHEMA, RunRanking
from pytest_selfrepair.report.data import ranking_from_json, ranking_to_json
from pytest_selfrepair.report.ranking_html import ranking_page
from pytest_selfrepair.report.ranking_markdown import ranking_markdown
from pytest_selfrepair.report.ranking_terminal import ranking
from pytest_selfrepair.report.ranking_words import answer, orders, separation
from pytest_selfrepair.report.visible_text import columns
from ranking_made import SOLVED, UNSOLVED, any_ranking, ranked, run_to_rank, three


def shown(found: RunRanking, *, quiet: bool = False, width: int = 80) -> list[str]:
    return [line.text for line in ranking(found, quiet=quiet, width=width)]


def test_the_answer_names_those_that_may_be_best_and_the_orders_that_hold() -> None:
    found = three()
    assert answer(found) == (
        "cannot tell with 40 tasks which run is best: good 90.0%, fair 87.5% solved "
        "at 240 tokens a task"
    )
    assert orders(found) == (
        "orders that are shown (95% over 3 pairs together, after Holm): "
        "good before poor; fair before poor"
    )
    lines = shown(found)
    assert [line.split()[:3] for line in lines if "pass@t, 240" not in line and "-2 " in line] == [
        ["good", "1-2", "90.0%"],
        ["fair", "1-2", "87.5%"],
    ]
    assert "left out: 1 task that not every run scored" in lines
    assert "fair did not score 1 task: tasks/0040" in lines
    assert lines[0].startswith("cannot tell with 40 tasks")
    assert len(shown(found, quiet=True)) < len(lines) / 3


def test_one_best_run_is_called_so_and_equal_ones_are_the_same() -> None:
    good = run_to_rank(*[SOLVED] * 40, model="good")
    poor = run_to_rank(*[UNSOLVED] * 40, model="poor")
    assert answer(ranked(poor, good)) == (
        "best of 2 runs: good: 100.0% of 40 tasks solved at 200 tokens a task"
    )
    same = ranked(good, good, good)
    said = (
        "the same: each of 40 tasks came out alike in all runs: 100.0% solved at 200 tokens a task"
    )
    assert answer(same) == said
    assert orders(same) == "no order is shown (95% over 3 pairs together, after Holm)"
    assert separation(same) == "tasks solved by all runs: 40, by none: 0, by some: 0"


def test_runs_that_share_no_task_say_so() -> None:
    found = ranked(run_to_rank(SOLVED, None, model="a"), run_to_rank(None, SOLVED, model="b"))
    lines = shown(found)
    assert lines[0] == "no task was scored in all runs: they cannot be ranked"
    assert "left out: 2 tasks that not every run scored" in lines
    assert "cannot be ranked" in ranking_markdown(found)
    assert "cannot be ranked" in ranking_page(found)


def test_the_markdown_has_its_tables_and_the_answer_in_bold() -> None:
    text = ranking_markdown(three())
    kinds = [token.type for token in parsed(text)]
    assert kinds.count("table_open") == 6
    assert "**Cannot tell with 40 tasks which run is best: good 90.0%" in text
    assert "- fair did not score 1 task: tasks/0040" in text


@given(found=any_ranking(), width=st.integers(24, 120), unicode=st.booleans())
@examples(5)
def test_any_runs_fit_the_terminal_steer_nothing_and_make_no_markup_but_ours(
    found: RunRanking, width: int, unicode: bool
) -> None:
    for quiet in (True, False):
        for line in ranking(found, quiet=quiet, width=width, unicode=unicode):
            assert columns(line.text) <= width
            assert not {unicodedata.category(c) for c in line.text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
            assert line.text.isascii() or unicode
    kinds = [token.type for token in parsed(ranking_markdown(found))]
    foreign = {"html_block", "html_inline", "code_inline", "fence", "image", "link_open"}
    assert not foreign & {*kinds}
    assert kinds.count("heading_open") == 1
    text = ranking_to_json(found)
    assert text.isascii()
    assert ranking_from_json(text) == found


def test_a_page_escapes_every_name_and_asks_nothing_of_a_network() -> None:
    evil = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
    text = ranking_page(three((evil, "fair\u202e", "\x1b[31m")), made="today")
    assert "<img" not in text
    assert text.count("<script>window") == 0
    assert "⟦U+202E⟧" in text
    assert "\x1b" not in text
    assert "default-src &#39;none&#39;" in text
    curves = re.search(r'id="curves-data">(.*?)</script>', text)
    assert curves is not None
    drawn = json.loads(curves[1])
    assert next(each["label"] for each in drawn if each["difficulty"] == "all") == evil


def test_the_page_draws_the_numbers_of_its_table() -> None:
    found = three()
    whole = found.overall
    assert whole is not None
    data = re.search(r'id="curves-data">(.*?)</script>', ranking_page(found))
    assert data is not None
    drawn = [each for each in json.loads(data[1]) if each["difficulty"] == "all"]
    for line, rates in zip(drawn, whole.rates, strict=True):
        last = line["points"][-1]
        assert (last["tokens"], last["rate"]) == (rates.tree_tokens.value, rates.pass_at_t.value)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"schema": RANKING_SCHEMA + 1}, f"schema: found {RANKING_SCHEMA + 1}; accepted: "),
        ({"runs": [{}]}, r"missing required field `label` - at `\$\.runs\[0\]`"),
    ],
)
def test_what_is_no_ranking_is_refused_by_its_field(facts: dict[str, object], said: str) -> None:
    text = json.dumps(json.loads(ranking_to_json(three())) | facts)
    with pytest.raises(ReportError, match=said):
        ranking_from_json(text)
