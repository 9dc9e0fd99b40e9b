"""What completions cost: in tokens the endpoint's word where believable, else a tokenizer's."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.models.answers import Choice, Completion
from pytest_selfrepair.models.tokens import TokenCounter

BY_ENDPOINT = "endpoint"
"""`Usage.counted_by` where the endpoint's count is believed; where a tokenizer split its sum over
several choices, ``+`` and the tokenizer's name follow."""

_LEAST_OF_ONE = 0.5
"""A count below this part of a tokenizer's is no count of the same text."""
_LEAST_OF_SEVERAL = 0.75
"""The same of a sum for several choices; a server that counts one of two says about a half."""
_TOO_SHORT_TO_TELL = 16
"""Tokens; of shorter texts tokenizers differ more than that."""
_LETTERS_A_TOKEN = 6
"""A text with fewer characters than this for each token that is counted is not counted again."""

_NOTHING = Choice(text="", reasoning="", finish_reason="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the choices of an answer cost.

    Attributes:
        usages: One for each choice; of an answer without choices, what the whole cost.
        refused: The endpoint's count, where the texts must have cost far more; else None.
        found: What a tokenizer counts instead.
    """

    usages: tuple[Usage, ...]
    refused: int | None = None
    found: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """The tokens of what one choice shows, as a tokenizer counts them."""

    answer: int
    thoughts: int

    @property
    def total(self) -> int:
        return self.answer + self.thoughts


async def counted(
    answer: Completion, *, counter: TokenCounter, reader: ReplyReader | None = None
) -> Counted:
    """What each choice of an answer cost.

    Of several choices the endpoint tells the sum alone. It is split in proportion to the tokens of
    what was written; the parts add up to it. The prompt is read once: the first choice has it.
    Tokens of thoughts that the endpoint does not count apart are split off likewise. A count that
    is far below what the texts must have cost is refused: a tokenizer's takes its place.

    Args:
        answer: The answer.
        counter: Counts the tokens of texts.
        reader: Tells thoughts within a text from its answer; None: by the usual tags.

    Raises:
        LocalModelError: The counter is a model's own, and that model has died.
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
    # A tokenizer takes milliseconds, and a second to load: not in the loop.
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
        weights: One for each part, from 0 up; all alike where all are zero.

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
    """The answer of a choice, and the thoughts that it shows."""
    said = reader.parted(choice.text)
    return said.answer, choice.reasoning + said.thoughts


def _plainly_enough(shown: tuple[str, str], total: int) -> bool:
    """Whether a count covers a text, without a tokenizer's help."""
    letters = sum(map(len, shown))
    return total * _LETTERS_A_TOKEN >= letters and (total > 0 or not letters)


def _believable(total: int, weights: Sequence[int]) -> bool:
    """Whether an endpoint's count can be that of the texts that it sent."""
    written = sum(weights)
    if total < sum(map(bool, weights)):
        return False
    least = _LEAST_OF_ONE if len(weights) == 1 else _LEAST_OF_SEVERAL
    return written <= _TOO_SHORT_TO_TELL or total >= least * written


def _reasoning(
    said: int | None, generated: Sequence[int], written: Sequence[_Written]
) -> list[int]:
    """The tokens of each choice that are thoughts: the endpoint's sum, else in proportion."""
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
        # Nobody's count of the prompt stays nobody's; a prompt read once is counted once.
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
