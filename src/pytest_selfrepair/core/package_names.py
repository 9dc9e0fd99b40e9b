"""The names of distributions that programs may use, as users write them."""

import re

NONE = "none"
"""What stands for the standard library alone."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def names_of(text: str) -> tuple[str, ...]:
    """The distributions that a text names, with commas between; `none` names none.

    Raises:
        ValueError: It names what is no distribution; the error says what is accepted.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if names == (NONE,):
        return ()
    if not all(map(_NAME.fullmatch, names)):
        raise ValueError("names of installed distributions with commas between, or none")
    return names
