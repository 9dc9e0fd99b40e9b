"""Results from another thread reach whoever waits, in any loop, and harm nobody who does not."""

import asyncio
import threading
from collections.abc import Callable

from pytest_selfrepair.sandbox.threadsafe_futures import ThreadsafeFutures


def test_results_of_another_thread_reach_several_loops() -> None:
    futures = ThreadsafeFutures[int]()

    async def total() -> int:
        waiting = [futures.create() for _ in range(20)]

        def resolve_all() -> None:
            for number, (_, resolve) in enumerate(waiting):
                resolve(number)

        threading.Thread(target=resolve_all).start()
        return sum([await future for future, _ in waiting])

    assert [asyncio.run(total()), asyncio.run(total())] == [190, 190]


def test_a_result_that_nobody_waits_for_is_dropped() -> None:
    futures = ThreadsafeFutures[int]()

    async def left_alone() -> tuple[asyncio.Future[int], Callable[[int], None]]:
        future, resolve = futures.create()
        future.cancel()
        resolve(1)
        await asyncio.sleep(0)
        assert future.cancelled()
        return futures.create()

    future, resolve = asyncio.run(left_alone())
    resolve(2)  # its loop is closed by now
    assert not future.done()
