"""Templates of pages: every text in them is escaped, and what a screen would obey is shown."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_selfrepair.report import typeset
from pytest_selfrepair.report.visible import visible

_REPORT = "pytest_selfrepair.report"


def page_templates(package: str, filters: Mapping[str, Callable[..., object]]) -> Environment:
    """The templates of a package, and behind them those of reports.

    Args:
        package: The package, whose templates lie in its folder `templates`.
        filters: What its templates call.
    """
    packages = dict.fromkeys((package, _REPORT))
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(each) for each in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment


@cache
def asset(name: str) -> str:
    """The text of a file of the reports' `assets/`."""
    return files(_REPORT).joinpath("assets", name).read_text("utf-8")


def served_files(package: str, own: Iterable[str], reports: Mapping[str, str]) -> dict[str, str]:
    """All files that served pages load, by name: nothing is looked for by a name asked for.

    Args:
        package: The package whose folder `assets` has its own.
        own: Their names.
        reports: The names of those that reports have too, and where among their assets they lie.
    """
    folder = files(package).joinpath("assets")
    ours = {name: folder.joinpath(name).read_text("utf-8") for name in own}
    return ours | {name: asset(path) for name, path in reports.items()}


def _shown(value: object) -> object:
    """What a template prints of a value: markup as it is, any other text without traps."""
    if value is None:
        return typeset.NOTHING
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
