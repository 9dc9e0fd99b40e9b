"""A participant with the items they are shown."""

from dataclasses import dataclass

from pytest_selfrepair.annotate.finished_games import FinishedGame
from pytest_selfrepair.annotate.study_items import Item

StudyItem = Item | FinishedGame
"""A failing program to explain, or a finished game to advise on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A participant.

    Attributes:
        code: The code their answers are stored under.
        items: The programs and games they are shown.
    """

    code: str
    items: tuple[StudyItem, ...]

    def item(self, number: int) -> StudyItem | None:
        """The item with a number, from 1, in the participant's list; None for any other number."""
        return self.items[number - 1] if 1 <= number <= len(self.items) else None
