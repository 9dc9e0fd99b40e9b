"""A small HTTP server that speaks the OpenAI protocol from a script; streaming is not offered.

`python -m pytest_selfrepair.models.scripted_server FILE [--port N]` prints its address and serves
until it is stopped. It finds a request's task and node in the header `X-Client-Request-Id`, which
the client of this project sends, and injects the faults that the script asks for.
"""

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from pytest_selfrepair.errors import ScriptError
from pytest_selfrepair.models.scripted import Answer, Script, prompt_words

_DROP = "drop"


class ScriptedServer(ThreadingHTTPServer):
    """Serves one script on loopback.

    Args:
        script: The answers.
        port: The port; 0 for a free one.

    Attributes:
        requests: How often each `task#node` was asked for, faults included.
    """

    daemon_threads = True

    def __init__(self, script: Script, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script = script
        self.requests: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """The address to give as --selfrepair-base-url."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def count(self, place: str) -> int:
        """Count one request for a place and say how many came before it."""
        with self._lock:
            self.requests[place] += 1
            return self.requests[place] - 1


@contextmanager
def serving(script: Script) -> Iterator[ScriptedServer]:
    """A running server on a free port, stopped at the end of the block."""
    with ScriptedServer(script) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script = self.server.script
        if self.path != "/v1/chat/completions":
            self._refuse(HTTPStatus.NOT_FOUND, f"no such path: {self.path}")
        elif script.api_key not in {None, self._given_key()}:
            self._refuse(HTTPStatus.UNAUTHORIZED, f"Incorrect API key: {self._given_key()}")
        elif script.models is not None and body["model"] not in script.models:
            self._refuse(HTTPStatus.NOT_FOUND, f"The model {body['model']!r} does not exist")
        else:
            self._serve(body)

    def _serve(self, body: dict[str, object]) -> None:
        place = unquote(self.headers.get("X-Client-Request-Id", ""))
        task_id, _, node = place.rpartition("#")
        try:
            answer = self.server.script.answer(task_id, node)
        except ScriptError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
            return
        tries = self.server.count(place)
        time.sleep(answer.seconds)
        if tries >= len(answer.faults):
            self._send(HTTPStatus.OK, _completion(body, answer))
            return
        fault = answer.faults[tries]
        if fault == _DROP:
            self.close_connection = True
        else:
            self._refuse(HTTPStatus(int(fault)), "a scripted fault", {"Retry-After": "0"})

    def _given_key(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _refuse(
        self, status: HTTPStatus, message: str, headers: dict[str, str] | None = None
    ) -> None:
        error = {"error": {"message": message, "type": "scripted", "code": None}}
        self._send(status, error, headers)

    def _send(
        self, status: HTTPStatus, body: object, headers: dict[str, str] | None = None
    ) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: the run reports what matters."""


def _completion(body: dict[str, object], answer: Answer) -> dict[str, object]:
    messages = body["messages"]
    prompt = prompt_words(m["content"] for m in messages) if isinstance(messages, list) else 0
    return {
        "id": "scripted",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": answer.text},
                "finish_reason": answer.finish_reason,
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": answer.counted,
            "total_tokens": prompt + answer.counted,
        },
    }


def main() -> None:
    """Serve a script until stopped."""
    parser = argparse.ArgumentParser(description="Serve a script over the OpenAI protocol.")
    parser.add_argument("script", type=Path, help="the JSON file of answers")
    parser.add_argument("--port", type=int, default=0, help="the port on loopback; 0: a free one")
    options = parser.parse_args()
    with ScriptedServer(Script(options.script), options.port) as server:
        print(server.base_url, flush=True)  # noqa: T201 - the command's answer
        server.serve_forever()


if __name__ == "__main__":
    main()
