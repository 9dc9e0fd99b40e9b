"""Hold a run against the limits of the gate."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_selfrepair.estimate.intervals.paired_score import ONE_SIDED

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.regression import Regression
    from pytest_selfrepair.estimate.findings import Findings

FAIL_UNDER = "--selfrepair-fail-under"
FAIL_UNDER_LOWER = "--selfrepair-fail-under-lower"
MAX_REGRESSION = "--selfrepair-max-regression"
MAX_UNSCORED = "--selfrepair-max-unscored"

_ROUNDING = 1e-12
"""Rounding error allowed in a sum of shares."""


class GateRule(StrEnum):
    """When a regression fails the gate.

    `shown`: a fall is shown (one-sided, 5 %) and the estimate exceeds the limit, so that at most
    5 % of unchanged runs fail. `noninferior`: the one-sided upper bound of the fall exceeds the
    limit, so that at most 5 % of runs pass that are worse by more; most unchanged ones fail, too.
    """

    SHOWN = "shown"
    NONINFERIOR = "noninferior"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The limits of the gate; None: no limit. All are shares, 0 to 1.

    Attributes:
        fail_under: The least pass@t of the first feedback source, at the budget.
        fail_under_lower: The least lower end of that rate's interval over tasks.
        max_regression: The largest fall of that rate below the baselines.
        max_unscored: The largest share of unscored tasks and of unscored items of scenarios. 0
            where only other limits are set: a rate over other tasks than requested decides nothing.
        rule: When a regression fails.
    """

    fail_under: float | None = None
    fail_under_lower: float | None = None
    max_regression: float | None = None
    max_unscored: float | None = None
    rule: GateRule = GateRule.SHOWN

    @property
    def is_set(self) -> bool:
        """Whether any limit is set; the gate then decides in place of single tasks."""
        limits = (self.fail_under, self.fail_under_lower, self.max_regression, self.max_unscored)
        return any(limit is not None for limit in limits)

    @property
    def of_rates(self) -> str | None:
        """The flag of a limit on a pass rate; None where none is set."""
        limits = (
            (FAIL_UNDER, self.fail_under),
            (FAIL_UNDER_LOWER, self.fail_under_lower),
            (MAX_REGRESSION, self.max_regression),
        )
        return next((flag for flag, limit in limits if limit is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a run passes the gate, and why.

    Attributes:
        objections: Why it fails, a line each; empty where it passes.
        met: The limits it meets, each with the run's figure, a line each.
    """

    objections: tuple[str, ...]
    met: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the run passes."""
        return not self.objections


def decide(gate: Gate, findings: "Findings", regression: "Regression | str | None") -> Decision:
    """Hold a run against its limits.

    Args:
        gate: The limits.
        findings: The run.
        regression: How much lower the run is than its baselines; or why that is unknown; None
            without a baseline.
    """
    tasks = findings.bargain is None or bool(findings.about.tasks)
    found = [
        *_unscored(gate, findings),
        *(_rate(gate, findings) if tasks else ()),
        *(_regression(gate, regression) if tasks else ()),
    ]
    return Decision(
        objections=tuple(said for holds, said in found if not holds),
        met=tuple(said for holds, said in found if holds),
    )


def _unscored(gate: Gate, findings: "Findings") -> Iterator[tuple[bool, str]]:
    about = findings.about
    whole = about.tasks + about.not_run
    missing, allowed = whole - about.scored, gate.max_unscored or 0.0
    kinds = "tasks"
    if (games := findings.bargain) is not None:
        kinds = "tasks and items of scenarios" if about.tasks else "items of scenarios"
        whole += games.items
        missing += len(games.unscored) + games.unclear
    if gate.is_set:
        said = f"{missing} of {whole} {kinds} were not scored ({MAX_UNSCORED} {allowed:g})"
        yield missing <= allowed * whole, said


def _rate(gate: Gate, findings: "Findings") -> Iterator[tuple[bool, str]]:
    if gate.fail_under is None and gate.fail_under_lower is None:
        return
    if not findings.headline:
        yield False, f"no task was scored ({FAIL_UNDER})"
        return
    first = findings.headline[0]
    rate, what = first.pass_rate, f"pass@t of {first.source}"
    if gate.fail_under is not None:
        limit = f"{FAIL_UNDER} {gate.fail_under:g}"
        yield rate.value >= gate.fail_under, f"{what} is {rate.value:.3f} ({limit})"
    if gate.fail_under_lower is None:
        return
    if rate.low is None:
        said = f"{what} has no interval with {first.tasks} tasks ({FAIL_UNDER_LOWER})"
        yield False, said
        return
    limit = f"{FAIL_UNDER_LOWER} {gate.fail_under_lower:g}"
    said = f"{what} is {rate.value:.3f}, perhaps as low as {rate.low:.3f} ({limit})"
    yield rate.low >= gate.fail_under_lower, said


def _regression(gate: Gate, found: "Regression | str | None") -> Iterator[tuple[bool, str]]:
    if gate.max_regression is None:
        return
    limit = f"{MAX_REGRESSION} {gate.max_regression:g}"
    if found is None or isinstance(found, str):
        yield False, f"{found or 'no task was scored here and in the baseline'} ({limit})"
        return
    exceeds = found.fall > gate.max_regression + _ROUNDING
    if gate.rule is GateRule.NONINFERIOR:
        yield (
            found.upper <= gate.max_regression + _ROUNDING,
            f"{_change(found)}, perhaps by as much as {found.upper:.3f} ({limit}, noninferior)",
        )
        return
    shown = found.p < ONE_SIDED
    sure = f"one-sided p = {found.p:.2g} of no fall, {found.tasks} tasks"
    if exceeds and not shown:
        sure += "; more than the limit, but no more than chance may do"
    yield not (exceeds and shown), f"{_change(found)} ({sure}; {limit})"


def _change(found: "Regression") -> str:
    baseline = "the baseline" if found.runs == 1 else f"the mean of {found.runs} baselines"
    if abs(found.fall) <= _ROUNDING:
        return f"{found.rate} is that of {baseline}"
    way = "fell" if found.fall > 0 else "rose"
    return f"{found.rate} {way} by {abs(found.fall):.3f} from {baseline}"
