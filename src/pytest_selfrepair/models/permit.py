"""Permission to send a request: sought once it has a slot, granted once its cost is reserved.

A killed run thus never loses more than what could be in flight. `slotted` models and `ChatModel`,
which hold the slots, ask for it. The permit is passed by context, as a deadline would be, rather
than through every signature, so users' own models need not know of it.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, runtime_checkable

from pytest_selfrepair.core.sample import SampleRequest
from pytest_selfrepair.errors import ModelError

Permit = Callable[[Sequence[SampleRequest]], Awaitable[None]]
"""Reserves what requests can cost, once for all their tries; raises `NotNowError`."""

_PERMIT: ContextVar[Permit | None] = ContextVar("selfrepair_permit", default=None)


class NotNowError(ModelError):
    """The request cannot be reserved for now, and was not sent."""


@runtime_checkable
class AsksPermission(Protocol):
    """A model that asks for permission itself, before every try, once it has a slot."""

    asks_permission: bool


async def permission(requests: Sequence[SampleRequest]) -> None:
    """Ask to send requests while holding their slot; always granted without an account.

    Raises:
        NotNowError: They must wait. Release the slot meanwhile: the request that holds what they
            need may be waiting for a slot.
        InfrastructureError: They can never be sent.
    """
    if (permit := _PERMIT.get()) is not None:
        await permit(requests)


@contextmanager
def under(permit: Permit) -> Iterator[None]:
    """Apply a permit to the requests made within the block."""
    token = _PERMIT.set(permit)
    try:
        yield
    finally:
        _PERMIT.reset(token)
