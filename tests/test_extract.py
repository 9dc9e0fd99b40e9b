"""Which program a reply holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.extract import extract_explanation, extract_program

PROGRAM = "n = int(input())\nprint(n)\n"
OTHER = "print(1)\n"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(f"```python\n{PROGRAM}```", id="one fence"),
        pytest.param(f"```python\n{PROGRAM}", id="a fence that is never closed"),
        pytest.param(f"```\n{PROGRAM}```", id="a fence without a language"),
        pytest.param(f"~~~py\n{PROGRAM}~~~", id="tildes"),
        pytest.param(f"````python\n{PROGRAM}````", id="four backticks"),
        pytest.param(f"   ```python  \n{PROGRAM}   ```  ", id="spaces around the fence"),
        pytest.param(f"Sure!\n\n```python\n{PROGRAM}```\nIt reads n.", id="prose around it"),
        pytest.param(f"```python\r\n{PROGRAM}```".replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"```python\n{PROGRAM}```\n```\n7\n```", id="an example run after it"),
        pytest.param(f"```text\n3 4\n```\n```python\n{PROGRAM}```", id="an input block before it"),
        pytest.param(f"```python\n{PROGRAM}```python\n{OTHER}```", id="an opening fence closes"),
        pytest.param(
            f"It is wrong.\n```python\n{OTHER}```\n\n# Repaired program\n```python\n{PROGRAM}```",
            id="after the heading",
        ),
        pytest.param(f"**Fixed code:**\n```\n{PROGRAM}```", id="another heading"),
        pytest.param(
            f"```python\ndef f(:\n```\n```python\n{PROGRAM}```", id="a broken block first"
        ),
        pytest.param(PROGRAM, id="no fence"),
        pytest.param(f"Here is it:\n{PROGRAM}\nIt prints n, that's all.", id="no fence and prose"),
    ],
)
def test_it_finds_the_program(reply: str) -> None:
    assert extract_program(reply).strip() == PROGRAM.strip()


def test_it_passes_over_a_block_that_only_quotes_the_failing_program() -> None:
    reply = f"This:\n```python\n{OTHER}```\nshould be:\n```python\n{PROGRAM}```"
    assert extract_program(reply, failing=OTHER) == PROGRAM


def test_it_gives_the_failing_program_where_the_reply_holds_no_other() -> None:
    assert extract_program(f"```python\n{OTHER}```", failing=OTHER) == OTHER


def test_a_comment_in_the_program_is_no_heading() -> None:
    program = f"# Fixed program\n{PROGRAM}"
    assert extract_program(f"```python\n{program}```") == program


def test_a_program_with_a_warning_of_the_parser_is_taken_without_one() -> None:
    assert extract_program('```python\nprint("\\d")\n```') == 'print("\\d")\n'


@pytest.mark.parametrize("reply", ["", "   \n", "```python\n```", "I cannot solve this, sorry."])
def test_a_reply_without_code_holds_no_program(reply: str) -> None:
    assert not extract_program(reply)


@pytest.mark.parametrize(
    ("reply", "explanation"),
    [
        ("It adds 1.\n\n# Repaired program\n```python\nx\n```", "It adds 1."),
        ("It adds 1.\n```python\nx\n```", "It adds 1."),
        ("# What is wrong\nIt adds 1.\n\n# Repaired program\n```python\nx\n```", "It adds 1."),
        ("**What is wrong:** It adds 1.\n```python\nx\n```", "It adds 1."),
        ("```python\nx\n```", ""),
        ("print(1)", ""),
        ("Sorry, no program at all.", "Sorry, no program at all."),
    ],
)
def test_the_explanation_is_what_stands_before_the_program(reply: str, explanation: str) -> None:
    assert extract_explanation(reply) == explanation


@given(st.text())
def test_any_reply_gives_a_text(reply: str) -> None:
    assert isinstance(extract_program(reply), str)
    assert isinstance(extract_explanation(reply), str)


@given(
    st.lists(
        st.sampled_from(["```python", "```", "~~~", "x = 1", "# Repaired program", "é", "def f("]),
        max_size=30,
    )
)
def test_any_mixture_of_fences_gives_a_text(lines: list[str]) -> None:
    assert isinstance(extract_program("\n".join(lines)), str)
