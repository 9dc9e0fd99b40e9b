"""Make untrusted text harmless for a terminal or log, and fit it to a width."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_NARROWEST = 24
_HARMFUL = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_SPACES = re.compile(r"\s+")
_TAB = 4
_COMMANDS = (
    *("add-mask", "add-matcher", "remove-matcher", "add-path", "set-env", "set-output", "echo"),
    *("save-state", "stop-commands", "debug", "notice", "warning", "error", "group", "endgroup"),
)
# GitHub's runner obeys `::name::` at the start of a line, after any white space, and `##[name]`
# anywhere; Azure's obeys `##vso[name]`. Node ids contain `::` too, after a name.
_OBEYED = re.compile(
    rf"::(?=(?:{'|'.join(_COMMANDS)})\b)|(?:^|(?<=\s))::(?=\s*[^\s:]+(?:\s|::))|##(?=(?:vso)?\[)",
    re.IGNORECASE,
)
_ASCII = str.maketrans({"…": "...", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{MINUS SIGN}": "-"})


def harmless(text: str) -> str:
    """``text`` on one line, with nothing that controls a terminal or reverses its direction.

    Control and format characters (bidirectional ones included), lone surrogates and unassigned code
    points are replaced; any run of white space becomes one space. Commands to a log's reader, such
    as GitHub's `::error::` and `##[group]`, are broken up.
    """
    return visible(_SPACES.sub(" ", text.strip()))


def harmless_lines(text: str) -> list[str]:
    """The lines of ``text``, each harmless, with its indentation; tabs are spaces.

    Only newlines end a line; other line separators that Python recognises are replaced.
    """
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return [visible(line.expandtabs(_TAB).rstrip(" ")) for line in lines]


def visible(text: str) -> str:
    """Replace what `harmless` replaces, line ends included, but keep spaces."""
    if not (text.isascii() and text.isprintable()):
        text = "".join("\ufffd" if unicodedata.category(c) in _HARMFUL else c for c in text)
    return without_commands(text)


def without_commands(line: str) -> str:
    """A line with any workflow command broken up: `: :error::`."""
    if "::" not in line and "##" not in line:
        return line
    return _OBEYED.sub(lambda found: " ".join(found[0]), line)


def shows_unicode(encoding: str | None) -> bool:
    """Whether a terminal of an encoding shows the characters that reports draw with."""
    try:
        "…│└─·".encode(encoding or "ascii")
    except (LookupError, UnicodeError):
        return False
    return True


def columns(text: str) -> int:
    """The width of a harmless text in terminal columns."""
    if text.isascii() and text.isprintable():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 - loads large tables, needed only for summaries

    return max(wcswidth(text), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The output a text is fitted to.

    Attributes:
        width: Columns of a line; at least 24 are assumed.
        unicode: False where it takes only ASCII.
    """

    width: int = 80
    unicode: bool = True

    @property
    def columns(self) -> int:
        """The columns of a line."""
        return max(self.width, _NARROWEST)

    def text(self, foreign: str) -> str:
        """Make untrusted text fit for this output, on one line."""
        text = harmless(foreign)
        if self.unicode:
            return text
        return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")

    def clip(self, text: str, limit: int) -> str:
        """Shorten a text in the middle to at most `limit` columns, 1 or more."""
        wide = columns(text)
        if wide <= limit:
            return text
        from wcwidth import clip  # noqa: PLC0415 - as above

        head = limit // 2
        tail = limit - 1 - head
        return "".join(
            (
                clip(text, 0, head),
                "…" if self.unicode else "~",
                clip(text, wide - tail, wide) if tail else "",
            )
        )

    def cut(self, text: str) -> str:
        """Cut a text at the end where it is wider than a line."""
        if columns(text) <= self.columns:
            return text
        from wcwidth import clip  # noqa: PLC0415 - as above

        return clip(text, 0, self.columns - 1) + ("…" if self.unicode else "~")

    def wrap(self, text: str, indent: str = "", rest: str | None = None) -> list[str]:
        """Wrap a text; `rest` begins all lines but the first."""
        from wcwidth import wrap  # noqa: PLC0415 - as above

        return wrap(
            text,
            self.columns,
            initial_indent=indent,
            subsequent_indent=indent if rest is None else rest,
            break_on_hyphens=False,
        )

    def names(self, foreign: Iterable[str], limit: int) -> dict[str, str]:
        """Make names fit for this output, each in at most `limit` columns, all distinct."""
        written: dict[str, str] = {}
        for name in foreign:
            if name in written:
                continue
            whole = self.text(name) or "-"
            short, number = self.clip(whole, limit), 1
            while short in written.values():
                number += 1
                mark = f"~{number}"
                short = self.clip(whole, max(limit - len(mark), 1)) + mark
            written[name] = short
        return written
