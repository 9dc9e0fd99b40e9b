"""Slots and throttles, by a clock that only sleeping moves."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints import FakeTime
from pytest_selfrepair.models.traffic import Slots, Throttle


def throttle_of(time: FakeTime, *, slots: int = 8, **limits: Any) -> Throttle:
    return Throttle(Slots(slots), clock=time.clock, sleep=time.sleep, **limits)


def run_all(*work: Coroutine[object, object, None]) -> None:
    async def together() -> None:
        await asyncio.gather(*work)

    asyncio.run(together())


def test_everyone_inside_or_waiting_is_wanted() -> None:
    slots = Slots(2)
    seen: list[tuple[int, int]] = []

    async def one() -> None:
        async with slots.slot():
            await asyncio.sleep(0)
            seen.append((slots.in_flight, slots.wanted))

    run_all(one(), one(), one())
    assert seen == [(2, 3), (1, 2), (1, 1)]
    assert (slots.in_flight, slots.wanted) == (0, 0)


def test_whoever_starts_work_is_called_whenever_fewer_are_wanted_than_may_be() -> None:
    slots = Slots(2)
    called: list[int] = []
    slots.on_idle = lambda: called.append(slots.wanted)

    async def one() -> None:
        async with slots.slot():
            await asyncio.sleep(0)

    run_all(one(), one(), one(), one())
    assert called == [1, 0]


def test_slots_are_shared_by_all_endpoints() -> None:
    time = FakeTime()
    slots = Slots(3)
    most = 0

    async def one(throttle: Throttle) -> None:
        nonlocal most
        async with throttle.flight(1):
            await asyncio.sleep(0)
            most = max(most, slots.in_flight)

    throttles = [Throttle(slots, clock=time.clock, sleep=time.sleep) for _ in range(2)]
    run_all(*(one(throttles[number % 2]) for number in range(12)))
    assert most == 3


def test_an_endpoint_that_is_paused_keeps_no_slot_from_others() -> None:
    slots = Slots(1)
    ended: list[str] = []

    async def one(throttle: Throttle, name: str) -> None:
        async with throttle.flight(1):
            ended.append(name)

    paused, free = Throttle(slots), Throttle(slots)
    paused.pause(0.05)
    run_all(one(paused, "paused"), one(free, "free"))
    assert ended == ["free", "paused"]


def test_concurrency_halves_once_for_all_that_were_under_way_together() -> None:
    throttle = throttle_of(FakeTime(), slots=8)

    async def refused(together: asyncio.Barrier) -> None:
        async with throttle.flight(1) as flight:
            await together.wait()
            flight.too_much()

    async def all_at_once() -> None:
        together = asyncio.Barrier(8)
        await asyncio.gather(*(refused(together) for _ in range(8)))

    asyncio.run(all_at_once())
    assert throttle.allowed == 4
    assert throttle.rate_limits == 8


def test_concurrency_never_falls_below_one_and_recovers_fully() -> None:
    throttle = throttle_of(FakeTime(), slots=4)

    async def refused() -> None:
        async with throttle.flight(1) as flight:
            flight.too_much()

    async def answered() -> None:
        async with throttle.flight(1) as flight:
            flight.answered(1)

    run_all(*(refused() for _ in range(10)))
    assert throttle.allowed == 1
    run_all(*(answered() for _ in range(10)))
    assert throttle.allowed == 4


def test_a_lower_concurrency_holds_back_those_in_line() -> None:
    throttle = throttle_of(FakeTime(), slots=8)
    most = 0

    async def refused() -> None:
        async with throttle.flight(1) as flight:
            flight.too_much()

    async def one() -> None:
        nonlocal most
        async with throttle.flight(1):
            await asyncio.sleep(0)
            most = max(most, throttle.in_flight)

    async def work() -> None:
        await refused()
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(work())
    assert most == 4


def test_a_pause_holds_back_everyone_until_it_has_passed() -> None:
    time = FakeTime()
    throttle = throttle_of(time)
    begun: list[float] = []

    async def one() -> None:
        async with throttle.flight(1):
            begun.append(time.now)

    throttle.pause(30)
    throttle.pause(10)
    run_all(one(), one(), one())
    assert begun == [1_030] * 3
    assert throttle.seconds_waited == pytest.approx(30)


@given(limit=st.integers(1, 6_000), count=st.integers(1, 40))
def test_no_minute_has_more_requests_than_allowed(limit: int, count: int) -> None:
    time = FakeTime()
    throttle = throttle_of(time, requests_per_minute=limit)
    begun: list[float] = []

    async def one() -> None:
        async with throttle.flight(1):
            begun.append(time.now)

    run_all(*(one() for _ in range(count)))
    burst = max(limit / 60, 1)
    for first in range(count):
        in_a_minute = sum(begun[first] <= each < begun[first] + 60 for each in begun)
        assert in_a_minute <= limit + burst + 1e-3
    assert begun[-1] - begun[0] <= count * 60 / limit  # and no slower than that


@given(
    limit=st.integers(60, 100_000), costs=st.lists(st.integers(1, 5_000), min_size=2, max_size=20)
)
def test_tokens_are_asked_for_at_the_pace_allowed(limit: int, costs: list[int]) -> None:
    time = FakeTime()
    throttle = throttle_of(time, tokens_per_minute=limit)

    async def one(tokens: int) -> None:
        async with throttle.flight(tokens) as flight:
            flight.answered(tokens)

    run_all(*map(one, costs))
    passed = time.now - 1_000
    debt = sum(costs[:-1]) + 1 - limit / 60  # a second's worth is there from the start
    assert passed >= debt * 60 / limit - 1e-3
    assert passed <= sum(costs) * 60 / limit


def test_tokens_that_were_not_generated_are_given_back() -> None:
    time = FakeTime()
    throttle = throttle_of(time, slots=1, tokens_per_minute=6_000)

    async def one() -> None:
        async with throttle.flight(1_000) as flight:
            flight.answered(100)

    run_all(*(one() for _ in range(60)))
    assert time.now - 1_000 == pytest.approx(60, abs=2)
