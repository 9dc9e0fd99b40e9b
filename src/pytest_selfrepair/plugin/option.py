"""One option: its flag, its ini twin, and how its value is read."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One flag and its ini twin.

    Attributes:
        name: The field of `Settings`; `max_tokens` is `--selfrepair-max-tokens`.
        metavar: What the help calls its value.
        help: What it is for, ending in its default.
        default: Its text where neither flag nor ini gives one; None: absent.
        parse: Text → value; raises ValueError with what is accepted.
        repeats: Whether it may be given more than once.
        switch: Whether the flag takes no value; the ini twin says true or false.
        secret: Whether errors do not repeat what was given.
    """

    name: str
    metavar: str
    help: str
    default: str | None
    parse: Callable[[str], object]
    repeats: bool = False
    switch: bool = False
    secret: bool = False

    @property
    def flag(self) -> str:
        """As the command line has it."""
        return "--selfrepair-" + self.name.replace("_", "-")

    @property
    def ini(self) -> str:
        """As an ini file has it."""
        return f"selfrepair_{self.name}"
