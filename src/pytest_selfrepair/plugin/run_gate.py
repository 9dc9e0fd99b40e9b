"""The gate of a run and its baselines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.estimate.comparison.gate import Decision, Gate, GateRule, decide
from pytest_selfrepair.plugin.options import Settings

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.regression import Baselines, Regression
    from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison
    from pytest_selfrepair.estimate.findings import Findings
    from pytest_selfrepair.store.run_names import LoadedRun

# Comparisons are imported only with a baseline or a gate, as most runs have none.


class RunGate:
    """The gate of a run, and the runs it is compared with.

    Args:
        settings: The run's settings.

    Attributes:
        gate: The limits.
        baseline: The baselines; reports compare the run with the first.

    Raises:
        UsageError: There is no such baseline, it cannot be paired, or a limit needs one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.gate = Gate(
            fail_under=settings.fail_under,
            fail_under_lower=settings.fail_under_lower,
            max_regression=settings.max_regression,
            max_unscored=settings.max_unscored,
            rule=GateRule(settings.gate_rule),
        )
        if settings.max_regression is not None and not settings.baseline:
            raise UsageError(
                f"--selfrepair-max-regression: found {settings.max_regression:g} and no baseline; "
                "accepted: with --selfrepair-baseline RUN"
            )
        if settings.policy != Policy.BATCH and (given := self.gate.of_rates):
            raise UsageError(
                f"{given}: found with --selfrepair-policy {settings.policy}; accepted: with "
                "--selfrepair-policy batch, whose rates can be compared"
            )
        # Read before the run begins: `last` is then the run before this one.
        self.baseline = [_loaded(run) for run in settings.baseline]

    def foreseen(self, task_ids: Sequence[str]) -> list[str]:
        """The limit that the gate supports with these tasks, a line each.

        Raises:
            UsageError: The requested limit is not supported.
        """
        from pytest_selfrepair.plugin.gating import foreseen_limit  # noqa: PLC0415 - as above

        return foreseen_limit(self._settings, self._baselines(), task_ids)

    def foreseen_gain(self, tasks: int) -> list[str]:
        """The gain that these tasks detect, and what makes a rate more precise, a line each."""
        from pytest_selfrepair.plugin.gating import (  # noqa: PLC0415 - as above
            foreseen_gain,
            foreseen_split,
            spread_of_gain,
        )

        if not self.baseline:
            return foreseen_gain(self._settings, tasks)
        first = self.baseline[0]
        spread = spread_of_gain(first.records)
        measured = None if spread is None else (spread, f"that of {first.title}")
        said = foreseen_gain(self._settings, tasks, measured)
        baselines = self._baselines()
        return said if baselines is None else [*said, *foreseen_split(baselines)]

    def against(self, records: list[Record], games: list[BargainRecord]) -> "RunComparison | None":
        """Compare the run with its first baseline; None where it has none.

        Args:
            records: The run's records, one for each task.
            games: The run's records of scenarios.
        """
        if not self.baseline:
            return None
        from pytest_selfrepair.estimate.comparison.run_comparison import run_comparison, side  # noqa: PLC0415 - as above

        baseline = self.baseline[0]
        return run_comparison(
            (side(baseline.records, baseline.title, baseline.name), baseline.records),
            (side(records, "this run"), records),
            games=(baseline.games, games),
        )

    def decision(self, findings: "Findings", records: list[Record]) -> Decision:
        """Whether the run passes the gate."""
        return decide(self.gate, findings, self._regression(records))

    def _regression(self, records: list[Record]) -> "Regression | str | None":
        """How far the run is below its baselines, or why that is unknown."""
        from pytest_selfrepair.estimate.comparison.regression import Scope  # noqa: PLC0415 - as above

        if self.gate.max_regression is None or (baselines := self._baselines()) is None:
            return None
        try:
            if self._settings.gate_scope == Scope.TASKS:
                return baselines.fall_of_tasks(records)
            return baselines.fall(records)
        except UsageError as error:
            return str(error)

    def _baselines(self) -> "Baselines | None":
        from pytest_selfrepair.estimate.comparison.regression import Baselines  # noqa: PLC0415 - as above

        if not self.baseline:
            return None
        return Baselines([run.records for run in self.baseline])


def _loaded(run: str) -> "LoadedRun":
    from pytest_selfrepair.estimate.comparison.paired_runs import by_id  # noqa: PLC0415 - as above
    from pytest_selfrepair.store import run_names  # noqa: PLC0415 - as above

    try:
        loaded = run_names.load(run)
        by_id(loaded.records, "before")  # now, as an error after the run would waste its cost
    except SelfRepairError as error:
        raise UsageError(f"--selfrepair-baseline: {error}") from None
    return loaded
