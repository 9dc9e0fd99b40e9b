"""Before the first request is paid every model is asked for a token: a wrong one costs nothing."""

import asyncio
from collections.abc import Sequence
from itertools import cycle

import pytest

from behaviours import (
    Asked,
    Behaviour,
    Reply,
    Server,
    as_json,
    at,
    behaving,
    choice,
    completion,
    error,
    good,
    has,
    refusing,
)
from endpoints import KEY, line_to, model_on
from projects import SOLVED, write_project
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.models.check import Checked, fault_of

CHAT = "/v1/chat/completions"
PARAMS = SamplingParams()


def fault(base_url: str) -> str | None:
    """What the check of a model says."""

    async def work() -> str | None:
        model = model_on(line_to(base_url))
        try:
            return await fault_of([Checked(at=[model], params=PARAMS)])
        finally:
            await model.aclose()

    return asyncio.run(work())


def listing(asked: Asked) -> Reply:
    """An endpoint that has two other models."""
    if asked.path == "/v1/models":
        return as_json({"data": [{"id": "gpt-4o"}, {"id": "other"}]})
    return error(404, "The model `gpt-4` does not exist", code="model_not_found")


FATAL: dict[str, tuple[Behaviour, str, str]] = {
    "a wrong key": (lambda _: error(401, f"Incorrect API key: {KEY}"), "/v1", "OPENAI_API_KEY"),
    "no right": (lambda _: error(403, "no access"), "/v1", "this key may not use"),
    "an unknown model": (listing, "/v1", "did you mean 'gpt-4o'? It has the models gpt-4o, other"),
    "a forgotten /v1": (at(CHAT), "", "did you forget /v1? There is an endpoint at http://127"),
    "a forgotten /v1 of a page": (
        lambda asked: (
            good(asked)
            if asked.path == CHAT
            else Reply(content=b"<html>hello</html>", content_type="text/html")
        ),
        "",
        "did you forget /v1?",
    ),
    "a wrong path": (at(CHAT), "/v2/v1", "HTTP 404"),
    "a page": (lambda _: Reply(content=b"<html></html>"), "/v1", "no chat completion"),
    "something else": (lambda _: as_json({"status": "ok"}), "/v1", "no chat completion"),
    "a key that a gateway does not know": (
        lambda _: error(400, "No connected db.", type="no_db_connection"),
        "/v1",
        "check the key and the address",
    ),
    "no credit": (lambda _: error(402, "Insufficient Balance"), "/v1", "no credit left"),
    "another address": (
        lambda _: Reply(status=301, headers={"Location": "https://elsewhere.example/"}),
        "/v1",
        "it is at https://elsewhere.example/",
    ),
}


@pytest.mark.parametrize("name", FATAL)
def test_what_keeps_a_model_from_being_asked_is_one_line(name: str) -> None:
    behave, path, said = FATAL[name]
    with behaving(behave) as server:
        found = fault(server.address + path)
    assert found is not None
    assert said in found
    assert "\n" not in found
    assert KEY not in found


def test_nobody_at_an_address_is_one_line() -> None:
    with behaving(good) as server:
        address = server.base_url
    found = fault(address)
    assert found is not None
    assert "whether its server runs" in found


PAGES = cycle([Reply(content=b"<html></html>"), None])
FINE: dict[str, Behaviour] = {
    "a good day": good,
    "a bad gateway": lambda _: error(502, "Bad Gateway"),
    "a rate limit": lambda _: error(429, "slow down"),
    "an empty answer": lambda _: completion(choice("")),
    "a model that thinks": lambda _: completion(choice("", "length"), tokens=1),
    "too short a limit": refusing(has("max_tokens"), error(400, "max_tokens must be at least 16")),
    "some page that lists no models": lambda asked: (
        error(400, "max_tokens is too small") if asked.body else error(404, "no such page")
    ),
    "an answer that is cut off": refusing(
        has("max_tokens"),
        error(400, "Could not finish the message because max_tokens was reached. Please try again"),
    ),
    "a page now and then": lambda asked: next(PAGES) or good(asked),
    "no temperature": refusing(has("temperature"), error(400, "temperature is not supported")),
}


@pytest.mark.parametrize("name", FINE)
def test_what_may_pass_or_is_of_this_request_alone_keeps_nobody_from_running(name: str) -> None:
    with behaving(FINE[name]) as server:
        assert fault(server.base_url) is None


def test_what_is_learnt_of_a_model_is_kept() -> None:
    behave = refusing(has("temperature"), error(400, "temperature is not supported"))

    async def work(model_url: str) -> Sequence[str]:
        model = model_on(line_to(model_url))
        assert await model.tried(PARAMS) is None
        await model.aclose()
        return model.notices

    with behaving(behave) as server:
        assert len(asyncio.run(work(server.base_url))) == 1
        assert [asked.body["max_tokens"] for asked in server.asked] == [1, 1]


MODES = [
    pytest.param((), marks=pytest.mark.slow),
    pytest.param(("-n0",), marks=pytest.mark.slow),
    ("-n2",),
]
"""With workers most can go wrong: the rest is left to the slow set."""


def run(pytester: pytest.Pytester, server: Server, *options: str) -> pytest.RunResult:
    base = ("--selfrepair-model", "gpt-4", "--selfrepair-base-url", server.base_url)
    small = ("--selfrepair-programs", "2", "--selfrepair-request-retries", "0")
    return pytester.runpytest(SOLVED, *base, *small, *options)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    write_project(pytester.path)
    return pytester


@pytest.mark.parametrize("mode", MODES)
def test_a_run_that_could_pay_for_nothing_ends_with_one_line_and_status_4(
    project: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    with behaving(lambda _: error(401, "Incorrect API key")) as server:
        result = run(project, server, *mode)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert len(server.asked) == 1
    said = [line for line in [*result.outlines, *result.errlines] if "Incorrect API key" in line]
    assert len(said) == 1


@pytest.mark.parametrize("mode", [(), pytest.param(("-n2",), marks=pytest.mark.slow)])
def test_a_run_that_replays_asks_nobody(project: pytest.Pytester, mode: tuple[str, ...]) -> None:
    answer = "```python\nprint(sum(map(int, input().split())))\n```"

    def behave(asked: Asked) -> Reply:
        return completion(*[choice(answer)] * asked.body.get("n", 1))

    with behaving(behave) as server:
        first = run(project, server, *mode)
        assert first.ret == 0
        assert len([asked for asked in server.asked if asked.is_check]) == 1
        before = len(server.asked)
        assert run(project, server, *mode).ret == 0
        assert len(server.asked) == before
    assert run(project, server, *mode).ret == 0  # nobody is there any more


def test_a_worker_that_finds_a_model_gone_ends_the_run(project: pytest.Pytester) -> None:
    answer = "```python\nprint(0)\n```"
    with behaving(lambda asked: completion(*[choice(answer)] * asked.body.get("n", 1))) as server:
        run(project, server, "-n0")
    with behaving(lambda _: error(401, "Incorrect API key")) as server:
        result = run(project, server, "-n2", "--selfrepair-programs", "3")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert all(asked.is_check for asked in server.asked)
