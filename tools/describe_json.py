"""Write the pages of docs/ on JSON, with a table for each object.

python tools/describe_json.py            # write the pages
python tools/describe_json.py --check    # exit status 1 if one is not up to date
"""

import inspect
import re
import sys
import types
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from pytest_selfrepair.estimate.comparison.ranked import RANKING_SCHEMA, RunRanking
from pytest_selfrepair.estimate.comparison.run_comparison import COMPARE_SCHEMA, RunComparison
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import SCHEMA, Findings
from written_pages import write_or_check

DOCS = Path(__file__).parent.parent / "docs"

_REPORT = f"""\
# The JSON of a report

This page describes the JSON that `--selfrepair-json FILE` and `selfrepair report RUN --json FILE`
write: one object, [Findings](#findings), as ASCII. `pytest_selfrepair.report.data.from_json` reads
it back.

- `schema` is {SCHEMA}. It changes when a field is removed or changes its meaning; new fields do not
  change it, so ignore unknown ones.
- Numbers are finite. A missing estimate is `null`, or named in `refused`.
- Shares and rates range from 0 to 1, differences from -1 to 1. Tokens are those generated,
  unless a field says otherwise.
- `shapes`, `points` and `cells` may be long; each of their objects stands on one line.
- Names of models, sources and tasks are not escaped: escape them before you show them.

`python tools/describe_json.py` writes this page from the classes.
"""

_COMPARE = f"""\
# The JSON of a comparison

This page describes the JSON that `selfrepair compare A B --json FILE` writes: one object,
[RunComparison](#runcomparison), as ASCII. A is the run before, B the run after.
`pytest_selfrepair.report.data.comparison_from_json` reads it back.

- `schema` is {COMPARE_SCHEMA}. It changes when a field is removed or changes its meaning; new
  fields do not change it, so ignore unknown ones.
- Numbers are finite. A missing estimate is `null`.
- Shares and rates range from 0 to 1, differences from -1 to 1. Every difference is the run after
  minus the run before, on the tasks that both scored. Tokens are those generated.
- Names of models, sources and tasks are not escaped: escape them before you show them.

`python tools/describe_json.py` writes this page from the classes.
"""

_RANKING = f"""\
# The JSON of several runs compared

This page describes the JSON that `selfrepair compare A B C --json FILE` writes for three or more
runs: one object, [RunRanking](#runranking), as ASCII, with the best run first.
`pytest_selfrepair.report.data.ranking_from_json` reads it back. Two runs give
[another object](compare-json.md).

- `schema` is {RANKING_SCHEMA}. It changes when a field is removed or changes its meaning; new
  fields do not change it, so ignore unknown ones.
- Numbers are finite. A missing estimate is `null`.
- Shares and rates range from 0 to 1, differences from -1 to 1; all on the tasks that every run
  scored. Tokens are those generated.
- `growth` and `outcomes` may be long; each of their objects stands on one line.
- Names of models, sources and tasks are not escaped: escape them before you show them.

`python tools/describe_json.py` writes this page from the classes.
"""

_PAGES: dict[str, tuple[str, type]] = {
    "report-json.md": (_REPORT, Findings),
    "compare-json.md": (_COMPARE, RunComparison),
    "compare-runs-json.md": (_RANKING, RunRanking),
}

_VALUES = {"None": "`null`", "True": "`true`", "False": "`false`"}
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def page(head: str, kind: type) -> str:
    """A whole page."""
    seen: dict[type, None] = {}
    _gather(kind, seen)
    return "\n".join([head, *(_section(each) for each in seen)])


def _gather(kind: Any, seen: dict[type, None]) -> None:
    """All dataclasses and enumerations that a type holds, in the order of their fields."""
    if is_dataclass(kind) and isinstance(kind, type):
        if kind not in seen:
            seen[kind] = None
            for each in get_type_hints(kind).values():
                _gather(each, seen)
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        seen[kind] = None
    for part in get_args(kind):
        _gather(part, seen)


def _section(kind: type) -> str:
    summary, described = _documented(kind)
    lines = [f"## {kind.__name__}", "", *summary, ""]
    if issubclass(kind, StrEnum):
        return "\n".join([*lines, *(f"- `{value}`" for value in kind), ""])
    lines += ["| field | type | meaning |", "|---|---|---|"]
    hints = get_type_hints(kind)
    for each in fields(kind):  # type: ignore[arg-type]  # a dataclass, as it is no enumeration
        lines.append(f"| `{each.name}` | {_named(hints[each.name])} | {described[each.name]} |")
    return "\n".join([*lines, ""])


def _documented(kind: type) -> tuple[list[str], dict[str, str]]:
    """A class's docstring: what comes before its attributes, and the text of each."""
    text, _, attributes = (inspect.getdoc(kind) or "").partition("\nAttributes:\n")
    parts = re.split(r"^ {4}(\w+): ", attributes, flags=re.MULTILINE)
    described = {
        name: _cell(meaning) for name, meaning in zip(parts[1::2], parts[2::2], strict=True)
    }
    return [_prose(part) for part in text.strip().split("\n")], described


def _prose(text: str) -> str:
    """A docstring's text for readers of JSON."""
    text = re.sub(r"\b(None|True|False)\b", lambda found: _VALUES[found[0]], text)
    return text.replace("``", "`").replace("`ALL`", f"`{ALL}`")


def _cell(text: str) -> str:
    return " ".join(_prose(text).split()).replace("|", "\\|")


def _named(kind: Any) -> str:
    """A type in the words of JSON."""
    arguments = get_args(kind)
    if get_origin(kind) in {Union, types.UnionType}:
        return " or ".join(_named(each) for each in arguments)
    if get_origin(kind) is tuple:
        return f"array of {_named(arguments[0])}"
    if get_origin(kind) is dict:
        return f"object of {_named(arguments[1])}"
    return _PLAIN.get(kind) or f"[{kind.__name__}](#{kind.__name__.lower()})"


if __name__ == "__main__":
    pages = {DOCS / name: page(head, kind) for name, (head, kind) in _PAGES.items()}
    sys.exit(write_or_check(pages, __doc__))
