"""Any endpoint that speaks the OpenAI protocol for chat completions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from pytest_selfrepair.core.sample import (
    CONTEXT_LIMIT,
    Message,
    Role,
    Sample,
    SampleRequest,
    Usage,
)
from pytest_selfrepair.errors import (
    EndpointFailedError,
    EndpointRefusedError,
    InfrastructureError,
    ModelError,
)
from pytest_selfrepair.models.answers import Answer
from pytest_selfrepair.models.endpoint import Line, UnansweredError
from pytest_selfrepair.models.prices import Price
from pytest_selfrepair.models.tokens import TokenCounter
from pytest_selfrepair.models.trouble import Meaning, Trouble
from pytest_selfrepair.models.usage import BY_ENDPOINT, usages

CONTENT_FILTER = "content_filter"
"""The `finish_reason` of a sample that the endpoint's filter kept from the model, or from us."""
NO_CHOICE = "no_choice"
"""The `finish_reason` of a sample for which the endpoint gave no completion, time after time."""

_LONGEST_ID = 512
"""Characters that the header X-Client-Request-Id may have."""
MOST_CHOICES = 128
"""Completions that one request may ask for where no endpoint says otherwise."""
_LETTERS_A_TOKEN = 4
"""Characters of a prompt that are taken for a token where it is only estimated."""

_UNDRAWN = {Meaning.CONTEXT_LIMIT: CONTEXT_LIMIT, Meaning.FILTERED: CONTENT_FILTER}


@dataclass(slots=True, kw_only=True)
class _Dialect:
    """What a model has been found not to accept.

    Attributes:
        without: Parameters that it is not sent any more.
        single: Whether it draws but one completion for a request.
        notices: One line for the user on each.
    """

    without: set[str] = field(default_factory=set)
    single: bool = False
    notices: list[str] = field(default_factory=list)

    def body(self, wire_name: str, request: SampleRequest, count: int) -> dict[str, object]:
        """A request in the terms of the protocol, without what the model refuses."""
        params = request.params
        longest = "max_completion_tokens" if "max_tokens" in self.without else "max_tokens"
        wanted = {
            "model": wire_name,
            "messages": [_wire(message) for message in request.messages],
            "temperature": params.temperature,
            longest: params.max_tokens,
            "seed": request.draw_seed,
            "n": count if count > 1 else None,
        }
        return {
            name: value
            for name, value in wanted.items()
            if value is not None and name not in self.without
        }

    def learn(self, trouble: Trouble, body: dict[str, object], name: str) -> bool:
        """Give up a parameter that was refused.

        Returns:
            Whether to ask again: another request may have learnt the same in the meantime.
        """
        refused = trouble.refused_parameter
        if refused is None or refused not in body or refused == "max_completion_tokens":
            return False
        if refused not in self.without:
            self.without.add(refused)
            instead = "; max_completion_tokens is sent instead" if refused == "max_tokens" else ""
            self.notices.append(f"{name} does not accept {refused}: sent without it{instead}")
        return True

    def give_up_several(self, name: str) -> None:
        """Ask for one completion at a time from now on."""
        if not self.single:
            self.single = True
            self.notices.append(f"{name} gives one completion a request: asked for one at a time")


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

    Attributes:
        line: The way to the endpoint.
    """

    def __init__(
        self,
        name: str,
        *,
        wire_name: str | None = None,
        line: Line,
        counter: TokenCounter,
        price: Price | None = None,
        most_choices: int = MOST_CHOICES,
        counts_one_choice: bool = False,
    ) -> None:
        self._name = name
        self._wire_name = wire_name or name
        self.line = line
        self._counter = counter
        self._price = price
        self._most_choices = most_choices
        self._counts_one_choice = counts_one_choice
        self._dialect = _Dialect()
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
        drawn = await self._draw([request])
        return drawn[0]

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

    async def _draw_group(
        self, requests: Sequence[SampleRequest]
    ) -> Sequence[Sample | InfrastructureError]:
        drawn: Sequence[Sample] = ()
        try:
            drawn = await self._draw(requests)
        except _OtherFormError:
            self._dialect.give_up_several(self._shown)
        except ModelError as error:
            return [error] * len(requests)
        if len(drawn) == len(requests):
            return drawn
        if drawn:
            self._dialect.give_up_several(self._shown)
        rest = [self._draw_group([request]) for request in requests[len(drawn) :]]
        return [*drawn, *(each for [each] in await asyncio.gather(*rest))]

    async def _draw(self, requests: Sequence[SampleRequest]) -> list[Sample]:
        """Draw completions by one request.

        Returns:
            As many as were asked for, or fewer.

        Raises:
            _OtherFormError: Several were asked for, and fewer might be had.
        """
        first = requests[0]
        try:
            answer = await self._ask(first, len(requests), request_id(requests))
        except UnansweredError as error:
            if reason := _UNDRAWN.get(error.trouble.meaning):
                return [_undrawn(reason)] * len(requests)
            if len(requests) > 1 and error.trouble.is_for_its_form:
                raise _OtherFormError from None
            raise self._explained(error) from None
        return await self._samples(answer, first.params.max_tokens, len(requests))

    async def _ask(self, request: SampleRequest, count: int, called: str) -> Answer:
        """Ask until there is an answer, also without the parameters that are refused."""
        letters = sum(len(message.content) for message in request.messages)
        tokens = letters // _LETTERS_A_TOKEN + request.params.max_tokens * count
        body: dict[str, object] = {}

        def prepare() -> dict[str, object]:
            nonlocal body
            if self._refusal is not None:
                raise self._refusal
            body = self._dialect.body(self._wire_name, request, count)
            return body

        while True:
            try:
                return await self.line.ask(prepare, request_id=called, tokens=tokens)
            except UnansweredError as error:
                if not self._dialect.learn(error.trouble, body, self._shown):
                    raise

    async def _samples(self, answer: Answer, max_tokens: int, wanted: int) -> list[Sample]:
        if self._counts_one_choice:
            answer = replace(answer, counts=replace(answer.counts, generated=None))
        costs = await usages(answer, max_tokens=max_tokens, counter=self._counter)
        if not answer.choices:
            # Of several, each is asked for again, unless something was generated and paid for.
            if wanted > 1 and not costs[0].completion_tokens:
                return []
            return [self._sample("", NO_CHOICE, costs[0])]
        return [
            self._sample(choice.text, choice.finish_reason, cost)
            for choice, cost in zip(answer.choices[:wanted], costs, strict=False)
        ]

    def _sample(self, text: str, finish_reason: str, usage: Usage) -> Sample:
        dollars = None if self._price is None else self._price.dollars(usage)
        return Sample(text=text, usage=usage, finish_reason=finish_reason, dollars=dollars)

    @property
    def _shown(self) -> str:
        return f"{self._wire_name} at {self.line.host}"

    def _explained(self, error: UnansweredError) -> ModelError:
        """What went wrong in one line, and what to change."""
        trouble = error.trouble
        if trouble.meaning is Meaning.PASSING:
            return EndpointFailedError(f"{self._shown}: {trouble} ({error.end})")
        refusal = EndpointRefusedError(f"{self._shown}: {trouble}; {trouble.advice}")
        if trouble.is_for_good:
            self._refusal = refusal
        return refusal


class _OtherFormError(Exception):
    """The endpoint does not accept a request for several completions."""


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


def _wire(message: Message) -> dict[str, str]:
    # Half a surrogate pair, which a program may hold, has no place in UTF-8.
    content = message.content.encode("utf-8", "replace").decode()
    return {"role": Role(message.role).value, "content": content}
