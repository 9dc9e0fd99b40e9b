"""Run a program on one case in this process, and report how it ended.

Once a program runs, reports are only claims. Like the zygote, it runs as a plain file and needs
only the standard library.
"""

import fcntl
import json
import os
import time
import types
from functools import partial
from typing import Any, NoReturn

if __package__:
    from pytest_selfrepair.sandbox.inside import (
        described,
        forking,
        limiting,
        packets,
        runner,
        seccomp,
        ways,
        words,
        world,
    )
else:  # a plain file beside its siblings
    import described  # type: ignore[import-not-found,no-redef]
    import forking  # type: ignore[import-not-found,no-redef]
    import limiting  # type: ignore[import-not-found,no-redef]
    import packets  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]
    import seccomp  # type: ignore[import-not-found,no-redef]
    import ways  # type: ignore[import-not-found,no-redef]
    import words  # type: ignore[import-not-found,no-redef]
    import world  # type: ignore[import-not-found,no-redef]

_FINISHED = words.FINISHED.encode("ascii")
_CHANNEL = 3  # its descriptor; the next one is the control's, until that is closed
_HIGH, _MOST_DESCRIPTORS = 16, 256

end_process = os._exit
"""Ends this process at once, as programs may replace `os._exit`."""

Fields = dict[str, Any]  # what JSON carries


class CaseProcess:
    """The process of one case.

    Args:
        around: The shared context of the zygote's programs.
        control: A socket to the judge, used until the program runs.
        program: The program.
        code: The compiled program.
    """

    def __init__(
        self,
        around: world.World,
        control: packets.Packets,
        program: described.Program,
        code: types.CodeType,
    ) -> None:
        self._world, self._control, self._program, self._code = around, control, program, code
        # Built once, before any case: filling in all names would copy their pages for each process.
        file = runner.AROUND_FILE if program.way == ways.CallStyle.PLAIN else program.file
        calls = program.fn_name is not None and program.way != ways.CallStyle.ASSERTIONS
        self._scope = vars(runner.module("program", around.names, file)) if calls else {}

    def run(self, kind: bytes, descriptors: list[int], successor: int) -> NoReturn:
        """Run the program on a case, and exit.

        Args:
            kind: The judge's message.
            descriptors: The case's input, output and standard error, and a channel.
            successor: The process waiting for the next case, or 0.
        """
        if kind == words.AGAIN:
            move_memory(self._code)
        program, most = self._program, self._program.limits["output_bytes"]
        calls = program.fn_name is not None
        given: Any = described.read_json(descriptors[0]) if calls else None
        _arrange(descriptors, silent=calls)
        if self._world.pid != 1:  # if the zygote is PID 1, its end is the end of all
            forking.end_with_parent()
            if not self._world.relays and os.getppid() != self._world.pid:
                end_process(1)  # the zygote has ended meanwhile
        used = time.thread_time()
        limiting.limit_case(program, used)
        if "seccomp" in self._world.means:
            seccomp.install(walls="landlock" not in self._world.means)
        own = os.getpid()
        self._control.send(words.BEGUN + words.BEGIN.pack(own, successor, used))
        self._control.close()
        if not calls:
            os._exit = partial(_leave, own, most)
        work = partial(self._case, given)
        claim = runner.claim(work, program.stack_bytes, program.memory_bytes, program.file)
        if os.getpid() == own:  # else a process forked by the program, at its end
            _say_claim(claim, most)
        end_process(0)

    def _case(self, given: Any) -> Fields:
        program = self._program
        if program.fn_name is None:
            return runner.run_script(self._code, program.file)
        if program.way == ways.CallStyle.ASSERTIONS:
            return runner.examine(given)
        if program.way == ways.CallStyle.PLAIN:
            around = program.before, program.after
            return runner.call_plainly(self._code, program.fn_name, given, self._scope, around)
        if program.way == ways.CallStyle.JSON:
            given = runner.with_integer_keys(given)
        return runner.call_in(
            self._code, program.fn_name, given, self._scope, in_place=program.in_place
        )


def move_memory(keeper: object) -> None:
    """Allocate memory so that later objects have other addresses than in other processes."""
    _MOVED.append([bytearray(size) for size in range(0, 512, 8) for _ in range(67)])
    _MOVED.append([[{}, (keeper,), object(), {size}] for size in range(997)])


_MOVED: list[object] = []


def forget_moved() -> None:
    """Free the memory allocated by `move_memory`."""
    _MOVED.clear()


def _leave(own: int, most: int, status: int) -> NoReturn:
    """Replace `os._exit` in standard-input programs: exit at once, but with a report.

    As with the real `os._exit`, buffered output is lost.
    """
    if status == 0 and os.getpid() == own:
        _say_claim(runner.FINISHED, most)
    end_process(status)


def _say_claim(claim: Fields, most: int) -> None:
    report = _FINISHED if claim == runner.FINISHED else json.dumps(claim).encode("ascii")
    if len(report) >= most:
        report = json.dumps({"end": "too_large"}).encode("ascii")
    say(_CHANNEL, report)


def say(channel: int, message: bytes) -> None:
    """Write a whole message to an open file."""
    rest = memoryview(message)
    while rest:
        rest = rest[os.write(channel, rest) :]


def _arrange(descriptors: list[int], *, silent: bool) -> None:
    """Move the descriptors to their numbers and close all others but the control.

    Args:
        descriptors: Standard input, output and error, and the channel.
        silent: Whether input and output are not used.
    """
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, _HIGH) for descriptor in descriptors]
    if silent:  # 0 and 1 are /dev/null already
        high[:2] = [fcntl.fcntl(number, fcntl.F_DUPFD, _HIGH) for number in (0, 1)]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=number < _CHANNEL)
    os.closerange(_CHANNEL + 2, _MOST_DESCRIPTORS)
