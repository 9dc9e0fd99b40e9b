"""The declaration of an option: its flag, its ini option, and its parser."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A flag with its ini option.

    Attributes:
        name: The field of `Settings`; `max_tokens` becomes `--selfrepair-max-tokens`.
        metavar: The name of its value in the help.
        help: Its purpose, without its default and without whether it may be repeated.
        default: The text used where neither flag nor ini gives one; None: absent.
        otherwise: The default in words, where it is absent.
        parse: Text → value; raises ValueError with what is accepted.
        repeats: Whether it may be given more than once.
        switch: Whether the flag takes no value; the ini option is true or false.
        secret: Whether errors hide the value.
        page: The page of docs/ with details, with its anchor.
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
        """The option's flag."""
        return "--selfrepair-" + self.name.replace("_", "-")

    @property
    def ini(self) -> str:
        """The option's name in ini files."""
        return f"selfrepair_{self.name}"

    @property
    def default_in_words(self) -> str:
        """The default in words; empty for the required flag."""
        return "off" if self.switch else self.default or self.otherwise

    @property
    def described(self) -> str:
        """The help with whether it may be repeated."""
        return self.help + ("; may be given more than once" if self.repeats else "")
