"""Messages arrive whole on every kind of socket, and level D works on each."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import task
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.inside import packets
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

KINDS = [socket.SOCK_SEQPACKET, socket.SOCK_STREAM]
ANSWERS = """\
import os
x = int(input())
open("mine", "w").write(str(os.listdir()))
print(open("mine").read() and x + 1)
"""


@pytest.mark.parametrize("kind", KINDS)
@given(messages=st.lists(st.binary(min_size=1, max_size=300), max_size=9))
def test_messages_arrive_whole_and_in_order(kind: socket.SocketKind, messages: list[bytes]) -> None:
    first, second = packets.pair(kind)
    for message in messages:
        first.send(message)
    first.end()
    assert [second.receive(300)[0] for _ in messages] == messages
    assert second.receive(300)[0] == b""
    first.close()
    second.close()


@pytest.mark.parametrize("kind", KINDS)
def test_files_come_with_their_message(kind: socket.SocketKind) -> None:
    first, second = packets.pair(kind)
    readers = []
    for name in (b"a", b"b"):
        reading, writing = os.pipe()
        readers.append(reading)
        first.send(name, [writing])
        os.close(writing)
    for reading, name in zip(readers, (b"a", b"b"), strict=True):
        message, (writing,) = second.receive(10, 2)
        assert message == name
        os.write(writing, name)
        os.close(writing)
        assert os.read(reading, 10) == name
        os.close(reading)
    first.close()
    second.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_larger_than_a_buffer_arrives_whole(kind: socket.SocketKind) -> None:
    first, second = packets.pair(kind)
    message = bytes(range(256)) * 500
    sending = threading.Thread(target=first.send, args=(message,))
    sending.start()
    assert second.receive(1 << 20)[0] == message
    sending.join()
    first.close()
    second.close()


def test_a_stream_is_told_of_no_length_that_nobody_sends() -> None:
    first, second = socket.socketpair()
    first.sendall(b"\xff\xff\xff\xff{}")
    with pytest.raises(OSError, match="too long"):
        packets.Packets(second).receive(1000)
    first.close()
    second.close()


def test_a_message_without_its_rest_is_an_error_and_no_shorter_one() -> None:
    first, second = socket.socketpair()
    first.sendall(b"\0\0\0\x09half")
    first.close()
    with pytest.raises(OSError, match="reset"):
        packets.Packets(second).receive(1000)
    second.close()


@pytest.fixture(scope="module", params=["streams", "streams, and no subreaper"])
def judge(request: pytest.FixtureRequest) -> Iterator[SandboxJudge]:
    """Level D as on a system that has not what Linux has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packets, "KIND", socket.SOCK_STREAM)
        isolation = find_isolation("limits")
        if "subreaper" in request.param:
            isolation = replace(isolation, command=(*isolation.command, "relayed"))
        judge = SandboxJudge(isolation, Limits(cpu_seconds=1.0), concurrency=1)
        yield judge
        asyncio.run(judge.aclose())


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("print(int(input()) + 1)", Outcome.PASSED),
        (ANSWERS, Outcome.PASSED),
        ("import os\nprint(2 if int(input()) == 1 else 1)", Outcome.WRONG_ANSWER),
        ("import os\nprint(2 if int(input()) == 1 else [][1])", Outcome.RUNTIME_ERROR),
        ("import os\nx = int(input())\nwhile x == 2:\n    pass\nprint(2)", Outcome.TIME_LIMIT),
        ("import os\nos.kill(os.getpid(), 9)", Outcome.RUNTIME_ERROR),
        ("import os\n(", Outcome.SYNTAX_ERROR),
        ("import os\nif not os.fork():\n    os.setsid()\nprint(int(input()) + 1)", None),
    ],
)
def test_level_d_judges_over_streams(
    judge: SandboxJudge, program: str, outcome: Outcome | None
) -> None:
    verdict = asyncio.run(judge.judge(task(("1\n", "2"), ("2\n", "3"), ("3\n", "4")), program))
    assert verdict.outcome is not Outcome.SANDBOX_ERROR
    if outcome is not None:
        assert verdict.outcome is outcome, verdict
    if outcome in {Outcome.WRONG_ANSWER, Outcome.RUNTIME_ERROR} and "kill" not in program:
        assert verdict.cases_passed == 1


def test_a_program_that_kills_what_forked_it_has_failed(judge: SandboxJudge) -> None:
    if "relayed" not in judge._isolation.command:  # noqa: SLF001 - how it was made
        pytest.skip("here that is the zygote")
    program = "import os\nos.kill(os.getppid(), 9)\nprint(int(input()) + 1)"
    verdict = asyncio.run(judge.judge(task(("1\n", "2"), ("2\n", "3")), program))
    assert verdict.outcome is Outcome.RUNTIME_ERROR
    assert asyncio.run(judge.judge(task(("1\n", "2")), "print(int(input()) + 1)")).passed
