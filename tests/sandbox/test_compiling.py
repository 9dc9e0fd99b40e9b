"""A process that ends while it compiles a program, as this test's own end of its socket does."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from pytest_selfrepair.sandbox.compiling import Compiled, Standing, compile_program
from pytest_selfrepair.sandbox.inside import packets
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.looks import Looks
from pytest_selfrepair.sandbox.program_socket import ProgramSocket
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygote_client import Spare, ZygoteClient
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError, ZygoteSocket

PID = 5


class Compiling:
    """The compiling of a program with an hour for it, whose process has just been told."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        ours, self.zygote = packets.pair()
        self.control, self.process = packets.pair()
        self.socket = ZygoteSocket(ours)
        told = ZygoteClient(self.socket)
        work = Work(program="1", fn_name=None, inputs=[""], limits=Limits(cpu_seconds=3600.0))
        spare = Spare(pid=PID, file="/program.py", control=self.control)
        socket = ProgramSocket(self.control, told)
        self.result: Future[Compiled] = threads.submit(
            compile_program, socket, told, spare, Looks(told), work
        )
        for descriptor in self.process.receive(1 << 16, 4)[1]:
            os.close(descriptor)


@pytest.fixture
def compiling() -> Iterator[Compiling]:
    with ThreadPoolExecutor(1) as threads:
        begun = Compiling(threads)
        yield begun
    for end in (begun.process, begun.zygote, begun.control, begun.socket):
        end.close()


def test_that_was_killed_leaves_a_program_that_does_not_compile(compiling: Compiling) -> None:
    compiling.process.close()
    told = {"exit": PID, "status": -9, "cpu": 0.1, "others": [], "waited": True}
    compiling.zygote.send(json.dumps(told).encode())
    found = compiling.result.result(timeout=60)
    assert (found.standing, found.exhausted) == (Standing.UNCOMPILED, False)


def test_and_its_zygote_with_it_say_nothing_of_the_program(compiling: Compiling) -> None:
    compiling.process.close()
    compiling.zygote.close()
    with pytest.raises(BrokenZygoteError, match="ended before its program"):
        compiling.result.result(timeout=60)
