"""Collect a program's case results until they decide its verdict."""

import msgspec

from pytest_selfrepair.core.checker import AcceptanceRule, weakest
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.child_reports import NoAnswer


class JudgedCase(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one case.

    Attributes:
        rule: The rule that accepted the answer; None where it was not accepted.
        trouble: Why the case failed; None where the answer was accepted.
        other: Whether the other checker accepts the answer; None without another checker.
    """

    rule: AcceptanceRule | None = None
    trouble: NoAnswer | None = None
    other: bool | None = None


class CaseResults:
    """The case results of one program, in order.

    The first failing case decides, unless all cases must run, or the other checker accepts an
    answer that this one does not, and so must see further ones.

    Args:
        all_cases: Whether all cases must run.
        scale: The divisor of CPU seconds: the `scale` of limits.

    Attributes:
        all_cases: Whether all cases must run.
        position: The index of the next case.
        failed: The first failing case; None for a program that does not compile.
        trouble: Why the program fails; None while it has not.
        cpu_seconds: The CPU seconds of all cases.
        slowest: The CPU seconds of the slowest case.
    """

    def __init__(self, *, all_cases: bool = False, scale: float = 1.0) -> None:
        self.all_cases, self._scale = all_cases, scale
        self.cpu_seconds = self.slowest = 0.0
        self._rules: list[AcceptanceRule | None] = []
        self._counted = 0
        self._uncompiled = False
        self._other: bool | None = None
        self.position = 0
        self.failed: int | None = None
        self.trouble: NoAnswer | None = None

    def add_uncompiled(self, trouble: NoAnswer) -> None:
        """Note that the program does not compile, so that no case was run."""
        self._uncompiled = True
        self.trouble = trouble

    def spend(self, seconds: float) -> None:
        """Add the CPU time of a case."""
        self.cpu_seconds += seconds / self._scale
        self.slowest = max(self.slowest, seconds / self._scale)

    def add(self, judged: JudgedCase) -> None:
        """Add the result of the next case."""
        if self.trouble is None or self.all_cases:
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
        return self.trouble is not None and not self.all_cases and not self._other

    @property
    def outcome(self) -> Outcome:
        """The first failing case's outcome, or passed."""
        return Outcome.PASSED if self.trouble is None else self.trouble.outcome

    @property
    def cases_run(self) -> int:
        """The number of cases up to and including the first failing one, or all."""
        return self._counted

    @property
    def cases_passed(self) -> int:
        """The number of these cases that were accepted."""
        return len(self._rules)

    @property
    def rule(self) -> AcceptanceRule | None:
        """The weakest rule that accepted a case."""
        return weakest(self._rules)

    @property
    def flips(self) -> bool | None:
        """Whether the other checker decides differently; None where it saw no answer."""
        return None if self._other is None else self._other is not (self.trouble is None)
