"""Find the code blocks of a reply, by CommonMark and, where fences are broken, by intent."""

import functools
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_selfrepair.core.parsing import is_python

if TYPE_CHECKING:
    from markdown_it.token import Token

_PYTHON = frozenset({"python", "python2", "python3", "py", "py3", "pypy", "pypy3", "cpython"})
_NOT_PYTHON = frozenset(
    {
        *("sh", "bash", "shell", "shell-session", "zsh", "fish", "console", "terminal", "cmd"),
        *("bat", "powershell", "ps1", "dos", "make", "makefile", "dockerfile", "input", "output"),
        *("stdin", "stdout", "sample", "example", "result", "traceback", "pytb", "pycon"),
        *("python-repl", "python-console", "doctest", "json", "jsonl", "yaml", "yml", "toml"),
        *("xml", "html", "css", "csv", "tsv", "ini", "log", "error", "sql", "c", "c++", "cpp"),
        *("cc", "h", "hpp", "cs", "csharp", "c#", "java", "javascript", "js", "jsx", "ts"),
        *("typescript", "go", "golang", "rust", "rs", "ruby", "rb", "php", "kotlin", "kt"),
        *("swift", "scala", "haskell", "hs", "perl", "pl", "r", "lua", "julia", "ocaml", "dart"),
        *("diff", "patch", "latex", "tex", "math", "mermaid", "dot", "graphviz", "regex", "http"),
    }
)
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*([^`\n]*)")
_HOLDS_A_FENCE = re.compile(r"^(?:`{3}|~{3})", re.MULTILINE)
_LANGUAGE = re.compile(r"[\s{.]*([\w+#-]*)")
_GLUED = re.compile(r"(.*\S)[ \t]*(`{3,}|~{3,})[ \t]*")
_DEEPEST = 20
"""The deepest nesting of blocks that is searched."""
_MOST_ENDINGS = 30
"""The most closing fences tried for one block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A code block.

    Attributes:
        code: Its text, without the indentation of its fence.
        language: The first word of its info string, in lower case; empty without one.
        beside: The rest of the fence's line after that word.
        first: The number of its first line in the reply, including the fence, from 0.
        last: The number of the line after it.
    """

    code: str
    language: str
    first: int
    last: int
    beside: str = ""

    @property
    def is_tagged(self) -> bool:
        """Whether it is tagged as Python."""
        return self.language in _PYTHON

    @property
    def may_be_python(self) -> bool:
        """Whether it is not tagged as something else."""
        return self.language not in _NOT_PYTHON


def fenced_blocks(text: str) -> list[Block]:
    """The non-empty blocks of a text by CommonMark 0.31.

    Blocks that do not compile are searched again: a closing fence may be at the end of a line of
    code, be missing before the next block, or belong to a docstring.

    Args:
        text: Lines that end in a line feed only.
    """
    return [block for block in _parsed(text, 0, 0) if block.code.strip()]


def loosely_fenced_blocks(text: str) -> list[Block]:
    """The blocks between lines that look like fences, at any indentation."""
    lines = text.split("\n")
    blocks: list[Block] = []
    opened: tuple[int, str, str] | None = None
    for number, line in enumerate([*lines, None]):
        fence = None if line is None else _FENCE.fullmatch(line.rstrip())
        if opened is not None and (line is None or (fence and fence[1].startswith(opened[1]))):
            first, _, info = opened
            code = textwrap.dedent("\n".join(lines[first + 1 : number])) + "\n"
            last = min(number + 1, len(lines))
            blocks.append(Block(code=code, language=_language(info), first=first, last=last))
            opened = (number, fence[1], fence[2]) if fence and fence[2] else None
        elif fence and opened is None:
            opened = (number, fence[1], fence[2])
    return [block for block in blocks if block.code.strip()]


def indented_code(text: str) -> list[str]:
    """The code marked only by its indentation, dedented."""
    return [token.content for token in _parser()(text) if token.type == "code_block"]


def without_blocks(text: str) -> list[str]:
    """The pieces of text between the blocks, in order."""
    lines = text.split("\n")
    pieces: list[str] = []
    at = 0
    for block in _parsed(text, 0, 0):
        if block.first >= at:
            pieces.append("\n".join(lines[at : block.first]))
        at = max(at, block.last)
    return [*pieces, "\n".join(lines[at:])]


def _parsed(text: str, offset: int, depth: int) -> Iterator[Block]:
    """Yield the blocks of a part of the reply that begins at line `offset`."""
    lines = text.split("\n")
    skip_to = 0
    for token in _parser()(text):
        first, last = token.map or [0, 0]
        if first < skip_to:
            continue
        if token.type == "code_block" and depth < _DEEPEST and _HOLDS_A_FENCE.search(token.content):
            yield from _parsed(token.content, offset + first, depth + 1)
        if token.type != "fence":
            continue
        block = Block(
            code=token.content,
            language=_language(token.info),
            first=offset + first,
            last=offset + last,
            beside=_LANGUAGE.sub("", token.info, count=1).strip(),
        )
        if depth >= _DEEPEST or not block.may_be_python or is_python(block.code):
            yield block
        elif longer := _up_to_a_later_fence(lines, block, first, last, token.markup):
            skip_to = longer.last - offset
            yield longer
        else:
            yield from _inner_blocks(block, token.markup, depth)


def _up_to_a_later_fence(
    lines: list[str], block: Block, first: int, last: int, markup: str
) -> Block | None:
    """Extend a block to a later fence if only that is Python, as with fences in a docstring."""
    quoted = re.compile(r"[\"']{3}")
    if not quoted.search(block.code):
        return None
    tried = 0
    for number in range(last, len(lines)):
        if lines[number].strip() == markup:
            code = textwrap.dedent("\n".join(lines[first + 1 : number])) + "\n"
            if is_python(code):
                return Block(
                    code=code,
                    language=block.language,
                    first=block.first,
                    last=block.last + number + 1 - last,
                )
            tried += 1
            if tried == _MOST_ENDINGS:
                return None
    return None


def _inner_blocks(block: Block, markup: str, depth: int) -> Iterator[Block]:
    """Yield the parts of a block with fences not its own."""
    lines = block.code.split("\n")
    inner = next((n for n, line in enumerate(lines) if _breaks(line, markup)), None)
    if inner is None:
        yield block
        return
    glued = _GLUED.fullmatch(lines[inner])
    own = lines[:inner] + ([glued[1]] if glued else [])
    rest = lines[inner + 1 :] if glued else lines[inner:]
    here = block.first + 1 + inner + (1 if glued else 0)
    if any(line.strip() for line in own):
        yield Block(
            code="\n".join(own) + "\n", language=block.language, first=block.first, last=here
        )
    yield from _parsed("\n".join(rest), here, depth + 1)


def _breaks(line: str, markup: str) -> bool:
    """Whether a line within a block is, or ends in, a fence like the block's own."""
    if fence := _FENCE.fullmatch(line):
        return fence[1].startswith(markup[0] * 3)
    glued = _GLUED.fullmatch(line)
    return glued is not None and glued[2].startswith(markup)


def _language(info: str) -> str:
    found = _LANGUAGE.match(info)
    name = found[1].lower() if found else ""
    return "python" if info.strip().endswith(".py") else name.removeprefix("language-")


@functools.cache
def _parser() -> "Callable[[str], list[Token]]":
    """A parser for blocks only, in which HTML hides no fence."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a tenth of a second, only if used

    parser = MarkdownIt("commonmark", {"html": False})
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.disable(["html_block", "reference", "heading", "lheading", "hr"])
    return parser.parse
