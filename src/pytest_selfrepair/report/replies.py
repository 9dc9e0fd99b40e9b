"""Describe how the program in a reply was found."""

from collections.abc import Mapping
from types import MappingProxyType

from pytest_selfrepair.core.reading import ReadingRule
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.report.numbers import plural

_WORDS: Mapping[ReadingRule, str] = MappingProxyType(
    {
        ReadingRule.ONLY_BLOCK: "the only code block",
        ReadingRule.ONLY_ANSWER: "the only code block that could be the answer",
        ReadingRule.LAST_ANSWER: "the last code block that could be the answer",
        ReadingRule.JOINED: "the last code block, behind earlier ones that define what it uses",
        ReadingRule.UNFENCED: "code outside of any block",
        ReadingRule.INLINE: "code within a line of text",
        ReadingRule.LAST_BLOCK: "the last code block, though none could be the answer",
        ReadingRule.NOTHING: "a reply without a program",
        ReadingRule.CUT_OFF: "a thought that was cut off before any answer",
    }
)


def read_as(node: ProgramNode) -> str | None:
    """The rule that found a reply's program; None: unknown."""
    if node.rule is None:
        return None
    others = f" ({plural(node.others, 'other')})" if node.others else ""
    return f"{_WORDS[node.rule]}{others}"
