"""Permission to send a request: asked for when it has its slot, given when its cost is set aside.

So what a run that is killed has lost is never more than what could be in flight. Who asks is what
holds the slots: `slotted` models and `ChatModel`. The permit goes with the work, as a deadline
would, rather than through every signature: models of the user's own need not know of it.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, runtime_checkable

from pytest_selfrepair.core.sample import SampleRequest
from pytest_selfrepair.errors import ModelError

Permit = Callable[[Sequence[SampleRequest]], Awaitable[None]]
"""Sets aside what requests can cost, once for all their tries; raises `NotNowError`."""

_PERMIT: ContextVar[Permit | None] = ContextVar("selfrepair_permit", default=None)


class NotNowError(ModelError):
    """Nothing was sent, and may be later: what a request needs is another's for now."""


@runtime_checkable
class AsksPermission(Protocol):
    """A model that asks for permission itself, before every try, when it has a slot."""

    asks_permission: bool


async def permission(requests: Sequence[SampleRequest]) -> None:
    """Ask whether requests may be sent, with a slot for them held; free where nobody keeps account.

    Raises:
        NotNowError: Not now. The slot is to be given back: who holds what is needed may wait for
            it.
        InfrastructureError: Never.
    """
    if (permit := _PERMIT.get()) is not None:
        await permit(requests)


@contextmanager
def under(permit: Permit) -> Iterator[None]:
    """Have requests that are made within this ask a permit."""
    token = _PERMIT.set(permit)
    try:
        yield
    finally:
        _PERMIT.reset(token)
