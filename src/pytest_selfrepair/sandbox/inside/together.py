"""Run the cases of a program without state (`stateless`) in one process.

It shares that process with untrusted code, so its messages are only claims. Like the zygote, it
runs as a plain file and needs only the standard library.
"""

import json
import time
import types
from functools import partial
from typing import Any

if __package__:
    from pytest_selfrepair.sandbox.inside import (
        case_process,
        described,
        limiting,
        packets,
        runner,
        stateless,
        words,
    )
else:  # a plain file beside its siblings
    import case_process  # type: ignore[import-not-found,no-redef]
    import described  # type: ignore[import-not-found,no-redef]
    import limiting  # type: ignore[import-not-found,no-redef]
    import packets  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]
    import stateless  # type: ignore[import-not-found,no-redef]
    import words  # type: ignore[import-not-found,no-redef]

_FIRST_FLUSH, _MOST_PATIENCE = 0.0004, 0.005
"""Seconds between messages with answers: at first, and at most.

The first message comes early, so that the judge compares answers while the program runs. The time
doubles with each message, since every message costs time."""

Fields = dict[str, Any]  # parsed JSON


def run_together(
    control: packets.Packets,
    names: dict[str, object],
    shown: int,
    channel: int,
    given: int,
) -> None:
    """Run a program's cases up to the first that fails; none if it needs a process for each.

    Args:
        control: The socket to the judge.
        names: The names defined for call-based programs.
        shown: An open file that describes the program.
        channel: An open file to write answers to.
        given: An open file with the inputs.
    """
    program = described.read_program(shown)
    limiting.limit_together(program)
    code, problem = runner.try_to_compile(program.text, program.file)
    if code is None:
        control.send(words.UNCOMPILED + json.dumps(problem).encode("ascii"))
        return
    defined = names if program.fn_name is not None else {}
    try:
        steady = stateless.Stateless(program.text, code, defined, program.file)
    except stateless.NotStatelessError:
        control.send(words.APART)
        return
    control.send(words.TOGETHER)
    answers = _Answers(channel, program.limits["output_bytes"])
    work = partial(_each, program, steady, code, described.read_json(given), answers)
    claim = runner.claim(work, program.stack_bytes, program.memory_bytes, program.file)
    answers.end(claim)
    case_process.forget_moved()


def _each(
    program: described.Program,
    steady: stateless.Stateless,
    code: types.CodeType,
    inputs: list[Any],
    answers: "_Answers",
) -> Fields:
    name = program.fn_name
    if program.again:
        case_process.move_memory(code)
    for given in inputs:
        if name is None:
            answers.add(steady.run_script(given))
            continue
        arguments = runner.with_integer_keys(given)
        call = partial(runner.call_in, code, name, arguments, in_place=program.in_place)
        claim = steady.call(call)
        if claim["end"] != "returned":
            return claim
        answers.add(claim["result"])
    return runner.FINISHED


class _Answers:
    """The answers of cases that share a process, sent to the judge.

    Each comes with its CPU seconds. A case without an answer ends the list with its report or, if
    it might end otherwise in a process of its own, with null.
    """

    def __init__(self, channel: int, most: int) -> None:
        self._channel, self._most = channel, most
        self._gathered: list[Any] = []
        # A thread's time is exact; that of a process with a limit is rounded to the system's ticks.
        self._began, self._flushed = time.thread_time(), time.perf_counter()
        self._patience = _FIRST_FLUSH

    def add(self, answer: str) -> None:
        """Add the answer of a case."""
        if len(answer) >= self._most:
            raise MemoryError
        used = time.thread_time()
        self._gathered.append([used - self._began, answer])
        self._began = used
        if (now := time.perf_counter()) - self._flushed > self._patience:
            self._flush()
            self._flushed, self._patience = now, min(2 * self._patience, _MOST_PATIENCE)

    def end(self, claim: Fields) -> None:
        """End the answers."""
        if claim != runner.FINISHED:
            told = claim if claim.get("type") not in _OF_THE_PROCESS else None
            self._gathered.append([time.thread_time() - self._began, told])
        self._flush()

    def _flush(self) -> None:
        body = json.dumps(self._gathered).encode("ascii")
        case_process.say(self._channel, len(body).to_bytes(4, "big") + body)
        self._gathered.clear()


_OF_THE_PROCESS = {
    *("AttributeError", "FileNotFoundError", "ImportError", "MemoryError", "ModuleNotFoundError"),
    *("NotStatelessError", "OSError", "RecursionError", "UnicodeEncodeError"),
    *("UnsupportedOperation", "SystemError"),
}
"""Exceptions that might not be raised in a process of its own."""
