"""The JUnit XML properties of a task."""

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.run.outcome import task_outcome
from pytest_selfrepair.report.visible_text import harmless


def properties(record: Record) -> list[tuple[str, object]]:
    """A task's properties: scalars only, which strict readers accept."""
    facts: list[tuple[str, object]] = [
        ("selfrepair_outcome", str(task_outcome(record))),
        ("selfrepair_tokens", record.cost.tokens),
        ("selfrepair_replayed_tokens", record.cost.replayed_tokens),
    ]
    if record.setup is not None:
        facts.append(("selfrepair_isolation", harmless(record.setup.isolation)))
    if (grown := record.grown) is None:
        return facts
    repairs = grown.repairs
    return [
        *facts,
        ("selfrepair_programs", len(grown.programs)),
        ("selfrepair_programs_passed", sum(node.verdict.passed for node in grown.programs)),
        ("selfrepair_repairs", len(repairs)),
        ("selfrepair_repairs_passed", sum(node.verdict.passed for node in repairs)),
    ]
