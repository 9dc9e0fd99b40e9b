"""What a repair did to a program's text."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.estimate.run.edits import edited_lines, same_program

PROGRAM = "n = int(input())\nfor i in range(n):\n    print(i)\n"


@pytest.mark.parametrize(
    "other",
    [
        PROGRAM,
        PROGRAM.rstrip(),
        PROGRAM.replace("\n", "  \n"),
        "# The repaired program.\n" + PROGRAM,
        PROGRAM.replace("print(i)", "print(i)  # each number"),
        PROGRAM.replace("for", "\n    # loop\nfor"),
    ],
)
def test_comments_blank_lines_and_trailing_space_make_no_other_program(other: str) -> None:
    assert same_program(PROGRAM, other)
    assert same_program(other, PROGRAM)


@pytest.mark.parametrize(
    "other",
    [
        "",
        PROGRAM.replace("range(n)", "range(n + 1)"),
        PROGRAM.replace("    print(i)", "    pass\nprint(i)"),
        PROGRAM + "print()",
    ],
)
def test_other_code_is_another_program(other: str) -> None:
    assert not same_program(PROGRAM, other)


def test_a_hash_within_a_text_is_no_comment() -> None:
    assert not same_program("print('# a')", "print('# b')")


def test_texts_that_are_no_python_are_compared_line_by_line() -> None:
    assert same_program("print((1\n", "print((1")
    assert not same_program("print((1 # a\n", "print((1 # b")


lines = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=9)


def by_table(old: list[str], new: list[str]) -> int:
    """The fewest lines deleted and added, by the textbook's table."""
    row = list(range(len(new) + 1))
    for i, line in enumerate(old):
        last, row = row, [i + 1]
        for j, other in enumerate(new):
            row.append(last[j] if line == other else 1 + min(last[j + 1], row[j]))
    return row[-1]


@given(lines, lines)
def test_edited_lines_are_the_fewest(old: list[str], new: list[str]) -> None:
    found = edited_lines("\n".join(old), "\n".join(new))
    assert found == by_table(old, new)
    listed = difflib.unified_diff(old, new, n=0)
    assert found <= sum(line[0] in "+-" for line in list(listed)[2:])


def test_a_line_that_is_changed_counts_as_one_deleted_and_one_added() -> None:
    assert edited_lines(PROGRAM, PROGRAM.replace("range(n)", "range(1, n)")) == 2
    assert edited_lines(PROGRAM, PROGRAM + "\n\n") == 0
