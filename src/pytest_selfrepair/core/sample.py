"""Samples: completions of a model, with their requests and costs."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pytest_selfrepair.core.origin import Origin
from pytest_selfrepair.core.run_account import Ledger, Reservation
from pytest_selfrepair.errors import InfrastructureError


class Role(StrEnum):
    """The role of a chat message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A chat message."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingParams:
    """The parameters of sampling.

    Attributes:
        temperature: The softmax temperature; the paper uses 0.8. None: not sent.
        max_tokens: The longest completion, in generated tokens.
        seed: The run's base seed, from which every draw derives its own. None: not sent.
        top_p: The probability mass that tokens are sampled from; None: not sent.
        reasoning_effort: The effort of thinking, in the endpoint's terms; None: not sent.
        stop: Texts at which a completion ends.
        extra_body: Further fields of the request's body: a JSON object in the canonical form of
            `models.parameters`, or empty.
        headers: Further headers that may change a completion, as written by the user, with
            environment variables by name.
        wire_name: The model's name at the endpoint, where different.
        system_role: Whether the system text is a message of its own rather than part of the user's.
    """

    temperature: float | None = 0.8
    max_tokens: int = 1024
    seed: int | None = None
    top_p: float | None = None
    reasoning_effort: str | None = None
    stop: tuple[str, ...] = ()
    extra_body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    wire_name: str | None = None
    system_role: bool = True

    @property
    def changed(self) -> dict[str, object]:
        """The values that differ from their defaults, by name, in order."""
        found = {each.name: (getattr(self, each.name), each.default) for each in fields(self)}
        return {name: value for name, (value, default) in found.items() if value != default}


_EVERY_KEY_HAS = frozenset({"temperature", "max_tokens", "seed"})
"""The parameters in every request's key; others are included where not default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """One completion to be drawn.

    Attributes:
        model: The model's name.
        messages: The chat so far, exactly as sent.
        params: The sampling parameters.
        task_id: The task, for error messages and scripts; not part of the key.
        node: The completion's node in the task's trees, e.g. ``p0`` or ``p0/self/r1``. It keeps
            repeated draws distinct.
    """

    model: str
    messages: tuple[Message, ...]
    params: SamplingParams
    task_id: str
    node: str

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides the completion: its key in a store.

        Parameters newer than the first stores are included only where not default, so that every
        store still serves its samples.
        """
        params = self.params
        facts: list[object] = [
            self.model,
            [[message.role, message.content] for message in self.messages],
            None if params.temperature is None else float(params.temperature),
            params.max_tokens,
            params.seed,
            self.node,
        ]
        later = {
            name: float(value) if isinstance(value, int) and name == "top_p" else value
            for name, value in params.changed.items()
            if name not in _EVERY_KEY_HAS
        }
        if later:
            facts.append(later)
        return hashlib.sha256(json.dumps(facts, ensure_ascii=True).encode("ascii")).hexdigest()

    @property
    def draw_seed(self) -> int | None:
        """The seed of this draw (31 bits), derived from the run's seed and the node."""
        if self.params.seed is None:
            return None
        digest = hashlib.sha256(f"{self.params.seed}/{self.node}".encode()).digest()
        return int.from_bytes(digest[:4], "big") >> 1

    def capped(self, max_tokens: int) -> "SampleRequest":
        """The same request with at most ``max_tokens`` generated tokens."""
        return replace(self, params=replace(self.params, max_tokens=max_tokens))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The cost of a completion in tokens.

    Attributes:
        completion_tokens: Generated tokens; the unit of pass@t.
        prompt_tokens: Prompt tokens; not part of pass@t. None where not counted.
        counted_by: ``endpoint``, or the tokenizer's name.
        reasoning_tokens: The part of `completion_tokens` that are thoughts.
        cached_tokens: The part of `prompt_tokens` read from the endpoint's cache.
    """

    completion_tokens: int
    prompt_tokens: int | None
    counted_by: str
    reasoning_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One completion.

    Attributes:
        text: The model's text, including thoughts within it; may be empty.
        usage: Its cost in tokens.
        finish_reason: Why the model stopped, in the endpoint's terms: ``stop``, ``length``, …
        replayed: Whether it was replayed from a store, and not paid for in this run.
        dollars: Its cost in US dollars when drawn; None without a known price.
        reasoning: Thoughts returned apart from the text.
        seconds: The duration of its request when drawn, without waits before it was sent; None
            where not measured.
        first_byte: Seconds until the first byte of the response, where streamed.
        origin: Its origin; None where no endpoint of the user's was used, or an earlier version
            stored it.
    """

    text: str
    usage: Usage
    finish_reason: str
    replayed: bool = False
    dollars: float | None = None
    reasoning: str = ""
    seconds: float | None = None
    first_byte: float | None = None
    origin: Origin | None = None


CONTENT_FILTER = "content_filter"
"""The `finish_reason` of a sample whose prompt or completion the endpoint filtered, in whole or in
part."""

LENGTH = "length"
"""The `finish_reason` of a sample that reached the token limit."""

CONTEXT_LIMIT = "context_limit"
"""The `finish_reason` of a sample that could not be drawn because its prompt exceeds the context
window. It has no text and cost nothing."""


class Model(Protocol):
    """A chat model."""

    @property
    def name(self) -> str:
        """Its name in reports."""
        ...

    async def sample(self, request: SampleRequest) -> Sample:
        """Draw one completion.

        Raises:
            ModelError: No completion could be drawn. Never raised for an empty one.
        """
        ...

    async def aclose(self) -> None:
        """Close its connections; called once, when the run ends."""
        ...


@runtime_checkable
class SeveralModel(Model, Protocol):
    """A model that can draw several completions of one prompt in one request."""

    async def sample_several(
        self, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        """Draw one completion for each request; they differ only in their nodes.

        Returns:
            For each request its sample, or the failure, so that paid completions are not lost to
            failures of others.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A sample to store.

    Attributes:
        request: Its request.
        sample: The sample.
        reservation: Its reservation, to be settled at the sample's cost.
    """

    request: SampleRequest
    sample: Sample
    reservation: Reservation | None = None


class SampleStore(Protocol):
    """A store of samples and of the account that pays for them."""

    @property
    def ledger(self) -> Ledger:
        """The account that pays for them."""
        ...

    async def get_many(self, keys: Sequence[str]) -> dict[str, Sample]:
        """Look up samples by their requests' keys; missing ones are left out.

        Raises:
            StoreError: They cannot be read.
        """
        ...

    async def put_many(self, filings: Sequence[Filing], *, anew: bool = False) -> list[Sample]:
        """Store samples and settle their reservations, all or nothing.

        The completions of one request are stored together: a run killed between two of them would
        request the rest again and pay for the prompt twice.

        Args:
            filings: The samples.
            anew: Whether they replace samples under the same keys.

        Returns:
            For each the sample now stored, on disk: another one if it was stored first and `anew`
            is false.

        Raises:
            StoreError: They cannot be written.
        """
        ...

    async def stored_requests(self, task_id: str, node: str) -> list[SampleRequest]:
        """Some stored requests of a task and node, to compare with a missing one.

        Raises:
            StoreError: They cannot be read.
        """
        ...
