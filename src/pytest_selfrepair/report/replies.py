"""How a reply was read, in words."""

from collections.abc import Mapping
from types import MappingProxyType

from pytest_selfrepair.core.reading import Rule
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.report.numbers import plural

_WORDS: Mapping[Rule, str] = MappingProxyType(
    {
        Rule.ONLY_BLOCK: "the only code block",
        Rule.ONLY_ANSWER: "the only code block that could be the answer",
        Rule.LAST_ANSWER: "the last code block that could be the answer",
        Rule.JOINED: "the last code block, behind earlier ones that define what it uses",
        Rule.UNFENCED: "code outside of any block",
        Rule.INLINE: "code within a line of text",
        Rule.LAST_BLOCK: "the last code block, though none could be the answer",
        Rule.NOTHING: "a reply without a program",
        Rule.CUT_OFF: "a thought that was cut off before any answer",
    }
)


def read_as(node: ProgramNode) -> str | None:
    """What decided which program a reply holds; None where that is not known."""
    if node.rule is None:
        return None
    others = f" ({plural(node.others, 'other')})" if node.others else ""
    return f"{_WORDS[node.rule]}{others}"
