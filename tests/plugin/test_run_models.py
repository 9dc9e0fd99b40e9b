"""What the settings make of models, endpoints and limits."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from endpoints import request
from pytest_selfrepair.core.sample import (
    Sample,
    SampleRequest,
    SamplingParams,
    SeveralModel,
    Usage,
)
from pytest_selfrepair.errors import InfrastructureError, UsageError
from pytest_selfrepair.feedback.explained import Explained
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.prices import FREE
from pytest_selfrepair.models.scripted import Script, ScriptedModel
from pytest_selfrepair.models.slotted import slotted
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.plugin import options
from pytest_selfrepair.plugin.local_servers import LocalServers
from pytest_selfrepair.plugin.run_models import RunModels
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

URL = "http://127.0.0.1:9/v1"
CAMPAIGN = "cfdb1b6eeccec07d36fe5eccfe91ec8b"
"""What the first version called the account of gpt-4 at that address, explained by gpt-4o."""
JUDGE = SandboxJudge(find_isolation("auto"))


class Unkept:
    """A store that keeps nothing."""

    async def get(self, key: str) -> None:
        """Nothing is there."""

    async def put(self, request: SampleRequest, sample: Sample) -> None:
        """Nothing is kept."""


def named(
    pytester: pytest.Pytester, *arguments: str, concurrency: int = 3, **worker: object
) -> RunModels:
    named_already = any(each.startswith("--selfrepair-base-url") for each in arguments)
    where = () if named_already else ("--selfrepair-base-url", URL)
    config = pytester.parseconfig(*where, *arguments)
    if worker:
        config.workerinput = worker  # type: ignore[attr-defined]  # as xdist does
    servers = LocalServers(weights_file=None, threads=None)
    return RunModels(options.settings(config), config, servers, concurrency=concurrency)


def test_models_of_one_endpoint_share_its_throttle_and_their_slots(
    pytester: pytest.Pytester,
) -> None:
    run = named(pytester, "--selfrepair-model=gpt-4", "--selfrepair-feedback=gpt-4o")
    opened = run.open(Unkept(), JUDGE)  # type: ignore[arg-type]  # it is asked nothing
    [throttle] = opened.throttles
    assert throttle.allowed == run.slots.limit == 3
    assert len(opened.members) == 2
    assert opened.notices == []


@pytest.mark.parametrize(
    ("feedback", "workers", "expected"),
    [("self", 1, 2), ("local:1.5b", 1, 4), ("local:1.5b", 3, 1), ("gpt-4", 1, 16)],
)
def test_embedded_models_are_asked_no_more_than_they_compute_at_once(
    pytester: pytest.Pytester, feedback: str, workers: int, expected: int
) -> None:
    run = named(
        pytester,
        *("--selfrepair-model=local", f"--selfrepair-feedback={feedback}"),
        concurrency=16,
        workercount=workers,
        workerid="gw2",
    )
    assert run.slots.limit == expected


def test_no_embedded_model_is_started_for_workers_that_only_replay(
    pytester: pytest.Pytester,
) -> None:
    run = named(
        pytester,
        *("--selfrepair-model=local", "--selfrepair-feedback=local:1.5b"),
        "--selfrepair-replay=only",
    )
    run.start_local_servers()  # whatever is installed here
    assert run._servers.started == []  # noqa: SLF001 - nothing else tells
    assert run._servers.known == {}  # noqa: SLF001 - as above


def test_limits_a_minute_are_shared_out_among_workers(pytester: pytest.Pytester) -> None:
    run = named(
        pytester,
        *("--selfrepair-model=gpt-4", "--selfrepair-requests-per-minute=5"),
        *("--selfrepair-tokens-per-minute=1000", "--selfrepair-request-retries=2"),
        *("--selfrepair-retry-time=60", "--selfrepair-request-timeout=7"),
        workercount=2,
        workerid="gw1",
    )
    [member] = run.open(Unkept(), JUDGE).members  # type: ignore[arg-type]  # as above
    model = member.model
    assert isinstance(model, ChatModel)
    endpoint = model.client.endpoint
    assert (endpoint.requests_per_minute, endpoint.tokens_per_minute) == (2, 500)
    assert (endpoint.retries.most, endpoint.retries.seconds, endpoint.timeout) == (2, 60, 7)


def test_limits_a_minute_are_divided_among_shards_and_then_among_workers(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "models.toml").write_text('["fast"]\nrequests_per_minute = 60\n')
    rates = []
    for index in range(3):
        run = named(
            pytester,
            *("--selfrepair-model=gpt-4", "--selfrepair-requests-per-minute=10"),
            *("--selfrepair-tokens-per-minute=1000", "--selfrepair-feedback=fast"),
            *("--selfrepair-models=models.toml", f"--selfrepair-shard={index}/3"),
        )
        found = {name: line.endpoint for name, line in asked_for(run).items()}
        rates += [(each.requests_per_minute, each.tokens_per_minute) for each in found.values()]
    assert sorted(rates) == [(3, 333), (3, 333), (4, 334), *[(20, 333)] * 2, (20, 334)]
    run = named(
        pytester,
        *("--selfrepair-model=gpt-4", "--selfrepair-requests-per-minute=10"),
        "--selfrepair-shard=2/3",
        workercount=2,
        workerid="gw1",
    )
    assert asked_for(run)["gpt-4"].endpoint.requests_per_minute == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--selfrepair-model=gpt-4", "--selfrepair-tokens-per-minute=2"),
            r"--selfrepair-tokens-per-minute: found 2 for 3 shards; accepted: 3 or more",
        ),
        (
            ("--selfrepair-model=slow", "--selfrepair-models=models.toml"),
            r"models\.toml: \['slow'\] requests_per_minute: found 1 for 3 shards; accepted: 3 or",
        ),
    ],
)
def test_a_limit_a_minute_of_which_a_shard_gets_nothing_is_refused(
    pytester: pytest.Pytester, arguments: tuple[str, ...], said: str
) -> None:
    (pytester.path / "models.toml").write_text('["slow"]\nrequests_per_minute = 1\n')
    with pytest.raises(UsageError, match=said):
        named(pytester, *arguments, "--selfrepair-shard=0/3")


def test_the_users_prices_are_read(pytester: pytest.Pytester) -> None:
    (pytester.path / "prices.toml").write_text("[mine]\ninput = 0\noutput = 0\n")
    run = named(pytester, "--selfrepair-model=mine", "--selfrepair-prices=prices.toml")
    assert run.run.prices.of("mine") == FREE


def test_a_price_that_is_none_is_an_error_at_once(pytester: pytest.Pytester) -> None:
    (pytester.path / "prices.toml").write_text('[mine]\ninput = "free"\noutput = 0\n')
    with pytest.raises(UsageError, match=r"prices\.toml: \['mine'\] input: found 'free'"):
        named(pytester, "--selfrepair-model=mine", "--selfrepair-prices=prices.toml")


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
        named(pytester, "--selfrepair-model=gpt-4", f"{flag}={value}")


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


def keys(run: RunModels) -> dict[str, tuple[str, str]]:
    """Address and key at which each model is asked."""
    members = run.open(Unkept(), JUDGE).members  # type: ignore[arg-type]  # it is asked nothing
    models = [member.model for member in members]
    return {
        model.name: (model.client.endpoint.base_url, model.client.endpoint.api_key)
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
    flagged = ("--selfrepair-model=gpt-3.5-turbo", "--selfrepair-feedback=gpt-4")
    found = keys(named(pytester, *flagged, *flags))
    assert found == {"gpt-3.5-turbo": (URL, "sk-code"), "gpt-4": asked}


def test_the_account_at_openai_is_told_to_openai_alone_and_for_the_code_model(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(variable, "sk-code")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", "sk-words")

    def told(url: str) -> dict[str, set[str]]:
        flags = ("--selfrepair-model=gpt-4", "--selfrepair-feedback=gpt-4o")
        run = named(pytester, *flags, f"--selfrepair-base-url={url}")
        opened = run.open(Unkept(), JUDGE)  # type: ignore[arg-type]  # it is asked nothing
        models = [member.model for member in opened.members]
        return {
            model.name: {name for name, _ in model.client.endpoint.headers}
            for model in models
            if isinstance(model, ChatModel)
        }

    of_openai = {"OpenAI-Organization", "OpenAI-Project"}
    assert told("https://api.openai.com/v1") == {"gpt-4": of_openai, "gpt-4o": set()}
    assert told(URL) == {"gpt-4": set(), "gpt-4o": set()}


def test_the_address_for_feedback_may_come_from_the_environment(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-code")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_BASE_URL", f"{URL}/b/")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", "sk-words")
    found = keys(
        named(pytester, "--selfrepair-model=gpt-4", "--selfrepair-feedback=reference:gpt-4o")
    )
    assert found["gpt-4o"] == (f"{URL}/b", "sk-words")


def test_a_model_of_the_same_name_elsewhere_is_another(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", "sk-words")
    run = named(
        pytester,
        *("--selfrepair-model=gpt-4", "--selfrepair-feedback=gpt-4"),
        *("--selfrepair-feedback=self:separate", "--selfrepair-feedback-base-url", f"{URL}/b"),
    )
    opened = run.open(Unkept(), JUDGE)  # type: ignore[arg-type]  # it is asked nothing
    assert len(opened.members) == len(opened.throttles) == 2


def asked_for(run: RunModels) -> dict[str, EndpointClient]:
    """The way to each endpoint's model."""
    members = run.open(Unkept(), JUDGE).members  # type: ignore[arg-type]  # it is asked nothing
    models = [member.model for member in members]
    return {model.name: model.client for model in models if isinstance(model, ChatModel)}


FILE = """
[gpt-4]
temperature = "none"
max_tokens = 4000

["fast"]
base_url = "http://127.0.0.1:9/b/v1/"
key_env = "FAST_KEY"
wire_name = "gpt-4o-mini"
temperature = 1
top_p = 0.5
reasoning_effort = "low"
stop = ["END"]
feedback_max_tokens = 99
extra_body = { top_k = 4 }
headers = { "X-Tenant" = "$TENANT" }
thinking_tags = ["musing"]
concurrency = 2
requests_per_minute = 60
price = { input = 1, output = 2, tiers = [{ above = 10, input = 2, output = 4 }] }
"""


def test_a_file_says_all_of_each_model(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-code")
    monkeypatch.setenv("FAST_KEY", "sk-fast")
    monkeypatch.setenv("TENANT", "blue")
    (pytester.path / "models.toml").write_text(FILE)
    run = named(
        pytester,
        *("--selfrepair-model=gpt-4", "--selfrepair-feedback=fast"),
        *("--selfrepair-models=models.toml", "--selfrepair-header=X-Run: 1"),
    )
    assert run.plan.params == SamplingParams(
        temperature=None, max_tokens=4000, headers=(("x-run", "1"),)
    )
    [source] = run.open(Unkept(), JUDGE).sources  # type: ignore[arg-type]  # it is asked nothing
    assert isinstance(source, Explained)
    assert source.params == SamplingParams(
        temperature=1.0,
        max_tokens=99,
        top_p=0.5,
        reasoning_effort="low",
        stop=("END",),
        extra_body='{"top_k":4}',
        headers=(("x-tenant", "$TENANT"),),
        wire_name="gpt-4o-mini",
    )
    lines = asked_for(run)
    assert lines["gpt-4"].endpoint.headers == (("X-Run", "1"),)
    assert lines["gpt-4"].endpoint.api_key == "sk-code"
    fast = lines["fast"].endpoint
    assert (fast.base_url, fast.api_key) == ("http://127.0.0.1:9/b/v1", "sk-fast")
    assert fast.headers == (("X-Tenant", "blue"),)
    assert "blue" not in repr(fast)
    assert (fast.concurrency, fast.requests_per_minute) == (2, 60)
    assert lines["fast"].throttle.allowed == 2
    assert source.reader.thinking_tags == ("musing",)
    first, second = run.run.described
    assert first == "gpt-4 at 127.0.0.1:9: temperature none, headers x-run 1"
    assert second == (
        "fast at 127.0.0.1:9: temperature 1.0, top_p 0.5, reasoning_effort low, stop END, "
        'extra_body {"top_k":4}, headers x-tenant $TENANT, wire_name gpt-4o-mini, up to 99 tokens, '
        "thoughts included"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[m]\nbase_ulr = 'x'\n", r"models\.toml: \['m'\] base_ulr: found .*accepted: base_url"),
        ("[m]\nbase_url = 'x'\n", r"\['m'\] base_url: found 'x'; accepted: an address"),
        (
            "[m]\nkey_env = '$KEY'\n",
            r"key_env: found '\$KEY'; accepted: the name of an env",
        ),
        ("[m]\ntemperature = 3\n", "temperature: found 3; accepted: a number from 0 to 2, or"),
        ("[m]\ntop_p = true\n", "top_p: found True; accepted: a number from 0 to 1"),
        ("[m]\nstop = ['']\n", r"stop: found \[''\]; accepted: a text, or a list"),
        ("[m]\nmax_tokens = 0\n", "max_tokens: found 0; accepted: a whole number from 1 up"),
        ("[m]\nextra_body = { n = 2 }\n", "extra_body: found .*except 'n', which the plugin sets"),
        ("[m]\nextra_body = { a = 2020-01-01 }\n", "extra_body: found .*accepted: a JSON object"),
        ("[m]\nheaders = { 'X-A' = 3 }\n", r"headers: found \['X-A'\]; accepted: a value of"),
        ("[m]\nthinking_tags = ['<a>']\n", "thinking_tags: found .*without its brackets"),
        ("[m]\nthinks = 1\n", "thinks: found 1; accepted: true or false"),
        ("[m]\nprice = { input = 1 }\n", r"\['m'\] price: found .*accepted: a table with input"),
        ("m = 1\n", r"\['m'\]: found 1; accepted: a table with base_url"),
        ("[m\n", r"--selfrepair-models: .*models\.toml: .*accepted: TOML"),
    ],
)
def test_what_a_file_of_models_may_not_say_is_named(
    pytester: pytest.Pytester, content: str, said: str
) -> None:
    (pytester.path / "models.toml").write_text(content)
    with pytest.raises(UsageError, match=said):
        named(pytester, "--selfrepair-model=gpt-4", "--selfrepair-models=models.toml")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("base_url = 'http://127.0.0.1:9/c/v1'", "none"),
        (f"base_url = '{URL}'", "sk-code"),
        ("base_url = 'http://127.0.0.1:9/c/v1'\nkey_env = 'OTHER_KEY'", "sk-other"),
        ("key_env = 'OTHER_KEY'", "sk-other"),
    ],
)
def test_an_endpoint_of_the_file_never_gets_the_key_of_another(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, table: str, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-code")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", "")
    monkeypatch.setenv("OTHER_KEY", "sk-other")
    (pytester.path / "models.toml").write_text(f"[m]\n{table}\n")
    flags = ("--selfrepair-models=models.toml", "--selfrepair-header=Authorization: Basic x")
    endpoint = asked_for(named(pytester, "--selfrepair-model=m", *flags))["m"].endpoint
    assert endpoint.api_key == key
    apart = "/c/" in table
    assert endpoint.headers == (() if apart else (("Authorization", "Basic x"),))


def test_a_key_variable_that_is_not_set_is_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_KEY", " ")
    (pytester.path / "models.toml").write_text("[m]\nkey_env = 'OTHER_KEY'\n")
    flags = ("--selfrepair-model=m", "--selfrepair-models=models.toml")
    with pytest.raises(UsageError, match=r"\['m'\] key_env: found 'OTHER_KEY'; accepted: a var"):
        named(pytester, *flags)
    named(pytester, *flags, "--selfrepair-replay=only")  # nobody is asked


def test_a_header_whose_variable_is_not_set_is_an_error_that_shows_no_value(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH", raising=False)
    flags = ("--selfrepair-model=gpt-4", "--selfrepair-header", "X-A: secret-$NO_SUCH")
    with pytest.raises(UsageError, match=r"header: found X-A; accepted: \$NO_SUCH") as caught:
        named(pytester, *flags)
    assert "secret-" not in str(caught.value)
    with pytest.raises(UsageError, match=r"header: found 'X-A'; accepted: a value") as caught:
        named(pytester, "--selfrepair-model=gpt-4", "--selfrepair-header", "X-A: secret-ä")
    assert "secret-" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "flags", "longest"),
    [
        ("gpt-4", (), 1024),
        ("o3", (), 16_384),
        ("o3", ("--selfrepair-max-tokens=99",), 99),
        ("gpt-4", ("--selfrepair-reasoning-effort=high",), 16_384),
        ("scripted:thinking.json", (), 1024),
    ],
)
def test_a_model_that_thinks_may_write_more(
    pytester: pytest.Pytester, model: str, flags: tuple[str, ...], longest: int
) -> None:
    (pytester.path / "thinking.json").write_text('{"tasks": {}}')
    assert named(pytester, f"--selfrepair-model={model}", *flags).plan.params.max_tokens == longest


def test_a_slip_of_the_pen_is_told_from_a_models_name(pytester: pytest.Pytester) -> None:
    (pytester.path / "models.toml").write_text("[fast]\n[noen]\n")
    flags = ("--selfrepair-models=models.toml", "--selfrepair-feedback=self:separate")
    with pytest.raises(UsageError, match=r"--selfrepair-model: found 'fsat', .*mean 'fast'"):
        named(pytester, "--selfrepair-model=fsat", *flags)
    with pytest.raises(UsageError, match=r"--selfrepair-feedback: found 'slef', .*mean 'self'"):
        named(pytester, "--selfrepair-model=gpt-4", "--selfrepair-feedback=slef")
    with pytest.raises(UsageError, match=r"found 'self:seperate' .*mean 'self:separate'\?\); acc"):
        named(pytester, "--selfrepair-model=gpt-4", "--selfrepair-feedback=self:seperate")
    assert named(pytester, "--selfrepair-model=noen", *flags).campaign  # the user has made it known


@pytest.mark.parametrize(
    ("flag", "value"),
    [("model", ""), ("model", "  "), ("feedback", ""), ("max-cost", ""), ("stop", "")],
)
def test_an_empty_option_is_an_error(pytester: pytest.Pytester, flag: str, value: str) -> None:
    given = {"model": "gpt-4"} | {flag: value}
    with pytest.raises(UsageError, match=f"--selfrepair-{flag}: found '{value}'; accepted: "):
        named(pytester, *(f"--selfrepair-{name}={text}" for name, text in given.items()))


@pytest.mark.parametrize("option", ["model", "feedback"])
def test_an_empty_name_in_the_ini_file_is_an_error(pytester: pytest.Pytester, option: str) -> None:
    pytester.makeini(f"[pytest]\nselfrepair_{option} =\n")
    flags = () if option == "model" else ("--selfrepair-model=gpt-4",)
    result = pytester.runpytest_inprocess(*flags)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*ini selfrepair_{option}: found ''; accepted: a text that *"])


def test_accounts_are_those_of_the_first_version(pytester: pytest.Pytester) -> None:
    flags = ("--selfrepair-model=gpt-4", "--selfrepair-feedback=gpt-4o")
    assert named(pytester, *flags).campaign == CAMPAIGN
    assert named(pytester, *flags, "--selfrepair-top-p=0.5").campaign != CAMPAIGN
