"""Render the pages as HTML with every text escaped and control characters made visible."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from jinja2 import Environment
from markupsafe import Markup, escape

from pytest_selfrepair.annotate.study_items import Item
from pytest_selfrepair.core.task import TaskKind
from pytest_selfrepair.report.document import PRISM, PRISM_PYTHON
from pytest_selfrepair.report.mathematics import readable_mathematics
from pytest_selfrepair.report.templating import page_templates, served_files

_LINE_END = re.compile(r"\r\n|\r|\n")
_OURS = ("annotate.css", "program.js", "write.js", "run.js", "judge.js")
_REPORTS: Mapping[str, str] = MappingProxyType(
    {
        "base.css": "css/base.css",
        "first.js": "js/first.js",
        "dom.js": "js/dom.js",
        "theme.js": "js/theme.js",
        "prism.js": PRISM,
        "prism-python.js": PRISM_PYTHON,
        "licence-of-prism.txt": f"{PRISM.rpartition('/')[0]}/LICENSE",
    }
)
_LEFT_OUT = re.compile(r"… \d+ characters left out …|…")


def page(template: str, **facts: object) -> str:
    """Render a template of `templates/` as a whole page."""
    return _environment().get_template(template).render(facts)


@cache
def static_files() -> Mapping[str, str]:
    """All files that pages load, by name; requests are only looked up in this mapping."""
    return served_files("pytest_selfrepair.annotate", _OURS, _REPORTS)


def own_words(text: str) -> Markup:
    """A person's own text for further editing: escaped, otherwise unchanged."""
    return escape(text)


def paragraphs(text: str) -> list[str]:
    """Split a plain text into paragraphs."""
    return [" ".join(each.split()) for each in re.split(r"\n\s*\n", text) if each.strip()]


def shown(item: Item) -> dict[str, object]:
    """A program and its failing case as shown on a page."""
    failure = item.verdict.failure
    rows: list[tuple[str, str]] = []
    if failure is not None:
        called = item.kind is TaskKind.CALL_BASED
        named = {
            "Arguments" if called else "Input": failure.input,
            "Expected": failure.expected,
            "Actual": failure.actual,
            "Error": failure.error,
        }
        rows = [(name, value) for name, value in named.items() if value is not None]
    lines = _LINE_END.split(item.program)
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return {
        "item": item,
        "lines": lines,
        "at_fault": failure.line_number if failure else None,
        "failure": rows,
        "outcome": _outcome(item),
    }


def first_input(item: Item) -> str:
    """The failing case's input, as a start; empty where it was shortened."""
    given = item.verdict.failure.input if item.verdict.failure else None
    return "" if given is None or _LEFT_OUT.search(given) else given


def _outcome(item: Item) -> str:
    verdict = item.verdict
    words = verdict.outcome.replace("_", " ")
    if verdict.failure is None or verdict.failure.index is None:
        return f"{words}, before any case was run"
    return f"{words} on case {verdict.failure.index + 1}; {verdict.cases_passed} passed before it"


@cache
def _environment() -> Environment:
    filters = {"readable_mathematics": readable_mathematics}
    return page_templates("pytest_selfrepair.annotate", filters)
