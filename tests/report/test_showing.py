"""The summary on pytest's own terminal."""

import pytest

from places import SUPPORT

CONFTEST = f"""
import sys
sys.path.insert(0, {str(SUPPORT)!r})
from findings_made import sample
from pytest_selfrepair.plugin.showing import show

def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("self-repair")
    show(terminalreporter, sample())
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("def test_nothing(): pass")
    return pytester


def told(result: pytest.RunResult) -> list[str]:
    """The lines of the summary."""
    lines = result.outlines
    start = next(number for number, line in enumerate(lines) if "= self-repair =" in line) + 1
    return lines[start:-1]


def test_colours_are_there_where_asked_for_and_carry_no_meaning(project: pytest.Pytester) -> None:
    plain = told(project.runpytest("--color=no"))
    coloured = told(project.runpytest("--color=yes"))
    assert plain[0] == "self: repair pays"
    assert not any("\x1b" in line for line in plain)
    assert coloured[0] == "\x1b[32m\x1b[1mself: repair pays\x1b[0m"
    assert len(coloured) == len(plain)


def test_a_narrow_terminal_is_respected(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    assert max(map(len, told(project.runpytest()))) <= 44


def test_quiet_it_is_three_lines_and_no_more(project: pytest.Pytester) -> None:
    lines = told(project.runpytest("-q"))
    assert lines[0].startswith("self: repair pays; gpt-4: cannot tell")
    assert len(lines) == 3


def test_a_terminal_that_takes_ascii_alone_gets_no_escapes(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("PYTHONUTF8", "0")
    lines = told(project.runpytest_subprocess())
    assert all(line.isascii() for line in lines)
    assert not any("\\u" in line for line in lines)
    assert any(line.startswith("  70% |") for line in lines)
