"""What replies hold, through the whole plugin: verdicts, records, the item, the summary."""

import json

import pytest

from projects import fenced, write_task

SUM = "print(sum(map(int, input().split())))"
CUT = f"<think>\nPerhaps\n{fenced(SUM)}\nbut let me see"
DRAFTED = f"A first idea:\n{fenced('print(input())')}\nNo, the sum:\n{fenced(SUM)}\n"
SILENT = "<think>What could it be"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Four tasks: cut off, drafted, filtered, and escaped where Python 3.11 warns."""
    programs = {
        "cut": {"text": CUT, "tokens": 1_500, "finish_reason": "length"},
        "drafted": DRAFTED,
        "filtered": {"text": fenced(SUM), "finish_reason": "content_filter"},
        "escaped": fenced(f"'\\s'\n{SUM}"),
    }
    for name in programs:
        write_task(
            pytester.path / "tasks" / name,
            difficulty="introductory",
            inputs=["1 2\n"],
            outputs=["3\n"],
            statement=f"Task {name}: print the sum.",
        )
    script = {
        f"tasks/{name}": {
            "program": program,
            "repair": "No.",
            "feedback": {"text": SILENT, "tokens": 9, "finish_reason": "length"},
        }
        for name, program in programs.items()
    }
    (pytester.path / "script.json").write_text(json.dumps({"tasks": script}))
    return pytester


@pytest.mark.parametrize(
    "mode",
    [("-p", "no:xdist"), pytest.param(("-n2",), marks=pytest.mark.slow)],
    ids=["serial", "n2"],
)
def test_replies_are_read_as_a_careful_reader_would(
    project: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    result = project.runpytest(
        *("tasks", "-v", "-W", "error", "--selfrepair-model", "scripted:script.json"),
        *("--selfrepair-programs", "1", "--selfrepair-feedback", "self:separate"),
        *("--selfrepair-json", "report.json", *mode),
    )
    result.assert_outcomes(passed=2, failed=2)
    text = result.stdout.str()
    assert "p0=cut_off" in text
    assert "p0=filtered" in text
    assert "read as a thought that was cut off before any answer" in text
    notes = json.loads((project.path / "report.json").read_text())["notes"]
    cut_off, silent, filtered, several, above = notes
    assert "cut off while thinking, before any answer: raise --selfrepair-max-tokens" in cut_off
    assert silent.startswith("2 explanations were cut off while thinking")
    assert "kept back by the endpoint's filter" in filtered
    assert "another code block that could be the answer" in several
    assert "1,500 where 1,024 were asked for" in above
    for note in notes:
        assert note[:40] in text.replace("\n  ", " ")
