"""Read token counts from an endpoint's response, whatever its field names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_BELIEVABLE = 10_000_000
"""The most tokens that any model reads or writes for one request."""

_GENERATED = ("completion_tokens", "output_tokens", "generated_tokens", "candidatesTokenCount")
_PROMPT = ("prompt_tokens", "input_tokens", "promptTokenCount")
_TOTAL = ("total_tokens", "totalTokenCount")
_REASONING = ("reasoning_tokens", "thinking_tokens", "thoughtsTokenCount")
_CACHED = (
    "cached_tokens",
    "prompt_cache_hit_tokens",  # DeepSeek
    "cache_read_input_tokens",  # Anthropic
    "cachedContentTokenCount",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Tokens as an endpoint counts them; None where the count is missing or implausible.

    Attributes:
        generated: Generated tokens of all choices, including thoughts.
        prompt: Prompt tokens.
        reasoning: The tokens of thoughts, part of `generated`.
        cached: The prompt tokens read from a cache, part of `prompt`.
    """

    generated: int | None = None
    prompt: int | None = None
    reasoning: int | None = None
    cached: int | None = None


def read_counts(usage: object) -> Counts:
    """Read the `usage` of a response.

    Some endpoints do not include thoughts in `completion_tokens`: the total is then the sum of all
    three, or thoughts exceed the completion. They are added.
    """
    table = usage if isinstance(usage, Mapping) else {}
    details = _tables(table, ("completion_tokens_details", "output_tokens_details"))
    prompt_details = _tables(table, ("prompt_tokens_details", "input_tokens_details"))
    generated, prompt, total = (_first([table], names) for names in (_GENERATED, _PROMPT, _TOTAL))
    reasoning = _first([*details, table], _REASONING)
    cached = _first([*prompt_details, table], _CACHED)
    if generated is None and total is not None and prompt is not None and total > prompt:
        generated = total - prompt
    elif generated is not None:
        beside = 0 if total is None or prompt is None else total - prompt - generated
        if prompt is not None and cached and beside in {cached, cached + (reasoning or 0)}:
            prompt += cached  # the endpoint reports only the uncached part as the prompt
            beside -= cached
        if not reasoning and beside > 0:
            reasoning = beside
            generated += beside
        elif reasoning and (beside == reasoning or reasoning > generated):
            generated += reasoning
    return Counts(
        generated=generated,
        prompt=prompt,
        reasoning=_at_most(reasoning, generated),
        cached=_at_most(cached, prompt),
    )


def _tables(table: Mapping[str, object], names: Iterable[str]) -> list[Mapping[str, object]]:
    return [found for name in names if isinstance(found := table.get(name), Mapping)]


def _first(tables: Iterable[Mapping[str, object]], names: Iterable[str]) -> int | None:
    """The first count under any of the names."""
    wanted = tuple(names)
    counts = (_count(table.get(name)) for table in tables for name in wanted)
    return next((count for count in counts if count is not None), None)


def _count(value: object) -> int | None:
    """A whole number from 0 up, which may be written as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= MOST_BELIEVABLE or value != int(value):
        return None
    return int(value)


def _at_most(part: int | None, whole: int | None) -> int | None:
    return part if part is not None and whole is not None and part <= whole else None
