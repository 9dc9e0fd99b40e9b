"""The gate and the unsolved tasks in a run's Markdown."""

from collections.abc import Sequence

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.comparison.gate import Decision
from pytest_selfrepair.estimate.run.outcome import TaskOutcome, task_outcome
from pytest_selfrepair.report.markdown import escaped
from pytest_selfrepair.report.numbers import number, plural

_MOST_NAMED = 50
"""The number of unsolved tasks named."""


def gate(decision: Decision) -> str:
    """The gate's decision, its objections, and the limits that are met."""
    lines = [f"- ✗ {escaped(said)}" for said in decision.objections]
    lines += [f"- ✓ {escaped(said)}" for said in decision.met]
    answer = "passed" if decision.passed else "failed"
    return "\n".join([f"#### Gate: {answer}", "", *lines]) + "\n"


def unsolved(records: Sequence[Record]) -> str:
    """The unsolved tasks by name; empty where all are solved or unscored."""
    found = sorted(
        record.task_id for record in records if task_outcome(record) is TaskOutcome.UNSOLVED
    )
    if not found:
        return ""
    named = ", ".join(map(escaped, found[:_MOST_NAMED]))
    more = f" and {number(len(found) - _MOST_NAMED)} more" if len(found) > _MOST_NAMED else ""
    return f"**Unsolved: {plural(len(found), 'task')} of {number(len(records))}.** {named}{more}\n"
