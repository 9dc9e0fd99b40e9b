"""Processes that start in milliseconds: forked from one that has all imported.

An interpreter imports pytest and the package for a second, in every process of every test. Here a
client is started in its place, which hands its standard streams to a server; the server forks, and
the child goes on as the interpreter: as `python -m NAME`, or as a worker of xdist. What runs in it
is what always does, in a process of its own. Signals to the client reach it.

python warm_processes.py DESCRIPTOR    # the server, with the socket that it inherits
"""

import array
import atexit
import fcntl
import json
import os
import random
import runpy
import selectors
import signal
import socket
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any

import warm_process
from imported import import_all

_LARGEST = 1 << 20
"""Bytes of what a client says of its world."""


class WarmProcesses:
    """The server as a test process has it: started with the first process that is wanted.

    Attributes:
        address: Of the server's socket; empty before it is started. Several test processes use one
            whose address they are told.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.address = ""

    def start(self) -> str:
        """Start the server, which need not be ready yet to be asked; its address."""
        # A short path, as the addresses of sockets must be.
        folder = self._stack.enter_context(TemporaryDirectory())
        self.address = f"{folder}/processes"
        listening = self._stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        listening.bind(self.address)
        listening.listen(64)
        self._stack.enter_context(_serving(listening.fileno()))
        return self.address

    def close(self) -> None:
        """End the server, where it is this one's, and all that it has forked."""
        self._stack.close()

    def command(self, *module: str) -> list[str]:
        """What to run in place of `python -m MODULE`, or of an interpreter for a worker."""
        return _client(self.address or self.start(), *module)


PROCESSES = WarmProcesses()
"""Those of this test process, which tests/conftest.py closes."""


def python(*module: str) -> list[str]:
    """The command of `python -m MODULE`, which starts at once where this machine can have that."""
    if can_be_warm():
        return PROCESSES.command(*module)
    return [sys.executable, "-m", *module]


def can_be_warm() -> bool:
    """Whether this machine can have such processes."""
    return hasattr(os, "pidfd_open") and find_spec("execnet") is not None


def _client(address: str, *module: str) -> list[str]:
    return [sys.executable, "-S", "-E", warm_process.__file__, address, *module]


@contextmanager
def _serving(listening: int) -> Iterator[None]:
    command = [sys.executable, __file__, str(listening)]
    with Popen(command, stdin=PIPE, pass_fds=[listening]) as server:
        assert server.stdin is not None
        yield
        server.stdin.close()


class _Server:
    """Forks processes; a client that is gone takes its own with it."""

    def __init__(self, listening: int) -> None:
        self._listening = socket.socket(fileno=listening)
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._listening, selectors.EVENT_READ)
        self._children: dict[socket.socket, tuple[int, int]] = {}

    @property
    def address(self) -> str:
        """Where clients find it."""
        return str(self._listening.getsockname())

    def serve(self) -> list[str] | None:
        """Serve until standard input ends; in a child: the arguments it is to go on with."""
        self._ready.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is self._listening:
                    arguments = self._forked()
                    if arguments is not None:
                        return arguments
                elif key.fileobj == 0:
                    for each in list(self._children):
                        self._ended(each)
                    return None
                else:
                    client: socket.socket = key.data
                    if key.fileobj is not client or not self._signalled(client):
                        self._ended(client)

    def _forked(self) -> list[str] | None:
        client, _ = self._listening.accept()
        size = socket.CMSG_SPACE(warm_process.STREAMS * array.array("i").itemsize)
        message, control, _, _ = client.recvmsg(_LARGEST, size)
        streams = array.array("i")
        for _, _, rights in control:
            streams.frombytes(rights)
        world = json.loads(message)
        child = os.fork()
        if child == 0:
            return self._become_child(world, streams)
        for stream in streams:
            os.close(stream)
        exited = os.pidfd_open(child)
        self._children[client] = child, exited
        for each in (client, exited):
            self._ready.register(each, selectors.EVENT_READ, client)
        return None

    def _signalled(self, client: socket.socket) -> bool:
        """Pass on a signal that a client was sent; False where the client is gone."""
        if client not in self._children:  # its process ended at the same time
            return True
        number = client.recv(16)
        if number:
            child, exited = self._children[client]
            if os.getpgid(child) == child:  # all on its terminal
                os.killpg(child, int(number))
            else:
                signal.pidfd_send_signal(exited, int(number))
        return bool(number)

    def _become_child(self, world: Mapping[str, Any], streams: "array.array[int]") -> list[str]:
        self._ready.close()
        self._listening.close()
        for client, (_, exited) in self._children.items():
            client.close()
            os.close(exited)
        for stream, given in enumerate(streams):
            os.dup2(given, stream)
            os.close(given)
        arguments: list[str] = world["arguments"]
        if arguments:  # no worker: with its workers a group, in a session of its own
            os.setsid()
            with suppress(OSError):  # no terminal, or that of somebody else
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        os.chdir(world["folder"])
        os.environ.clear()
        os.environ.update(world["environment"])
        random.seed()  # not as that of the other processes
        sys.argv, sys.path[0] = ["-c"], ""
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the worker's own
        sys.stdout = open(1, "w", 1, closefd=False)  # noqa: SIM115 - likewise
        sys.stderr = open(2, "w", 1, closefd=False)  # noqa: SIM115 - likewise
        return arguments

    def _ended(self, client: socket.socket) -> None:
        """Either the process has ended, or its client, whose process then ends as well."""
        if client not in self._children:  # both at once
            return
        child, exited = self._children.pop(client)
        for each in (client, exited):
            self._ready.unregister(each)
        signal.pidfd_send_signal(exited, signal.SIGKILL)
        os.close(exited)
        _, status = os.waitpid(child, 0)
        with suppress(OSError):  # where it was the client
            client.send(b"%d" % (os.waitstatus_to_exitcode(status) & 0xFF))
        client.close()


class _ExitNow:
    """Exits a process without tearing down what it has imported, which takes longer than a run."""

    def __init__(self) -> None:
        self._status = 0

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the exit status with which the interpreter would end after this."""
        try:
            yield
        except SystemExit as ending:
            code = ending.code
            self._status = code if isinstance(code, int) else int(code is not None)
            raise
        except BaseException:
            self._status = 1
            raise

    def __call__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # closed, or nobody reads it
                stream.flush()
        os._exit(self._status & 0xFF)


def main(listening: str) -> None:
    """Be the server, and in its children an interpreter."""
    exit_now = _ExitNow()
    atexit.register(exit_now)  # before all others, and so the last to be called
    import execnet.gateway_io  # noqa: PLC0415 - conftest.py does without

    import_all()
    server = _Server(int(listening))
    address = server.address
    arguments = server.serve()
    if arguments is None:
        return
    with exit_now.noted():
        if not arguments:  # as an interpreter that execnet has started
            exec(execnet.gateway_io.popen_bootstrapline, {"__name__": "__main__"})  # noqa: S102
            return
        execnet.gateway_io.popen_args = lambda spec: _client(address)  # noqa: ARG005
        sys.argv[1:] = arguments[1:]
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
