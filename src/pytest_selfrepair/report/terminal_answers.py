"""The head of a run's summary: whether repair pays, and with which numbers."""

from collections.abc import Iterator

from pytest_selfrepair.estimate.gain import AtEqualTokens, RepairConclusion
from pytest_selfrepair.report import numbers, phrases
from pytest_selfrepair.report.summary_lines import LineStyle, SummaryLine
from pytest_selfrepair.report.terminal_page import STYLES, TerminalPage


def budget(page: TerminalPage) -> list[SummaryLine]:
    """That the budget of the run was spent, which comes first: rates are of fewer tasks."""
    missing = page.findings.about.not_run_budget
    if missing is None:
        return []
    say = page.writer.say
    count = numbers.plural(len(missing.tasks), "task")
    were = "was" if len(missing.tasks) == 1 else "were"
    return [
        *say(f"the budget of the run is spent: {count} {were} not run", LineStyle.UNSURE),
        *say(missing.reason, indent="  "),
    ]


def answers(page: TerminalPage) -> list[SummaryLine]:
    """Whether repair pays, in words, with the numbers that carry it."""
    found, writer = page.findings.headline, page.writer
    if not found:
        return writer.say(phrases.not_compared(page.findings), LineStyle.UNSURE)
    lines = [line for each in found for line in _answer(page, each)]
    if (note := phrases.several(found)) is not None:
        lines += writer.say(note, LineStyle.FAINT)
    return lines + writer.say_each(map(phrases.spread, page.findings.spreads), LineStyle.FAINT)


def _answer(page: TerminalPage, found: AtEqualTokens) -> Iterator[SummaryLine]:
    """The answer of one source."""
    findings, say = page.findings, page.writer.say
    style = STYLES[found.answer or RepairConclusion.CANNOT_TELL]
    yield from say(f"{found.source}: {phrases.answer(found)}", style)
    for text in (phrases.against(found), *phrases.others(found), phrases.price(found)):
        yield from say(text, indent="  ")
    for note in (phrases.trees_compared(found), phrases.short(found), phrases.bounds(found)):
        if note is not None:
            yield from say(f"({note})", indent="  ")
    for each in findings.sources:
        if each.source != found.source:
            continue
        if each.leaks:
            yield from say(f"({phrases.LEAKS})", LineStyle.UNSURE, indent="  ")
        if (left_out := phrases.unanswered(each)) is not None:
            yield from say(f"({left_out})", LineStyle.UNSURE, indent="  ")
    for text in phrases.depths(phrases.by_source(findings.depths).get(found.source, [])):
        yield from say(text, indent="  ")
