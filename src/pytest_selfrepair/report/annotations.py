"""Annotate a pull request by GitHub's workflow commands on standard output.

The syntax is GitHub's "Workflow commands": values may not contain a raw %, CR or LF, properties no
colon or comma either. Text from a model can therefore neither end a command nor begin one.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.comparison.gate import Decision
from pytest_selfrepair.estimate.run import outcome_counts
from pytest_selfrepair.estimate.run.outcome import TaskOutcome, task_outcome
from pytest_selfrepair.report.game_item import broken_text
from pytest_selfrepair.report.item import unsolved_text
from pytest_selfrepair.report.phrases import named
from pytest_selfrepair.report.visible_text import harmless, harmless_lines

_LONGEST = 2000
"""The longest message in characters; GitHub shows some 4 KB."""


class _Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


def annotations(
    records: Sequence[Record],
    games: Sequence[BargainRecord] = (),
    *,
    decision: Decision | None = None,
    lost: Sequence[str] = (),
    won: Sequence[str] = (),
    before: Sequence[BargainRecord] = (),
    files: Mapping[str, str] | None = None,
) -> list[str]:
    """The commands, a line each: the gate, unscored tasks, lost, unsolved, won, and games.

    GitHub shows ten of each level and step, so the worst come first.

    Args:
        records: The run's records, one for each task.
        games: The run's records of scenarios and roles.
        decision: The gate's decision, if there is one.
        lost: Ids of tasks that the baseline solved and this run did not.
        won: The reverse.
        before: The baseline's records of scenarios.
        files: Files to annotate for tasks and scenarios, relative to the repository's root, by id.
    """
    files = files or {}
    lines = list(_gate(decision)) if decision is not None else []
    for each in outcome_counts.unscored(records):
        lines.append(_command(_Level.ERROR, "tasks not scored", f"{named(each)}: {each.reason}"))
    unsolved = {
        record.task_id: record for record in records if task_outcome(record) is TaskOutcome.UNSOLVED
    }
    for task_id in lost:
        text = unsolved_text(unsolved[task_id]) if task_id in unsolved else "not solved"
        said = f"{task_id}: solved by the baseline and not by this run\n{text}"
        lines.append(_command(_Level.ERROR, "task lost", said, files.get(task_id)))
    for task_id, record in sorted(unsolved.items()):
        if task_id not in lost:
            said = f"{task_id}: {unsolved_text(record)}"
            lines.append(_command(_Level.WARNING, "task unsolved", said, files.get(task_id)))
    for task_id in won:
        said = f"{task_id}: solved by this run and not by the baseline"
        lines.append(_command(_Level.NOTICE, "task won", said, files.get(task_id)))
    return [*lines, *_rules(games, before, files)]


def _rules(
    games: Sequence[BargainRecord], before: Sequence[BargainRecord], files: Mapping[str, str]
) -> Iterator[str]:
    """Items whose improved player breaks a rule, with game and turn, or no longer does."""
    kept = {each.task_id: not each.rules_broken for each in before if each.chains}
    for record in sorted(games, key=lambda record: record.task_id):
        file, item = files.get(record.task_id), record.task_id
        if record.rules_broken:
            worse = kept.get(item, False)
            beside = ", and kept them in the baseline" if worse else ""
            said = f"{item}{beside}: {broken_text(record)}"
            yield _command(_Level.ERROR if worse else _Level.WARNING, "rules broken", said, file)
        elif record.chains and not kept.get(item, True):
            said = f"{item}: the {record.role} keeps the rules that it broke in the baseline"
            yield _command(_Level.NOTICE, "rules kept", said, file)


def _gate(decision: Decision) -> Iterator[str]:
    for said in decision.objections:
        yield _command(_Level.ERROR, "self-repair gate: failed", said)
    if decision.passed:
        said = "\n".join(decision.met) or "no limit"
        yield _command(_Level.NOTICE, "self-repair gate: passed", said)


def _command(level: _Level, title: str, message: str, file: str | None = None) -> str:
    properties = {"title": title} | ({} if file is None else {"file": file})
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join(harmless_lines(message))
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return f"::{level} {given}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")
