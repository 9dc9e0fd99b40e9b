"""Fork processes for untrusted programs and leave nothing of them behind.

Started as a plain file, it needs only the standard library. No program, input or answer ever enters
its memory, of which all programs have a copy: the judge passes these to its children by
descriptors. Its arguments say how to isolate the children: `plain-user` gives each program a user
of its own, and `keep-reading` lets that user read what root may; `packages=FOLDER` lets programs
import from a folder, and `import=MODULE` imports a module before they start; `seccomp` filters
system calls; `landlock` makes only the paths after it readable. With `relayed` it is not the parent
of processes forked by others, as on macOS.

Standard input is a socket of `packets`. The judge requests it to `fork` a process that waits for a
program, to `end` some of these, to `end_all` running processes, to `tidy` the scratch folder, or to
`look` at the resources that a process and all others use. It sends a descriptor for messages to
each new process (`spare`), each process's `exit`, and answers.
"""

import gc

if not __package__:
    gc.disable()  # hardly any imported object is garbage; `main` enables it

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import site
import socket
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

if __package__:
    from pytest_selfrepair.sandbox.inside import (
        child,
        forking,
        landlock,
        leftovers,
        packets,
        runner,
        seccomp,
        world,
    )
else:  # a plain file beside its siblings, without the rest of the package
    import child  # type: ignore[import-not-found,no-redef]
    import forking  # type: ignore[import-not-found,no-redef]
    import landlock  # type: ignore[import-not-found,no-redef]
    import leftovers  # type: ignore[import-not-found,no-redef]
    import packets  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]
    import seccomp  # type: ignore[import-not-found,no-redef]
    import world  # type: ignore[import-not-found,no-redef]

PACKAGES, READY = "packages=", "import="
"""The prefixes of arguments with a folder of packages, and with a module to preload."""

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_LONGEST = 1 << 16
_MOST_SKIPPED = 7
_PROGRAM, _SCRATCH = "/program/program.py", "scratch"
_REFUSED_MODULES = {"multiprocessing", "_multiprocessing"}

Fields = dict[str, Any]  # parsed JSON


def main() -> None:
    """Serve until standard input ends."""
    del sys.path[0]  # the folder of the siblings, from which no program may import
    arguments = sys.argv[1:]
    means, readable = _split_arguments(arguments)
    program = _PROGRAM
    if os.path.isdir(_SCRATCH):  # without namespaces, all is in the start folder
        program = os.getcwd() + program
        os.chdir(_SCRATCH)
    sys.argv = [""]
    sys.set_int_max_str_digits(0)  # tasks have longer integers; limits on time and memory suffice
    packages = _bring_packages(arguments)
    site.setquit()  # exit() and quit(), which the option -S leaves out
    sys.meta_path.insert(0, _RefusedModules())
    judge = packets.Packets(socket.socket(fileno=os.dup(0)))
    zygote = _Zygote(judge, means, program, packages)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    seccomp.prctl(_PR_SET_DUMPABLE, 0)  # hides memory and descriptors from children of this user
    seccomp.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    for number in (signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    if os.getpid() != 1:  # PID 1 ignores signals from within, and its namespace ends with it
        signal.signal(signal.SIGTERM, zygote.end_all)
    if "landlock" in means:
        shown = [*readable, os.path.dirname(program), os.getcwd()]
        landlock.restrict(shown, [os.devnull])
    if "seccomp" in means:
        seccomp.install_for_zygote(walls="landlock" not in means)
    gc.freeze()  # so that children do not copy these objects when collecting garbage
    gc.enable()
    zygote.serve()


def _split_arguments(arguments: list[str]) -> tuple[frozenset[str], list[str]]:
    """Split the arguments into means of isolation and readable paths."""
    at = arguments.index("landlock") + 1 if "landlock" in arguments else len(arguments)
    return frozenset(arguments[:at]), arguments[at:]


def _bring_packages(arguments: list[str]) -> frozenset[str]:
    """Make the allowed packages importable; import and name what most programs will use."""
    folders = [each[len(PACKAGES) :] for each in arguments if each.startswith(PACKAGES)]
    sys.path += folders
    for each in arguments:
        if each.startswith(READY):
            module = each[len(READY) :]
            for name in (module, *child.ALSO_IMPORTED.get(module, ())):
                with contextlib.suppress(BaseException):  # a program's own import raises it again
                    importlib.import_module(name)
    entries = (name for folder in folders for name in os.listdir(folder))
    return frozenset(name.partition(".")[0] for name in entries)


class _RefusedModules:
    """Refuse, by name, modules that do not work in a sandbox."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Raise for a refused module; leave any other to the next finder."""
        del path, target
        if name in _REFUSED_MODULES:
            raise ImportError(f"{name} is not available in the sandbox", name=name)


class _Zygote:
    def __init__(
        self,
        judge: packets.Packets,
        means: frozenset[str],
        program: str,
        packages: frozenset[str],
    ) -> None:
        self._judge, self._means, self._program = judge, means, program
        self._pid = os.getpid()
        self._folder = os.open(".", os.O_RDONLY)
        if "plain-user" in means:  # gives programs' users access to the scratch folder
            os.fchmod(self._folder, 0o755 if "landlock" in means else 0o777)
        self._mode = os.fstat(self._folder).st_mode & 0o7777
        alone = "plain-user" in means or self._pid == 1
        self._world = world.World(
            means=means,
            # Other processes of this user count against the limit too, and may become more.
            other_tasks=0 if alone else 2 * leftovers.tasks_of_user() + 256,
            names=runner.starter_names(),  # one dictionary for all programs
            scratch=os.getcwd(),
            pid=self._pid,
            packages=packages,
            relays="relayed" in means or not seccomp.available(),
        )
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        # Kept open, since it is read whenever a process ends.
        self._children = leftovers.open_children()
        self._pids: list[int] = []  # processes waiting for a program
        self._dismissed: set[int] = set()  # killed processes, whose ends are not reported

    def serve(self) -> None:
        """Serve requests until the socket closes."""
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        poller = select.poll()
        for descriptor in (self._reading, self._judge.fileno()):
            poller.register(descriptor, select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in poller.poll()]
            if self._reading in ready:
                os.read(self._reading, _LONGEST)
                self._report_exits()
            if self._judge.fileno() in ready:
                said, _ = self._judge.receive(_LONGEST)
                if not said:
                    self.end_all()
                self._do(json.loads(said))

    def end_all(self, *_: object) -> None:
        """End all running processes, then exit."""
        if os.getpid() == self._pid:  # not in a child that still has this handler
            self._end(self._pids)
        os._exit(1)

    def _do(self, command: Fields) -> None:
        match command:
            case {"fork": _}:
                self._fork()
            case {"end": [*pids]}:
                self._dismissed |= {*pids} & {*self._pids}
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            case {"end_all": [*pids]}:
                self._end([*self._pids, *pids])
                self._pids.clear()
                self._dismissed.clear()
                usage = resource.getrusage(resource.RUSAGE_CHILDREN)
                self._say({"ended": usage.ru_utime + usage.ru_stime})
            case {"tidy": _}:
                self._say({"tidied": self._tidy()})
            case {"look": int(pid)}:
                self._say({"look": self._use_of(pid)})

    def _fork(self) -> None:
        """Fork a process that waits for a program, and send its socket to the judge."""
        # With a user of its own, a program has its own limit on processes and no access to others'
        # files.
        uid = 1_000_000_000 + int.from_bytes(os.urandom(3), "big")
        forking.skip_pids(_MOST_SKIPPED)
        ours, theirs = packets.pair(self._judge.kind)
        pid = forking.fork()
        if pid == 0:
            child.serve(self._world, uid if "plain-user" in self._means else None, theirs.detach())
        theirs.close()
        self._pids.append(pid)
        said: Fields = {"spare": pid, "file": self._program}
        self._judge.send(json.dumps(said).encode("ascii"), [ours.fileno()])
        ours.close()

    def _report_exits(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            waited = pid in self._pids
            self._pids = [each for each in self._pids if each != pid]
            if pid in self._dismissed:
                self._dismissed.discard(pid)
                continue
            others = [] if "landlock" in self._means else leftovers.children(self._children)
            dirty = False
            if others is not None and len({*others} - {*self._pids}) < 2:  # noqa: PLR2004 - the waiting process
                dirty = not self._tidy(look=True)
            self._say(
                {
                    "exit": pid,
                    "status": os.waitstatus_to_exitcode(status),
                    "cpu": usage.ru_utime + usage.ru_stime,
                    "others": others,
                    "dirty": dirty,
                    "waited": waited,
                }
            )

    def _end(self, pids: list[int]) -> None:
        leftovers.end_descendants(pids)
        self._tidy()

    def _use_of(self, pid: int) -> tuple[float, int]:
        """Measure a process and all others that do not wait for programs."""
        found = leftovers.children(self._children) or ()
        return leftovers.use_of_all({pid, *found} - ({*self._pids} - {pid}), self._pid)

    def _tidy(self, *, look: bool = False) -> bool:
        """Restore the scratch folder's attributes, and empty it unless it is only inspected."""
        if "landlock" in self._means:  # no files can be written there
            return True
        with contextlib.suppress(PermissionError):  # the owner is another user
            leftovers.restore_folder(self._folder, self._mode)
        if look:
            return not os.listdir(self._folder)
        return leftovers.empty_scratch()

    def _say(self, message: Fields) -> None:
        self._judge.send(json.dumps(message).encode("ascii"))


if __name__ == "__main__":
    main()
