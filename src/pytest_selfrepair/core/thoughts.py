"""Separate a model's thoughts from its answer by their tags."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pytest_selfrepair.core.parsing import is_python

THINKING_TAGS = (
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reason",
    "reasoning",
    "reflection",
    "scratchpad",
    "inner_monologue",
    "antthinking",
    "seed:think",
)
"""The names of tags around thoughts, without brackets, in lower case."""

_OTHERS = (
    (r"\[THINK\]", r"\[/THINK\]"),  # Magistral
    (r"◁think▷", r"◁/think▷"),  # Kimi
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"<unused94>(?:thought\b)?", r"<unused95>"),  # MedGemma
)
"""Opening and closing marks other than tags."""

_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>")  # gpt-oss
_CONTROL = re.compile(r"<\|(?:start|end|return|call)\|>(?:assistant)?")
_STRIPPED_CHANNELS = re.compile(r"\Aanalysis(?=[A-Z\s]).*assistantfinal", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_QUOTES = "\"'`"
_BEFORE_A_TAG = " \t>*_#"
"""Characters that may precede a tag at the start of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A reply split into answer and thoughts.

    Attributes:
        answer: The text for the reader.
        thoughts: The thoughts; empty without visible ones.
        cut_off: Whether the reply ends within a thought, so that there is no answer.
    """

    answer: str
    thoughts: str = ""
    cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """An opening or a closing tag in a reply."""

    start: int
    end: int
    opens: bool


def spoken(reply: str, tags: Sequence[str] = ()) -> Spoken:
    """Split a reply into thoughts and answer.

    Thoughts are the text between an opening tag and the next closing one, all text before a closing
    tag whose opening one was in the prompt, and all text after an opening tag that is never closed.
    A tag in quotes or in a code block is only a mention.

    Args:
        reply: The model's text.
        tags: Names of tags in addition to `THINKING_TAGS`.
    """
    if "<|channel|>" in reply:
        return _by_channel(reply)
    if stripped := _STRIPPED_CHANNELS.match(reply):
        return Spoken(answer=reply[stripped.end() :], thoughts=stripped[0])
    marks = list(_marks(reply, tags))
    if not marks or is_python(reply):
        return Spoken(answer=reply)
    answer: list[str] = []
    thoughts: list[str] = []
    at, opened = 0, False
    for mark in marks:
        part = reply[at : mark.start]
        if mark.opens and opened:
            continue  # a thought that mentions the tag
        if mark.opens:
            answer.append(part)
        elif opened:
            thoughts.append(part)
        else:  # the opening tag was in the prompt, or the thought contained another
            thoughts += [*answer, part]
            answer.clear()
        opened = mark.opens
        at = mark.end
    rest = reply[at:]
    if not opened:
        return Spoken(answer="".join((*answer, rest)), thoughts="".join(thoughts))
    return Spoken(answer="".join(answer), thoughts="".join((*thoughts, rest)), cut_off=True)


def _by_channel(reply: str) -> Spoken:
    """Split a reply with channels: `final` is the answer, all others are thoughts."""
    found = list(_CHANNEL.finditer(reply))
    ends = [*(match.start() for match in found[1:]), len(reply)]
    parts = {"final": "", "": _CONTROL.sub("", reply[: found[0].start()] if found else reply)}
    for match, end in zip(found, ends, strict=False):
        name = "final" if match[1] == "final" else ""
        text = _CONTROL.sub("", reply[match.end() : end])
        parts[name] = text if name else parts[name] + text
    cut_off = bool(found) and not any(match[1] == "final" for match in found)
    return Spoken(answer=parts["final"], thoughts=parts[""], cut_off=cut_off)


def _marks(reply: str, tags: Sequence[str]) -> Iterator[_Mark]:
    """Yield the tags that are not mere mentions, in order."""
    found = list(_tags(tuple(tags)).finditer(reply))
    last_closing = max((match.start() for match in found if match["closes"]), default=-1)
    blocks = _Blocks(reply)
    opened, at = False, 0
    for match in found:
        start, opens = match.start(), match["opens"] is not None
        if start and reply[start - 1] in _QUOTES:
            continue
        line = reply.rfind("\n", 0, start) + 1
        within_a_line = reply[line:start].strip(_BEFORE_A_TAG)
        if not opened and opens and within_a_line and start > last_closing:
            continue  # prose that mentions the tag
        if not opened and blocks.is_program(start, since=at):
            continue
        opened = opens
        at = at if opens else match.end()
        yield _Mark(start=start, end=match.end(), opens=opens)


@cache
def _tags(tags: tuple[str, ...]) -> re.Pattern[str]:
    """Match what opens and what closes a thought, with tags besides the usual ones."""
    names = "|".join(map(re.escape, sorted({*THINKING_TAGS, *map(str.lower, tags)})))
    opening = "|".join([rf"<(?:{names})(?:\s[^<>\n]*)?>", *(opens for opens, _ in _OTHERS)])
    closing = "|".join([rf"</(?:{names})\s*>", *(closes for _, closes in _OTHERS)])
    return re.compile(rf"(?P<opens>{opening})|(?P<closes>{closing})", re.IGNORECASE)


class _Blocks:
    """The Python code blocks of a reply, to tell tags inside them."""

    def __init__(self, reply: str) -> None:
        self._reply = reply
        self._fences = [match.start() for match in _FENCE.finditer(reply)]
        self._known: dict[int, bool] = {}

    def is_program(self, place: int, *, since: int) -> bool:
        """Whether a position is in a Python block, counting fences from another position on."""
        first, here = bisect_left(self._fences, since), bisect_left(self._fences, place)
        if (here - first) % 2 == 0:
            return False
        opening = self._reply.find("\n", self._fences[here - 1]) + 1
        if opening not in self._known:
            closing = self._fences[here] if here < len(self._fences) else len(self._reply)
            self._known[opening] = is_python(self._reply[opening:closing])
        return self._known[opening]
