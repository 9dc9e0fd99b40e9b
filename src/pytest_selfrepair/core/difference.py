"""Describe how a request differs from earlier ones."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from pytest_selfrepair.core.sample import Message, SampleRequest, SamplingParams

_SHOWN = 24
"""Characters shown of each message from the first difference on."""


def nearest_difference(asked: SampleRequest, before: Iterable[SampleRequest]) -> str | None:
    """Describe how a request differs from the most similar earlier one.

    Returns:
        One line; None without an earlier request.
    """
    found: list[list[str]] = [list(_differences(asked, each)) for each in before]
    if not found:
        return None
    fewest = min(found, key=len)
    return "; ".join(fewest)


def _differences(asked: SampleRequest, before: SampleRequest) -> Iterator[str]:
    if asked.model != before.model:
        yield f"model {before.model!r} there, {asked.model!r} here"
    for name in (each.name for each in fields(SamplingParams)):
        there, here = getattr(before.params, name), getattr(asked.params, name)
        if there != here:
            yield f"{name} {there} there, {here} here"
    if asked.messages != before.messages:
        yield _first_difference(asked.messages, before.messages)


def _first_difference(here: tuple[Message, ...], there: tuple[Message, ...]) -> str:
    for number, (new, old) in enumerate(zip(here, there, strict=False), start=1):
        if new.role != old.role:
            return f"message {number} is of the {old.role} there, of the {new.role} here"
        if new.content != old.content:
            pairs = zip(new.content, old.content, strict=False)
            at = next(
                (index for index, (a, b) in enumerate(pairs) if a != b),
                min(len(new.content), len(old.content)),
            )
            return (
                f"message {number} of {len(here)} ({new.role}) from character {at} on: "
                f"{old.content[at : at + _SHOWN]!r} there, {new.content[at : at + _SHOWN]!r} here"
            )
    return f"{len(there)} messages there, {len(here)} here"
