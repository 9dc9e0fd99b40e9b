"""Models behind a scripted endpoint, with clocks that tests set: no test waits for real."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from pytest_selfrepair.core.sample import Message, Role, Sample, SampleRequest, SamplingParams
from pytest_selfrepair.errors import InfrastructureError
from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.chat import MOST_CHOICES, ChatModel
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.metering import Metering
from pytest_selfrepair.models.prices import Price
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.scripted_server import ScriptedServer
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.models.traffic import Slots

KEY = "sk-very-secret-key"
TASK = "tasks/ä b"
SOON = Retries(most=3, first=0.001)
"""Retries that take no time to speak of."""

Serve = Callable[..., ScriptedServer]
"""Starts a server of a script, given as its top-level fields."""

_T = TypeVar("_T")


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.sleeps: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def request(node: str = "p0", *, seed: int | None = None, **params: float) -> SampleRequest:
    """A request of two words and half a surrogate pair."""
    return SampleRequest(
        model="gpt-4",
        messages=(Message(role=Role.USER, content="two words \ud800"),),
        params=replace(SamplingParams(seed=seed), **params),  # type: ignore[arg-type]
        task_id=TASK,
        node=node,
    )


def line_to(
    base_url: str,
    *,
    slots: int = 4,
    timeout: float = 5.0,
    retries: Retries = SOON,
    time: FakeTime | None = None,
    key: str = KEY,
) -> EndpointClient:
    """The way to an endpoint."""
    endpoint = Endpoint(base_url=base_url, api_key=key, timeout=timeout, retries=retries)
    if time is None:
        return EndpointClient(endpoint, Slots(slots))
    return EndpointClient(endpoint, Slots(slots), clock=time.clock, sleep=time.sleep)


def model_on(
    client: EndpointClient,
    *,
    price: Price | None = None,
    most_choices: int = MOST_CHOICES,
    counts_one_choice: bool = False,
) -> ChatModel:
    """A model that is asked by a client."""
    return ChatModel(
        "gpt-4",
        client=client,
        metering=Metering(
            counter=TiktokenCounter(model="gpt-4"),
            price=price,
            counts_one_choice=counts_one_choice,
        ),
        most_choices=most_choices,
    )


def using(model: ChatModel, work: Callable[[], Awaitable[_T]]) -> _T:
    """Run some work with a model and close it."""

    async def all_of_it() -> _T:
        try:
            return await work()
        finally:
            await model.aclose()

    return asyncio.run(all_of_it())


def ask(model: ChatModel, *requests: SampleRequest) -> list[Sample]:
    """A sample for each request, all asked for at once."""

    async def work() -> list[Sample]:
        return list(await asyncio.gather(*map(model.sample, requests or [request()])))

    return using(model, work)


def ask_several(
    model: ChatModel, requests: Sequence[SampleRequest]
) -> list[Sample | InfrastructureError]:
    """What several draws return."""
    return using(model, lambda: model.sample_several(requests))


def texts(drawn: Sequence[Sample | InfrastructureError]) -> list[str]:
    """The texts of samples, or what was said in their place."""
    return [each.text if isinstance(each, Sample) else str(each) for each in drawn]
