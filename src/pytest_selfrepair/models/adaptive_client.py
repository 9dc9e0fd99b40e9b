"""One model of an endpoint, asked in the form that it accepts, which its refusals teach."""

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

_LETTERS_A_TOKEN = 4
"""Characters of a prompt that are taken for a token where it is only estimated."""
_MOST_LESSONS = 12
"""Forms in which a model is tried."""
_FAILING_TRIES = 2
"""So many tries for several completions fail in the endpoint before each is asked for alone."""


class SeveralRefusedError(Exception):
    """The endpoint does not accept a request for several completions, or so it seems.

    Args:
        is_named: Whether its error names this as the reason.
    """

    def __init__(self, *, is_named: bool = False) -> None:
        super().__init__()
        self.is_named = is_named


class AdaptiveClient:
    """Asks one model, and learns from its refusals in which form to ask it.

    Args:
        wire_name: The model's name at the endpoint.
        client: The endpoint.
        ready: Waited for before a request that is paid; raises what makes it useless.

    Attributes:
        wire_name: The model's name at the endpoint.
        client: The endpoint.
        dialect: The form that has been learnt.
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
        """The model's name in messages: at its host."""
        return f"{self.wire_name} at {self.client.transport.host}"

    async def tried(self, request: SampleRequest) -> RequestFailure | None:
        """Ask until the form is learnt, outside of any limit and without retries.

        Returns:
            Why there is no answer; None: there is one.
        """
        for _ in range(_MOST_LESSONS):
            call = self.dialect.call(self.wire_name, request, 1)
            found = await self.client.once(call, CHECK_ID)
            if isinstance(found, Completion):
                return None
            self.dialect.learn(found, call, self.shown)
            if self.dialect.call(self.wire_name, request, 1) == call:
                return found
        return None

    async def ask(self, requests: Sequence[SampleRequest]) -> Completion | RequestFailure:
        """Ask for one completion for each request, by a single HTTP request, with retries.

        Args:
            requests: They differ by their nodes alone.

        Returns:
            The completion; or the failure that ends the drawing without being an error: the prompt
            is longer than the model reads, or was filtered.

        Raises:
            SeveralRefusedError: Several were asked for, and fewer might be had.
            EndpointRefusedError: Asking again cannot help. A wrong key or an unknown model is
                remembered: the endpoint is not asked again.
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
        """Ask until there is an answer, in whatever form the model accepts.

        Raises:
            UnansweredError: There is none.
        """
        request, count = requests[0], len(requests)
        letters = sum(len(message.content) for message in request.messages)
        tokens = letters // _LETTERS_A_TOKEN + request.params.max_tokens * count
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
            if before is not None and is_missing(error.failure):  # nor has it the other API
                raise UnansweredError(before) from None
            raise

    def _explained(self, error: UnansweredError) -> ModelError:
        """What went wrong in one line, and what to change."""
        failure = error.failure
        if failure.meaning is Meaning.PASSING:
            return EndpointFailedError(f"{self.shown}: {failure} ({error.end})")
        refusal = EndpointRefusedError(f"{self.shown}: {failure}; {failure.advice}")
        if failure.is_for_good:
            self._refusal = refusal
        return refusal


def _is_of_server(failure: RequestFailure) -> bool:
    """Whether the server failed, other than by being asked too much."""
    status = failure.status or 0
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and not failure.is_too_much
