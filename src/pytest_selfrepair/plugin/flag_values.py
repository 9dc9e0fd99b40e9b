"""Parse option values: each function takes a text, or raises ValueError with what is accepted."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_selfrepair.core.shard import Shard

PAPER = 0
"""The value of `sample` that draws the paper's numbers of tasks."""


def text(value: str) -> str:
    """A text without surrounding whitespace."""
    if not value.strip():
        raise ValueError("a text that is not empty")
    return value.strip()


def raw_text(value: str) -> str:
    """A text with its whitespace."""
    if not value:
        raise ValueError("a text that is not empty")
    return value


def path(value: str) -> Path:
    """A path."""
    return Path(text(value))


def whole(least: int) -> Callable[[str], int]:
    """Integers from a minimum up."""

    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if number < least:
            raise ValueError(f"a whole number from {least} up")
        return number

    return parse


def number(least: float, most: float) -> Callable[[str], float]:
    """Numbers in a closed interval."""

    def parse(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            raise ValueError(f"a number from {least:g} to {most:g}")
        return number

    return parse


def number_or_none(least: float, most: float) -> Callable[[str], float | None]:
    """Numbers in a closed interval, or the word none."""

    def parse(value: str) -> float | None:
        if value == "none":
            return None
        try:
            return number(least, most)(value)
        except ValueError as error:
            raise ValueError(f"{error}, or none") from None

    return parse


def word(value: str) -> str:
    """One word."""
    if not value or len(value.split()) != 1:
        raise ValueError("one word, such as low, medium or high")
    return value.strip()


def extra_body(value: str) -> str:
    """A JSON object, in its canonical form."""
    from pytest_selfrepair.models import parameters  # noqa: PLC0415 - only if used

    return parameters.extra_body_from_json(value)


def header(value: str) -> tuple[str, str]:
    """A header's name and value."""
    from pytest_selfrepair.models import parameters  # noqa: PLC0415 - as above

    return parameters.header_from_line(value)


def thinking_tag(value: str) -> str:
    """A tag's name."""
    from pytest_selfrepair.models import parameters  # noqa: PLC0415 - as above

    return parameters.thinking_tag(value)


def packages(value: str) -> tuple[str, ...]:
    """Names of distributions, separated by commas."""
    from pytest_selfrepair.core.package_names import names_of  # noqa: PLC0415 - as above

    return names_of(value)


def run_name(value: str) -> str:
    """A run's name."""
    from pytest_selfrepair.store import run_labels  # noqa: PLC0415 - as above

    return run_labels.checked_name(value)


def run_note(value: str) -> str:
    """A run's note."""
    from pytest_selfrepair.store import run_labels  # noqa: PLC0415 - as above

    return run_labels.checked_note(value)


def pool(value: str) -> str:
    """A judge pool's name."""
    from pytest_selfrepair.core.pool_name import pool_named  # noqa: PLC0415 - as above

    pool_named(value)
    return value


def one_of(*words: str) -> Callable[[str], str]:
    """One of several words."""

    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(" or ".join(words))
        return value

    return parse


def yes_or_no(value: str) -> bool:
    """True or false."""
    if value.lower() not in {"true", "false"}:
        raise ValueError("true or false")
    return value.lower() == "true"


def url(value: str) -> str:
    """A URL without its trailing slash."""
    if not value.startswith(("http://", "https://")):
        raise ValueError("an address that begins with http:// or https://")
    return value.rstrip("/")


def shard(value: str) -> "Shard":
    """One of several shards of a run; `auto` takes it from an array job."""
    from pytest_selfrepair.core.shard_name import shard_named  # noqa: PLC0415 - as above

    return shard_named(value, os.environ)


def sample(value: str) -> int:
    """The number of tasks to draw; `PAPER` for the word paper."""
    if value == "paper":
        return PAPER
    try:
        return whole(1)(value)
    except ValueError as error:
        raise ValueError(f"{error}, or paper") from None
