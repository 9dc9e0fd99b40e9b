"""What the settings make of models, endpoints and limits."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from endpoints import request
from pytest_selfrepair.core.sample import Sample, SampleRequest, SeveralModel, Usage
from pytest_selfrepair.errors import InfrastructureError, UsageError
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.prices import FREE
from pytest_selfrepair.models.scripted import Script, ScriptedModel
from pytest_selfrepair.models.slotted import slotted
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.plugin import options
from pytest_selfrepair.plugin.crew import Casting, LocalServers
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge

URL = "http://127.0.0.1:9/v1"
JUDGE = SandboxJudge(find_isolation("auto"))


class Unkept:
    """A store that keeps nothing."""

    async def get(self, key: str) -> None:
        """Nothing is there."""

    async def put(self, request: SampleRequest, sample: Sample) -> None:
        """Nothing is kept."""


def cast(
    pytester: pytest.Pytester, *arguments: str, concurrency: int = 3, **worker: object
) -> Casting:
    config = pytester.parseconfig("--selfrepair-base-url", URL, *arguments)
    if worker:
        config.workerinput = worker  # type: ignore[attr-defined]  # as xdist does
    servers = LocalServers(weights_file=None, threads=None)
    return Casting(options.settings(config), config, servers, concurrency=concurrency)


def test_models_of_one_endpoint_share_its_throttle_and_their_slots(
    pytester: pytest.Pytester,
) -> None:
    casting = cast(pytester, "--selfrepair-model=gpt-4", "--selfrepair-feedback=gpt-4o")
    crew = casting.crew(Unkept(), JUDGE)  # type: ignore[arg-type]  # it is asked nothing
    [throttle] = crew.throttles
    assert throttle.allowed == casting.slots.limit == 3
    assert len(crew.members) == 2
    assert crew.notices == []


@pytest.mark.parametrize(
    ("feedback", "workers", "expected"),
    [("self", 1, 2), ("local:1.5b", 1, 4), ("local:1.5b", 3, 1), ("gpt-4", 1, 16)],
)
def test_embedded_models_are_asked_no_more_than_they_compute_at_once(
    pytester: pytest.Pytester, feedback: str, workers: int, expected: int
) -> None:
    casting = cast(
        pytester,
        *("--selfrepair-model=local", f"--selfrepair-feedback={feedback}"),
        concurrency=16,
        workercount=workers,
        workerid="gw2",
    )
    assert casting.slots.limit == expected


def test_no_embedded_model_is_started_for_workers_that_only_replay(
    pytester: pytest.Pytester,
) -> None:
    casting = cast(
        pytester,
        *("--selfrepair-model=local", "--selfrepair-feedback=local:1.5b"),
        "--selfrepair-replay=only",
    )
    casting.start_local_servers()  # whatever is installed here
    assert casting._servers.started == []  # noqa: SLF001 - nothing else tells
    assert casting._servers.known == {}  # noqa: SLF001 - as above


def test_limits_a_minute_are_shared_out_among_workers(pytester: pytest.Pytester) -> None:
    casting = cast(
        pytester,
        *("--selfrepair-model=gpt-4", "--selfrepair-requests-per-minute=5"),
        *("--selfrepair-tokens-per-minute=1000", "--selfrepair-request-retries=2"),
        *("--selfrepair-retry-time=60", "--selfrepair-request-timeout=7"),
        workercount=2,
        workerid="gw1",
    )
    [member] = casting.crew(Unkept(), JUDGE).members  # type: ignore[arg-type]  # as above
    model = member.model
    assert isinstance(model, ChatModel)
    endpoint = model.line.endpoint
    assert (endpoint.requests_per_minute, endpoint.tokens_per_minute) == (2, 500)
    assert (endpoint.retries.most, endpoint.retries.seconds, endpoint.timeout) == (2, 60, 7)


def test_the_users_prices_are_read(pytester: pytest.Pytester) -> None:
    (pytester.path / "prices.toml").write_text("[mine]\ninput = 0\noutput = 0\n")
    casting = cast(pytester, "--selfrepair-model=mine", "--selfrepair-prices=prices.toml")
    assert casting.prices.of("mine") == FREE


def test_a_price_that_is_none_is_an_error_at_once(pytester: pytest.Pytester) -> None:
    (pytester.path / "prices.toml").write_text('[mine]\ninput = "free"\noutput = 0\n')
    with pytest.raises(UsageError, match=r"prices\.toml: \['mine'\] input: found 'free'"):
        cast(pytester, "--selfrepair-model=mine", "--selfrepair-prices=prices.toml")


@pytest.mark.parametrize(
    ("flag", "value", "accepted"),
    [
        ("--selfrepair-retry-time", "-1", "a number from 0 to 604800"),
        ("--selfrepair-requests-per-minute", "0", "a whole number from 1 up"),
        ("--selfrepair-tokens-per-minute", "many", "a whole number from 1 up"),
    ],
)
def test_a_limit_that_is_none_is_named(
    pytester: pytest.Pytester, flag: str, value: str, accepted: str
) -> None:
    with pytest.raises(UsageError, match=f"{flag}: found '{value}'; accepted: {accepted}"):
        cast(pytester, "--selfrepair-model=gpt-4", f"{flag}={value}")


def test_a_scripted_model_takes_slots_like_an_endpoint(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(json.dumps({"tasks": {"*": {"program": {"text": "ok", "seconds": 0.001}}}}))
    slots = Slots(2)
    model = slotted(ScriptedModel("scripted", Script(path)), slots)
    assert model.name == "scripted"
    assert not isinstance(model, SeveralModel)
    most = 0

    async def one(node: str) -> None:
        nonlocal most
        await model.sample(request(node))
        most = max(most, slots.in_flight)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(f"p{number}") for number in range(6)))
        await model.aclose()

    asyncio.run(all_of_them())
    assert most <= 2
    assert slots.wanted == 0


def test_a_model_of_the_user_that_draws_several_goes_on_doing_so() -> None:
    class Twins:
        name = "twins"

        async def sample(self, request: SampleRequest) -> Sample:
            usage = Usage(completion_tokens=1, prompt_tokens=None, counted_by="me")
            return Sample(text=request.node, usage=usage, finish_reason="stop")

        async def sample_several(
            self, requests: Sequence[SampleRequest]
        ) -> list[Sample | InfrastructureError]:
            return [await self.sample(request) for request in requests]

        async def aclose(self) -> None:
            """Nothing to give back."""

    model = slotted(Twins(), Slots(1))
    assert isinstance(model, SeveralModel)
    drawn = asyncio.run(model.sample_several([request("p0"), request("p1")]))
    assert [each.text for each in drawn if isinstance(each, Sample)] == ["p0", "p1"]


def keys(casting: Casting) -> dict[str, tuple[str, str]]:
    """Address and key at which each model is asked."""
    members = casting.crew(Unkept(), JUDGE).members  # type: ignore[arg-type]  # it is asked nothing
    models = [member.model for member in members]
    return {
        model.name: (model.line.endpoint.base_url, model.line.endpoint.api_key)
        for model in models
        if isinstance(model, ChatModel)
    }


@pytest.mark.parametrize(
    ("flags", "key", "asked"),
    [
        ((), "", (URL, "sk-code")),
        ((), "sk-words", (URL, "sk-words")),
        (("--selfrepair-feedback-base-url", URL), "", (URL, "sk-code")),
        (("--selfrepair-feedback-base-url", f"{URL}/b"), "", (f"{URL}/b", "none")),
        (("--selfrepair-feedback-base-url", f"{URL}/b"), "sk-words", (f"{URL}/b", "sk-words")),
    ],
)
def test_an_endpoint_for_feedback_never_gets_the_key_of_another(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    flags: tuple[str, ...],
    key: str,
    asked: tuple[str, str],
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-code")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", key)
    named = ("--selfrepair-model=gpt-3.5-turbo", "--selfrepair-feedback=gpt-4")
    found = keys(cast(pytester, *named, *flags))
    assert found == {"gpt-3.5-turbo": (URL, "sk-code"), "gpt-4": asked}


def test_the_address_for_feedback_may_come_from_the_environment(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-code")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_BASE_URL", f"{URL}/b/")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", "sk-words")
    found = keys(
        cast(pytester, "--selfrepair-model=gpt-4", "--selfrepair-feedback=reference:gpt-4o")
    )
    assert found["gpt-4o"] == (f"{URL}/b", "sk-words")


def test_a_model_of_the_same_name_elsewhere_is_another(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", "sk-words")
    casting = cast(
        pytester,
        *("--selfrepair-model=gpt-4", "--selfrepair-feedback=gpt-4"),
        *("--selfrepair-feedback=self:separate", "--selfrepair-feedback-base-url", f"{URL}/b"),
    )
    crew = casting.crew(Unkept(), JUDGE)  # type: ignore[arg-type]  # it is asked nothing
    assert len(crew.members) == len(crew.throttles) == 2
