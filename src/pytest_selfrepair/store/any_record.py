"""Records of tasks and of scenarios, which a store holds side by side."""

import json
from collections.abc import Iterable, Iterator

import msgspec

from pytest_selfrepair.bargain.bargain_record import GAME, BargainRecord, is_bargain
from pytest_selfrepair.core.record import Record

AnyRecord = Record | BargainRecord
"""The record of a run's item: a task's trees, or a scenario's games."""


class _Kind(msgspec.Struct):
    """What tells the kinds apart."""

    game: str | None = None


_KIND = msgspec.json.Decoder(_Kind)


def read_record(text: str) -> AnyRecord:
    """Decode the output of `to_json` of either kind.

    Raises:
        StoreError: The text is not a record, or one of a later version.
    """
    return BargainRecord.from_json(text) if _is_of_game(text) else Record.from_json(text)


def _is_of_game(text: str) -> bool:
    try:
        return _KIND.decode(text).game == GAME
    except msgspec.MsgspecError:  # other readers accept some JSON that this one refuses
        pass
    try:
        return is_bargain(json.loads(text))
    except ValueError:
        return False


def of_tasks(records: Iterable[AnyRecord]) -> Iterator[Record]:
    """The records of tasks."""
    return (each for each in records if isinstance(each, Record))


def of_games(records: Iterable[AnyRecord]) -> Iterator[BargainRecord]:
    """The records of scenarios."""
    return (each for each in records if isinstance(each, BargainRecord))
