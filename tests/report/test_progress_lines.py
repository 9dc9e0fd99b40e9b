"""How far long work is: a line that changes on a terminal, a few lines elsewhere."""

import logging

from pytest_selfrepair.core import progress
from pytest_selfrepair.report.progress_lines import ProgressLines, shown


class Clock:
    """Seconds, as a test lets them pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lines_of(clock: Clock, *, terminal: bool) -> tuple[list[str], ProgressLines]:
    written: list[str] = []
    return written, ProgressLines(written.append, prefix="x: ", terminal=terminal, clock=clock)


def heard(line: str, *, passing: bool = False) -> logging.LogRecord:
    record = logging.makeLogRecord({"msg": line, "levelno": logging.INFO})
    if passing:
        setattr(record, progress.PASSING, True)
    return record


def test_a_file_gets_every_step_and_of_what_passes_a_line_each_ten_seconds() -> None:
    clock = Clock()
    written, lines = lines_of(clock, terminal=False)
    lines.emit(heard("begins"))
    for second in range(25):
        clock.now = float(second)
        lines.emit(heard(f"at {second}", passing=True))
    lines.emit(heard("ended"))
    lines.end()
    assert written == ["x: begins\n", "x: at 10\n", "x: at 20\n", "x: ended\n"]


def test_a_terminal_shows_what_passes_in_one_line_that_ends_with_the_next_step() -> None:
    clock = Clock()
    written, lines = lines_of(clock, terminal=True)
    lines.emit(heard("begins"))
    for moment in (0.0, 0.1, 0.3, 0.4):
        clock.now = moment
        lines.emit(heard(f"at {moment}", passing=True))
    lines.emit(heard("ended"))
    assert written == ["x: begins\n", "x: at 0.0", "\r\x1b[Kx: at 0.3", "\r\x1b[Kx: ended\n"]


def test_work_that_fails_leaves_no_line_open() -> None:
    written, lines = lines_of(Clock(), terminal=True)
    lines.emit(heard("at 1", passing=True))
    lines.end()
    lines.end()
    assert written == ["x: at 1", "\n"]


def test_nothing_is_said_where_nobody_listens() -> None:
    written: list[str] = []
    progress.step("before")
    with shown(written.append, prefix="x: ", terminal=False):
        progress.step("shown: 100%")
    progress.step("after")
    assert written == ["x: shown: 100%\n"]
