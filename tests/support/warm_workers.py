"""Workers of xdist that start in milliseconds: forked from a process that has all imported.

A worker's interpreter imports pytest and the package for a second, in every run with workers of
every test. Here execnet starts a client in its place, which hands its standard streams to a server;
the server forks, and the child goes on as the worker. What runs in it is xdist's own code, in a
process of its own.

python warm_workers.py SOCKET    # the server; prints a line when it is ready
"""

import array
import json
import os
import random
import selectors
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Self

import warm_worker
from imported import import_all

_LARGEST = 1 << 20
"""Bytes of what a client says of its world."""


class WarmWorkers:
    """The server as a test process has it: started with the first worker that is wanted."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._address = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def command(self) -> list[str]:
        """What to run in place of an interpreter for a worker."""
        if not self._address:
            # A short path, as the addresses of sockets must be.
            folder = self._stack.enter_context(TemporaryDirectory())
            self._address = f"{folder}/workers"
            self._stack.enter_context(_serving(self._address))
        return [sys.executable, "-S", "-E", warm_worker.__file__, self._address]


@contextmanager
def _serving(address: str) -> Iterator[None]:
    command = [sys.executable, __file__, address]
    with Popen(command, stdin=PIPE, stdout=PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield
        server.stdin.close()


class _Server:
    """Forks workers; a client that is gone takes its worker with it."""

    def __init__(self, address: str) -> None:
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listening.bind(address)
        self._listening.listen(64)
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._listening, selectors.EVENT_READ)
        self._workers: dict[socket.socket, tuple[int, int]] = {}

    def serve(self) -> bool:
        """Serve until standard input ends; True in a worker, which has then its streams."""
        self._ready.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is self._listening:
                    if self._forked():
                        return True
                elif key.fileobj == 0:
                    return False
                else:
                    self._ended(key.data)

    def _forked(self) -> bool:
        client, _ = self._listening.accept()
        size = socket.CMSG_SPACE(warm_worker.STREAMS * array.array("i").itemsize)
        message, control, _, _ = client.recvmsg(_LARGEST, size)
        streams = array.array("i")
        for _, _, rights in control:
            streams.frombytes(rights)
        child = os.fork()
        if child == 0:
            self._become_worker(json.loads(message), streams)
            return True
        for stream in streams:
            os.close(stream)
        exited = os.pidfd_open(child)
        self._workers[client] = child, exited
        for each in (client, exited):
            self._ready.register(each, selectors.EVENT_READ, client)
        return False

    def _become_worker(self, world: dict[str, object], streams: "array.array[int]") -> None:
        self._ready.close()
        self._listening.close()
        for client, (_, exited) in self._workers.items():
            client.close()
            os.close(exited)
        for stream, given in enumerate(streams):
            os.dup2(given, stream)
            os.close(given)
        os.chdir(str(world["folder"]))
        os.environ.clear()
        os.environ.update(world["environment"])  # type: ignore[call-overload]
        random.seed()  # not as that of the other workers
        sys.argv, sys.path[0] = ["-c"], ""
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the worker's own
        sys.stdout = open(1, "w", 1, closefd=False)  # noqa: SIM115 - likewise
        sys.stderr = open(2, "w", 1, closefd=False)  # noqa: SIM115 - likewise

    def _ended(self, client: socket.socket) -> None:
        """Either the worker has ended, or its client, whose worker then ends as well."""
        if client not in self._workers:  # both at once
            return
        child, exited = self._workers.pop(client)
        for each in (client, exited):
            self._ready.unregister(each)
        signal.pidfd_send_signal(exited, signal.SIGKILL)
        os.close(exited)
        _, status = os.waitpid(child, 0)
        with suppress(OSError):  # where it was the client
            client.send(b"%d" % (os.waitstatus_to_exitcode(status) & 0xFF))
        client.close()


def main(address: str) -> None:
    """Be the server, and in its children a worker."""
    from execnet.gateway_io import popen_bootstrapline  # noqa: PLC0415 - conftest.py does without

    import_all()
    server = _Server(address)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if server.serve():
        exec(popen_bootstrapline, {"__name__": "__main__"})  # noqa: S102 - as an interpreter would


if __name__ == "__main__":
    main(*sys.argv[1:])
