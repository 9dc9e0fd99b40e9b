"""Limit models without an endpoint to the process's slots."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from pytest_selfrepair.core.foreign import call_foreign
from pytest_selfrepair.core.sample import Model, Sample, SampleRequest, SeveralModel
from pytest_selfrepair.errors import InfrastructureError, OwnModelError
from pytest_selfrepair.models.permit import permission
from pytest_selfrepair.models.traffic import Slots

_T = TypeVar("_T")

_COST = "; what it may have cost is not counted"
"""Added to errors: such a model may have sent paid requests of its own."""


def slotted(model: Model, slots: Slots) -> Model:
    """Wrap a model so that each request waits for a slot."""
    if isinstance(model, SeveralModel):
        return _SlottedSeveral(model, slots)
    return _Slotted(model, slots)


class _Slotted:
    """A model with a slot for each request."""

    asks_permission = True

    def __init__(self, model: Model, slots: Slots) -> None:
        self._model = model
        self._slots = slots

    @property
    def name(self) -> str:
        """The model's own name."""
        return self._model.name

    async def sample(self, request: SampleRequest) -> Sample:
        """Draw one completion, as the model does."""
        async with self._slots.slot():
            await permission([request])
            found = await self._call(lambda: self._model.sample(request))
        if not isinstance(found, Sample):
            raise OwnModelError(f"{self._owner}: found {found!r}; accepted: a Sample")
        return found

    async def aclose(self) -> None:
        """Close the model."""
        await self._call(self._model.aclose)

    @property
    def _owner(self) -> str:
        return f"the model {self._model.name!r}"

    async def _call(self, work: Callable[[], Awaitable[_T]]) -> _T:
        return await call_foreign(self._owner, work, OwnModelError, _COST)


class _SlottedSeveral(_Slotted):
    """A slotted model that can draw several completions in one request."""

    def __init__(self, model: SeveralModel, slots: Slots) -> None:
        super().__init__(model, slots)
        self._several = model

    async def sample_several(
        self, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        """Draw several completions, as the model does."""
        async with self._slots.slot():
            await permission(requests)
            return await self._call(lambda: self._several.sample_several(requests))
