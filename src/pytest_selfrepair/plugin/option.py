"""One option: its flag, its ini twin, and how its value is read."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One flag and its ini twin.

    Attributes:
        name: The field of `Settings`; `max_tokens` is `--selfrepair-max-tokens`.
        metavar: What the help calls its value.
        help: What it is for; neither its default nor that it may be repeated.
        default: Its text where neither flag nor ini gives one; None: absent.
        otherwise: What holds where it is absent, in words.
        parse: Text → value; raises ValueError with what is accepted.
        repeats: Whether it may be given more than once.
        switch: Whether the flag takes no value; the ini twin says true or false.
        secret: Whether errors do not repeat what was given.
        page: The page of docs/ that says more, with its anchor.
    """

    name: str
    metavar: str = ""
    help: str
    default: str | None
    otherwise: str = "none"
    parse: Callable[[str], object]
    repeats: bool = False
    switch: bool = False
    secret: bool = False
    page: str = ""

    @property
    def flag(self) -> str:
        """As the command line has it."""
        return "--selfrepair-" + self.name.replace("_", "-")

    @property
    def ini(self) -> str:
        """As an ini file has it."""
        return f"selfrepair_{self.name}"

    @property
    def unless_given(self) -> str:
        """What holds where it is not given, in words; empty for the flag that there must be."""
        return "off" if self.switch else self.default or self.otherwise

    @property
    def described(self) -> str:
        """What it is for, and whether it may be repeated."""
        return self.help + ("; may be given more than once" if self.repeats else "")
