"""Records of both kinds of item, which a store keeps side by side."""

from collections.abc import Iterable, Iterator

from pytest_selfrepair.bargain.bargain_record import BargainRecord, is_bargain
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.sharing import loads
from pytest_selfrepair.errors import StoreError

AnyRecord = Record | BargainRecord
"""What an item of a run leaves: a task's trees, or a scenario's games."""


def read_record(text: str) -> AnyRecord:
    """Read what `to_json` of either kind wrote.

    Raises:
        StoreError: The text is no record, or one of a later version.
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
    """Those of tasks."""
    return (each for each in records if isinstance(each, Record))


def of_games(records: Iterable[AnyRecord]) -> Iterator[BargainRecord]:
    """Those of scenarios."""
    return (each for each in records if isinstance(each, BargainRecord))
