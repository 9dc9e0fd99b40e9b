"""Summarise a run as GitHub Markdown, for a pull request or a step summary."""

import html
import re

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.estimate.gain import AtEqualTokens
from pytest_selfrepair.report import cost_phrases, numbers, phrases
from pytest_selfrepair.report.tables import by_difficulty, by_source
from pytest_selfrepair.report.typeset import capitalize_first
from pytest_selfrepair.report.visible_text import harmless

_NOTHING = "\u200b"
"""A zero-width space that keeps GitHub from making a link."""

_ESCAPED = re.compile(r"([\\`*_\[\]|~$])")
_LINKS = re.compile(r"(@|#|://|www(?=\.)|GH(?=-)|:(?=[\w+-]+:))", re.IGNORECASE)
_MOST_SHOWN = 10
"""The number of reasons for unscored tasks shown."""

_LONGEST = 300  # characters of a foreign text


def escaped(foreign: str) -> str:
    """Untrusted text that GitHub shows literally, on one line: no markup, mention, link or math."""
    text = harmless(foreign)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    parted = _LINKS.sub(rf"\1{_NOTHING}", text)
    return html.escape(_ESCAPED.sub(r"\\\1", parted), quote=False)


def markdown(findings: Findings) -> str:
    """A conclusion for each source, two tables, the cost, and unscored tasks.

    Untrusted names are escaped and shown as text.
    """
    about = findings.about
    parts = [[f"### Self-repair: {escaped(about.title)}"], _budget(findings), _answers(findings)]
    sources = {name: escaped(name) for name in about.sources}
    sources |= {each.source: escaped(each.source) for each in findings.sources}
    groups = {each.difficulty: escaped(each.difficulty) for each in findings.difficulties}
    parts.append(by_difficulty(findings, sources, groups).markdown())
    parts.append(by_source(findings, sources, with_dollars=True).markdown())
    parts.append(["  \n".join(_cost(findings))])
    parts.append([f"- {line}" for line in _missing(findings)])
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _budget(findings: Findings) -> list[str]:
    missing = findings.about.not_run_budget
    if missing is None:
        return []
    count = numbers.plural(len(missing.tasks), "task")
    return [f"**The budget of the run is spent; not run: {count}.** {escaped(missing.reason)}"]


def _answers(findings: Findings) -> list[str]:
    if not findings.headline:
        why = phrases.not_compared(findings)
        return [f"**{capitalize_first(why)}.**"]
    depths = phrases.by_source(findings.depths)
    sources = {each.source: each for each in findings.sources}
    lines: list[str] = []
    for found in findings.headline:
        said = (phrases.trees_compared(found), phrases.short(found), phrases.bounds(found))
        notes = [text for text in said if text is not None]
        notes = [*phrases.others(found), *notes, *map(escaped, _depths(depths, found))]
        if (source := sources.get(found.source)) is not None:
            notes += [phrases.LEAKS] if source.leaks else []
            notes += [text] if (text := phrases.unanswered(source)) is not None else []
        more = "".join(f" {capitalize_first(note)}." for note in notes)
        answer, against = phrases.answer(found), phrases.against(found)
        lines.append(f"- **{escaped(found.source)}: {answer}.** {against}.{more}")
    for note in (
        phrases.several(findings.headline),
        phrases.variety(findings.tally, findings.about.temperature),
    ):
        if note is None:
            continue
        lines.append(f"- {capitalize_first(note)}.")
    lines += [
        f"- {escaped(capitalize_first(note))}." for note in map(phrases.spread, findings.spreads)
    ]
    return lines


def _cost(findings: Findings) -> list[str]:
    latency = map(cost_phrases.latency, findings.latency)
    paid = cost_phrases.cost(findings.cost, findings.account)
    return [*paid, *latency, *cost_phrases.lost(findings.lost)]


def _missing(findings: Findings) -> list[str]:
    shown = findings.unscored[:_MOST_SHOWN]
    lines = [escaped(text) for text in phrases.bounds_of_difficulties(findings.difficulties)]
    lines += [
        f"not scored: {escaped(phrases.named(each))}: {escaped(each.reason)}" for each in shown
    ]
    if (more := len(findings.unscored) - len(shown)) > 0:
        lines.append(f"not scored for {numbers.plural(more, 'other reason')}")
    if findings.about.not_run:
        lines.append(f"not run: {numbers.number(findings.about.not_run)}")
    return [*lines, *(f"note: {escaped(note)}" for note in findings.notes)]


def _depths(depths: dict[str, list[AtEqualTokens]], found: AtEqualTokens) -> list[str]:
    return phrases.depths(depths.get(found.source, []))
