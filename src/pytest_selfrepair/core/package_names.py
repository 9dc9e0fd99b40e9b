"""Parse the user's list of distributions that programs may use."""

import re

NONE = "none"
"""Stands for the standard library alone."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def names_of(text: str) -> tuple[str, ...]:
    """Parse comma-separated names of distributions; `none` means none.

    Raises:
        ValueError: A name is not that of a distribution; the error says what is accepted.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if names == (NONE,):
        return ()
    if not all(map(_NAME.fullmatch, names)):
        raise ValueError("names of installed distributions with commas between, or none")
    return names
