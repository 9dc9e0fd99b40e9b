"""A server on loopback with named behaviours: what endpoints have been seen to do, one each."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

from pytest_selfrepair.models.addresses import CHECK_ID

TEXT = "print(1)"
SYSTEM = ("system", "developer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came.

    Attributes:
        number: How many came before it, but for those by which a model is only tried.
        path: Its path with its query.
        headers: Its headers, names in lower case.
        body: Its JSON; empty where it has none.
    """

    number: int
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def is_check(self) -> bool:
        """Whether it only tries the model."""
        return self.headers.get("x-client-request-id") == CHECK_ID

    @property
    def several(self) -> bool:
        """Whether it asks for several completions."""
        return bool(self.body.get("n", 1) > 1)

    @property
    def has_system(self) -> bool:
        """Whether a turn of it is the system's."""
        return any(each["role"] in SYSTEM for each in self.body.get("messages", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent back.

    Attributes:
        cut: How many bytes of the content are kept back before the connection is closed.
    """

    status: int = 200
    content: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0


Behaviour = Callable[[Asked], Reply]


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON."""
    return Reply(status=status, content=json.dumps(value).encode(), headers=headers)


def error(status: int, message: object, **fields: object) -> Reply:
    """An error in OpenAI's form."""
    return as_json({"error": {"message": message, **fields}}, status)


def choice(text: object = TEXT, finish: object = "stop", **fields: object) -> dict[str, object]:
    """One choice."""
    message = {"role": "assistant", "content": text}
    return {"index": 0, "message": message, "finish_reason": finish} | fields


def completion(*choices: Mapping[str, object], tokens: object = 7, **fields: object) -> Reply:
    """A chat completion; of one choice where none is given."""
    found = [dict(each) | {"index": at} for at, each in enumerate(choices or [choice()])]
    usage = {"prompt_tokens": 3, "completion_tokens": tokens}
    return as_json({"object": "chat.completion", "choices": found, "usage": usage} | fields)


def good(asked: Asked) -> Reply:
    """As many completions as were asked for."""
    return completion(*[choice()] * asked.body.get("n", 1), tokens=7 * asked.body.get("n", 1))


def first(*replies: Reply) -> Behaviour:
    """These replies, one after the other, and then good ones; checks are answered well."""

    def behave(asked: Asked) -> Reply:
        if asked.is_check or asked.number >= len(replies):
            return good(asked)
        return replies[asked.number]

    return behave


def refusing(refuses: Callable[[Asked], object], reply: Reply) -> Behaviour:
    """One reply for all requests of a kind."""
    return lambda asked: reply if refuses(asked) else good(asked)


def has(*names: str) -> Callable[[Asked], bool]:
    """Whether a request has some of these parameters."""
    return lambda asked: any(name in asked.body for name in names)


def stream(*pieces: object, end: bool = True, content_type: str = "text/event-stream") -> Reply:
    """A stream of events."""
    events = [f"data: {json.dumps(piece)}\n\n" for piece in pieces] + ["data: [DONE]\n\n"] * end
    return Reply(content="".join(events).encode(), content_type=content_type)


def delta(index: int = 0, finish: str | None = None, **fields: object) -> dict[str, object]:
    """A piece of a choice."""
    return {"choices": [{"index": index, "delta": fields, "finish_reason": finish}]}


def streamed(asked: Asked) -> Reply:
    """Good completions in pieces."""
    pieces: list[object] = [{": ": "ping"}]
    count = asked.body.get("n", 1)
    for index in range(count):
        pieces += [delta(index, content=TEXT[:3]), delta(index, content=TEXT[3:])]
        pieces += [delta(index, finish="stop")]
    usage = {"prompt_tokens": 3, "completion_tokens": 7 * count}
    return stream(*pieces, {"choices": [], "usage": usage})


def response(asked: Asked, **fields: object) -> Reply:
    """What the Responses API answers."""
    assert asked.path == "/v1/responses"
    assert asked.body["max_output_tokens"] >= 16
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    part = {"type": "output_text", "text": TEXT}
    usage = {
        "input_tokens": 3,
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 2},
    }
    answer = {
        "object": "response",
        "status": "completed",
        "error": None,
        "output": [thought, {"type": "message", "content": [part]}],
        "usage": usage,
    }
    return as_json(answer | fields)


class Server:
    """Behaves in one way.

    Attributes:
        asked: All requests so far.
    """

    def __init__(self, behave: Behaviour, context: SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with lock:
                    asked = Asked(
                        number=len(server.paid),
                        path=self.path,
                        headers=headers,
                        body=json.loads(content) if content else {},
                    )
                    server.asked.append(asked)
                reply = behave(asked)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.content)))
                for name, value in reply.headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(reply.content[: len(reply.content) - reply.cut])
                self.close_connection = bool(reply.cut)

            do_GET = do_CONNECT = do_POST  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._scheme = "http"
        if context is not None:
            self._scheme = "https"
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def address(self) -> str:
        """Its address without a path."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        """Its address as an endpoint's."""
        return f"{self.address}/v1"

    @property
    def paid(self) -> Sequence[Asked]:
        """The requests so far, but for those by which a model is only tried."""
        return [each for each in self.asked if not each.is_check]

    def serve(self) -> None:
        """Serve until it is closed."""
        self._server.serve_forever(poll_interval=0.01)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def behaving(behave: Behaviour, context: SSLContext | None = None) -> Iterator[Server]:
    """A server that behaves in one way; by TLS where a context is given."""
    server = Server(behave, context)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


def at(path: str, behave: Behaviour = good) -> Behaviour:
    """A behaviour at one path; a page that is none everywhere else."""
    page = Reply(status=404, content=b"<html>Not Found</html>", content_type="text/html")
    return lambda asked: behave(asked) if urlsplit(asked.path).path == path else page
