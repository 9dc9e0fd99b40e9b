"""Regular expressions compiled on first use."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property


class LazyPattern:
    """A `re.Pattern` compiled on first use.

    Compiling the dozens of long patterns at import would take each process a quarter of a second.

    Args:
        pattern: The regular expression.
        flags: Flags of `re.compile`.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first match anywhere from `start` on."""
        return self._compiled.search(text, start)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The match beginning at `start`."""
        return self._compiled.match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match of the whole text."""
        return self._compiled.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every match, in order."""
        return self._compiled.finditer(text)

    def split(self, text: str) -> list[str]:
        """The text between the matches."""
        return self._compiled.split(text)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with each match replaced."""
        return self._compiled.sub(replacement, text)


def any_of(*patterns: str) -> LazyPattern:
    """Combine patterns into one that matches any of them, ignoring case."""
    return LazyPattern("|".join(patterns), re.IGNORECASE)
