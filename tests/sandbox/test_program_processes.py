"""What is said of a program's processes is checked, and what a case leaves behind is noticed."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.sandbox.channel import ZygoteMessage
from pytest_selfrepair.sandbox.compiling import Compiled, Standing
from pytest_selfrepair.sandbox.inside import words
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.program_processes import ProgramProcesses
from pytest_selfrepair.sandbox.program_socket import LostError
from pytest_selfrepair.sandbox.watch import Watch

COMPILER, WAITING, CASE, NEXT, SPARE, UNKNOWN = range(10, 16)
BEGUN = words.BEGUN + words.BEGIN.pack(CASE, NEXT, 0.25)
ENDED = words.ENDED + words.END.pack(CASE, 3, 0.5)
KINDS = [words.BEGUN, words.ENDED, words.APART, b""]


def processes(*, relays: bool = False) -> ProgramProcesses:
    compiled = Compiled(standing=Standing.APART, waiting=WAITING, relays=relays)
    return ProgramProcesses(COMPILER, compiled)


def test_a_process_that_is_copied_for_a_case_is_followed_by_its_successor() -> None:
    found, watch = processes(), Watch(Limits())
    assert found.current == WAITING
    assert found.handle(BEGUN, watch) is None
    assert (found.running, found.waiting, watch.before) == (CASE, NEXT, 0.25)
    assert sorted(map(str, found.pids)) == [str(CASE), str(NEXT)]


def test_a_process_that_relays_goes_on_waiting_and_says_how_a_case_ended() -> None:
    found, watch = processes(relays=True), Watch(Limits())
    found.handle(BEGUN, watch)
    assert (found.running, found.waiting) == (CASE, WAITING)
    assert found.handle(ENDED, watch) == ZygoteMessage(exit=CASE, status=3, cpu=0.5)


def test_a_program_that_ends_the_process_around_it_was_killed() -> None:
    found, watch = processes(relays=True), Watch(Limits())
    found.handle(BEGUN, watch)
    assert found.handle(b"", watch) == ZygoteMessage(exit=CASE, status=-9, cpu=0.25)


@pytest.mark.parametrize("said", [b"", ENDED, words.APART, BEGUN[:-1], BEGUN + b"\0"])
def test_a_case_that_does_not_begin_is_lost(said: bytes) -> None:
    with pytest.raises(LostError):
        processes().handle(said, Watch(Limits()))


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.binary(max_size=20)), max_size=4))
def test_no_message_does_more_than_lose_a_case(messages: list[tuple[bytes, bytes]]) -> None:
    found, watch = processes(relays=True), Watch(Limits())
    with contextlib.suppress(LostError):
        for kind, body in messages:
            found.handle(kind + body, watch)


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([NEXT], False),
        ([NEXT, SPARE, COMPILER], False),
        ([], False),
        ([NEXT, UNKNOWN], True),
        ([SPARE], True),
        (None, True),
    ],
)
def test_processes_that_a_case_may_have_left_are_noticed(
    others: list[int] | None, *, left: bool
) -> None:
    found = processes()
    found.handle(BEGUN, Watch(Limits()))
    assert found.end_case(ZygoteMessage(exit=CASE, others=others), {SPARE}) is left
    assert found.running == 0
