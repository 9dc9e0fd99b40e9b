"""One model at several addresses, each a real server."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import pytest

from behaviours import Asked, Reply, Server, behaving, choice, completion, error
from endpoints import SOON, FakeTime, line_to, model_on, request
from projects import fenced, write_project
from pytest_selfrepair.core.sample import Sample, SampleRequest, SeveralModel
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError
from pytest_selfrepair.models.check import Checked, fault_of
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.spread import SpreadModel

ONCE = Retries(most=0)


def answers(asked: Asked) -> Reply:
    return completion(*[choice()] * asked.body.get("n", 1), tokens=7 * asked.body.get("n", 1))


def of_task(number: int, node: str = "p0") -> SampleRequest:
    return replace(request(node), task_id=f"tasks/{number}")


def spread(addresses: Sequence[str], time: FakeTime, *, each: Retries = ONCE) -> SpreadModel:
    members = [model_on(line_to(address, retries=each)) for address in addresses]
    retries = Retries(most=2, first=1.0, jitter=lambda: 1.0)
    return SpreadModel(members, retries, clock=time.clock, sleep=time.sleep)


def tasks_at(server: Server) -> Counter[str]:
    names = (asked.headers["x-client-request-id"].partition("#")[0] for asked in server.paid)
    return Counter(names)


def test_tasks_are_spread_and_each_stays_with_its_address() -> None:
    with behaving(answers) as one, behaving(answers) as two:

        async def work() -> None:
            addresses = [one.address + "/v1", two.address + "/v1"]
            model = spread(addresses, FakeTime(), each=SOON)
            assert isinstance(model, SeveralModel)
            for node in ("p0", "p0/self/r0", "p1"):
                await asyncio.gather(*(model.sample(of_task(n, node)) for n in range(6)))
            await model.aclose()

        asyncio.run(work())
    first, second = tasks_at(one), tasks_at(two)
    assert set(first.values()) == set(second.values()) == {3}
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)


def test_an_address_that_fails_is_left_out_and_comes_back() -> None:
    dead = True

    def sometimes(asked: Asked) -> Reply:
        return error(503, "overloaded") if dead else answers(asked)

    time = FakeTime()
    with behaving(sometimes) as one, behaving(answers) as two:

        async def work() -> None:
            nonlocal dead
            model = spread([one.address + "/v1", two.address + "/v1"], time)
            for number in range(4):
                drawn = await model.sample_several([of_task(number), of_task(number, "p1")])
                assert all(isinstance(each, Sample) for each in drawn)
            assert len(tasks_at(one)) == 1
            assert len(tasks_at(two)) == 4
            assert time.sleeps == []
            assert "left out for a while" in model.notices[0]
            dead = False
            time.now += 16
            for number in range(4, 8):
                await model.sample(of_task(number))
            await model.aclose()

        asyncio.run(work())
    assert len(tasks_at(one)) > 1


def test_where_all_addresses_fail_it_is_asked_again_as_long_as_the_user_said() -> None:
    time = FakeTime()
    with behaving(lambda _: error(503, "overloaded")) as one, ExitStack() as stack:
        two = stack.enter_context(behaving(lambda _: error(502, "upstream")))

        async def work() -> None:
            model = spread([one.address + "/v1", two.address + "/v1"], time)
            with pytest.raises(EndpointFailedError):
                await model.sample(of_task(0))
            await model.aclose()

        asyncio.run(work())
        assert len(one.paid) == len(two.paid) == 3
        assert time.sleeps == [1.0, 2.0]


def test_a_refusal_is_no_failure_of_the_address() -> None:
    with behaving(lambda _: error(400, "bad parameter")) as one, behaving(answers) as two:

        async def work() -> None:
            model = spread([one.address + "/v1", two.address + "/v1"], FakeTime())
            with pytest.raises(EndpointRefusedError):
                await model.sample(of_task(0))
            await model.aclose()

        asyncio.run(work())
        assert two.paid == []


@pytest.mark.parametrize(
    ("behave", "runs"), [(None, True), (lambda _: error(401, "no such key"), False)]
)
def test_a_run_begins_while_one_address_answers_and_none_refuses_the_key(
    behave: object, runs: bool
) -> None:
    with ExitStack() as stack:
        there = stack.enter_context(behaving(answers)).address + "/v1"
        other = "http://127.0.0.1:9/v1"
        if callable(behave):
            other = stack.enter_context(behaving(behave)).address + "/v1"

        async def work() -> str | None:
            model = spread([there, other], FakeTime())
            try:
                return await fault_of([Checked(at=model.members, params=request().params)])
            finally:
                await model.aclose()

        assert (asyncio.run(work()) is None) == runs


def test_a_run_asks_at_both_addresses(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(pytester.path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-nobody")

    def behave(asked: Asked) -> Reply:
        several = asked.body.get("n", 1)
        return completion(*[choice(fenced("print(0)"))] * several, tokens=9 * several)

    with behaving(behave) as one, behaving(behave) as two:
        urls = [f"--selfrepair-base-url={each.address}/v1" for each in (one, two)]
        result = pytester.runpytest(
            "tasks", "--selfrepair-model=gpt-4", "--selfrepair-programs=2", *urls, "-p", "no:xdist"
        )
        result.assert_outcomes(failed=3)
        first, second = tasks_at(one), tasks_at(two)
    assert first
    assert second
    assert not set(first) & set(second)
    hosts = " and ".join(each.address.removeprefix("http://") for each in (one, two))
    result.stdout.fnmatch_lines([f"selfrepair: gpt-4 at {hosts}"])
