"""What is known of a program while its cases come in, and whether that decides its verdict."""

from dataclasses import dataclass

from pytest_selfrepair.core.checker import AcceptanceRule, weakest
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.child_reports import NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCase:
    """One case.

    Attributes:
        rule: What accepted the answer; None where it was not accepted.
        trouble: Why the case failed; None where the answer was accepted.
        other: Whether there is an answer that the other checker accepts; None where there is no
            other checker.
    """

    rule: AcceptanceRule | None = None
    trouble: NoAnswer | None = None
    other: bool | None = None


class CaseResults:
    """The cases of one program, in order.

    A program is decided by its first failing case, but for two reasons to go on: all cases are to
    be run, or the other checker accepts what this one does not, and so must see what follows.

    Args:
        all_cases: Whether every case is to be run.
        scale: By what CPU seconds are divided: the `scale` of limits.

    Attributes:
        position: The next case.
        failed: The first failing case; None for a program that does not compile.
        trouble: Why the program fails; None as long as it does not.
        cpu_seconds: CPU seconds that it has used.
        slowest: The most that one case has used.
    """

    def __init__(self, *, all_cases: bool = False, scale: float = 1.0) -> None:
        self._all_cases, self._scale = all_cases, scale
        self.cpu_seconds = self.slowest = 0.0
        self.restart()

    def restart(self) -> None:
        """Forget all cases, which are to be run again; not the CPU time that they took."""
        self._rules: list[AcceptanceRule | None] = []
        self._counted = 0
        self._uncompiled = False
        self._other: bool | None = None
        self.position = 0
        self.failed: int | None = None
        self.trouble: NoAnswer | None = None

    def add_uncompiled(self, trouble: NoAnswer) -> None:
        """The program does not compile, so that no case was run."""
        self._uncompiled = True
        self.trouble = trouble

    def spend(self, seconds: float) -> None:
        """A case has used CPU time."""
        self.cpu_seconds += seconds / self._scale
        self.slowest = max(self.slowest, seconds / self._scale)

    def add(self, judged: JudgedCase) -> None:
        """The next case has been run."""
        if self.trouble is None or self._all_cases:
            self._counted += 1
            if judged.trouble is None:
                self._rules.append(judged.rule)
        if self.trouble is None and judged.trouble is not None:
            self.failed, self.trouble = self.position, judged.trouble
        if judged.other is not None:
            self._other = judged.other and self._other is not False
        self.position += 1

    @property
    def decided(self) -> bool:
        """Whether no further case can matter."""
        if self._uncompiled:
            return True
        return self.trouble is not None and not self._all_cases and not self._other

    @property
    def outcome(self) -> Outcome:
        """The first failing case's outcome, or passed."""
        return Outcome.PASSED if self.trouble is None else self.trouble.outcome

    @property
    def cases_run(self) -> int:
        """Cases up to and including the first failing one, or all."""
        return self._counted

    @property
    def cases_passed(self) -> int:
        """Those of them that were accepted."""
        return len(self._rules)

    @property
    def rule(self) -> AcceptanceRule | None:
        """What accepted the weakest match."""
        return weakest(self._rules)

    @property
    def flips(self) -> bool | None:
        """Whether the other checker decides otherwise; None where no answer was shown to it."""
        return None if self._other is None else self._other is not (self.trouble is None)
