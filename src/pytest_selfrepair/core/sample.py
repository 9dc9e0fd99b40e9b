"""A sample: one completion of a model, what was asked for it, and what it cost."""

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
    """Who speaks in a chat."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingParams:
    """How completions are drawn.

    Attributes:
        temperature: The softmax temperature; the paper uses 0.8. None: none is sent.
        max_tokens: The longest completion, in generated tokens.
        seed: Base seed of the run; every draw gets its own, derived from it. None: no seed is sent.
        top_p: The share of probability that tokens are drawn from; None: none is sent.
        reasoning_effort: How long the model may think, in its endpoint's word; None: none is sent.
        stop: Texts at which a completion ends.
        extra_body: Further fields of the request's body: a JSON object as `models.parameters`
            writes it, or empty.
        headers: Further headers of the request that may change a completion, as the user wrote
            them: variables of the environment are not replaced by their values.
        wire_name: What the endpoint calls the model, where that is not the model's name.
        system_role: Whether the system's text is sent in a turn of its own rather than the user's.
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
        """The values by name, in order, that are not their field's default."""
        found = {each.name: (getattr(self, each.name), each.default) for each in fields(self)}
        return {name: value for name, (value, default) in found.items() if value != default}


_EVERY_KEY_HAS = frozenset({"temperature", "max_tokens", "seed"})
"""The parameters that are part of every request's key; the others where they are not default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """One completion to be drawn.

    Attributes:
        model: The model's name, as its endpoint knows it.
        messages: The chat so far, exactly as it is sent.
        params: How to draw.
        task_id: The task that asks, for error messages and scripts; no part of the key.
        node: Where in the task's trees the completion belongs, e.g. ``p0`` or ``p0/self/r1``. It
            tells repeated draws apart, so that they never collapse into one.
    """

    model: str
    messages: tuple[Message, ...]
    params: SamplingParams
    task_id: str
    node: str

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides the completion: what a store files it under.

        Parameters that came later than stores did are part of it where they are not their default,
        so that every store still serves what it holds.
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
        """The seed of this draw alone (31 bits), derived from the run's seed and the node."""
        if self.params.seed is None:
            return None
        digest = hashlib.sha256(f"{self.params.seed}/{self.node}".encode()).digest()
        return int.from_bytes(digest[:4], "big") >> 1

    def capped(self, max_tokens: int) -> "SampleRequest":
        """The same request with at most ``max_tokens`` generated tokens."""
        return replace(self, params=replace(self.params, max_tokens=max_tokens))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a completion cost, in tokens.

    Attributes:
        completion_tokens: Generated tokens; the unit of pass@t.
        prompt_tokens: Tokens read; outside pass@t. None where nobody counted them.
        counted_by: ``endpoint``, or the name of the tokenizer that counted.
        reasoning_tokens: Those of `completion_tokens` that the model generated for itself alone.
        cached_tokens: Those of `prompt_tokens` that the endpoint had read before.
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
        text: What the model wrote, thoughts within it included; may be empty.
        usage: What it cost.
        finish_reason: Why the model stopped, in the endpoint's word: ``stop``, ``length``, …
        replayed: True where it was served from a store and not paid for in this run.
        dollars: US dollars that it cost when it was drawn; None where no price is known.
        reasoning: Thoughts that came apart from the text.
        seconds: How long its request took when it was drawn, without what it waited for before it
            was sent; None where that was not measured.
        first_byte: Seconds until the first byte of the answer, where it came as a stream.
        origin: Where it was drawn; None where no endpoint of the user's was asked, or an earlier
            version filed it.
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
"""The `finish_reason` of a sample that a filter of the endpoint's kept from the model, or from us,
in whole or in part."""

LENGTH = "length"
"""The `finish_reason` of a sample that ended at the limit on tokens."""

CONTEXT_LIMIT = "context_limit"
"""The `finish_reason` of a sample that could not be drawn: its prompt is longer than the model
reads. It has no text and cost nothing."""


class Model(Protocol):
    """Anything that completes a chat."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    async def sample(self, request: SampleRequest) -> Sample:
        """Draw one completion.

        Raises:
            ModelError: No completion could be had. Never raised for an empty one.
        """
        ...

    async def aclose(self) -> None:
        """Give back connections; called once, when the run ends."""
        ...


@runtime_checkable
class SeveralModel(Model, Protocol):
    """A model that can draw several completions of one prompt in one request."""

    async def sample_several(
        self, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        """Draw one completion for each request; they differ by their nodes alone.

        Returns:
            For each request its sample, or why there is none: what was paid for is not lost with
            what failed beside it.
        """
        ...


class SampleStore(Protocol):
    """Where samples are kept as they are paid for, and what they cost is counted."""

    @property
    def ledger(self) -> Ledger:
        """The account that they are paid from."""
        ...

    async def get_many(self, keys: Sequence[str]) -> dict[str, Sample]:
        """The samples filed under some requests' keys, as far as there are any.

        Raises:
            StoreError: They cannot be read.
        """
        ...

    async def put(
        self,
        request: SampleRequest,
        sample: Sample,
        *,
        reservation: Reservation | None = None,
        anew: bool = False,
    ) -> Sample:
        """File a sample and settle what was reserved for it, both or neither.

        Args:
            request: What was asked.
            sample: What came back.
            reservation: What was set aside for it; it is settled at what the sample cost.
            anew: Whether it takes the place of one that is filed under the same key.

        Returns:
            The sample that is filed now: another one, where somebody else was faster and it is not
            `anew`. When this returns, it is on disk.

        Raises:
            StoreError: It cannot be written.
        """
        ...

    async def asked(self, task_id: str, node: str) -> list[SampleRequest]:
        """Some requests of one task and node whose samples are filed, to compare a miss with.

        Raises:
            StoreError: They cannot be read.
        """
        ...
