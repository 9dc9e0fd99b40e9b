"""A run's summary in three lines: the answer, rates and tokens, cost and missing tasks."""

from pytest_selfrepair.estimate.gain import RepairConclusion
from pytest_selfrepair.report import cost_phrases, numbers, phrases
from pytest_selfrepair.report.summary_lines import LineStyle, SummaryLine
from pytest_selfrepair.report.terminal_page import STYLES, TerminalPage


def in_short(page: TerminalPage) -> list[SummaryLine]:
    """Exactly three lines."""
    answers = {found.answer for found in page.findings.headline}
    style = LineStyle.PLAIN
    if len(answers) == 1:
        style = STYLES.get(answers.pop() or RepairConclusion.CANNOT_TELL, LineStyle.PLAIN)
    cut = page.writer.cut
    return [cut(_answer(page), style), cut(_rates(page)), cut(_cost(page))]


def _answer(page: TerminalPage) -> str:
    findings = page.findings
    spent = "budget spent; " if findings.about.not_run_budget is not None else ""
    if not findings.headline:
        return f"{spent}{phrases.not_compared(findings).partition(':')[0]}"
    said = (
        f"{page.names[each.source]}: {phrases.short_answer(each)}" for each in findings.headline
    )
    return f"{spent}{'; '.join(said)}"


def _rates(page: TerminalPage) -> str:
    """Pass rates with repair, in brackets without, and the tokens of both."""
    said = [
        f"{page.names[each.source]} {numbers.percent(each.pass_rate.value)} "
        f"({'' if number else 'without '}{numbers.percent(each.stopping.rate.value)}) "
        f"at {numbers.number(each.tokens)}{'' if number else ' tokens'}"
        for number, each in enumerate(page.findings.headline)
    ]
    return "; ".join(said) or "no rates"


def _cost(page: TerminalPage) -> str:
    findings = page.findings
    about = findings.about
    unscored = sum(len(each.tasks) for each in findings.unscored)
    budget = about.not_run_budget
    not_run = about.not_run + (len(budget.tasks) if budget is not None else 0)
    tasks = [f"{numbers.number(about.scored)} scored"]
    tasks += [f"{numbers.number(unscored)} not scored"] if unscored else []
    tasks += [f"{numbers.number(not_run)} not run"] if not_run else []
    return f"{', '.join(tasks)}; {cost_phrases.short_cost(findings.cost)}"
