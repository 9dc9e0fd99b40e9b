"""Runs untrusted programs on their inputs, a child for many cases; started as a plain file.

It needs the standard library alone and knows no expected output. Its arguments say what it is to
do to its children: `plain-user` gives each program a user of its own, who with `keep-reading` may
read what root may; `packages=FOLDER` lets them import from there, `import=MODULE` imports a module
before them; `seccomp` filters system calls, `landlock` makes the paths after it all that can
be read. A frame is a length of eight bytes,
big-endian, and as many bytes of JSON. On standard input come a program (`load`), the case to begin
with (`run`), word that enough is known (`stop`). On standard output go a frame for every case, in
order, and one that ends the run.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import site
import sys
from pathlib import Path
from typing import Any

if __package__:
    from pytest_selfrepair.sandbox import child, landlock, leftovers, runner, seccomp, watch, ways
else:  # a plain file beside its siblings, with nothing of the project around
    import child  # type: ignore[import-not-found,no-redef]
    import landlock  # type: ignore[import-not-found,no-redef]
    import leftovers  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]
    import seccomp  # type: ignore[import-not-found,no-redef]
    import watch  # type: ignore[import-not-found,no-redef]
    import ways  # type: ignore[import-not-found,no-redef]

PACKAGES, READY = "packages=", "import="
"""How arguments begin that name the folder of packages, and a module of theirs."""

_ALSO = {"numpy": ("numpy.random",)}  # whose numbers are fixed before each case, once it is there

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_CHUNK = 1 << 16
_HEADER = 8

Fields = dict[str, Any]  # what JSON carries


def main() -> None:
    """Serve until standard input ends."""
    del sys.path[0]  # where the siblings came from; a program's own modules come from elsewhere
    arguments = sys.argv[1:]
    sys.argv = [runner.PROGRAM_FILE]
    sys.set_int_max_str_digits(0)  # tasks have longer integers; time and memory bound the work
    _bring_packages(arguments)
    site.setquit()  # exit() and quit(), which the option -S leaves out
    zygote = _Zygote(os.dup(0), os.dup(1), frozenset(arguments))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    seccomp.prctl(_PR_SET_DUMPABLE, 0)  # hides memory and descriptors from children of this user
    seccomp.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    for number in (signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    if os.getpid() != 1:  # PID 1 is deaf to signals from within, and its namespace ends with it
        signal.signal(signal.SIGTERM, zygote.end)
    if "landlock" in arguments:
        readable = arguments[arguments.index("landlock") + 1 :]
        landlock.restrict([*readable, str(Path.cwd())], [os.devnull])
    if "seccomp" in arguments:
        seccomp.install_for_zygote(walls="landlock" not in arguments)
    gc.collect()
    gc.freeze()  # children need not look at what was there before them
    zygote.serve()


def _bring_packages(arguments: list[str]) -> None:
    """Let programs import what they may, and import what most of them will."""
    sys.path += [each[len(PACKAGES) :] for each in arguments if each.startswith(PACKAGES)]
    for each in arguments:
        if each.startswith(READY):
            module = each[len(READY) :]
            for name in (module, *_ALSO.get(module, ())):
                with contextlib.suppress(BaseException):  # a program will meet it and say so
                    importlib.import_module(name)


class _Zygote:
    def __init__(self, commands: int, answers: int, means: frozenset[str]) -> None:
        self._commands, self._answers, self._means = commands, answers, means
        self._pid = os.getpid()
        if "plain-user" in means:  # which works in the current folder, or at least stays in it
            Path().chmod(0o755 if "landlock" in means else 0o777)
        alone = "plain-user" in means or self._pid == 1
        # What else this user runs counts too, and may become more.
        self._other_tasks = 0 if alone else 2 * leftovers.tasks_of_user() + 256
        self._names = runner.starter_names()  # also for programs that only import the same
        self._state = runner.State()
        self._heard = bytearray()
        self._work: child.Work | None = None
        self._watch: watch.Watch | None = None
        self._run = 0

    def serve(self) -> None:
        """Do what is said until nothing more will be."""
        while (command := self._next()) is not None:
            if "load" in command:
                self._work = self._loaded(command["load"])
            elif "run" in command:
                assert self._work is not None  # noqa: S101 - a program comes first
                self._run = command["run"]
                self._watch = watch.Watch(self._work, command["first"], self._say)
                self._watch.run(self._commands, self._is_stop)
                self._watch = None
                self._say([{}])
            # else word to stop a run that has ended meanwhile

    def end(self, _signal: int, _frame: object) -> None:
        """End at once, with all that is running."""
        if self._watch is not None and os.getpid() == self._pid:  # not a child as yet unprepared
            self._watch.end()
        os._exit(1)

    def _loaded(self, request: Fields) -> child.Work:
        # A user of its own makes the bound on processes its own, and protects everyone's files.
        uid = 1_000_000_000 + int.from_bytes(os.urandom(3), "big")
        return child.Work(
            program=request["program"],
            fn_name=request["fn_name"],
            in_place=request["in_place"],
            way=ways.Way(request["way"]),
            before=request["before"],
            after=request["after"],
            inputs=request["inputs"],
            limits=request["limits"],
            uid=uid if "plain-user" in self._means else None,
            other_tasks=self._other_tasks,
            means=self._means,
            names=self._names,
            state=self._state,
        )

    def _is_stop(self) -> bool:
        """Whether the running run is to stop; asked where something has been said."""
        if not self._hear():
            self.end(0, None)
        return any(self._taken(command) for command in iter(self._heard_command, None))

    def _taken(self, command: Fields) -> bool:
        stopped: bool = command.get("stop") == self._run
        return stopped

    def _next(self) -> Fields | None:
        while (command := self._heard_command()) is None:
            if not self._hear():
                return None
        return command

    def _heard_command(self) -> Fields | None:
        size = int.from_bytes(self._heard[:_HEADER], "big")
        if len(self._heard) < _HEADER + size or not size:
            return None
        command: Fields = json.loads(self._heard[_HEADER : _HEADER + size])
        del self._heard[: _HEADER + size]
        return command

    def _hear(self) -> bool:
        said = os.read(self._commands, _CHUNK)
        self._heard += said
        return bool(said)

    def _say(self, messages: list[Fields]) -> None:
        bodies = [json.dumps({"run": self._run, **message}).encode("ascii") for message in messages]
        frames = [len(body).to_bytes(_HEADER, "big") + body for body in bodies]
        rest = memoryview(b"".join(frames))
        while rest:
            rest = rest[os.write(self._answers, rest) :]


if __name__ == "__main__":
    main()
