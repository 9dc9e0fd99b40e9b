"""The live line, on a terminal that is one, and the share that decides what is started."""

import json
import os
import re
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints import Serve
from projects import LEAN, fenced, write_task
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import RunLimits, Spent
from pytest_selfrepair.plugin.budget_share import BudgetShare
from pytest_selfrepair.report.progress_line import RunProgress, live_line
from warm_processes import can_be_warm, python

ROWS, COLUMNS = 24, 100
TAKE_TERMINAL = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"
REGION, WHOLE_SCREEN = b"\x1b[1;23r", b"\x1b[r"


def test_the_line_says_how_far_a_run_is_and_what_it_has_cost() -> None:
    progress = RunProgress(
        total=300,
        done=100,
        solved=40,
        repaired=9,
        in_flight=64,
        tokens=123_456,
        dollars=3.5,
        max_tokens=1_000_000,
        max_dollars=20.0,
        rate_limits=2,
        seconds=1800,
    )
    assert live_line(progress, 200) == (
        "100/300 tasks · 40 solved, 9 repaired · 64 in flight · 123,456 of 1,000,000 tokens · "
        "$3.50 of 20.00 · 2 rate limits · 1 h 0 min left"
    )
    assert live_line(progress, 13) == "100/300 tasks"
    assert "left" not in live_line(RunProgress(total=3), 200)


@given(
    st.lists(st.integers(0, 400), max_size=30),
    st.integers(1, 3000),
    st.sampled_from([1.0, 0.5, 0.25]),
)
def test_a_share_lets_one_task_run_whatever_is_left_and_more_while_there_is_enough(
    costs: list[int], most: int, part: float
) -> None:
    share = BudgetShare(limits=RunLimits(max_tokens=most), bound=Cost(tokens=400), share=part)
    for tokens in costs:
        assert share.lasts
        share.running += 1
        if share.lasts:  # another one would be paid for as well, if it costs what those before did
            known = [cost * most for cost in share.paid] or [400]
            mean = sum(known) / len(known)
            assert sum(share.paid) * most + 2 * mean <= most * part * (1 + 1e-9)
        share.end(Cost(tokens=tokens))


def test_a_share_without_limits_always_lasts_and_one_that_is_spent_lets_one_task_run() -> None:
    assert BudgetShare(limits=RunLimits(), bound=Cost(tokens=9), running=1000).lasts
    spent = BudgetShare(
        limits=RunLimits(max_dollars=2.0), bound=Cost(dollars=1.0), before=Spent(dollars=1.5)
    )
    assert spent.lasts
    spent.running += 1
    assert not spent.lasts


def on_a_terminal(folder: Path, arguments: list[str], environment: Mapping[str, str]) -> bytes:
    """What a command writes to a terminal of its own, which controls it."""
    command = python(*arguments)
    if not can_be_warm():  # one that can takes the terminal by itself
        command = [sys.executable, "-c", TAKE_TERMINAL, *command]
    ours, its = os.openpty()
    termios.tcsetwinsize(its, (ROWS, COLUMNS))
    started = {**os.environ, **environment}
    with subprocess.Popen(
        command, cwd=folder, env=started, stdin=its, stdout=its, stderr=its
    ) as process:
        os.close(its)
        written = b""
        with suppress(OSError):  # nobody has the terminal any more
            while read := os.read(ours, 1 << 16):
                written += read
        os.close(ours)
        process.wait(timeout=100)
    return written


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    for number in range(4):
        write_task(
            tmp_path / f"tasks/{number}",
            difficulty="interview",
            inputs=["1\n"],
            outputs=["3\n"],
            statement=f"Print three, for the {number}th time.",
        )
    answer = {"text": fenced("print(3)"), "seconds": 0.7}
    (tmp_path / "script.json").write_text(json.dumps({"tasks": {"*": {"program": answer}}}))
    options = ["--selfrepair-programs", "1", "--selfrepair-concurrency", "2"]
    return ["pytest", "tasks", "--selfrepair-model", "scripted:script.json", *options]


TERMINAL = {"TERM": "xterm", "CI": "", "PYTEST_ADDOPTS": f"-p no:cacheprovider {LEAN}"}


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_the_last_row_of_a_terminal_says_how_far_the_run_is_and_is_given_back(
    tmp_path: Path, command: list[str], workers: tuple[str, ...]
) -> None:
    written = on_a_terminal(tmp_path, [*command, *workers], TERMINAL)
    assert written.count(REGION) >= 1
    assert written.rindex(REGION) < written.rindex(WHOLE_SCREEN)
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    stream.feed(written[: written.rindex(WHOLE_SCREEN)])
    assert "/4 tasks · " in screen.display[-1]
    assert not any("/4 tasks · " in row for row in screen.display[:-1])
    stream.feed(written[written.rindex(WHOLE_SCREEN) :])
    shown = "\n".join(screen.display)
    assert "/4 tasks · " not in shown
    assert "tasks: 4 solved at once, 0 only by repair, 0 unsolved" in shown
    assert "4 passed" in shown


def test_the_line_of_a_run_with_workers_counts_the_rate_limits_of_all_of_them(
    tmp_path: Path, command: list[str], serve: Serve
) -> None:
    answer = {"text": fenced("print(3)"), "seconds": 2, "faults": [429]}
    server = serve(tasks={"*": {"program": answer}}, retry_after="0.1")
    at = command.index("scripted:script.json")
    asked = [*command[:at], "gpt-4", *command[at + 1 :], "--selfrepair-base-url", server.base_url]
    written = on_a_terminal(tmp_path, [*asked, "-n2"], TERMINAL | {"OPENAI_API_KEY": "none"})
    assert b"4 passed" in written
    [counted] = set(re.findall(rb"4 tasks .* (\d) rate limits", written)[-1:])
    assert int(counted) >= 2
    flying = {int(shown) for shown in re.findall(rb"(\d+) in flight", written)}
    assert max(flying) <= 2, flying


@pytest.mark.parametrize(
    ("more", "environment"), [(["-q"], {}), ([], {"CI": "true"}), ([], {"TERM": "dumb"})]
)
def test_there_is_no_live_line_where_none_is_wanted(
    tmp_path: Path, command: list[str], more: list[str], environment: dict[str, str]
) -> None:
    written = on_a_terminal(tmp_path, [*command, *more], TERMINAL | environment)
    assert b"4 passed" in written
    assert REGION not in written
    assert b"in flight" not in written


def test_there_is_no_live_line_in_a_log(
    pytester: pytest.Pytester, tmp_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = pytester.run(*python(*command))
    result.stdout.fnmatch_lines(["*4 passed*"])
    result.stdout.no_fnmatch_line("*in flight*")
