"""Render the pages as HTML with every text escaped and control characters made visible."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from jinja2 import Environment

from pytest_selfrepair.report import numbers, typeset
from pytest_selfrepair.report.document import task_link
from pytest_selfrepair.report.templating import page_templates, served_files

_OURS = ("view.css", "live.js")
_REPORTS: Mapping[str, str] = MappingProxyType(
    {
        "base.css": "css/base.css",
        "run.css": "css/run.css",
        "first.js": "js/first.js",
        "dom.js": "js/dom.js",
        "theme.js": "js/theme.js",
    }
)


def page(template: str, **facts: object) -> str:
    """Render a template of `templates/` as a whole page."""
    return _environment().get_template(template).render(facts)


@cache
def static_files() -> Mapping[str, str]:
    """All files that pages load, by name; requests are only looked up in this mapping."""
    return served_files("pytest_selfrepair.view", _OURS, _REPORTS)


@cache
def _environment() -> Environment:
    filters: dict[str, Callable[..., object]] = {
        "count": typeset.count,
        "dollars": typeset.dollars,
        "plural": numbers.plural,
        "words": typeset.words,
        "task_link": task_link,
    }
    return page_templates("pytest_selfrepair.view", filters)
