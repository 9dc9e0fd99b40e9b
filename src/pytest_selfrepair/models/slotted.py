"""Models that are no endpoint, held to the process's slots like all others."""

from collections.abc import Sequence

from pytest_selfrepair.core.sample import Model, Sample, SampleRequest, SeveralModel
from pytest_selfrepair.errors import InfrastructureError
from pytest_selfrepair.models.permit import permission
from pytest_selfrepair.models.traffic import Slots


def slotted(model: Model, slots: Slots) -> Model:
    """The model, each of whose requests waits for a slot."""
    if isinstance(model, SeveralModel):
        return _SlottedSeveral(model, slots)
    return _Slotted(model, slots)


class _Slotted:
    """A model whose requests wait for a slot."""

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
            return await self._model.sample(request)

    async def aclose(self) -> None:
        """Close the model."""
        await self._model.aclose()


class _SlottedSeveral(_Slotted):
    """One that can draw several completions in one request."""

    def __init__(self, model: SeveralModel, slots: Slots) -> None:
        super().__init__(model, slots)
        self._several = model

    async def sample_several(
        self, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        """Draw several completions, as the model does."""
        async with self._slots.slot():
            await permission(requests)
            return await self._several.sample_several(requests)
