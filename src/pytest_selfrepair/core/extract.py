"""Which program a reply holds: fences may be missing, doubled, unfinished, or within prose."""

import ast
import re
import warnings
from dataclasses import dataclass

# A fence stands alone on its line: three or more backticks or tildes, perhaps with a language.
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+.#-]*)[^\n`]*$", re.MULTILINE)
_HEADING = re.compile(
    r"^[#*\s]*(?:the\s+)?(?:repaired|fixed|corrected)\s+(?:program|code|version|solution)[:*\s]*$",
    re.MULTILINE | re.IGNORECASE,
)
_OPENING = re.compile(r"\A[#*\s]*(?:what is wrong|explanation)(?:[:*]+|[ \t]*\n)\s*", re.IGNORECASE)
_PYTHON = frozenset({"python", "python3", "py", "py3"})
_CODE_LINE = re.compile(
    r"(?:import |from \w|def \w|class \w|@\w|#!|if .*:|for .*:|while .*:|print\(|[\w., ]+\s*=[^=])"
)
_LONGEST_PARSED = 100_000  # characters; a longer text is no program, and parsing it costs memory
_MOST_TRIMMED = 50  # lines of prose after an unfenced program


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    start: int
    end: int
    language: str
    code: str


def extract_program(reply: str, *, failing: str = "") -> str:
    """The program that a reply holds, without its fences; empty where there is none.

    Only the text after a heading such as "Repaired program" counts, where there is one. Of its code
    blocks the first that is tagged as Python and compiles, else the first that compiles, else the
    first tagged one, else the first. A fence that is never closed ends with the reply. Without any
    fence: the text from its first line that looks like code, without prose behind it where that
    makes it compile; prose alone is no program.

    Args:
        reply: What the model wrote.
        failing: The program that was to be repaired; a block that only quotes it is passed over
            where there is another.
    """
    text = reply.replace("\r\n", "\n")
    if heading := _heading(text):
        text = text[heading.end() :]
    blocks = [block for block in _blocks(text) if block.code.strip()]
    if not blocks:
        return _unfenced(text)
    blocks = [block for block in blocks if block.code.strip() != failing.strip()] or blocks
    tagged = [block for block in blocks if block.language.lower() in _PYTHON]
    compiling = (block for block in (*tagged, *blocks) if _compiles(block.code))
    return next(compiling, (*tagged, *blocks)[0]).code


def extract_explanation(reply: str) -> str:
    """The words of a joint reply before its program: up to the heading or the first fence.

    All of it where the reply holds no program; nothing where a program stands alone.
    """
    text = _OPENING.sub("", reply.replace("\r\n", "\n"))
    if heading := _heading(text):
        return text[: heading.start()].strip()
    if blocks := _blocks(text):
        return text[: blocks[0].start].strip()
    return "" if _unfenced(text) else text.strip()


def extract_words(reply: str) -> str:
    """What a reply says beside its code blocks, which are left out."""
    text = reply.replace("\r\n", "\n")
    for block in reversed(_blocks(text)):
        opening = text.rfind("\n", 0, max(block.start, 0)) + 1
        closing = text.find("\n", block.end)
        text = text[:opening] + (text[closing + 1 :] if closing >= 0 else "")
    return text.strip()


def _heading(text: str) -> re.Match[str] | None:
    """The last heading outside of any code block: a comment in a program is none."""
    blocks = _blocks(text)
    outside = [
        heading
        for heading in _HEADING.finditer(text)
        if not any(block.start <= heading.start() < block.end for block in blocks)
    ]
    return outside[-1] if outside else None


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opening is None:
            opening = fence
        elif fence[1][0] == opening[1][0] and len(fence[1]) >= len(opening[1]):
            blocks.append(_block(text, opening, fence.start()))
            # A tagged fence closes nothing: the reply forgot to, and opens its next block here.
            opening = fence if fence[2] else None
    if opening is not None:
        blocks.append(_block(text, opening, len(text)))
    return blocks


def _block(text: str, opening: re.Match[str], end: int) -> _Block:
    code = text[opening.end() + 1 : end]
    return _Block(start=opening.start(), end=end, language=opening[2], code=code)


def _unfenced(text: str) -> str:
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if _CODE_LINE.match(line)), None)
    if first is None:
        return ""
    for end in range(len(lines), max(first, len(lines) - _MOST_TRIMMED), -1):
        code = "\n".join(lines[first:end])
        if _compiles(code):
            return code
    return "\n".join(lines[first:])


def _compiles(code: str) -> bool:
    if len(code) > _LONGEST_PARSED:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of "\d" in a plain string, say
            ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
