"""What people wrote as JSON Lines."""

import json
from collections.abc import Iterable, Iterator

import msgspec

from pytest_selfrepair.annotate.answers import Answer


def as_lines(answers: Iterable[Answer]) -> Iterator[str]:
    """Each answer as one line: ``task_id, program_hash, participant, feedback, seconds``."""
    for answer in answers:
        yield json.dumps(msgspec.to_builtins(answer))
