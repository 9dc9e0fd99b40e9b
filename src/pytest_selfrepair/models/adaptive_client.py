"""Send one model's requests in a form that it accepts, learnt from its refusals."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from pytest_selfrepair.core.sample import SampleRequest
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError, ModelError
from pytest_selfrepair.models.addresses import CHECK_ID
from pytest_selfrepair.models.answers import Completion
from pytest_selfrepair.models.dialect import Dialect, is_missing, refuses_several
from pytest_selfrepair.models.endpoint import EndpointClient, UnansweredError
from pytest_selfrepair.models.grouping import request_id
from pytest_selfrepair.models.permit import permission
from pytest_selfrepair.models.request_failure import Meaning, RequestFailure
from pytest_selfrepair.models.transport import Call

_CHARACTERS_PER_TOKEN = 4
"""Characters per token, to estimate a prompt's length."""
_MOST_FORMS = 12
"""The most forms in which a model is tried."""
_FAILING_TRIES = 2
"""Server errors on a request for several completions before each is requested alone."""


class SeveralRefusedError(Exception):
    """The endpoint refuses a request for several completions, or seems to.

    Args:
        is_named: Whether its error gives this as the reason.
    """

    def __init__(self, *, is_named: bool = False) -> None:
        super().__init__()
        self.is_named = is_named


class AdaptiveClient:
    """Sends requests to one model, adapting their form to its refusals.

    Args:
        wire_name: The model's name at the endpoint.
        client: The endpoint.
        ready: Awaited before a paid request; raises if no request can succeed.

    Attributes:
        wire_name: The model's name at the endpoint.
        client: The endpoint.
        dialect: The form learnt so far.
    """

    def __init__(
        self,
        wire_name: str,
        client: EndpointClient,
        *,
        ready: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.wire_name = wire_name
        self.client = client
        self.dialect = Dialect()
        self._ready = ready
        self._refusal: EndpointRefusedError | None = None

    @property
    def shown(self) -> str:
        """The model's name in messages, with its host."""
        return f"{self.wire_name} at {self.client.transport.host}"

    async def tried(self, request: SampleRequest) -> RequestFailure | None:
        """Try requests until the form is learnt, without limits or retries.

        Returns:
            The failure; None once the model has answered.
        """
        for _ in range(_MOST_FORMS):
            call = self.dialect.call(self.wire_name, request, 1)
            found = await self.client.once(call, CHECK_ID)
            if isinstance(found, Completion):
                return None
            self.dialect.learn(found, call, self.shown)
            if self.dialect.call(self.wire_name, request, 1) == call:
                return found
        return None

    async def ask(self, requests: Sequence[SampleRequest]) -> Completion | RequestFailure:
        """Draw one completion for each request by a single HTTP request, with retries.

        Args:
            requests: Requests that differ only in their nodes.

        Returns:
            The completion; or a failure that is not an error: the prompt exceeds the context window
            or was filtered.

        Raises:
            SeveralRefusedError: A request for fewer completions may succeed.
            EndpointRefusedError: The endpoint refuses the request. A wrong key or an unknown model
                is remembered, and nothing more is sent.
            EndpointFailedError: No answer within the allowed retries.
        """
        if self._ready is not None:
            await self._ready()
        try:
            return await self._answer(requests)
        except UnansweredError as error:
            failure = error.failure
            if failure.meaning in {Meaning.CONTEXT_LIMIT, Meaning.FILTERED}:
                return failure
            refused = failure.meaning is Meaning.REFUSED and not failure.is_for_good
            if len(requests) > 1 and refused:
                raise SeveralRefusedError from None
            raise self._explained(error) from None

    async def _answer(self, requests: Sequence[SampleRequest]) -> Completion:
        """Send requests until one is answered, in whatever form the model accepts.

        Raises:
            UnansweredError: No request was answered.
        """
        request, count = requests[0], len(requests)
        letters = sum(len(message.content) for message in request.messages)
        tokens = letters // _CHARACTERS_PER_TOKEN + request.params.max_tokens * count
        sent = Call(body=None)

        async def prepare() -> Call:
            nonlocal sent
            if self._refusal is not None:
                raise self._refusal
            await permission(requests)
            sent = self.dialect.call(self.wire_name, request, count)
            return sent

        def otherwise(failure: RequestFailure, number: int) -> bool:
            if count > 1 and refuses_several(failure, sent):
                raise SeveralRefusedError(is_named=True)
            self.dialect.learn(failure, sent, self.shown)
            if self.dialect.call(self.wire_name, request, count) != sent:
                return True
            if count > 1 and number + 1 >= _FAILING_TRIES and _is_of_server(failure):
                raise SeveralRefusedError
            return False

        try:
            return await self.client.ask(
                prepare, request_id=request_id(requests), tokens=tokens, otherwise=otherwise
            )
        except UnansweredError as error:
            before = self.dialect.refused_chat
            if before is not None and is_missing(error.failure):  # no Responses API either
                raise UnansweredError(before) from None
            raise

    def _explained(self, error: UnansweredError) -> ModelError:
        """The error with its cause and what to change, in one line."""
        failure = error.failure
        if failure.meaning is Meaning.PASSING:
            return EndpointFailedError(f"{self.shown}: {failure} ({error.end})")
        refusal = EndpointRefusedError(f"{self.shown}: {failure}; {failure.advice}")
        if failure.is_for_good:
            self._refusal = refusal
        return refusal


def _is_of_server(failure: RequestFailure) -> bool:
    """Whether the server failed for a reason other than load."""
    status = failure.status or 0
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and not failure.is_too_much
