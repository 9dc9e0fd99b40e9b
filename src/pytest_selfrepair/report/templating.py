"""Page templates that escape every text and make control characters visible."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_selfrepair.report import typeset
from pytest_selfrepair.report.visible import visible

_REPORT = "pytest_selfrepair.report"


def page_templates(package: str, filters: Mapping[str, Callable[..., object]]) -> Environment:
    """The templates of a package, falling back to those of reports.

    Args:
        package: The package, with its templates in a folder `templates`.
        filters: The filters of its templates.
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
    """The text of a file in the reports' `assets/`."""
    return files(_REPORT).joinpath("assets", name).read_text("utf-8")


def served_files(package: str, own: Iterable[str], reports: Mapping[str, str]) -> dict[str, str]:
    """All files that served pages load, by name; requests are only looked up in this mapping.

    Args:
        package: The package with its own files in `assets`.
        own: The names of those files.
        reports: The names of files taken from the reports' assets, and their paths there.
    """
    folder = files(package).joinpath("assets")
    ours = {name: folder.joinpath(name).read_text("utf-8") for name in own}
    return ours | {name: asset(path) for name, path in reports.items()}


def _shown(value: object) -> object:
    """Print markup unchanged, other text with visible control characters, and None as a dash."""
    if value is None:
        return typeset.NOTHING
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
