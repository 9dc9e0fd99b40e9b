"""What completions cost: in tokens the endpoint's word where believable, else a tokenizer's."""

import asyncio
from collections.abc import Sequence

from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.models.answers import Answer, Choice
from pytest_selfrepair.models.tokens import TokenCounter

BY_ENDPOINT = "endpoint"
"""`Usage.counted_by` where the endpoint's count is believed; where a tokenizer split its sum over
several choices, ``+`` and the tokenizer's name follow."""

_NOTHING = Choice(text="", reasoning="", finish_reason="")


async def usages(answer: Answer, *, max_tokens: int, counter: TokenCounter) -> list[Usage]:
    """What each choice of an answer cost; of an answer without choices, what the whole cost.

    Of several choices the endpoint tells the sum alone. It is split in proportion to the tokens of
    what was written; the parts add up to it. The prompt is read once: the first choice has it.

    Args:
        answer: The answer.
        max_tokens: The longest completion that was asked for, in tokens.
        counter: Counts the tokens of texts.

    Raises:
        LocalModelError: The counter is a model's own, and that model has died.
    """
    choices = answer.choices or (_NOTHING,)
    counts = answer.counts
    by = BY_ENDPOINT
    total = _believable(answer, max_tokens)
    if total is not None and len(choices) == 1:
        generated, reasoning = [total], [counts.reasoning or 0]
    else:
        # A tokenizer takes milliseconds, and a second to load: not in the loop.
        written, reasoning = await asyncio.to_thread(_count, choices, counter)
        if total is None:
            generated, by = written, counter.name
        else:
            generated, by = apportion(total, written, most=max_tokens), f"{by}+{counter.name}"
            if counts.reasoning is not None:
                reasoning = apportion(counts.reasoning, generated, most=total)
            reasoning = list(map(min, reasoning, generated))
    return [
        Usage(
            completion_tokens=generated[index],
            # Nobody's count of the prompt stays nobody's; a prompt read once is counted once.
            prompt_tokens=counts.prompt if index == 0 or counts.prompt is None else 0,
            counted_by=by,
            reasoning_tokens=reasoning[index],
            cached_tokens=(counts.cached or 0) if index == 0 else 0,
        )
        for index in range(len(choices))
    ]


def apportion(total: int, weights: Sequence[int], *, most: int) -> list[int]:
    """Split a sum in proportion to weights, by largest remainder.

    Args:
        total: The sum, at most as many times `most` as there are weights.
        weights: One for each part; all alike where all are zero.
        most: The largest part.

    Returns:
        Whole numbers from 0 to `most` that add up to `total`.

    Raises:
        ValueError: The sum is too large for so many parts.
    """
    if total > len(weights) * most:
        raise ValueError(f"{total} is more than {len(weights)} parts of {most}")
    parts = [0] * len(weights)
    while (left := total - sum(parts)) > 0:
        open_ = [index for index, part in enumerate(parts) if part < most]
        shares = [weights[index] for index in open_]
        if not any(shares):
            shares = [1] * len(open_)
        whole = sum(shares)
        exact = [left * share for share in shares]
        for index, share in zip(open_, exact, strict=True):
            parts[index] = min(parts[index] + share // whole, most)
        spare = min(total - sum(parts), len(open_))
        by_remainder = sorted(range(len(open_)), key=lambda at: (-(exact[at] % whole), at))
        for at in by_remainder[:spare]:
            parts[open_[at]] = min(parts[open_[at]] + 1, most)
    return parts


def _believable(answer: Answer, max_tokens: int) -> int | None:
    """The endpoint's count of generated tokens, where it can be true."""
    texts = sum(bool(choice.text) for choice in answer.choices)
    most = max(len(answer.choices), 1) * max_tokens
    generated = answer.counts.generated
    return generated if generated is not None and texts <= generated <= most else None


def _count(choices: Sequence[Choice], counter: TokenCounter) -> tuple[list[int], list[int]]:
    """The tokens of what each choice holds, and those of its reasoning."""
    reasoning = [counter.count(choice.reasoning) if choice.reasoning else 0 for choice in choices]
    texts = [counter.count(choice.text) if choice.text else 0 for choice in choices]
    return list(map(sum, zip(texts, reasoning, strict=True))), reasoning
