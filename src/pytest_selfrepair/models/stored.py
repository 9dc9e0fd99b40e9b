"""A model with stored completions only, to replay runs recorded elsewhere."""

from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.errors import ReplayMissError


class StoredModel:
    """A model that is never called: its stored completions replay without a key or network.

    Args:
        name: The recorded model's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """The model's name in reports and the store."""
        return self._name

    async def sample(self, request: SampleRequest) -> Sample:
        """Refuse: the completion is not stored.

        Raises:
            ReplayMissError: Always.
        """
        raise ReplayMissError(
            f"{request.task_id}: no stored sample of {self._name} for node {request.node}; "
            "accepted: a store that has it, or a model that can be called"
        )

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""
