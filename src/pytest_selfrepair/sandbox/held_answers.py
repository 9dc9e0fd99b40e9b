"""Hold and compare the answers of programs that are executed more than once."""

from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.sandbox.backlog import Backlog
from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.judge_request import Answer, JudgeRequest


class HeldAnswers:
    """Answers held until other executions of their programs end.

    Args:
        backlog: The queue for programs to be judged again.
        patience: The longest time an answer is held, in seconds.

    Attributes:
        notices: Notices to the user on contradictory verdicts.
    """

    def __init__(self, backlog: Backlog, patience: float) -> None:
        self._backlog, self._patience = backlog, patience
        self._until: dict[JudgeRequest, float] = {}
        self.notices: list[str] = []

    def end(
        self, request: JudgeRequest, answer: Answer | None, now: float, *, alone: bool = False
    ) -> None:
        """Note the end of an execution, whose answer may be held or contradict another.

        Args:
            request: The program.
            answer: Its answer; None without one.
            now: The time.
            alone: Whether the program was judged again, alone, after contradictory verdicts.
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
        """Note the end of a batch's executions without answers."""
        for request in batch.requests:
            self.end(request, None, now)

    def give(self, now: float) -> None:
        """Release the answers held for long enough."""
        for request in [each for each, until in self._until.items() if until <= now]:
            request.settle()
            del self._until[request]

    def give_all(self) -> None:
        """Release all answers, as no more executions will end."""
        for request in self._until:
            request.settle()
        self._until.clear()

    def _say(self, request: JudgeRequest, found: tuple[Verdict, Verdict]) -> None:
        """Add a notice on two contradictory executions and the consequence."""
        again = "it is judged again, alone" if request.open else "the first counts"
        self.notices.append(
            f"{request.cases.task_id}: a program was judged twice, since a worker hung, with "
            f"different verdicts: {found[0].outcome}, then {found[1].outcome}; {again}"
        )
