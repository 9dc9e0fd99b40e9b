"""Run stateless programs in one shared process, the fast way to judge most of them.

Cases left open by such a run are run in processes of their own.
"""

import contextlib
import json
import os
import select
from collections.abc import Generator, Iterator
from typing import Annotated, Any

import msgspec

from pytest_selfrepair.sandbox.channel import CaseReport, as_json
from pytest_selfrepair.sandbox.files import memory_file
from pytest_selfrepair.sandbox.inside import words
from pytest_selfrepair.sandbox.inside.packets import Packets
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.work import Work

_PATIENCE = 0.3  # seconds to wait for a message
_CHUNK = 1 << 16
_TimedAnswer = tuple[Annotated[float, msgspec.Meta(ge=0)], str | dict[str, Any] | None]
_FRAMES = msgspec.json.Decoder(list[_TimedAnswer])
_NOTHING: _TimedAnswer = (0.0, None)  # its own process will give the answer


class Shared:
    """The run of one program in the shared process.

    Args:
        zygote: The zygote of that process.
        work: The program.

    Attributes:
        uncompiled: The error if it does not compile, else None.
    """

    def __init__(self, zygote: ZygoteProcess, work: Work) -> None:
        self._zygote, self._work = zygote.client, work
        self.uncompiled: CaseReport | None = None
        self._left = len(work.inputs)  # cases whose answers are still to come

    def reports(self) -> Generator[CaseReport, None, None]:
        """Yield the reports of the first cases, up to one without an answer.

        If there are fewer reports than cases, nothing is known about the next case.

        Raises:
            BrokenZygoteError: The sandbox is broken.
        """
        shared = self._zygote.shared()
        reading, writing = os.pipe()
        try:
            with contextlib.ExitStack() as stack:
                stack.callback(os.close, writing)
                inputs = as_json(list(self._work.inputs))
                described = memory_file(stack, self._work.described(shared.file))
                shown = [described, writing, memory_file(stack, inputs)]
                with contextlib.suppress(OSError):  # ended, which is noticed below
                    shared.control.send(words.SHARED, shown)
            match self._first_message(shared.control):
                case words.TOGETHER:
                    yield from self._channel_reports(reading)
                case words.APART | words.UNCOMPILED:
                    self._left = 0
        finally:
            os.close(reading)
            if self._left:  # not run to its end, which may never come
                self._zygote.drop_shared()

    def _first_message(self, control: Packets) -> bytes:
        said = b""
        if _ready(control.fileno()):
            with contextlib.suppress(OSError):
                said, _ = control.receive(_CHUNK)
        if said[:1] == words.UNCOMPILED:
            self.uncompiled = CaseReport(report=said[1:].decode("utf-8", "replace"))
        return said[:1]

    def _channel_reports(self, reading: int) -> Iterator[CaseReport]:
        """Yield the reports of cases as they arrive on a channel."""
        heard = bytearray()
        longest = 8 * self._work.limits.output_bytes + _CHUNK
        while self._left and _ready(reading):
            chunk = os.read(reading, _CHUNK)
            heard += chunk
            if not chunk or len(heard) > longest:
                return
            while frame := _frame(heard):
                answers = _answers(frame)
                self._left -= len(answers)
                for seconds, said in answers:
                    if said is None:
                        self._left = 0
                        return
                    if not isinstance(said, str):
                        self._left = 0
                        yield CaseReport(cpu_seconds=seconds, report=json.dumps(said))
                    elif self._work.calls:
                        yield CaseReport(cpu_seconds=seconds, result=said)
                    else:
                        yield CaseReport(cpu_seconds=seconds, stdout=said, report=words.FINISHED)


def _frame(heard: bytearray) -> bytes | None:
    """Remove and return the first frame of the received bytes; None where it is incomplete."""
    end = 4 + int.from_bytes(heard[:4], "big")
    if len(heard) < 4 or len(heard) < end:  # noqa: PLR2004 - bytes of a length
        return None
    frame = bytes(heard[4:end])
    del heard[:end]
    return frame


def _answers(frame: bytes) -> list[_TimedAnswer]:
    try:
        return _FRAMES.decode(frame)
    except (msgspec.DecodeError, RecursionError):  # such as half of a surrogate pair
        return [_NOTHING]


def _ready(descriptor: int) -> bool:
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(_PATIENCE * 1000))
