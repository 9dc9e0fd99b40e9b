"""A model of which only stored completions are used: to run again what was recorded elsewhere."""

from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.errors import ReplayMissError


class StoredModel:
    """A model that is never asked: a run replays its stored completions, without a key or network.

    Args:
        name: The name that it was recorded under.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """What reports and the store call it."""
        return self._name

    async def sample(self, request: SampleRequest) -> Sample:
        """Refuse: the completion is not stored.

        Raises:
            ReplayMissError: Always.
        """
        raise ReplayMissError(
            f"{request.task_id}: no stored sample of {self._name} for node {request.node}; "
            "accepted: a store that has it, or a model that can be asked"
        )

    async def aclose(self) -> None:
        """Nothing to give back."""
