"""Export people's answers as JSON Lines."""

import json
from collections.abc import Iterable, Iterator

from pytest_selfrepair.feedback.human import COLUMNS, HumanText


def as_lines(answers: Iterable[HumanText]) -> Iterator[str]:
    """Each answer as a line with the fields `COLUMNS`."""
    for answer in answers:
        yield json.dumps({name: getattr(answer, name) for name in COLUMNS})
