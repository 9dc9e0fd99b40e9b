"""MkDocs hooks that add files outside `docs/` to the site if its pages link to them.

The same links then work in the repository and on the site.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parents[1]

_OUTSIDE = re.compile(r"\]\(\.\./([^)#\s]+)")
_BESIDE = re.compile(r"\]\(docs/([^)\s]+)\)")
_CHANGES = "CHANGELOG.md"


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the files that pages link to."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - tests read this module without it

    for name in sorted(outside()):
        if name == _CHANGES:
            text = beside((ROOT / name).read_text(encoding="utf-8"))
            files.append(File.generated(config, name, content=text))
        else:
            files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Point a page's links at the copies."""
    return _OUTSIDE.sub(r"](\1", markdown)


def outside() -> set[str]:
    """Return the files outside `docs/` that pages link to, relative to the repository's root."""
    texts = (page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    linked = {found for text in texts for found in _OUTSIDE.findall(text)}
    changes = re.findall(r"\]\(((?!docs/|https?:)[^)#\s]+)\)", (ROOT / _CHANGES).read_text())
    return {_CHANGES, *linked, *changes}


def beside(text: str) -> str:
    """Rewrite the links of a page of the repository's root for a place among those of `docs/`."""
    return _BESIDE.sub(r"](\1)", text)
