import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest

from endpoints import ask_several, line_to, request
from pytest_selfrepair.core.sample import Message, Role, Sample
from pytest_selfrepair.errors import LocalModelError, UsageError
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.local import LocalServer, parse_local_name
from pytest_selfrepair.models.metering import Metering
from pytest_selfrepair.models.tokens import LlamaCounter
from pytest_selfrepair.models.weights import SIZES, find_weights

# A parent that starts the server and then another child, which must not keep the server alive.
PARENT = """\
import pathlib, subprocess, sys, time
from pytest_selfrepair.models.local import LocalServer

server = LocalServer.start(pathlib.Path(sys.argv[1]), slots=1, context=512)
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
print(server.base_url, other.pid, flush=True)
time.sleep(60)
"""


def why_not() -> str:
    """Why the real model cannot run here; empty where it can."""
    if find_spec("xllamacpp") is None:
        return "xllamacpp is not installed: the extra [local]"
    for name in SIZES[0].parts:
        try:
            distribution(name)
        except PackageNotFoundError:
            return f"{name} is not installed: the extra [local]"
    return ""


needs_model = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it is installed")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = find_weights(SIZES[0], cache=tmp_path_factory.mktemp("weights"))
    yield path
    path.unlink()  # Half a gigabyte, and pytest keeps the folders of three runs.


@pytest.fixture(scope="module")
def running(weights: Path) -> Iterator[Callable[[], LocalServer]]:
    """Finds the server of this module, and starts another only where a test has ended it."""
    with ExitStack() as stack:
        started: list[LocalServer] = []

        def find() -> LocalServer:
            if not started or not started[-1].alive():
                server = LocalServer.start(weights, slots=2, context=1024)
                started.append(stack.enter_context(server))
            return started[-1]

        yield find


@pytest.fixture
def server(running: Callable[[], LocalServer]) -> LocalServer:
    return running()


def listens(base_url: str) -> bool:
    address = urlsplit(base_url)
    try:
        socket.create_connection((address.hostname or "", address.port or 0), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("local", "Qwen2.5-Coder-0.5B-Instruct Q4_K_M"),
        ("local:0.5b", "Qwen2.5-Coder-0.5B-Instruct Q4_K_M"),
        ("local:1.5B", "Qwen2.5-Coder-1.5B-Instruct Q4_K_M"),
    ],
)
def test_a_local_name_means_a_size(name: str, title: str) -> None:
    size = parse_local_name(name)
    assert size
    assert size.title == title


@pytest.mark.parametrize("name", ["gpt-4", "localhost", "scripted:local", "my/local", ""])
def test_other_names_mean_other_models(name: str) -> None:
    assert parse_local_name(name) is None


def test_an_unknown_size_lists_what_is_accepted() -> None:
    with pytest.raises(UsageError, match=r"found local:7b; accepted: local \(.*\), local:1\.5b \("):
        parse_local_name("local:7b")


def test_a_missing_runtime_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(LocalModelError, match=r"xllamacpp.*pip install 'pytest-selfrepair\[local"):
        LocalServer.start(tmp_path / "any.gguf")


@needs_model
def test_a_file_that_cannot_be_loaded_is_an_error_with_the_log(tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + b"\xaa" * 1000)
    with pytest.raises(LocalModelError, match="cannot be loaded") as caught:
        LocalServer.start(bad)
    assert "failed to load model" in str(caught.value)
    assert "Traceback" not in str(caught.value)


@needs_model
def test_loading_that_takes_too_long_is_given_up(weights: Path) -> None:
    with pytest.raises(LocalModelError, match=r"not loaded within 0\.001 seconds"):
        LocalServer.start(weights, timeout=0.001)


@needs_model
def test_the_model_answers_over_the_openai_protocol(server: LocalServer) -> None:
    client = openai.OpenAI(base_url=server.base_url, api_key=server.api_key, max_retries=0)
    with client:
        answer = client.chat.completions.create(
            model=server.model_name,
            messages=[{"role": "user", "content": "Write a Python program that prints 7."}],
            max_tokens=16,
            temperature=0,
            seed=1,
        )
    assert "print" in (answer.choices[0].message.content or "")
    assert answer.usage
    assert 0 < answer.usage.completion_tokens <= 16
    assert server.model_name == "qwen2.5-coder-0.5b-instruct-q4_k_m"


@needs_model
def test_a_request_without_the_key_is_refused(server: LocalServer) -> None:
    client = openai.OpenAI(base_url=server.base_url, api_key="guessed", max_retries=0)
    with client, pytest.raises(openai.AuthenticationError):
        client.models.list()
    counter = LlamaCounter(base_url=server.base_url, api_key="guessed", model="m")
    with pytest.raises(LocalModelError, match="HTTP 401"):
        counter.count("text")


@needs_model
def test_the_server_is_closed_to_pages_of_other_origins(server: LocalServer) -> None:
    address = urlsplit(server.base_url)
    assert address.hostname == "127.0.0.1"
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    connection.request("GET", "/v1/models", headers={"Origin": "http://page.example"})
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == http.HTTPStatus.UNAUTHORIZED
    assert not response.getheader("Access-Control-Allow-Origin")


@needs_model
def test_the_key_shows_nowhere(server: LocalServer) -> None:
    shown = f"{server!r} {server.log_tail()}"
    assert server.api_key not in shown
    arguments = Path(f"/proc/{server.pid}/cmdline")
    if arguments.exists():
        assert server.api_key not in arguments.read_text()


@needs_model
def test_the_models_own_tokenizer_counts(server: LocalServer) -> None:
    counter = LlamaCounter(
        base_url=server.base_url, api_key=server.api_key, model=server.model_name
    )
    assert counter.count("") == 0
    assert counter.count("hello world") == 2
    assert counter.count("<|im_end|>") > 1
    assert counter.count("a\ud800b") > 1
    assert counter.count("é" * 10_000) > 1_000


@needs_model
def test_choices_of_one_request_each_cost_what_the_models_tokenizer_counts(
    server: LocalServer,
) -> None:
    counter = LlamaCounter(
        base_url=server.base_url, api_key=server.api_key, model=server.model_name
    )
    model = ChatModel(
        "local",
        client=line_to(server.base_url, key=server.api_key, timeout=600),
        metering=Metering(counter=counter, counts_one_choice=True),
        most_choices=2,
    )
    prompt = Message(role=Role.USER, content="Print the sum of two numbers in Python.")
    asked = [
        replace(request(f"p{n}", max_tokens=8), model="local", messages=(prompt,)) for n in range(3)
    ]
    drawn = ask_several(model, asked)
    samples = [each for each in drawn if isinstance(each, Sample)]
    assert len(samples) == 3
    assert model.notices == []  # so no group was larger than the server's two slots
    for sample in samples:
        assert 0 < sample.usage.completion_tokens == counter.count(sample.text)
        assert sample.usage.counted_by == counter.name
    first, second, third = (sample.usage for sample in samples)
    assert first.prompt_tokens == third.prompt_tokens
    assert second.prompt_tokens == 0


@needs_model
def test_the_server_dies_when_its_parent_is_killed(weights: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(weights)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        base_url, other = parent.stdout.readline().split()
        assert listens(base_url)
        parent.kill()
    try:
        deadline = time.monotonic() + 10
        while listens(base_url) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not listens(base_url)
    finally:
        os.kill(int(other), signal.SIGKILL)


@needs_model
@pytest.mark.skipif(sys.platform != "linux", reason="finds the server by /proc")
def test_a_server_that_is_killed_while_it_loads_is_an_error_that_says_so(weights: Path) -> None:
    before = children("local_server")
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(LocalServer.start, weights, slots=1, context=512)
        deadline = time.monotonic() + 10
        while not (loading := children("local_server") - before) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(loading.pop(), signal.SIGKILL)
        with pytest.raises(LocalModelError, match=r"loaded \(SIGKILL: somebody killed it"):
            starting.result()


def children(of: str) -> set[int]:
    """The processes that this one started and in whose command line some text stands."""
    lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    pids = [int(pid) for pid in " ".join(lists).split()]
    return {pid for pid in pids if of in Path(f"/proc/{pid}/cmdline").read_text()}


@needs_model
def test_a_server_that_has_died_is_known_to_and_closing_it_twice_is_fine(
    server: LocalServer,
) -> None:
    assert server.alive()
    os.kill(server.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not server.alive()
    server.close()
    server.close()
    assert not listens(server.base_url)
