"""A small HTTP server that speaks the OpenAI protocol from a script; streaming is not offered.

`python -m pytest_selfrepair.models.scripted_server FILE [--port N]` prints its address and serves
until stopped. It reads a request's task and nodes from the header `X-Client-Request-Id`
(`TASK#NODE` or, for several choices, `TASK#NODE,NODE`), which this project's client sends, and
injects the script's faults. One thread serves thousands of requests a second.
"""

import argparse
import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

import msgspec

from pytest_selfrepair.errors import ScriptError
from pytest_selfrepair.models.addresses import CHECK_ID
from pytest_selfrepair.models.faults import Fault
from pytest_selfrepair.models.scripted import DROP, Script, ScriptedCompletion
from pytest_selfrepair.models.scripted_replies import (
    Ending,
    Reply,
    Request,
    completion,
    faulty,
    refusal,
    status_reply,
)

_BACKLOG = 1024
_ID = "x-client-request-id"
_CHECKED = ScriptedCompletion(text="OK", tokens=1)
_STATUSES = frozenset(HTTPStatus)
_HEAD_END = b"\r\n\r\n"
_CUT = 10
"""Bytes promised beyond the body of a reply dropped after it."""


class ScriptedServer:
    """Serves one script on loopback.

    Args:
        script: The answers.
        port: The port; 0 for a free one.

    Attributes:
        script: The answers.
        requests: The number of requests of each `task#node`, including faults, not refusals.
        hits: The number of requests of any kind so far, except those that only check a model.
        in_flight: The number of unanswered requests.
        most_in_flight: The most unanswered requests at any time.
    """

    def __init__(self, script: Script, port: int = 0) -> None:
        self.script = script
        self.requests: Counter[str] = Counter()
        self.hits = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self._tries: Counter[str] = Counter()
        self._socket = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
        self._port: int = self._socket.getsockname()[1]

    @property
    def base_url(self) -> str:
        """The address for --selfrepair-base-url."""
        return f"http://127.0.0.1:{self._port}/v1"

    async def serve(self, stop: asyncio.Event) -> None:
        """Serve until told to stop, then drop all connections."""
        connections: set[_Connection] = set()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Connection(self, connections), sock=self._socket, backlog=_BACKLOG
        )
        try:
            await stop.wait()
        finally:
            server.close()
            for connection in tuple(connections):
                connection.disconnect()

    async def reply(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request."""
        if headers.get(_ID) == CHECK_ID:
            return await self._reply(f"{method} {path}", headers, body)
        self.hits += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._reply(f"{method} {path}", headers, body)
        finally:
            self.in_flight -= 1

    async def _reply(self, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        script = self.script
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if target != "POST /v1/chat/completions":
            return status_reply(HTTPStatus.NOT_FOUND, f"no such path: {target}")
        if script.api_key not in {None, key}:
            return status_reply(HTTPStatus.UNAUTHORIZED, f"Incorrect API key: {key}")
        try:
            request = Request.read(headers.get(_ID, ""), body)
            is_check = request.place == CHECK_ID
            answers = [
                _CHECKED if is_check else script.answer(request.task_id, node)
                for node in request.nodes
            ]
        except (ScriptError, msgspec.MsgspecError) as error:
            return status_reply(HTTPStatus.BAD_REQUEST, str(error))
        if refused := refusal(script, request):
            return refused
        return completion(request, answers) if is_check else await self._answer(request, answers)

    async def _answer(self, request: Request, answers: list[ScriptedCompletion]) -> Reply:
        for node in request.nodes:
            self.requests[f"{request.task_id}#{node}"] += 1
        number = self._tries[request.place]
        self._tries[request.place] += 1
        await asyncio.sleep(
            max(
                self.script.seconds(f"{request.task_id}#{node}", answer)
                for node, answer in zip(request.nodes, answers, strict=True)
            )
        )
        scripted = next((answer.faults for answer in answers if answer.faults), ())
        if number < len(scripted):
            fault = scripted[number]
            if isinstance(fault, int):
                wait = {"Retry-After": self.script.retry_after}
                return status_reply(fault, "a scripted fault", wait)
            found = Fault.DROP_BEFORE if fault == DROP else Fault(fault)
        else:
            drawn = self.script.plan.fault(request.place, number - len(scripted))
            if drawn is None:
                return completion(request, answers)
            found = drawn
        return faulty(found, request, answers, number)


class _Connection(asyncio.Protocol):
    """One connection; its requests are answered in order."""

    def __init__(self, server: ScriptedServer, connections: set["_Connection"]) -> None:
        self._server = server
        self._connections = connections
        self._received = bytearray()
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP has no other
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        self._connections.discard(self)
        if self._answering is not None:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._begin()

    def disconnect(self) -> None:
        """Drop the connection with any unfinished answer."""
        self._transport.abort()

    def _begin(self) -> None:
        """Answer the next request, once it is complete."""
        end = self._received.find(_HEAD_END)
        if self._answering is not None or end < 0:
            return
        start, *lines = self._received[:end].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        first = end + len(_HEAD_END)
        if len(self._received) < first + length:
            return
        body = bytes(self._received[first : first + length])
        del self._received[: first + length]
        method, path, _ = start.split(" ")
        self._answering = asyncio.create_task(self._answer(method, path, headers, body))

    async def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        reply = await self._server.reply(method, unquote(path), headers, body)
        self._answering = None
        if reply.ending is Ending.STALL:
            return  # never answered; the client gives up
        if reply.ending is Ending.BEFORE:
            self.disconnect()
            return
        promised = len(reply.content) + (_CUT if reply.ending is Ending.AFTER else 0)
        head = [
            f"HTTP/1.1 {reply.status} {_phrase(reply.status)}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {promised}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        within = len(reply.content) // 2 if reply.ending is Ending.WITHIN else None
        self._transport.write("\r\n".join(head).encode() + _HEAD_END + reply.content[:within])
        if reply.ending is Ending.WHOLE:
            self._begin()
        else:
            self._transport.close()


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in _STATUSES else "Scripted"


@contextmanager
def serving(script: Script) -> Iterator[ScriptedServer]:
    """A running server on a free port, stopped at the end of the block."""
    server = ScriptedServer(script)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=(server.serve(stop),), name="scripted", daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.run_until_complete(asyncio.sleep(0))  # connections end in the loop's next round
        loop.close()


def main() -> None:
    """Serve a script until stopped."""
    parser = argparse.ArgumentParser(description="Serve a script over the OpenAI protocol.")
    parser.add_argument("script", type=Path, help="the JSON file of answers")
    parser.add_argument("--port", type=int, default=0, help="the port on loopback; 0: a free one")
    options = parser.parse_args()
    server = ScriptedServer(Script(options.script), options.port)
    print(server.base_url, flush=True)  # noqa: T201 - the command's answer
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(server.serve(asyncio.Event()))


if __name__ == "__main__":
    main()
