"""A task travels once to workers that share it, whoever asks first and whatever becomes of that."""

import asyncio
from collections.abc import Sequence

import pytest

from pytest_selfrepair.sandbox.judge_request import Cases

pytest.importorskip("distributed")

from pytest_selfrepair.sandbox.dask_admission import JudgingWorker
from pytest_selfrepair.sandbox.dask_worker import WorkerFacts
from pytest_selfrepair.sandbox.sent_tasks import SentTasks

CASES = Cases(digest="d", task_id="tasks/a", data=b"", seconds=1.0)


def worker(address: str, host: str = "host", *, shares: bool = True) -> JudgingWorker:
    return JudgingWorker(address=address, threads=1, host=host, facts=WorkerFacts(shares=shares))


class Sending:
    """Tasks that are sent, and to whom; workers of some addresses cannot be reached."""

    def __init__(self, *unreached: str) -> None:
        self.sent: list[str] = []
        self._unreached = unreached

    async def keep(self, address: str, cases: Cases) -> str:
        assert cases is CASES
        self.sent.append(address)
        await asyncio.sleep(0)
        if address in self._unreached:
            raise ConnectionError(address)
        return f"with {address}"


def places(sending: Sending, workers: Sequence[JudgingWorker]) -> list[object]:
    async def run() -> list[object]:
        tasks = SentTasks(sending.keep)
        asking = [tasks.place(each, CASES) for each in workers]
        return await asyncio.gather(*asking, return_exceptions=True)

    return asyncio.run(run())


def test_workers_of_one_machine_are_sent_a_task_once() -> None:
    sending = Sending()
    assert places(sending, [worker("a"), worker("b"), worker("a")]) == ["with a"] * 3
    assert sending.sent == ["a"]


def test_every_machine_is_sent_a_task() -> None:
    sending = Sending()
    found = places(sending, [worker("a", "one"), worker("b", "two"), worker("c", "two")])
    assert found == ["with a", "with b", "with b"]


def test_workers_that_share_nothing_are_each_sent_a_task() -> None:
    sending = Sending()
    found = places(sending, [worker("a", shares=False), worker("b", shares=False)])
    assert found == ["with a", "with b"]


def test_where_the_first_cannot_be_reached_another_is_sent_the_task() -> None:
    sending = Sending("a")
    first, second = places(sending, [worker("a"), worker("b")])
    assert isinstance(first, ConnectionError)
    assert second == "with b"


def test_a_task_is_sent_anew_where_it_is_not_any_more() -> None:
    sending = Sending()

    async def run() -> list[str]:
        tasks = SentTasks(sending.keep)
        found = [await tasks.place(worker("a"), CASES), await tasks.renew(worker("b"), CASES)]
        return [*found, await tasks.place(worker("c"), CASES)]

    assert asyncio.run(run()) == ["with a", "with b", "with b"]
