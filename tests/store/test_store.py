"""Samples and records in one SQLite file."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from builders import RECORD
from pytest_selfrepair.core.sample import Filing
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, finish, replied, start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "samples.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path)) as opened:
        yield opened


def test_a_sample_is_served_again_from_the_file(path: Path) -> None:
    with closing(SqliteStore(path)) as first:
        assert asyncio.run(first.put(asked(), replied())) == replied()
    with closing(SqliteStore(path)) as second:
        found = asyncio.run(second.get_many([asked().key, "another key"]))
    assert found == {asked().key: replied()}


def test_of_two_samples_of_one_request_the_first_stays_and_is_what_both_use(
    store: SqliteStore,
) -> None:
    asyncio.run(store.put(asked(), replied("first")))
    assert asyncio.run(store.put(asked(), replied("second"))).text == "first"


def test_a_sample_that_is_drawn_anew_takes_the_place_of_the_one_before(store: SqliteStore) -> None:
    asyncio.run(store.put(asked(), replied("first")))
    assert asyncio.run(store.put(asked(), replied("second"), anew=True)).text == "second"
    assert asyncio.run(store.get_many([asked().key]))[asked().key].text == "second"


def test_hundreds_of_samples_may_be_filed_at_once(store: SqliteStore) -> None:
    requests = [asked(f"p{number}") for number in range(700)]

    async def all_at_once() -> None:
        await asyncio.gather(*(store.put(each, replied(each.node)) for each in requests))

    asyncio.run(all_at_once())
    found = asyncio.run(store.get_many([each.key for each in requests]))
    assert [found[each.key].text for each in requests] == [each.node for each in requests]


def test_a_sample_that_nobody_waits_for_any_more_is_filed_all_the_same(path: Path) -> None:
    async def abandoned(store: SqliteStore) -> None:
        task = asyncio.create_task(store.put(asked(), replied()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with closing(SqliteStore(path)) as first:
        asyncio.run(abandoned(first))
    with closing(SqliteStore(path)) as second:
        assert asyncio.run(second.get_many([asked().key]))


def test_one_that_cannot_be_filed_spoils_none_beside_it(store: SqliteStore) -> None:
    async def several() -> list[object]:
        bad = asked("p1", task_id="bad")
        puts = (store.put(each, replied()) for each in (asked("p0"), bad, asked("p2")))
        return await asyncio.gather(*puts, return_exceptions=True)

    store.write(
        lambda connection: (
            connection.execute(
                "CREATE TRIGGER no BEFORE INSERT ON samples WHEN new.task_id = 'bad' "
                "BEGIN SELECT raise(ABORT, 'not this one'); END"
            ).rowcount
        )
    )
    first, second, third = asyncio.run(several())
    assert first == third == replied()
    assert isinstance(second, StoreError)
    assert "not this one" in str(second)


def test_samples_of_one_request_are_filed_together_or_not_at_all(store: SqliteStore) -> None:
    def filings(content: str) -> list[Filing]:
        return [
            Filing(request=asked(node, content=content), sample=replied(node))
            for node in ("p0", "p1", "p2")
        ]

    asyncio.run(store.put(asked("p1", content="one"), replied("an earlier one")))
    filed = asyncio.run(store.put_many(filings("one")))
    assert [each.text for each in filed] == ["p0", "an earlier one", "p2"]
    store.write(
        lambda connection: (
            connection.execute(
                "CREATE TRIGGER no BEFORE INSERT ON samples WHEN new.node = 'p2' "
                "BEGIN SELECT raise(ABORT, 'not this one'); END"
            ).rowcount
        )
    )
    with pytest.raises(StoreError, match="not this one"):
        asyncio.run(store.put_many(filings("another")))
    keys = [each.request.key for each in filings("another")]
    assert not asyncio.run(store.get_many(keys))


def test_records_of_a_run_come_back(store: SqliteStore) -> None:
    run, other = store.begin_run(), store.begin_run()
    store.add_record(run, RECORD)
    assert list(store.records(run)) == [RECORD]
    assert list(store.records(other)) == []


def test_a_task_in_a_folder_whose_name_is_no_utf_8_is_kept(store: SqliteStore) -> None:
    odd = asked(task_id="tasks/\udcff\ud800")
    asyncio.run(store.put(odd, replied()))
    assert asyncio.run(store.stored_requests(odd.task_id, odd.node)) == [odd]
    run = store.begin_run()
    record = replace(RECORD, task_id=odd.task_id)
    store.add_record(run, record)
    assert list(store.records(run)) == [record]


def test_what_was_put_survives_a_kill(path: Path) -> None:
    code = "asyncio.run(store.put(asked(), replied()))\nos.kill(os.getpid(), 9)"
    process = start(code, path)
    process.communicate(timeout=60)
    assert process.returncode == -9
    with closing(SqliteStore(path)) as store:
        assert asyncio.run(store.get_many([asked().key])) == {asked().key: replied()}


def test_a_closed_store_says_so(path: Path) -> None:
    store = SqliteStore(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match=r"samples\.sqlite: the store is closed"):
        asyncio.run(store.put(asked(), replied()))
    assert [each.name for each in path.parent.iterdir()] == ["samples.sqlite"]


def test_many_processes_may_open_a_new_store_at_once(path: Path) -> None:
    for process in [start("store.close()", path) for _ in range(4)]:
        finish(process)


def test_two_runs_on_one_store_lose_nothing_and_agree_on_every_sample(path: Path) -> None:
    """Both draw the same hundred samples, each with words of its own."""
    code = """
async def all_of_it():
    for number in range(100):
        request = asked(f"p{number}")
        [held] = await store.ledger.reserve("c", [Wanted(tokens=9)], RunLimits())
        sample = await store.put(request, replied(sys.argv[2]), reservation=held)
        print(sample.text)
asyncio.run(all_of_it())
store.close()
"""
    one, other = (start(code, path, name) for name in ("one", "other"))
    used = finish(one).split()
    assert used == finish(other).split()
    assert len(used) == 100
    with closing(SqliteStore(path)) as store:
        found = asyncio.run(store.get_many([asked(f"p{number}").key for number in range(100)]))
        assert [sample.text for sample in found.values()] == used
        assert store.ledger.spent("c").tokens == 2 * 100 * 3
        assert store.ledger.lost("c").requests == 0
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
