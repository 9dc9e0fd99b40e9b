"""Run the assertions of tasks with a program's answers so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.task import Assertions, JsonValue, Task
from pytest_selfrepair.errors import CheckerError
from pytest_selfrepair.sandbox.child_reports import NoAnswer
from pytest_selfrepair.sandbox.inside.ways import CallStyle
from pytest_selfrepair.sandbox.instrument import Instrumented, instrument
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.single_run import run_single
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError
from pytest_selfrepair.sandbox.zygotes import Lease, Zygotes

MOST_AT_ONCE = 1_000
"""The most calls that assertions may make before the first is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The assertions of a task, prepared for any program.

    Attributes:
        instrumented: The instrumented checks.
        calls: Their first calls, the same for every program.
    """

    instrumented: Instrumented
    calls: tuple[JsonValue, ...]


class Examiner:
    """Runs the assertions of tasks.

    Args:
        checkers: Zygotes for assertions, which see expected values and run no program.
    """

    def __init__(self, checkers: Zygotes) -> None:
        self._checkers = checkers
        self._prepared: dict[tuple[Assertions, tuple[str, ...], str], Prepared] = {}

    def prepare(self, task: Task, lease: Lease, limits: Limits) -> Prepared:
        """Find the first calls by a run without any answer.

        Raises:
            CheckerError: The assertions break or fail even without a program.
            BrokenZygoteError: The sandbox is broken.
        """
        assert task.assertions is not None  # noqa: S101 - called for such tasks only
        assert task.fn_name is not None  # noqa: S101 - as above
        checks = tuple(str(case.input) for case in task.cases)
        key = task.assertions, checks, task.fn_name
        if key in self._prepared:
            return self._prepared[key]
        ready = instrument(checks, task.fn_name)
        match self.examine(task, ready, lease, [], [], limits=limits, everything=False):
            case NoAnswer() as trouble:
                found = trouble.error or trouble.actual or trouble.outcome
            case {"cases": [*_, {"end": "failed" | "raised" as end, "type": name, "message": why}]}:
                found = f"one that {end} without a call, {name}: {why}"
            case {"calls": []}:
                found = "no call of it"
            case {"calls": [*calls]}:
                prepared = Prepared(instrumented=ready, calls=tuple(calls))
                return self._prepared.setdefault(key, prepared)
            case other:
                raise BrokenZygoteError(f"a run of assertions returned {str(other)[:80]}")
        accepted = f"statements that assert what {task.fn_name} returns"
        raise CheckerError(f"{task.id}: assertions: found {shorten(found)}; accepted: {accepted}")

    def examine(
        self,
        task: Task,
        ready: Instrumented,
        lease: Lease,
        calls: Sequence[JsonValue],
        answers: Sequence[JsonValue],
        *,
        limits: Limits,
        everything: bool,
    ) -> JsonValue | NoAnswer:
        """Run the assertions with the answers so far; return the result of `standin.examine`."""
        assert task.assertions is not None  # noqa: S101 - as above
        request: dict[str, JsonValue] = {
            "definitions": task.assertions.definitions,
            "setup": task.assertions.setup,
            "checks": list(ready.checks),
            "sites": list(ready.sites),
            "fn_name": task.fn_name,
            "calls": list(calls),
            "answers": list(answers),
            "most": MOST_AT_ONCE,
            "all": everything,
        }
        with self._checkers.leased(lease) as zygote:
            work = Work(
                program="",
                fn_name=task.fn_name,
                inputs=[request],
                way=CallStyle.ASSERTIONS,
                limits=limits,
            )
            _, answer = run_single(zygote, work)
        return answer if isinstance(answer, NoAnswer) else answer.value
