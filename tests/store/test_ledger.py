"""What a run may spend: reserved, settled, lost and refused, by many processes at once."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from pytest_selfrepair.core.run_account import (
    Lost,
    NotGranted,
    Paid,
    Reservation,
    RunLimits,
    Spent,
    Wanted,
    overstep,
)
from pytest_selfrepair.core.sample import CONTEXT_LIMIT
from pytest_selfrepair.errors import BudgetSpentError
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, finish, replied, start

HUNDRED = RunLimits(max_tokens=100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "samples.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path)) as opened:
        yield opened


def wants(*tokens: int) -> list[Wanted]:
    return [Wanted(tokens=each) for each in tokens]


async def reserve(
    store: SqliteStore, campaign: str, wanted: list[Wanted], limits: RunLimits
) -> list[Reservation]:
    grants = await store.ledger.reserve(campaign, wanted, limits)
    if isinstance(grants[0], BudgetSpentError):
        raise grants[0]
    return [each for each in grants if isinstance(each, Reservation)]


async def spend(store: SqliteStore, node: str, *, wanted: int, used: int) -> None:
    [held] = await reserve(store, "c", wants(wanted), HUNDRED)
    await store.put(asked(node), replied(tokens=used), reservation=held)


def test_what_a_sample_cost_is_spent_and_the_rest_given_back(store: SqliteStore) -> None:
    async def two() -> None:
        [held] = await reserve(store, "c", [Wanted(tokens=90, dollars=0.9)], HUNDRED)
        sample = replace(replied(tokens=7), dollars=0.1)
        await store.put(asked("p0"), sample, reservation=held)
        [held] = await reserve(store, "c", [Wanted(tokens=93, dollars=0.9)], HUNDRED)
        await store.put(asked("p1"), replace(sample, dollars=0.2), reservation=held)

    asyncio.run(two())
    assert store.ledger.spent("c") == Spent(tokens=14, dollars=0.3)
    assert store.ledger.spent("another") == Spent()


def test_what_is_spent_counts_in_the_next_run(path: Path) -> None:
    with closing(SqliteStore(path)) as first:
        asyncio.run(spend(first, "p0", wanted=50, used=50))
    with closing(SqliteStore(path)) as second:
        assert second.ledger.spent("c").tokens == 50
        with pytest.raises(BudgetSpentError):
            asyncio.run(reserve(second, "c", wants(51), HUNDRED))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            HUNDRED,
            (
                "60 of 100 tokens are spent, and the next request may generate 50; "
                "raise --selfrepair-max-tokens-total to go on"
            ),
        ),
        (
            RunLimits(max_dollars=0.5),
            (
                "0.4000 of 0.5000 US dollars are spent, and the next request may cost 0.2000; "
                "raise --selfrepair-max-cost to go on"
            ),
        ),
    ],
)
def test_what_would_never_fit_is_refused_with_what_was_spent(
    store: SqliteStore, limits: RunLimits, said: str
) -> None:
    async def too_much() -> None:
        [held] = await reserve(store, "c", wants(60), limits)
        sample = replace(replied(tokens=60), dollars=0.4)
        await store.put(asked(), sample, reservation=held)
        await reserve(store, "c", [Wanted(tokens=50, dollars=0.2)], limits)

    with pytest.raises(BudgetSpentError) as error:
        asyncio.run(too_much())
    assert str(error.value) == said


def test_what_fits_only_when_another_has_ended_waits_for_it(store: SqliteStore) -> None:
    async def both() -> list[str]:
        order: list[str] = []
        [held] = await reserve(store, "c", wants(80), HUNDRED)

        async def second() -> None:
            await reserve(store, "c", wants(80), HUNDRED)
            order.append("granted")

        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.3)
        order.append("settled")
        await store.put(asked(), replied(tokens=20), reservation=held)
        await waiting
        return order

    assert asyncio.run(both()) == ["settled", "granted"]


def test_what_failed_gives_back_all_of_it(store: SqliteStore) -> None:
    async def both() -> None:
        [held] = await reserve(store, "c", wants(100), HUNDRED)
        await store.ledger.release(held)
        await reserve(store, "c", wants(100), HUNDRED)

    asyncio.run(both())
    assert store.ledger.spent("c") == Spent()


def test_of_several_as_many_are_granted_as_fit(store: SqliteStore) -> None:
    held = asyncio.run(reserve(store, "c", wants(40, 40, 40), HUNDRED))
    assert len(held) == 2


def test_a_prompt_that_is_too_long_costs_nothing(store: SqliteStore) -> None:
    async def once() -> None:
        [held] = await reserve(store, "c", wants(40), HUNDRED)
        sample = replied("", tokens=0, reason=CONTEXT_LIMIT)
        await store.put(asked(), sample, reservation=held)

    asyncio.run(once())
    assert store.ledger.spent("c") == Spent()
    assert store.ledger.lost("c") == Lost()


def test_dollars_add_up_exactly(store: SqliteStore) -> None:
    """In binary fractions, three times 0.1 is more than 0.3."""
    wanted = [Wanted(tokens=1, dollars=0.1)] * 3
    assert len(asyncio.run(reserve(store, "c", wanted, RunLimits(max_dollars=0.3)))) == 3


def test_one_who_stops_waiting_holds_nothing(store: SqliteStore) -> None:
    async def both() -> None:
        [held] = await reserve(store, "c", wants(80), HUNDRED)
        waiting = [asyncio.create_task(reserve(store, "c", wants(80), HUNDRED)) for _ in range(3)]
        await asyncio.sleep(0.1)
        for each in waiting:
            each.cancel()
        await store.ledger.release(held)
        cancelled_at_once = asyncio.create_task(reserve(store, "c", wants(100), HUNDRED))
        await asyncio.sleep(0)
        cancelled_at_once.cancel()
        await asyncio.wait_for(reserve(store, "c", wants(100), HUNDRED), 5)

    asyncio.run(both())


def test_what_a_killed_process_held_is_lost_and_in_nobodys_way(path: Path) -> None:
    code = """
async def hold():
    limits = RunLimits(max_tokens=100)
    await store.ledger.reserve("c", [Wanted(tokens=30, dollars=0.25)] * 3, limits)
    [held] = await store.ledger.reserve("other", [Wanted(tokens=5)], limits)
    await store.put(asked(), replied(tokens=4), reservation=held)
asyncio.run(hold())
os.kill(os.getpid(), signal.SIGKILL)
"""
    process = start(code, path)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with closing(SqliteStore(path)) as store:
        asyncio.run(asyncio.wait_for(reserve(store, "c", wants(100), HUNDRED), 10))
        assert store.ledger.lost("c") == Lost(requests=3, tokens=90, dollars=0.75)
        assert store.ledger.lost("other") == Lost()
        assert store.ledger.spent("other") == Spent(tokens=4)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_one_who_is_killed_while_another_waits_is_found_out(path: Path, store: SqliteStore) -> None:
    code = """
asyncio.run(store.ledger.reserve("c", [Wanted(tokens=60)], RunLimits(max_tokens=100)))
print("held", flush=True)
sys.stdin.read()
"""
    process = start(code, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"

    async def wait() -> None:
        waiting = asyncio.create_task(reserve(store, "c", wants(60), HUNDRED))
        done, _ = await asyncio.wait([waiting], timeout=1.5)
        assert not done, "its holder lives"
        process.kill()
        process.communicate()
        await asyncio.wait_for(waiting, 10)

    asyncio.run(wait())
    assert store.ledger.lost("c").requests == 1


def test_a_request_in_flight_when_a_run_is_interrupted_is_lost(path: Path) -> None:
    with closing(SqliteStore(path)) as first:
        asyncio.run(reserve(first, "c", wants(10), RunLimits()))
    with closing(SqliteStore(path)) as second:
        assert second.ledger.lost("c") == Lost(requests=1, tokens=10)


def test_many_processes_spend_all_that_they_may_and_no_more(path: Path) -> None:
    """Each wants more than it uses; in the end less is left than one request may cost."""
    code = """
from pytest_selfrepair.errors import BudgetSpentError
limits = RunLimits(max_tokens=1000)
async def spend(name):
    for number in range(1000):
        [held] = await store.ledger.reserve("c", [Wanted(tokens=50)], limits)
        if isinstance(held, BudgetSpentError):
            return
        await asyncio.sleep(0.002)
        request = asked(f"{sys.argv[2]}{name}{number}")
        await store.put(request, replied(tokens=7), reservation=held)
        print(7)
async def several():
    await asyncio.gather(*(spend(name) for name in "abcdefgh"))
asyncio.run(several())
store.close()
"""
    processes = [start(code, path, name) for name in ("one", "two", "three")]
    used = sum(int(line) for process in processes for line in finish(process).split())
    with closing(SqliteStore(path)) as store:
        assert store.ledger.spent("c").tokens == used
        assert store.ledger.lost("c") == Lost()
    assert 950 < used <= 1000


@examples(12)
@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), max_size=12), st.randoms())
def test_spent_and_held_never_exceed_the_limit(
    tmp_path_factory: pytest.TempPathFactory,
    requests: list[tuple[int, float]],
    random: Random,
) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("ledger") / "samples.sqlite")

    async def all_of_them() -> int:
        in_flight = used = 0
        for number, (wanted, share) in enumerate(requests):
            try:
                [held] = await reserve(store, "c", wants(wanted), HUNDRED)
            except BudgetSpentError:
                assert used + wanted > 100
                continue
            in_flight += wanted
            assert used + in_flight <= 100
            cost = int(wanted * share)
            if random.random() < 0.2:
                await store.ledger.release(held)
                cost = 0
            else:
                sample = replied(tokens=cost)
                await store.put(asked(f"p{number}"), sample, reservation=held)
            in_flight -= wanted
            used += cost
        return used

    with closing(store):
        assert asyncio.run(all_of_them()) == store.ledger.spent("c").tokens


CLAIM = Wanted(tokens=1, key="k")


def test_a_draw_is_claimed_by_one_at_a_time_whatever_their_campaigns(store: SqliteStore) -> None:
    async def both() -> None:
        [held] = await store.ledger.reserve("c", [CLAIM], RunLimits())
        assert isinstance(held, Reservation)
        for campaign in ("c", "other"):
            grants = await store.ledger.reserve(campaign, [CLAIM], RunLimits(), waits=False)
            assert grants == (NotGranted.CLAIMED,)
        waiting = asyncio.create_task(store.ledger.reserve("other", [CLAIM], RunLimits()))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await store.ledger.release(held)
        [taken_over] = await asyncio.wait_for(waiting, 5)
        assert isinstance(taken_over, Reservation)

    asyncio.run(both())


def test_who_waits_for_a_draw_hears_when_it_is_stored(store: SqliteStore) -> None:
    async def both() -> None:
        claim = Wanted(tokens=1, key=asked().key)
        [held] = await reserve(store, "c", [claim], RunLimits())
        waiting = asyncio.create_task(store.ledger.reserve("c", [claim], RunLimits()))
        await asyncio.sleep(0.1)
        await store.put(asked(), replied(), reservation=held)
        assert await asyncio.wait_for(waiting, 5) == (NotGranted.STORED,)

    asyncio.run(both())


def test_the_claim_of_a_dead_process_is_taken_over(path: Path) -> None:
    code = """
asyncio.run(store.ledger.reserve("c", [Wanted(tokens=1, key="k")], RunLimits()))
print("held", flush=True)
sys.stdin.read()
"""
    process = start(code, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"

    async def wait(store: SqliteStore) -> None:
        waiting = asyncio.create_task(store.ledger.reserve("c", [CLAIM], RunLimits()))
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert not done, "its holder lives"
        process.kill()
        process.communicate()
        [held] = await asyncio.wait_for(waiting, 10)
        assert isinstance(held, Reservation)

    with closing(SqliteStore(path)) as store:
        asyncio.run(wait(store))


def test_what_an_endpoint_counts_beyond_its_reservation_is_said_and_nothing_more_granted(
    store: SqliteStore,
) -> None:
    async def too_much() -> None:
        [held] = await reserve(store, "c", wants(60), HUNDRED)
        await store.put(asked(), replied(tokens=130), reservation=held)
        await reserve(store, "c", wants(1), HUNDRED)

    with pytest.raises(BudgetSpentError) as error:
        asyncio.run(too_much())
    assert str(error.value) == (
        "130 of 100 tokens are spent: overstepped by 30; "
        "raise --selfrepair-max-tokens-total to go on"
    )
    assert overstep(store.ledger.spent("c"), HUNDRED) == Spent(tokens=30)


def test_what_a_run_pays_is_told_from_what_others_pay(path: Path) -> None:
    for run, tokens in (("one", 5), ("other", 7), ("one", 9)):
        with closing(SqliteStore(path, run=run)) as store:
            asyncio.run(spend(store, f"p{tokens}", wanted=20, used=tokens))
    with closing(SqliteStore(path)) as store:
        assert store.ledger.paid("one") == Paid(samples=2, tokens=14)
        assert store.ledger.paid("other") == Paid(samples=1, tokens=7)
        assert store.ledger.paid("none") == Paid()
        assert store.ledger.spent("c").tokens == 21
