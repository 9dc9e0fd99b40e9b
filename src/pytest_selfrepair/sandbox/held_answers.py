"""Answers of programs that are executed more than once: held, compared, given."""

from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.sandbox.backlog import Backlog
from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.judge_request import Answer, JudgeRequest


class HeldAnswers:
    """The answers that wait for other executions of their programs.

    Args:
        backlog: Takes programs that are to be judged again.
        patience: Seconds for which an answer waits.

    Attributes:
        notices: What the user should know: verdicts that contradict each other.
    """

    def __init__(self, backlog: Backlog, patience: float) -> None:
        self._backlog, self._patience = backlog, patience
        self._until: dict[JudgeRequest, float] = {}
        self.notices: list[str] = []

    def end(
        self, request: JudgeRequest, answer: Answer | None, now: float, *, alone: bool = False
    ) -> None:
        """An execution has ended; its answer may wait for those of others, or contradict one.

        Args:
            request: The program.
            answer: What came of it; None: nothing.
            now: The time.
            alone: Whether the program was judged again, alone, for verdicts contradicted.
        """
        before = request.contradiction
        request.end(answer, alone=alone)
        if request.held:
            self._until.setdefault(request, now + self._patience)
        else:
            self._until.pop(request, None)
        if request.contradiction is not before and request.contradiction is not None:
            self._say(request, request.contradiction)
            self._backlog.put_back(Batch(requests=(request,), alone=True), first=True)

    def end_all(self, batch: Batch, now: float) -> None:
        """The executions of a batch have ended with nothing."""
        for request in batch.requests:
            self.end(request, None, now)

    def give(self, now: float) -> None:
        """Give the answers that have waited for long enough."""
        for request in [each for each, until in self._until.items() if until <= now]:
            request.settle()
            del self._until[request]

    def give_all(self) -> None:
        """Give all answers: nothing comes any more."""
        for request in self._until:
            request.settle()
        self._until.clear()

    def _say(self, request: JudgeRequest, found: tuple[Verdict, Verdict]) -> None:
        """Say that two executions contradict each other, and what comes of that."""
        again = "it is judged again, alone" if request.open else "the first counts"
        self.notices.append(
            f"{request.cases.task_id}: a program was judged twice, since a worker hung, and "
            f"otherwise: {found[0].outcome}, then {found[1].outcome}; {again}"
        )
