"""Who enters next: the lowest priority number, then the first to come."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.models.priority import PrioritySemaphore, priority
from pytest_selfrepair.models.traffic import Slots, Throttle

NUMBERS = st.lists(st.integers(0, 3), max_size=12)


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@given(numbers=NUMBERS, places=st.integers(1, 3))
def test_waiters_enter_by_priority_and_equal_ones_by_arrival(
    numbers: list[int], places: int
) -> None:
    entered: list[tuple[int, int]] = []

    async def one(semaphore: PrioritySemaphore, number: int, arrival: int) -> None:
        with priority(number):
            await semaphore.acquire()
        entered.append((number, arrival))

    async def run() -> None:
        semaphore = PrioritySemaphore(places)
        waiting = []
        for arrival, number in enumerate(numbers):
            waiting.append(asyncio.create_task(one(semaphore, number, arrival)))
            await _settle()
        for _ in numbers:
            semaphore.release()
            await _settle()
        await asyncio.gather(*waiting)

    asyncio.run(run())
    arrived = [(number, arrival) for arrival, number in enumerate(numbers)]
    assert entered == arrived[:places] + sorted(arrived[places:])


@given(numbers=NUMBERS, gone=st.sets(st.integers(0, 11)), places=st.integers(1, 3))
def test_a_place_is_never_lost_with_a_waiter_that_gives_up(
    numbers: list[int], gone: set[int], places: int
) -> None:
    """Whether it gives up while it waits, or just when the place is handed to it."""

    async def run() -> None:
        semaphore = PrioritySemaphore(places)
        inside, most = 0, 0

        async def one(number: int) -> None:
            nonlocal inside, most
            with priority(number):
                async with semaphore:
                    inside += 1
                    most = max(most, inside)
                    try:
                        await asyncio.sleep(0)
                    finally:
                        inside -= 1

        work = [asyncio.create_task(one(number)) for number in numbers]
        for at, each in enumerate(work):
            await asyncio.sleep(0)
            if at in gone:
                each.cancel()
        ended = await asyncio.gather(*work, return_exceptions=True)
        assert all(end is None or isinstance(end, asyncio.CancelledError) for end in ended)
        assert most <= places
        for _ in range(places):  # all places are free again
            await asyncio.wait_for(semaphore.acquire(), 10)

    asyncio.run(run())


def test_requests_of_the_task_begun_first_are_sent_first() -> None:
    sent: list[str] = []

    async def ask(throttle: Throttle, task: int, step: str) -> None:
        with priority(task):
            async with throttle.flight(1) as flight:
                sent.append(f"{task} {step}")
                await _settle()
                flight.answered(1)

    async def run() -> None:
        throttle = Throttle(Slots(1))
        programs = [asyncio.create_task(ask(throttle, task, "program")) for task in range(4)]
        await programs[0]
        await asyncio.gather(ask(throttle, 0, "repair"), *programs)

    asyncio.run(run())
    assert sent.index("0 repair") < sent.index("2 program") < sent.index("3 program")
