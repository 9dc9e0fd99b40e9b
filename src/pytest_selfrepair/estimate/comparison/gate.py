"""The gate: whether a run's numbers are good enough, decided by the limits that a user has set."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.findings import Findings
    from pytest_selfrepair.estimate.intervals.estimate import Estimate

FAIL_UNDER = "--selfrepair-fail-under"
FAIL_UNDER_LOWER = "--selfrepair-fail-under-lower"
MAX_REGRESSION = "--selfrepair-max-regression"
MAX_UNSCORED = "--selfrepair-max-unscored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a run has to reach; None: no such limit. All are shares, 0 to 1.

    Attributes:
        fail_under: The least pass@t, at the budget, of the first feedback source.
        fail_under_lower: The least lower end of that pass rate's interval over tasks.
        max_regression: How much lower than the baseline run's that pass rate may be: the upper end
            of the interval of baseline less run must not exceed it (non-inferiority, paired).
        max_unscored: The largest share of tasks that are in no rate. Where another limit is set and
            this one is not, it is 0: a rate of other tasks than were asked for decides nothing.
    """

    fail_under: float | None = None
    fail_under_lower: float | None = None
    max_regression: float | None = None
    max_unscored: float | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is any limit: then the gate decides in place of single tasks."""
        return any(limit is not None for limit in astuple(self))


def objections(gate: Gate, findings: "Findings", regression: "Estimate | None") -> list[str]:
    """Why a run does not pass the gate, a line each; none where it passes.

    Args:
        gate: The limits.
        findings: The run.
        regression: The baseline run's pass rate less this one's, over the tasks of both; None
            without a baseline.
    """
    return [*_unscored(gate, findings), *_rate(gate, findings), *_regression(gate, regression)]


def _unscored(gate: Gate, findings: "Findings") -> Iterator[str]:
    about = findings.about
    whole = about.tasks + about.not_run
    missing, allowed = whole - about.scored, gate.max_unscored or 0.0
    if gate.is_set and missing > allowed * whole:
        yield f"{missing} of {whole} tasks were not scored ({MAX_UNSCORED} {allowed:g})"


def _rate(gate: Gate, findings: "Findings") -> Iterator[str]:
    if gate.fail_under is None and gate.fail_under_lower is None:
        return
    if not findings.headline:
        yield f"no task was scored ({FAIL_UNDER})"
        return
    first = findings.headline[0]
    rate, what = first.pass_rate, f"pass@t of {first.source}"
    if gate.fail_under is not None and rate.value < gate.fail_under:
        yield f"{what} is {rate.value:.3f} ({FAIL_UNDER} {gate.fail_under:g})"
    if gate.fail_under_lower is None:
        return
    if rate.low is None:
        yield f"{what} has no interval with {first.tasks} tasks ({FAIL_UNDER_LOWER})"
    elif rate.low < gate.fail_under_lower:
        limit = f"{FAIL_UNDER_LOWER} {gate.fail_under_lower:g}"
        yield f"{what} is {rate.value:.3f}, perhaps as low as {rate.low:.3f} ({limit})"


def _regression(gate: Gate, regression: "Estimate | None") -> Iterator[str]:
    if gate.max_regression is None:
        return
    limit = f"{MAX_REGRESSION} {gate.max_regression:g}"
    if regression is None:
        yield f"no task was scored here and in the baseline ({limit})"
    elif regression.high is None:
        yield f"the regression has no interval: too few tasks were scored in both ({limit})"
    elif regression.high > gate.max_regression:
        yield (
            f"pass@t fell by {regression.value:.3f} from the baseline, perhaps by as much as "
            f"{regression.high:.3f} ({limit})"
        )
