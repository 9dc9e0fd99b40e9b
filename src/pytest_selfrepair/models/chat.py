"""Any endpoint that speaks the OpenAI protocol for chat completions."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote

from pytest_selfrepair.core.origin import Origin, address_of
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import (
    CONTENT_FILTER,
    CONTEXT_LIMIT,
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)
from pytest_selfrepair.errors import (
    EndpointFailedError,
    EndpointRefusedError,
    InfrastructureError,
    ModelError,
)
from pytest_selfrepair.models.addresses import CHECK_ID
from pytest_selfrepair.models.answers import Choice, Completion
from pytest_selfrepair.models.dialect import Dialect, is_missing, refuses_several
from pytest_selfrepair.models.endpoint import Call, EndpointClient, UnansweredError
from pytest_selfrepair.models.permit import permission
from pytest_selfrepair.models.prices import Price
from pytest_selfrepair.models.request_failure import Meaning, RequestFailure
from pytest_selfrepair.models.tokens import TokenCounter
from pytest_selfrepair.models.usage import BY_ENDPOINT, counted

_LONGEST_ID = 512
"""Characters that the header X-Client-Request-Id may have."""
MOST_CHOICES = 128
"""Completions that one request may ask for where no endpoint says otherwise."""
_LETTERS_A_TOKEN = 4
"""Characters of a prompt that are taken for a token where it is only estimated."""

_TRY = (
    Message(role=Role.SYSTEM, content="Answer in one word."),
    Message(role=Role.USER, content="Say OK."),
)
_MOST_LESSONS = 12
"""Forms in which a model is tried."""
_FAILING_TRIES = 2
"""So many tries for several completions fail in the endpoint before each is asked for alone."""

_UNDRAWN = {Meaning.CONTEXT_LIMIT: CONTEXT_LIMIT, Meaning.FILTERED: CONTENT_FILTER}


class ChatModel:
    """A chat model behind an endpoint.

    Args:
        name: What reports and the store call it.
        wire_name: What the endpoint calls it.
        line: The way to the endpoint.
        counter: Counts tokens where the endpoint does not.
        price: What its tokens cost; None: nobody knows.
        most_choices: Completions that one request may ask for.
        counts_one_choice: Whether the endpoint counts the tokens of one choice of several, as
            llama.cpp's server does. All its completions are then counted by `counter`, so that what
            one costs does not depend on how many were asked for beside it.
        reader: Tells thoughts within a reply from its answer; None: by the usual tags.
        ready: Waited for before a request that is paid; raises what makes it useless.
        embedded: Whether its server is the run's own, at an address that says nothing.

    Attributes:
        line: The way to the endpoint.
        wire_name: What the endpoint calls it.
    """

    asks_permission = True

    def __init__(
        self,
        name: str,
        *,
        wire_name: str | None = None,
        line: EndpointClient,
        counter: TokenCounter,
        price: Price | None = None,
        most_choices: int = MOST_CHOICES,
        counts_one_choice: bool = False,
        reader: ReplyReader | None = None,
        ready: Callable[[], Awaitable[None]] | None = None,
        embedded: bool = False,
    ) -> None:
        self._name = name
        self._embedded = embedded
        self.wire_name = wire_name or name
        self.line = line
        self._counter = counter
        self._price = price
        self._most_choices = most_choices
        self._counts_one_choice = counts_one_choice
        self._reader = reader
        self._dialect = Dialect()
        self._ready = ready
        self._refusal: EndpointRefusedError | None = None

    @property
    def name(self) -> str:
        """What reports call it."""
        return self._name

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
        drawn = await asyncio.gather(*map(self._draw_group, self._groups(requests)))
        return [each for group in drawn for each in group]

    async def aclose(self) -> None:
        """Close the connections, which other models of the endpoint may share."""
        await self.line.aclose()

    def _groups(self, requests: Sequence[SampleRequest]) -> list[list[SampleRequest]]:
        """The requests that may be asked for at once."""
        groups: list[list[SampleRequest]] = []
        for request in requests:
            alone = self._dialect.single or request.draw_seed is not None
            if (
                groups
                and not alone
                and len(groups[-1]) < self._most_choices
                and _fit([*groups[-1], request])
            ):
                groups[-1].append(request)
            else:
                groups.append([request])
        return groups

    async def tried(self, params: SamplingParams) -> RequestFailure | None:
        """Ask for one token, and learn how the model wants to be asked; outside of any limit.

        Args:
            params: How the run's completions are drawn.

        Returns:
            Why there is no answer, or None.
        """
        request = SampleRequest(
            model=self._name,
            messages=_TRY,
            params=replace(params, max_tokens=1),
            task_id="check",
            node="p0",
        )
        for _ in range(_MOST_LESSONS):
            call = self._dialect.call(self.wire_name, request, 1)
            found = await self.line.once(call, CHECK_ID)
            if isinstance(found, Completion):
                return None
            self._dialect.learn(found, call, self.shown)
            if self._dialect.call(self.wire_name, request, 1) == call:
                return found
        return None

    async def _draw_group(
        self, requests: Sequence[SampleRequest]
    ) -> Sequence[Sample | InfrastructureError]:
        drawn: Sequence[Sample] = ()
        doubtful = False
        try:
            drawn, failed = await self._draw(requests)
        except _OtherFormError as error:
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
            _OtherFormError: Several were asked for, and fewer might be had.
        """
        try:
            answer = await self._ask(requests)
        except UnansweredError as error:
            if reason := _UNDRAWN.get(error.trouble.meaning):
                return [_undrawn(reason)] * len(requests), 0
            refused = error.trouble.meaning is Meaning.REFUSED and not error.trouble.is_for_good
            if len(requests) > 1 and refused:
                raise _OtherFormError from None
            raise self._explained(error) from None
        if self._counts_one_choice:
            answer = replace(answer, counts=replace(answer.counts, generated=None))
        found = await counted(answer, counter=self._counter, reader=self._reader)
        if found.refused is not None:
            self._dialect.doubt(found, self.shown)
        pairs = zip(answer.choices[: len(requests)], found.usages, strict=False)
        drawn = [self._sample(answer, choice, cost) for choice, cost in pairs]
        return drawn, answer.failed

    async def _ask(self, requests: Sequence[SampleRequest]) -> Completion:
        """Ask until there is an answer, in whatever form the model accepts."""
        if self._ready is not None:
            await self._ready()
        request, count = requests[0], len(requests)
        called = request_id(requests)
        letters = sum(len(message.content) for message in request.messages)
        tokens = letters // _LETTERS_A_TOKEN + request.params.max_tokens * count
        sent = Call(body=None)

        async def prepare() -> Call:
            nonlocal sent
            if self._refusal is not None:
                raise self._refusal
            await permission(requests)
            sent = self._dialect.call(self.wire_name, request, count)
            return sent

        def otherwise(trouble: RequestFailure, number: int) -> bool:
            if count > 1 and refuses_several(trouble, sent):
                raise _OtherFormError(is_named=True)
            self._dialect.learn(trouble, sent, self.shown)
            if self._dialect.call(self.wire_name, request, count) != sent:
                return True
            if count > 1 and number + 1 >= _FAILING_TRIES and _is_of_server(trouble):
                raise _OtherFormError
            return False

        try:
            return await self.line.ask(
                prepare, request_id=called, tokens=tokens, otherwise=otherwise
            )
        except UnansweredError as error:
            before = self._dialect.refused_chat
            if before is not None and is_missing(error.trouble):  # nor has it the other API
                raise UnansweredError(before) from None
            raise

    def _sample(self, answer: Completion, choice: Choice, usage: Usage) -> Sample:
        prompt = answer.counts.prompt
        return Sample(
            text=choice.text,
            usage=usage,
            finish_reason=choice.finish_reason,
            dollars=None if self._price is None else self._price.dollars(usage, prompt=prompt),
            seconds=answer.seconds,
            first_byte=answer.first_byte,
            reasoning=choice.reasoning,
            origin=(
                Origin(address=self.address, model=answer.model, fingerprint=answer.fingerprint)
                if self.address
                else None
            ),
        )

    @property
    def address(self) -> str:
        """Where it is asked, as records show it; empty for the embedded model."""
        if self._embedded:
            return ""
        return address_of(self.line.endpoint.base_url) or self.line.host

    @property
    def shown(self) -> str:
        """What messages call it: its name at its host."""
        return f"{self.wire_name} at {self.line.host}"

    def _explained(self, error: UnansweredError) -> ModelError:
        """What went wrong in one line, and what to change."""
        trouble = error.trouble
        if trouble.meaning is Meaning.PASSING:
            return EndpointFailedError(f"{self.shown}: {trouble} ({error.end})")
        refusal = EndpointRefusedError(f"{self.shown}: {trouble}; {trouble.advice}")
        if trouble.is_for_good:
            self._refusal = refusal
        return refusal


class _OtherFormError(Exception):
    """The endpoint does not accept a request for several completions, or so it seems.

    Args:
        is_named: Whether its words say that this is the reason.
    """

    def __init__(self, *, is_named: bool = False) -> None:
        super().__init__()
        self.is_named = is_named


def request_id(requests: Sequence[SampleRequest]) -> str:
    """What the endpoint's logs may call a request: its task and nodes, in ASCII."""
    nodes = ",".join(request.node for request in requests)
    return quote(f"{requests[0].task_id}#{nodes}", safe="/#:,")[:_LONGEST_ID]


def _fit(requests: Sequence[SampleRequest]) -> bool:
    """Whether requests may be asked for at once, their names uncut."""
    nodes = sum(len(quote(request.node, safe="/:")) + 1 for request in requests)
    task = len(quote(requests[0].task_id, safe="/:"))
    return task + nodes <= _LONGEST_ID


def _undrawn(finish_reason: str) -> Sample:
    """A sample that the endpoint did not let the model draw: nothing was read or written."""
    usage = Usage(completion_tokens=0, prompt_tokens=0, counted_by=BY_ENDPOINT)
    return Sample(text="", usage=usage, finish_reason=finish_reason, dollars=0.0)


def _is_of_server(trouble: RequestFailure) -> bool:
    """Whether the server failed, other than by being asked too much."""
    status = trouble.status or 0
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and not trouble.is_too_much
