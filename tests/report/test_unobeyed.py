"""What runners of workflows would obey in a log is pulled apart; node ids and slices stay whole."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.commands.output import as_json_line
from pytest_selfrepair.report.visible_text import harmless, harmless_lines

PARTS = ("::", ":", "##", "#", "[", "]", "error", "stop-commands", "vso[", "group", " ", "a", "\n")
words = st.lists(st.sampled_from((*PARTS, "\t", "\r")), max_size=12).map("".join)


def obeyed(line: str) -> bool:
    """Whether a runner would take a line for a command, by its own rules."""
    stripped = line.strip()
    workflow = re.match(r"::\s*[^\s:]+(\s[^\n]*?)?::", stripped)
    known = re.search(r"::(error|stop-commands|group)\b", line)
    return bool(workflow or known) or "##[" in line or "##vso[" in line


@pytest.mark.parametrize(
    "text",
    [
        "::error file=a.py,line=1::now",
        "  ::stop-commands::x",
        "answer ::set-output name=x::y",
        "x::add-mask::y",
        "E ::unknown::y",
        "a ##[group]x",
        "##[error]",
        "##vso[task.setvariable variable=x]y",
        "::ERROR::x",
    ],
)
def test_a_command_is_left_in_no_text(text: str) -> None:
    for line in (harmless(text), *harmless_lines(f"one\n{text}\ntwo")):
        assert not obeyed(line), line


@pytest.mark.parametrize(
    "text",
    [
        "tasks.jsonl::0007::selfrepair",
        "not scored: a.jsonl::one, b.jsonl::two",
        "x[::-1] + y[1::2]",
        "## [1] a heading",
        "std::vector<int>",
        "# comment #[x]",
    ],
)
def test_what_is_no_command_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert harmless_lines(text) == [text]


@given(words)
def test_no_arrangement_is_obeyed(text: str) -> None:
    assert not obeyed(harmless(text))
    assert not any(map(obeyed, harmless_lines(text)))


@given(words)
def test_a_line_of_json_says_the_same_and_is_not_obeyed(text: str) -> None:
    line = as_json_line({"error": text})
    assert json.loads(line) == {"error": text}
    assert line.isascii()
    assert "##[" not in line
    assert "##vso[" not in line
    assert not line.strip().startswith("::")
