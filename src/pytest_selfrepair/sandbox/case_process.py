"""What the process of one case does: it becomes the program's, and says how that ended.

What it says once a program runs is no more than a claim. Like the zygote, beside which it lies as a
plain file, it needs the standard library alone.
"""

import fcntl
import json
import os
import time
import types
from functools import partial
from typing import Any, NoReturn

if __package__:
    from pytest_selfrepair.sandbox import (
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

_FINISHED = json.dumps(runner.FINISHED).encode("ascii")
_CHANNEL = 3  # its descriptor; that of the control follows, until it is closed
_HIGH, _MOST_DESCRIPTORS = 16, 256

end_process = os._exit
"""Ends this process at once: a program may replace the one in `os`."""

Fields = dict[str, Any]  # what JSON carries


class CaseProcess:
    """The process of one case.

    Args:
        around: What all programs of the zygote have in common.
        control: A socket on which the judge speaks, until the program runs.
        program: The program.
        code: The same, compiled.
    """

    def __init__(
        self,
        around: world.World,
        control: packets.Packets,
        program: described.Program,
        code: types.CodeType,
    ) -> None:
        self._world, self._control, self._program, self._code = around, control, program, code
        # Made once, before any case: to take in all names costs each process a copy of them.
        file = runner.AROUND_FILE if program.way == ways.CallStyle.PLAIN else program.file
        calls = program.fn_name is not None and program.way != ways.CallStyle.ASSERTIONS
        self._scope = vars(runner.module("program", around.names, file)) if calls else {}

    def run(self, kind: bytes, descriptors: list[int], successor: int) -> NoReturn:
        """Run the program on a case, and end.

        Args:
            kind: What the judge said.
            descriptors: The case's input, output and standard error, and a channel.
            successor: The process that waits for the next case, or 0.
        """
        if kind == words.AGAIN:
            move_memory(self._code)
        program, most = self._program, self._program.limits["output_bytes"]
        calls = program.fn_name is not None
        given: Any = described.read_json(descriptors[0]) if calls else None
        _arrange(descriptors, silent=calls)
        if self._world.pid != 1:  # with a zygote that is PID 1 all ends
            forking.end_with_parent()
            if not self._world.relays and os.getppid() != self._world.pid:
                end_process(1)  # its parent has ended before that
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
        if os.getpid() == own:  # else a process of the program's own, which has run off its end
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
    """See to it that what is made from now on lies elsewhere than in another process."""
    _MOVED.append([bytearray(size) for size in range(0, 512, 8) for _ in range(67)])
    _MOVED.append([[{}, (keeper,), object(), {size}] for size in range(997)])


_MOVED: list[object] = []


def forget_moved() -> None:
    """Give back what `move_memory` has taken."""
    _MOVED.clear()


def _leave(own: int, most: int, status: int) -> NoReturn:
    """What a program that reads and prints calls as `os._exit`: an end at once, but no silent one.

    What is buffered is lost, as it would be anywhere.
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
    """Write all of a message to an open file."""
    rest = memoryview(message)
    while rest:
        rest = rest[os.write(channel, rest) :]


def _arrange(descriptors: list[int], *, silent: bool) -> None:
    """Put the descriptors where they belong and close all others but the control.

    Args:
        descriptors: Standard input, output and error, and the channel.
        silent: Whether nothing is read and what is printed is nobody's business.
    """
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, _HIGH) for descriptor in descriptors]
    if silent:  # 0 and 1 are nothing as it is
        high[:2] = [fcntl.fcntl(number, fcntl.F_DUPFD, _HIGH) for number in (0, 1)]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=number < _CHANNEL)
    os.closerange(_CHANNEL + 2, _MOST_DESCRIPTORS)
