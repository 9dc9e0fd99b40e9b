"""Records of tasks and of scenarios, which a store holds side by side."""

from collections.abc import Iterable, Iterator

from pytest_selfrepair.bargain.bargain_record import BargainRecord, is_bargain
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.sharing import loads
from pytest_selfrepair.errors import StoreError

AnyRecord = Record | BargainRecord
"""The record of a run's item: a task's trees, or a scenario's games."""


def read_record(text: str) -> AnyRecord:
    """Decode the output of `to_json` of either kind.

    Raises:
        StoreError: The text is not a record, or one of a later version.
    """
    try:
        facts = loads(text)
    except ValueError as error:
        raise StoreError(f"not a record: {text[:80]!r}") from error
    if is_bargain(facts):
        return BargainRecord.from_facts(facts)
    if not isinstance(facts, dict) or "schema" not in facts:
        raise StoreError(f"not a record: {text[:80]!r}")
    return Record.from_facts(facts)


def of_tasks(records: Iterable[AnyRecord]) -> Iterator[Record]:
    """The records of tasks."""
    return (each for each in records if isinstance(each, Record))


def of_games(records: Iterable[AnyRecord]) -> Iterator[BargainRecord]:
    """The records of scenarios."""
    return (each for each in records if isinstance(each, BargainRecord))
