"""Any endpoint that speaks the OpenAI protocol for chat completions."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from pytest_selfrepair.core.origin import address_of
from pytest_selfrepair.core.sample import (
    CONTENT_FILTER,
    CONTEXT_LIMIT,
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
)
from pytest_selfrepair.errors import InfrastructureError
from pytest_selfrepair.models.adaptive_client import AdaptiveClient, SeveralRefusedError
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.grouping import grouped
from pytest_selfrepair.models.metering import Metering, undrawn
from pytest_selfrepair.models.request_failure import Meaning, RequestFailure

MOST_CHOICES = 128
"""Completions that one request may ask for where no endpoint says otherwise."""

_TRY = (
    Message(role=Role.SYSTEM, content="Answer in one word."),
    Message(role=Role.USER, content="Say OK."),
)


class ChatModel:
    """A chat model behind an endpoint.

    Args:
        name: Its name in reports and the store.
        wire_name: Its name at the endpoint; None: the same.
        client: The endpoint.
        metering: How its completions are counted and priced.
        most_choices: Completions that one request may ask for.
        ready: Waited for before a request that is paid; raises what makes it useless.
        embedded: Whether its server is the run's own, at an address that says nothing.

    Attributes:
        client: The endpoint.
        wire_name: Its name at the endpoint.
    """

    asks_permission = True

    def __init__(
        self,
        name: str,
        *,
        wire_name: str | None = None,
        client: EndpointClient,
        metering: Metering,
        most_choices: int = MOST_CHOICES,
        ready: Callable[[], Awaitable[None]] | None = None,
        embedded: bool = False,
    ) -> None:
        self.wire_name = wire_name or name
        self.client = client
        self._name = name
        self._metering = metering
        self._most_choices = most_choices
        self._embedded = embedded
        self._adaptive = AdaptiveClient(self.wire_name, client, ready=ready)
        self._dialect = self._adaptive.dialect

    @property
    def name(self) -> str:
        """Its name in reports."""
        return self._name

    @property
    def shown(self) -> str:
        """Its name in messages: at its host."""
        return self._adaptive.shown

    @property
    def address(self) -> str:
        """Its endpoint's address in records; empty for the embedded model."""
        if self._embedded:
            return ""
        return address_of(self.client.endpoint.base_url) or self.client.transport.host

    @property
    def notices(self) -> Sequence[str]:
        """What the user should know of how it is asked, a line each."""
        return self._dialect.notices

    async def sample(self, request: SampleRequest) -> Sample:
        """Draw one completion.

        Raises:
            EndpointRefusedError: Asking again cannot help. A wrong key or an unknown model is
                remembered: the endpoint is not asked again.
            EndpointFailedError: No answer within the allowed retries.
            LocalModelError: Its tokens could not be counted.
        """
        [drawn], _ = await self._draw([request])
        return drawn

    async def sample_several(
        self, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        """Draw one completion for each request; they differ by their nodes alone.

        They are asked for in one request where the endpoint can do that and no seed tells them
        apart. Of what it leaves out, each is asked for on its own.

        Returns:
            For each request its sample, or why there is none.
        """
        most = 1 if self._dialect.single else self._most_choices
        drawn = await asyncio.gather(*map(self._draw_group, grouped(requests, most)))
        return [each for group in drawn for each in group]

    async def tried(self, params: SamplingParams) -> RequestFailure | None:
        """Ask for one token, and learn how the model wants to be asked; outside of any limit.

        Args:
            params: How the run's completions are drawn.

        Returns:
            Why there is no answer; None: there is one.
        """
        return await self._adaptive.tried(_trial(self._name, params))

    async def aclose(self) -> None:
        """Close the connections, which other models of the endpoint may share."""
        await self.client.aclose()

    async def _draw_group(
        self, requests: Sequence[SampleRequest]
    ) -> Sequence[Sample | InfrastructureError]:
        """Draw completions by one request, and what it leaves out by a request each."""
        drawn: Sequence[Sample] = ()
        doubtful = False
        try:
            drawn, failed = await self._draw(requests)
        except SeveralRefusedError as error:
            doubtful = not error.is_named
            if error.is_named:
                self._dialect.give_up_several(self.shown)
        except InfrastructureError as error:
            return [error] * len(requests)
        if len(drawn) == len(requests):
            if len(requests) > 1:
                self._dialect.several_drawn()
            return drawn
        if drawn and not failed:
            self._dialect.fewer_drawn(self.shown)
        rest = [self._draw_group([request]) for request in requests[len(drawn) :]]
        alone = [each for [each] in await asyncio.gather(*rest)]
        if doubtful and all(isinstance(each, Sample) for each in alone):
            self._dialect.several_refused(self.shown)
        return [*drawn, *alone]

    async def _draw(self, requests: Sequence[SampleRequest]) -> tuple[list[Sample], int]:
        """Draw completions by one request.

        Returns:
            As many as were asked for, or fewer; and how many failed beside them.

        Raises:
            SeveralRefusedError: Several were asked for, and fewer might be had.
        """
        answer = await self._adaptive.ask(requests)
        if isinstance(answer, RequestFailure):
            too_long = answer.meaning is Meaning.CONTEXT_LIMIT
            return [undrawn(CONTEXT_LIMIT if too_long else CONTENT_FILTER)] * len(requests), 0
        counts = await self._metering.counted(answer)
        if counts.refused is not None:
            self._dialect.doubt(counts, self.shown)
        samples = self._metering.samples(answer, counts, address=self.address)
        return samples[: len(requests)], answer.failed


def _trial(model: str, params: SamplingParams) -> SampleRequest:
    """A request for one token, by which a model is tried."""
    return SampleRequest(
        model=model,
        messages=_TRY,
        params=replace(params, max_tokens=1),
        task_id="check",
        node="p0",
    )
