"""Record and replay: every completion is stored before it is used, and served again for free."""

from dataclasses import dataclass, replace
from enum import StrEnum

from pytest_selfrepair.core.sample import Model, Sample, SampleRequest, SampleStore
from pytest_selfrepair.errors import ReplayMissError


class Replay(StrEnum):
    """Whether stored samples are served again."""

    OFF = "off"
    AUTO = "auto"
    ONLY = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingModel:
    """A model whose samples are kept.

    Attributes:
        model: The model that is paid.
        store: Where its samples are kept.
        replay: `auto` serves what is there and pays for the rest, `only` never pays, `off` always.
    """

    model: Model
    store: SampleStore
    replay: Replay

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.model.name

    async def sample(self, request: SampleRequest) -> Sample:
        """Serve a stored sample, or draw one and store it.

        Raises:
            ReplayMissError: Replay is `only` and there is no such sample.
            ModelError: The model gave no answer.
            StoreError: The sample could not be read or kept.
        """
        if self.replay is not Replay.OFF:
            stored = await self.store.get(request.key)
            if stored is not None:
                return replace(stored, replayed=True)
            if self.replay is Replay.ONLY:
                raise ReplayMissError(
                    f"{request.task_id}: no stored sample of {request.model} for node "
                    f"{request.node} at temperature {request.params.temperature} and at most "
                    f"{request.params.max_tokens} tokens; run once with --selfrepair-replay auto"
                )
        sample = await self.model.sample(request)
        await self.store.put(request, sample)
        return sample

    async def aclose(self) -> None:
        """Close the model; the store belongs to who opened it."""
        await self.model.aclose()
