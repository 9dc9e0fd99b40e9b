"""Whether every model of a run can be asked, found out before workers ask for more."""

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
    """Ask every model at an endpoint for one token.

    Not where the run replays, or may: a store that holds samples of all models may hold all that
    are asked for, and then a worker checks when it is the first to pay.

    Args:
        settings: What the user asked for.
        models: The run's models.

    Returns:
        Whether they were asked.

    Raises:
        UsageError: One cannot be asked.
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
    """The models that are checked before the first request is paid, and how they are asked."""
    found = []
    for model, made in models:
        if model.host and isinstance(made, ChatModel):
            found.append(Checked(at=(made,), params=model.params))
        if model.host and isinstance(made, SpreadModel):
            found.append(Checked(at=made.members, params=model.params))
    return found
