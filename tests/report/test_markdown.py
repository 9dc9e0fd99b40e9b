"""The Markdown of a run, as a reader of Markdown takes it."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from examples import examples
from findings_made import NOTHING, SPENT, any_findings, at_equal_tokens, names, sample
from pytest_selfrepair.estimate.findings import Findings, Unscored
from pytest_selfrepair.report.markdown import escaped, markdown
from pytest_selfrepair.report.visible_text import harmless

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def parsed(text: str) -> list[Token]:
    tokens = READER.parse(text)
    return [*tokens, *(inner for token in tokens for inner in token.children or ())]


def texts(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens if token.type in {"text", "text_special"})


def test_it_says_the_verdict_then_shows_two_tables_the_cost_and_what_is_missing() -> None:
    lines = markdown(sample()).splitlines()
    assert lines[0] == "### Self-repair: gpt-3.5-turbo, feedback self and gpt-4"
    assert lines[2].startswith("- **self: repair pays.** +6.1 points (95% interval over tasks: ")
    assert lines[3].startswith(
        "- **gpt-4: cannot tell with 30 tasks whether repair pays; a gain of about 13 points"
    )
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    assert rows == [
        *("difficulty", "introductory", "interview", "competition", "all"),
        *("feedback", "self", "gpt-4"),
    ]
    assert "US dollars: 0.8123, 0.4723 of them paid now" in lines
    assert lines[-2].startswith("- not scored: 2 (apps\\_tasks/interview/0104, apps\\_tasks/comp")
    assert lines[-1] == "- not run: 2"


def test_its_tables_are_tables() -> None:
    kinds = [token.type for token in parsed(markdown(sample()))]
    assert kinds.count("table_open") == 2
    assert kinds.count("tr_open") == 5 + 3
    assert kinds.count("th_open") == 7 + 7


def test_a_budget_that_is_spent_comes_first() -> None:
    text = markdown(sample(about=replace(sample().about, not_run_budget=SPENT)))
    assert text.splitlines()[2].startswith("**The budget of the run is spent; not run: 4 tasks.**")


def test_a_run_in_which_nothing_was_scored_says_so() -> None:
    text = markdown(NOTHING)
    assert "**Nothing was scored: cannot tell whether repair pays.**" in text
    assert "|" not in text
    assert "- not scored: 1 (t): gone" in text


def test_it_is_short_however_much_is_missing() -> None:
    many = tuple(Unscored(reason=f"reason {i}", tasks=("t",) * 500) for i in range(300))
    text = markdown(sample(unscored=many))
    assert "- not scored for 290 other reasons" in text
    assert len(text) < 6_000


@given(names)
@examples(60)
def test_any_name_is_shown_as_it_is_and_is_no_markup(name: str) -> None:
    tokens = parsed(f"- **{escaped(name)}x** y")
    shown = texts(tokens).replace("\u200b", "")
    assert shown == f"{harmless(name)}x y"
    assert {token.type for token in tokens} <= {
        *("bullet_list_open", "list_item_open", "paragraph_open", "inline", "text"),
        *("text_special", "strong_open", "strong_close", "softbreak"),
        *("paragraph_close", "list_item_close", "bullet_list_close"),
    }


@given(st.sampled_from(["@user", "#12", "GH-3", "https://a.example", "www.a.example", ":tada:"]))
def test_a_name_mentions_and_links_to_nothing(name: str) -> None:
    assert not re.search(r"@\w|#\d|GH-\d|://\w|www\.|:tada", escaped(f"model {name}"))


@given(any_findings())
@examples(12)
def test_any_findings_make_no_markup_but_ours(findings: Findings) -> None:
    kinds = [token.type for token in parsed(markdown(findings))]
    assert not {"html_block", "html_inline", "code_inline", "fence", "image", "link_open"} & {
        *kinds
    }
    assert kinds.count("heading_open") == 1
    assert kinds.count("table_open") == bool(findings.difficulties) + bool(findings.sources)
    rows = len(findings.difficulties) + len(findings.sources)
    assert kinds.count("tr_open") == rows + kinds.count("table_open")


def test_dollars_of_a_solved_task_stand_in_the_table() -> None:
    text = markdown(sample(headline=(at_equal_tokens(dollars_per_solved=0.0371),)))
    assert re.search(r"\| self .* 1,879 \| +0\.0371 \|", text)
