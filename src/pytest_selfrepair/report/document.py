"""Render a page as a single file: template, styles and scripts inlined, with a policy for them.

A page makes no network requests, and under its Content-Security-Policy a browser runs only scripts
whose hash the policy names.
"""

import hashlib
import html
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from urllib.parse import quote

import msgspec
from jinja2 import Environment
from markupsafe import Markup

from pytest_selfrepair.report import comparison_words, numbers, phrases, ranking_words, typeset
from pytest_selfrepair.report.templating import asset, page_templates
from pytest_selfrepair.report.visible import visible

D3 = "vendor/d3-7.9.2/d3.min.js"
PLOT = "vendor/plot-0.6.17/plot.umd.min.js"
PRISM = "vendor/prism-1.30.0/prism-core.min.js"
PRISM_PYTHON = "vendor/prism-1.30.0/prism-python.min.js"
JSDIFF = "vendor/jsdiff-9.0.0/diff.min.js"

_FIRST = "js/first.js"
"""Runs before the first paint."""

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./[a-z]+\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |const |let )", re.MULTILINE)


def document(
    template: str, facts: Mapping[str, object], *, styles: Sequence[str], scripts: Sequence[str]
) -> str:
    """Render a template of `templates/` as a whole page."""
    return "".join(pieces(template, facts, styles=styles, scripts=scripts))


def pieces(
    template: str, facts: Mapping[str, object], *, styles: Sequence[str], scripts: Sequence[str]
) -> Iterator[str]:
    """Render a template of `templates/` in pieces, in order: the whole may be very large.

    Args:
        template: Its name; it extends ``base.html``.
        facts: Its variables. Every text in them is escaped, and control characters are shown as
            marks.
        styles: Files of `assets/`, in order.
        scripts: Files of `assets/`, in order: a module follows those that it imports. They run once
            the page's own markup is parsed, before the data that follows it is.
    """
    bodies = [_inlined(script) for script in scripts]
    yield from (
        _environment()
        .get_template(template)
        .generate(
            facts,
            policy=_policy([asset(_FIRST), *bodies]),
            style=Markup("\n".join(asset(style) for style in styles)),  # noqa: S704 - our own files
            first=Markup(asset(_FIRST)),  # noqa: S704 - our own files
            scripts=[Markup(body) for body in bodies],  # noqa: S704 - our own files
            licences=[(folder, asset(f"{folder}/LICENSE")) for folder in _vendored(scripts)],
        )
    )


@cache
def _inlined(name: str) -> str:
    """Inline a module, as a page of one file cannot import any.

    All modules of a page share one scope, so each name is declared in only one of them.
    """
    text = asset(name)
    if name.startswith("vendor/"):
        return text
    return '"use strict";\n' + _EXPORT.sub("", _IMPORT.sub("", text))


def policy_of(page: str) -> str:
    """The Content-Security-Policy that a page of `document` declares, for an HTTP header."""
    found = _POLICY.search(page)
    return html.unescape(found[1]) if found else "default-src 'none'"


def json_markup(data: object) -> Markup:
    """``data`` as JSON for a script block; no text in it can end the block."""
    text = msgspec.json.encode(data).decode("utf-8")
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character of markup is left


def task_link(key: str) -> str:
    """The link to a task within the page."""
    return f"#/task/{quoted(key)}"


def quoted(text: str) -> str:
    """``text`` quoted as part of a URL."""
    return quote(visible(text), safe="/")


def _policy(scripts: Sequence[str]) -> str:
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(script: str) -> str:
    return b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _vendored(scripts: Sequence[str]) -> list[str]:
    """The folders of the vendored libraries among some scripts."""
    folders = (name.rpartition("/")[0] for name in scripts if name.startswith("vendor/"))
    return list(dict.fromkeys(folders))


@cache
def _environment() -> Environment:
    filters: dict[str, Callable[..., object]] = {
        "percent": typeset.percent,
        "points": typeset.points,
        "count": typeset.count,
        "dollars": typeset.dollars,
        "ratio": typeset.ratio,
        "p_value": typeset.p_value,
        "interval": typeset.interval,
        "points_interval": typeset.points_interval,
        "interval_name": typeset.interval_name,
        "plural": numbers.plural,
        "words": typeset.words,
        "answer_words": phrases.answer,
        "bounds_of_difficulties": phrases.bounds_of_difficulties,
        "bounds_words": phrases.bounds,
        "several_words": phrases.several,
        "not_compared": phrases.not_compared,
        "short_words": phrases.short,
        "spread_words": phrases.spread,
        "variety_words": phrases.variety,
        "trees_compared": phrases.trees_compared,
        "capitalize_first": typeset.capitalize_first,
        "rank_words": ranking_words.rank,
        "differ_in_tokens": comparison_words.differ_in_tokens,
        "quoted": quoted,
        "task_link": task_link,
        "json": json_markup,
    }
    return page_templates("pytest_selfrepair.report", filters)
