"""Feedback sources of the user's own, whatever they raise."""

from pytest_selfrepair.core.feedback import Failure, Feedback, FeedbackSource, Selective
from pytest_selfrepair.core.foreign import asked, described
from pytest_selfrepair.errors import FeedbackError, InfrastructureError


def guarded(source: FeedbackSource) -> FeedbackSource:
    """The source; what it raises is a `FeedbackError` that names it."""
    if isinstance(source, Selective):
        return _GuardedSelective(source)
    return _Guarded(source)


class _Guarded:
    """A source whose exceptions say whose they are."""

    def __init__(self, source: FeedbackSource) -> None:
        self._source = source
        self.name = source.name
        self.joint = source.joint
        self.max_tokens = source.max_tokens
        self._who = f"the feedback source {source.name!r}"

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Say what is wrong with a failing program, as the source does."""
        found: object = await asked(
            self._who, lambda: self._source.feedback(failure, node=node), FeedbackError
        )
        if not isinstance(found, Feedback):
            raise FeedbackError(f"{self._who}: found {found!r}; accepted: a Feedback")
        return found


class _GuardedSelective(_Guarded):
    """One that has something to say of some programs only."""

    def __init__(self, source: Selective) -> None:
        super().__init__(source)
        self._selective = source

    def texts(self, failure: Failure) -> int | None:
        """How many texts there are about a failing program, as the source says."""
        try:
            return self._selective.texts(failure)
        except InfrastructureError:
            raise
        except BaseException as error:
            raise FeedbackError(described(error, self._who)) from error
