"""Export a ranking of several runs as one table for spreadsheets and papers."""

from pytest_selfrepair.estimate.comparison.ranked import RunRanking
from pytest_selfrepair.report.exports import CellKind, ExportColumn, ExportTable
from pytest_selfrepair.report.numbers import number, plural
from pytest_selfrepair.report.ranking_words import HOW_RANKED, rank

_COLUMNS = (
    ExportColumn(name="run", head="Run"),
    ExportColumn(name="rank", head="Rank"),
    ExportColumn(name="name", csv_only=True),
    ExportColumn(name="models", csv_only=True),
    ExportColumn(name="tasks", kind=CellKind.COUNT, csv_only=True),
    ExportColumn(name="pass_at_1", head="pass@1", kind=CellKind.SHARE, estimated=True),
    ExportColumn(name="budget", kind=CellKind.COUNT, csv_only=True),
    ExportColumn(name="pass_at_t", head="pass@t", kind=CellKind.SHARE, estimated=True),
    ExportColumn(
        name="as_grown", head="as grown", kind=CellKind.SHARE, estimated=True, csv_only=True
    ),
    ExportColumn(
        name="tree_tokens", head="tokens", kind=CellKind.COUNT, estimated=True, csv_only=True
    ),
    ExportColumn(name="tokens", kind=CellKind.COUNT, estimated=True, csv_only=True),
    ExportColumn(name="dollars", head="Cost a task", kind=CellKind.DOLLARS, estimated=True),
    ExportColumn(name="seconds_to_pass", head="Seconds to a pass", kind=CellKind.SECONDS),
    ExportColumn(name="feedback", head="Feedback"),
    ExportColumn(name="gain_stopping", head="Gain", kind=CellKind.POINTS, estimated=True),
    ExportColumn(name="gain_paper", head="Gain, paper's", kind=CellKind.POINTS, estimated=True),
)


def ranking_table(found: RunRanking) -> ExportTable:
    """A row for each run and each of its feedback sources, the best run first."""
    whole = found.overall
    rows = [
        (
            run.label,
            rank(run),
            run.run.name,
            " and ".join(run.run.models),
            found.tasks,
            rates.pass_at_1,
            whole.budget,
            rates.at_budget,
            rates.pass_at_t,
            rates.tree_tokens,
            run.tokens,
            run.dollars,
            run.seconds_to_pass,
            *((gain.source, gain.stopping, gain.paper) if gain else (None, None, None)),
        )
        for run, rates in zip(found.runs, whole.rates if whole else (), strict=False)
        if whole is not None
        for gain in run.gains or (None,)
    ]
    at = f"pass@t at {number(whole.budget)} tokens a task, " if whole else ""
    return ExportTable(
        caption=f"{at}{plural(found.tasks, 'task')} that all runs scored; {HOW_RANKED}",
        columns=_COLUMNS,
        rows=tuple(rows),
    )
