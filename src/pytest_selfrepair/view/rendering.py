"""The pages as HTML; every text in them is escaped, and what a screen would obey is shown."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_selfrepair.report import numbers, typeset
from pytest_selfrepair.report.document import asset, task_link
from pytest_selfrepair.report.visible import visible

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
    """A template of `templates/` as a whole page."""
    return _environment().get_template(template).render(facts)


@cache
def static_files() -> Mapping[str, str]:
    """All files that pages load, by name: nothing is looked for by a name that is asked for."""
    ours = files("pytest_selfrepair.view").joinpath("assets")
    return {name: ours.joinpath(name).read_text("utf-8") for name in _OURS} | {
        name: asset(path) for name, path in _REPORTS.items()
    }


def _finish(value: object) -> object:
    if value is None:
        return typeset.NOTHING
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pytest_selfrepair.view"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finish,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": typeset.count,
        "dollars": typeset.dollars,
        "plural": numbers.plural,
        "words": typeset.words,
        "task_link": task_link,
    }
    return environment
