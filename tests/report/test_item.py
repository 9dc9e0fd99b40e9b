"""What a failing item prints: its tree, in short and in full."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import grown
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.report.item import unsolved_text

PROGRAM = "n = int(input())\nprint(n + 1)\n"
MENDED = "n = int(input())\nprint(n)\n"


def node(name: str, program: str = PROGRAM, passed: int = 0, **failure: object) -> ProgramNode:
    """A program that fails on the case after those that it passes."""
    facts = {"index": passed, "input": "1\n", "expected": "2\n", "actual": "3\n"}
    parent, _, _ = name.partition("/")
    return ProgramNode(
        node=name,
        program=program,
        verdict=Verdict(
            outcome=Outcome.WRONG_ANSWER,
            cases_run=passed + 1,
            cases_passed=passed,
            failure=CaseFailure(**(facts | failure)),  # type: ignore[arg-type]  # as named above
        ),
        cost=Cost(tokens=10, samples=1),
        finish_reason="stop",
        parent=parent if "/" in name else None,
        feedback=Feedback(text=f"It is off.\nSays the feedback of {name}.")
        if "/" in name
        else None,
    )


def record(programs: list[ProgramNode], repairs: list[ProgramNode] | None = None) -> Record:
    tree = RepairTree(source="self", repairs=tuple(repairs or ()), complete=True)
    return Record(
        task_id="t",
        grown=Grown(programs=tuple(programs), trees=(tree,), baseline=(), complete=True),
        cost=Cost(tokens=1500),
    )


def test_in_short_it_shows_outcomes_the_closest_case_the_feedback_and_the_best_diff() -> None:
    repairs = [node("p1/self/r0", "print(0)\n"), node("p1/self/r1", MENDED, 2)]
    assert unsolved_text(record([node("p0"), node("p1", passed=1)], repairs)).splitlines() == [
        "unsolved: 2 programs and 2 repairs fail, 1,500 tokens generated",
        "  programs  p0=wrong_answer p1=wrong_answer",
        "  self      p1/r0=wrong_answer p1/r1=wrong_answer",
        "",
        "closest: p1/self/r1, wrong_answer on case 3, 2 cases passed",
        "  input     '1\\n'",
        "  expected  '2\\n'",
        "  actual    '3\\n'",
        "",
        "best repair: p1/self/r1, of p1, wrong_answer on case 2, 1 case passed",
        "  feedback:",
        "    It is off.",
        "    Says the feedback of p1/self/r1.",
        "  --- p1",
        "  +++ p1/self/r1",
        "  @@ -1,2 +1,2 @@",
        "   n = int(input())",
        "  -print(n + 1)",
        "  +print(n)",
    ]


@pytest.mark.parametrize(
    ("repairs", "best"),
    [
        ([node("p0/self/r0", "a", 1), node("p0/self/r1", "b", 3)], "r1"),
        ([node("p0/self/r0", "a", 1), node("p0/self/r1", "b", 1, index=7)], "r1"),
        ([node("p0/self/r0", "a\nb\nc"), node("p0/self/r1", MENDED)], "r1"),
        ([node("p0/self/r0", PROGRAM), node("p0/self/r1", "another")], "r1"),
        ([node("p0/self/r0", ""), node("p0/self/r1", "another")], "r1"),
        ([node("p0/self/r0", MENDED), node("p0/self/r1", MENDED)], "r0"),
    ],
    ids=["most cases", "latest failure", "smallest edit", "not the same", "not none", "first"],
)
def test_the_best_repair_passes_most_fails_last_and_changes_least(
    repairs: list[ProgramNode], best: str
) -> None:
    assert f"best repair: p0/self/{best}" in unsolved_text(record([node("p0")], repairs))


@pytest.mark.parametrize(
    ("program", "said"),
    [("", "the reply holds no program"), (PROGRAM, "the failing program again")],
)
def test_a_repair_that_changes_nothing_is_said_to_do_so(program: str, said: str) -> None:
    repairs = [node("p0/self/r0", program)]
    for verbose in (False, True):
        assert f"  {said}" in unsolved_text(record([node("p0")], repairs), verbose=verbose)


def test_a_task_without_repairs_shows_the_closest_program() -> None:
    lines = unsolved_text(record([node("p0"), node("p1", passed=4)])).splitlines()
    assert lines[3] == "closest: p1, wrong_answer on case 5, 4 cases passed"
    assert not any("repair:" in line for line in lines)


def test_in_short_long_values_lose_their_middle_and_many_programs_are_counted() -> None:
    long = "\n".join(f"line {number}" for number in range(500))
    repairs = [node("p0/self/r0", long, 1, input="x" * 5000)]
    text = unsolved_text(record([node(f"p{number}") for number in range(30)], repairs))
    assert "  programs  30 wrong_answer\n" in text
    assert "characters left out" in text
    assert "(-v shows all)" in text
    assert len(text) < 3_000


def test_in_full_every_program_and_repair_has_its_case_feedback_and_text() -> None:
    repairs = [node("p0/self/r0", "print(0)\n"), node("p1/self/r0", MENDED, 2)]
    many = [node(f"p{number}", passed=number % 3) for number in range(12)]
    text = unsolved_text(record(many, repairs), verbose=True)
    for number in range(12):
        assert f"\np{number}, wrong_answer on case {number % 3 + 1}, " in text
    assert text.count("  program:\n    n = int(input())\n    print(n + 1)\n") == 12
    for repair in ("p0/self/r0", "p1/self/r0"):
        assert f"    Says the feedback of {repair}.\n  --- {repair[:2]}\n  +++ {repair}\n" in text
    assert text.count("  expected  '2\\n'") == 14
    assert "…" not in text


def test_the_baseline_is_shown_too() -> None:
    task = grown([False], [[False]], baseline=[False, True])
    text = unsolved_text(Record(task_id="t", grown=task), verbose=True)
    assert "  baseline  p1=wrong_answer p2=passed" in text
    assert "\np2, passed, 2 cases passed\n  program:\n" in text


def test_a_line_of_the_program_and_spaces_of_a_case_are_kept() -> None:
    failing = node("p0", input="1  2\t3", line_number=12, line="    x = 1 / 0")
    lines = unsolved_text(record([failing])).splitlines()
    assert "  input     '1  2\\t3'" in lines
    assert lines[-1] == "  line 12   x = 1 / 0"


def test_repairs_on_one_text_and_repairs_of_repairs_are_told_apart() -> None:
    nodes = ("p0/org/critic/r0", "p0/org/critic/f0/r1", "p0/org/critic/r0/r0")
    repairs = [
        replace(node(name), parent=parent)
        for name, parent in zip(nodes, ("p0", "p0", "p0/org/critic/r0"), strict=True)
    ]
    text = unsolved_text(record([node("p0")], repairs))
    assert "p0/r0=wrong_answer p0/f0/r1=wrong_answer p0/org/critic/r0/r0=wrong_answer" in text


odd = st.text(st.characters(codec=None), max_size=60) | st.just("\x1b[2J\u202e\x00\ud800\x85")


@given(odd, odd, odd, odd, st.booleans())
@settings(max_examples=150)
def test_nothing_that_a_model_writes_steers_a_terminal(
    program: str, repaired: str, words: str, value: str, verbose: bool
) -> None:
    repair = replace(node("p0/self/r0", repaired, error=value), feedback=Feedback(text=words))
    task = record([node("p0", program, actual=value, line=value, line_number=1)], [repair])
    text = unsolved_text(task, verbose=verbose)
    assert not {unicodedata.category(c) for c in text.replace("\n", "")} & {"Cc", "Cf", "Cs"}
    assert text.encode() is not None
