"""Check that every model of a run can be used, before workers send requests."""

import asyncio
from collections.abc import Sequence

from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.check import Checked, fault_of
from pytest_selfrepair.models.recording import Replay
from pytest_selfrepair.models.spread import SpreadModel
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.plugin.endpoint_clients import EndpointClients
from pytest_selfrepair.plugin.model_registry import ResolvedModel
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.store.known import holds_samples


def check_endpoints(settings: Settings, models: Sequence[ResolvedModel]) -> bool:
    """Request one token from every model at an endpoint.

    Skipped where the run replays, or may: a store with samples of all models may hold everything
    requested, and otherwise the first worker to pay checks.

    Args:
        settings: The run's settings.
        models: The run's models.

    Returns:
        Whether requests were sent.

    Raises:
        UsageError: A model cannot be used: a wrong key, name or address, for instance.
    """
    there = [model for model in models if model.host]
    if not there or settings.replay == Replay.ONLY:
        return False
    if settings.replay == Replay.AUTO and holds_samples(
        settings.store, [model.asked.name for model in there]
    ):
        return False
    clients = EndpointClients(Slots(len(there)))
    made = [(model, model.make(clients)) for model in there]

    async def fault() -> str | None:
        try:
            return await fault_of(checked(made))
        finally:
            await asyncio.gather(*(model.aclose() for _, model in made))

    if (found := asyncio.run(fault())) is not None:
        raise UsageError(found)
    return True


def checked(
    models: Sequence[tuple[ResolvedModel, Model]],
) -> list[Checked]:
    """The models to check before the first paid request, with their settings."""
    found = []
    for model, made in models:
        if model.host and isinstance(made, ChatModel):
            found.append(Checked(at=(made,), params=model.params))
        if model.host and isinstance(made, SpreadModel):
            found.append(Checked(at=made.members, params=model.params))
    return found
