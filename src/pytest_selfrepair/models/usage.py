"""Count a completion's tokens: the endpoint's count where plausible, else a tokenizer's."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.models.answers import Choice, Completion
from pytest_selfrepair.models.tokens import TokenCounter

BY_ENDPOINT = "endpoint"
"""`Usage.counted_by` for the endpoint's count; ``+`` and a tokenizer's name follow where that
split a sum over several choices."""

_LEAST_OF_ONE = 0.5
"""The least plausible count, as a share of a tokenizer's."""
_LEAST_OF_SEVERAL = 0.75
"""The same for a sum over choices; a server that counts only one of two reports about a half."""
_LONGEST_UNCHECKED = 16
"""Texts of at most this many tokens are not checked: tokenizers differ more on them."""
_CHARACTERS_PER_TOKEN = 6
"""A count with at most this many characters per token is accepted without a tokenizer."""

_NOTHING = Choice(text="", reasoning="", finish_reason="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The tokens of a completion's choices.

    Attributes:
        usages: The usage of each choice; without choices, that of the whole.
        refused: The endpoint's count, if rejected as far too low; else None.
        found: The tokenizer's count in its place.
    """

    usages: tuple[Usage, ...]
    refused: int | None = None
    found: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A tokenizer's counts of one choice's text."""

    answer: int
    thoughts: int

    @property
    def total(self) -> int:
        return self.answer + self.thoughts


async def counted(
    answer: Completion, *, counter: TokenCounter, reader: ReplyReader | None = None
) -> Counted:
    """Count the tokens of each choice of a completion.

    For several choices the endpoint reports only the sum. It is split in proportion to the tokens
    of their texts, and the parts add up to it. The prompt counts once, for the first choice.
    Reasoning tokens that the endpoint does not report are split off likewise. A count far too low
    for the texts is rejected in favour of a tokenizer's.

    Args:
        answer: The completion.
        counter: Counts the tokens of texts.
        reader: Separates a text's thoughts from its answer; None: by the usual tags.

    Raises:
        LocalModelError: The counter belongs to the embedded model, whose server has died.
    """
    choices = answer.choices or (_NOTHING,)
    counts = answer.counts
    total = counts.generated
    shown = [_shown(choice, reader or ReplyReader()) for choice in choices]
    if len(choices) == 1 and total is not None and _plainly_enough(shown[0], total):
        thinks = bool(shown[0][1])
        if counts.reasoning is not None or not thinks:
            usage = _usage(answer, 0, total, counts.reasoning or 0, BY_ENDPOINT)
            return Counted(usages=(usage,))
    # Off the event loop: tokenizing takes milliseconds, and loading a second.
    written = await asyncio.to_thread(_count, shown, counter)
    weights = [each.total for each in written]
    refused = None if total is None or _believable(total, weights) else total
    if total is None or refused is not None:
        generated, by = weights, counter.name
    elif len(choices) == 1:
        generated, by = [total], BY_ENDPOINT
    else:
        generated, by = apportion(total, weights), f"{BY_ENDPOINT}+{counter.name}"
    reasoning = _reasoning(counts.reasoning if refused is None else None, generated, written)
    parts = enumerate(zip(generated, reasoning, strict=True))
    return Counted(
        usages=tuple(_usage(answer, i, tokens, thought, by) for i, (tokens, thought) in parts),
        refused=refused,
        found=sum(weights),
    )


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a sum in proportion to weights, by largest remainder.

    Args:
        total: The sum, from 0 up.
        weights: The weight of each part, from 0 up; if all are zero, the parts are equal.

    Returns:
        Whole numbers from 0 up that add up to `total`.
    """
    shares = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda at: (-(total * shares[at] % whole), at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    return parts


def _shown(choice: Choice, reader: ReplyReader) -> tuple[str, str]:
    """The answer of a choice and its visible thoughts."""
    said = reader.split_thoughts(choice.text)
    return said.answer, choice.reasoning + said.thoughts


def _plainly_enough(shown: tuple[str, str], total: int) -> bool:
    """Whether a count is plausible even without a tokenizer."""
    letters = sum(map(len, shown))
    return total * _CHARACTERS_PER_TOKEN >= letters and (total > 0 or not letters)


def _believable(total: int, weights: Sequence[int]) -> bool:
    """Whether an endpoint's count is plausible for its texts."""
    written = sum(weights)
    if total < sum(map(bool, weights)):
        return False
    least = _LEAST_OF_ONE if len(weights) == 1 else _LEAST_OF_SEVERAL
    return written <= _LONGEST_UNCHECKED or total >= least * written


def _reasoning(
    said: int | None, generated: Sequence[int], written: Sequence[_Written]
) -> list[int]:
    """The reasoning tokens of each choice, from the endpoint's sum, else in proportion."""
    if said is not None:
        thoughts = [each.thoughts for each in written]
        parts = apportion(said, thoughts if any(thoughts) else generated)
    else:
        parts = [
            round(tokens * each.thoughts / max(each.total, 1))
            for tokens, each in zip(generated, written, strict=True)
        ]
    return list(map(min, parts, generated))


def _usage(answer: Completion, index: int, generated: int, reasoning: int, by: str) -> Usage:
    counts = answer.counts
    return Usage(
        completion_tokens=generated,
        # An unknown count stays unknown; a prompt read once is counted once.
        prompt_tokens=counts.prompt if index == 0 or counts.prompt is None else 0,
        counted_by=by,
        reasoning_tokens=reasoning,
        cached_tokens=(counts.cached or 0) if index == 0 else 0,
    )


def _count(shown: Sequence[tuple[str, str]], counter: TokenCounter) -> list[_Written]:
    return [
        _Written(
            answer=counter.count(text) if text else 0,
            thoughts=counter.count(thoughts) if thoughts else 0,
        )
        for text, thoughts in shown
    ]
