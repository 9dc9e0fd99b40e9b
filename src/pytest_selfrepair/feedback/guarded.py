"""Guard against exceptions of the user's own feedback sources."""

from pytest_selfrepair.core.feedback import Failure, Feedback, FeedbackSource, Selective
from pytest_selfrepair.core.foreign import call_foreign, described
from pytest_selfrepair.errors import FeedbackError, InfrastructureError


def guarded(source: FeedbackSource) -> FeedbackSource:
    """Wrap a source so that its exceptions become `FeedbackError`, with its name."""
    if isinstance(source, Selective):
        return _GuardedSelective(source)
    return _Guarded(source)


class _Guarded:
    """A source whose exceptions name it."""

    def __init__(self, source: FeedbackSource) -> None:
        self._source = source
        self.name = source.name
        self.joint = source.joint
        self.max_tokens = source.max_tokens
        self._who = f"the feedback source {source.name!r}"

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Return the source's feedback."""
        found: object = await call_foreign(
            self._who, lambda: self._source.feedback(failure, node=node), FeedbackError
        )
        if not isinstance(found, Feedback):
            raise FeedbackError(f"{self._who}: found {found!r}; accepted: a Feedback")
        return found


class _GuardedSelective(_Guarded):
    """A guarded source with texts on some programs only."""

    def __init__(self, source: Selective) -> None:
        super().__init__(source)
        self._selective = source

    def texts(self, failure: Failure) -> int | None:
        """The source's number of texts on a failing program."""
        try:
            return self._selective.texts(failure)
        except InfrastructureError:
            raise
        except BaseException as error:
            raise FeedbackError(described(error, self._who)) from error
