"""Programs that keep nothing, run in one process: a quick way to find that they are right.

Only what is accepted counts of what such a run says. Where it says anything else, or nothing, the
program is run in processes of its own.
"""

import contextlib
import os
import select
import socket
from collections.abc import Generator, Iterator

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox import child
from pytest_selfrepair.sandbox.channel import CaseReport, as_json, parse_json
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.session import Work, memory_file

_PATIENCE = 0.3  # seconds to wait for word
_CHUNK = 1 << 16


class Shared:
    """The run of one program in the process that such programs share.

    Args:
        zygote: Where that process is.
        work: The program.

    Attributes:
        uncompiled: Why it does not compile; None where it does, or where that is not known.
    """

    def __init__(self, zygote: ZygoteProcess, work: Work) -> None:
        self._zygote, self._work = zygote, work
        self.uncompiled: CaseReport | None = None

    def answers(self) -> Generator[tuple[float, str], None, None]:
        """CPU seconds and answers of the first cases, as many as there are.

        An answer is what the program printed, or its function's result as JSON. Where they are
        fewer than there are cases, nothing is known about the next one.

        Raises:
            BrokenZygoteError: The sandbox is broken.
        """
        shared = self._zygote.shared()
        reading, writing = os.pipe()
        sound = False
        try:
            with contextlib.ExitStack() as stack:
                stack.callback(os.close, writing)
                inputs = as_json(list(self._work.inputs))
                described = memory_file(stack, self._work.described(shared.file))
                shown = [described, writing, memory_file(stack, inputs)]
                with contextlib.suppress(OSError):  # it has ended, which is seen at once
                    socket.send_fds(shared.control, [child.SHARED], shown)
            match self._word(shared.control):
                case child.TOGETHER:
                    sound = yield from self._told(reading)
                case child.APART | child.UNCOMPILED:
                    sound = True
        finally:
            os.close(reading)
            if not sound:
                self._zygote.drop_shared()

    def _word(self, control: socket.socket) -> bytes:
        said = b""
        if _ready(control.fileno()):
            with contextlib.suppress(OSError):
                said = control.recv(_CHUNK)
        if said[:1] == child.UNCOMPILED:
            self.uncompiled = CaseReport(report=said[1:].decode("utf-8", "replace"))
        return said[:1]

    def _told(self, reading: int) -> Generator[tuple[float, str], None, bool]:
        """The answers on a channel; whether their process goes on as if it had not run them."""
        heard, count = bytearray(), 0
        longest = 8 * self._work.limits.output_bytes + _CHUNK
        while count < len(self._work.inputs):
            if not _ready(reading):
                return False
            said = os.read(reading, _CHUNK)
            heard += said
            if not said or len(heard) > longest:
                return False
            while frame := _frame(heard):
                for each in _answers(frame):
                    if each is None:
                        return True
                    yield each
                    count += 1
        return True


def _frame(heard: bytearray) -> bytes | None:
    """The next frame, taken from what has been heard; None where it is not complete."""
    end = 4 + int.from_bytes(heard[:4], "big")
    if len(heard) < 4 or len(heard) < end:  # noqa: PLR2004 - bytes of a length
        return None
    frame = bytes(heard[4:end])
    del heard[:end]
    return frame


def _answers(frame: bytes) -> Iterator[tuple[float, str] | None]:
    gathered: JsonValue = None
    with contextlib.suppress(ValueError):
        gathered = parse_json(frame.decode("ascii"))
    for each in gathered if isinstance(gathered, list) else [None]:
        match each:
            case [float(seconds), str(said)]:
                yield seconds, said
            case _:
                yield None


def _ready(descriptor: int) -> bool:
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(_PATIENCE * 1000))
