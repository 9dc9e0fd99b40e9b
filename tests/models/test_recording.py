"""Samples are served from the store, or reserved, drawn, filed, and only then used."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_selfrepair.core.run_account import Lost, RunLimits, Spent
from pytest_selfrepair.core.sample import (
    CONTEXT_LIMIT,
    Message,
    Model,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)
from pytest_selfrepair.errors import (
    BudgetSpentError,
    EndpointFailedError,
    InfrastructureError,
    ModelError,
    ReplayMissError,
    RunEndedError,
)
from pytest_selfrepair.models.permit import permission
from pytest_selfrepair.models.recording import RecordingModel, Replay
from pytest_selfrepair.models.slotted import slotted
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, replied


class Single:
    """A model that counts how often it is asked; nodes that begin with `bad` fail."""

    name = "single"

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.rounds: list[tuple[str, ...]] = []

    async def sample(self, request: SampleRequest) -> Sample:
        self.rounds.append((request.node,))
        await asyncio.sleep(self.seconds)
        if request.node.startswith("bad"):
            raise EndpointFailedError(f"no answer for {request.node}")
        return replied(f"{request.node} {len(self.rounds)}", tokens=10)

    async def aclose(self) -> None:
        pass


class Several(Single):
    """A model that draws several completions in one request."""

    name = "several"

    async def sample_several(
        self, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        self.rounds.append(tuple(request.node for request in requests))
        await asyncio.sleep(self.seconds)
        return [
            EndpointFailedError(f"no answer for {request.node}")
            if request.node.startswith("bad")
            else replied(request.node, tokens=10)
            for request in requests
        ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "samples.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path)) as opened:
        yield opened


def recording(
    store: SqliteStore, model: Model, replay: Replay = Replay.AUTO, limits: RunLimits | None = None
) -> RecordingModel:
    return RecordingModel(
        model=model,
        store=store,
        replay=replay,
        campaign="c",
        limits=limits or RunLimits(),
        dollars=lambda usage: (usage.completion_tokens + (usage.prompt_tokens or 0)) / 1000,
    )


def together(model: Model, *requests: SampleRequest) -> list[Sample | BaseException]:
    async def all_of_them() -> list[Sample | BaseException]:
        return await asyncio.gather(
            *(model.sample(request) for request in requests), return_exceptions=True
        )

    return asyncio.run(all_of_them())


def texts(results: list[Sample | BaseException]) -> list[str]:
    return [each.text if isinstance(each, Sample) else str(each) for each in results]


@pytest.mark.parametrize(
    ("replay", "times"), [(Replay.OFF, 2), (Replay.AUTO, 1)], ids=["off", "auto"]
)
def test_a_second_draw_of_one_node_is_paid_for_only_without_replay(
    store: SqliteStore, replay: Replay, times: int
) -> None:
    paid = Single()
    model = recording(store, paid, replay)
    [first] = together(model, asked())
    [second] = together(model, asked())
    assert isinstance(first, Sample)
    assert isinstance(second, Sample)
    assert len(paid.rounds) == times
    assert not first.replayed
    assert second.replayed == (replay is Replay.AUTO)
    assert store.ledger.spent("c").tokens == 10 * times


def test_two_draws_of_equal_messages_never_collapse_into_one(store: SqliteStore) -> None:
    nodes = ("p0", "p1", "p0/self/r0")
    results = together(recording(store, Single()), *(asked(node) for node in nodes))
    assert len(set(texts(results))) == 3


def test_a_round_is_drawn_in_one_request_where_the_model_can(store: SqliteStore) -> None:
    model = Several()
    requests = [asked(f"p{number}") for number in range(5)]
    results = together(recording(store, model), *requests)
    assert texts(results) == ["p0", "p1", "p2", "p3", "p4"]
    assert model.rounds == [("p0", "p1", "p2", "p3", "p4")]
    assert len(asyncio.run(store.get_many([each.key for each in requests]))) == 5


def test_only_what_a_round_lacks_is_drawn(store: SqliteStore) -> None:
    model = Several()
    together(recording(store, model), asked("p1"))
    together(recording(store, model), asked("p0"), asked("p1"), asked("p2"))
    together(recording(store, model), asked("p2"), asked("p3"))
    assert model.rounds == [("p1",), ("p0", "p2"), ("p3",)]


def test_what_differs_by_more_than_its_node_is_no_round(store: SqliteStore) -> None:
    model = Several()
    together(recording(store, model), asked("p0"), asked("p1", content="other"))
    assert model.rounds == [("p0",), ("p1",)]


def test_seeded_draws_are_drawn_singly_for_each_has_its_own_seed(store: SqliteStore) -> None:
    model = Several()
    seeded = SamplingParams(seed=7)
    together(recording(store, model), asked("p0", params=seeded), asked("p1", params=seeded))
    assert model.rounds == [("p0",), ("p1",)]


@pytest.mark.parametrize("model", [Single(), Several()], ids=["singly", "together"])
def test_the_error_of_one_does_not_lose_the_others(store: SqliteStore, model: Single) -> None:
    results = together(recording(store, model), asked("p0"), asked("bad"), asked("p2"))
    assert isinstance(results[1], EndpointFailedError)
    assert [text[:2] for text in texts(results)] == ["p0", "no", "p2"]
    assert len(asyncio.run(store.get_many([asked("p0").key, asked("p2").key]))) == 2
    assert store.ledger.spent("c").tokens == 20


def test_a_model_that_gives_too_few_is_an_error_for_the_rest(store: SqliteStore) -> None:
    class Stingy(Several):
        async def sample_several(
            self, requests: Sequence[SampleRequest]
        ) -> list[Sample | InfrastructureError]:
            return (await super().sample_several(requests))[:1]

    first, second = together(recording(store, Stingy()), asked("p0"), asked("p1"))
    assert isinstance(first, Sample)
    assert isinstance(second, ModelError)
    assert str(second) == "several: 1 of 2 completions came back"


def test_a_failure_costs_nothing_and_holds_nothing(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        together(recording(store, Single()), asked("bad"))
    with closing(SqliteStore(path)) as store:
        assert store.ledger.spent("c") == Spent()
        assert store.ledger.lost("c") == Lost()


def test_of_a_request_whose_model_broke_nobody_knows_what_it_cost(store: SqliteStore) -> None:
    class Broken(Single):
        async def sample(self, request: SampleRequest) -> Sample:
            raise RuntimeError(f"{request.node} has come, and cannot be read")

    one = RunLimits(max_tokens=1024)
    for node in ("p0", "p1"):  # what is lost is in nobody's way
        [error] = together(recording(store, Broken(), limits=one), asked(node))
        assert isinstance(error, RuntimeError)
    assert store.ledger.spent("c") == Spent()
    assert store.ledger.lost("c").requests == 2
    assert store.ledger.lost("c").tokens == 2048


def test_dollars_are_filed_with_the_sample(store: SqliteStore) -> None:
    [drawn] = together(recording(store, Single()), asked())
    [stored] = asyncio.run(store.get_many([asked().key])).values()
    assert stored == drawn
    assert stored.dollars == 0.01
    assert store.ledger.spent("c") == Spent(tokens=10, dollars=0.01)


def test_a_prompt_that_was_too_long_is_filed_and_costs_nothing(store: SqliteStore) -> None:
    class Short(Single):
        async def sample(self, request: SampleRequest) -> Sample:
            await super().sample(request)
            return replied("", tokens=0, reason=CONTEXT_LIMIT)

    model = Short()
    together(recording(store, model), asked())
    [again] = together(recording(store, model), asked())
    assert isinstance(again, Sample)
    assert (again.finish_reason, again.dollars, again.replayed) == (CONTEXT_LIMIT, 0.0, True)
    assert len(model.rounds) == 1
    assert store.ledger.spent("c") == Spent()


@pytest.mark.parametrize("model", [Single(0.05), Several(0.05)], ids=["singly", "together"])
def test_a_run_draws_what_its_limit_allows_and_refuses_the_rest(
    store: SqliteStore, model: Single
) -> None:
    """Each may generate 30 tokens and generates 10: the tenth would be the last of all."""
    requests = [asked(f"p{number}", params=SamplingParams(max_tokens=30)) for number in range(12)]
    limited = recording(store, model, limits=RunLimits(max_tokens=100))
    results = together(limited, *requests)
    drawn = [each for each in results if isinstance(each, Sample)]
    assert len(drawn) == 8
    assert all(isinstance(each, BudgetSpentError) for each in results[8:])
    assert store.ledger.spent("c").tokens == 80


def test_what_a_request_may_cost_is_never_more_than_is_left(store: SqliteStore) -> None:
    """A dollar is a thousand tokens here: no token of a prompt is shorter than a byte."""
    request = asked(content="ö" * 100, params=SamplingParams(max_tokens=100))
    for limit, fits in ((0.3, False), (0.31, True)):
        model = recording(store, Single(), limits=RunLimits(max_dollars=limit))
        [result] = together(model, request)
        assert isinstance(result, Sample) == fits


def test_a_round_ends_when_nobody_waits_for_any_of_it(path: Path) -> None:
    async def abandoned(model: RecordingModel) -> list[bool]:
        waiting = [asyncio.create_task(model.sample(asked(f"p{number}"))) for number in range(2)]
        await asyncio.sleep(0.1)
        waiting[0].cancel()
        await asyncio.sleep(0.1)
        one_left = len(asyncio.all_tasks())
        waiting[1].cancel()
        await asyncio.wait(waiting)
        await asyncio.sleep(0.05)
        return [one_left > 2, len(asyncio.all_tasks()) == 1]

    with closing(SqliteStore(path)) as store:
        assert asyncio.run(abandoned(recording(store, Single(60)))) == [True, True]
    with closing(SqliteStore(path)) as store:
        assert store.ledger.lost("c").requests == 2, "they were sent, and may have to be paid for"


def test_what_is_in_flight_when_the_model_is_closed_is_lost(path: Path) -> None:
    class HangsUp(Single):
        def __init__(self) -> None:
            super().__init__()
            self.closed = asyncio.Event()

        async def sample(self, request: SampleRequest) -> Sample:
            await self.closed.wait()
            raise EndpointFailedError(f"no answer for {request.node}")

        async def aclose(self) -> None:
            self.closed.set()

    async def interrupted(model: RecordingModel) -> None:
        waiting = asyncio.create_task(model.sample(asked()))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await model.aclose()
        await asyncio.sleep(0.1)

    with closing(SqliteStore(path)) as store:
        asyncio.run(interrupted(recording(store, HangsUp())))
    with closing(SqliteStore(path)) as store:
        assert store.ledger.lost("c").requests == 1


def test_what_one_stops_waiting_for_is_served_to_the_other(store: SqliteStore) -> None:
    async def one_gives_up() -> Sample:
        model = recording(store, Several(0.1))
        first, second = (asyncio.create_task(model.sample(asked(node))) for node in ("p0", "p1"))
        await asyncio.sleep(0.05)
        first.cancel()
        return await second

    assert asyncio.run(one_gives_up()).text == "p1"
    assert len(asyncio.run(store.get_many([asked("p0").key, asked("p1").key]))) == 2


def missed(store: SqliteStore, request: SampleRequest) -> str:
    model = Single()
    [error] = together(recording(store, model, Replay.ONLY), request)
    assert isinstance(error, ReplayMissError)
    assert not model.rounds
    said = str(error)
    assert said.startswith(f"t: no stored sample of {request.model} for node {request.node}: ")
    assert said.endswith("; run once with --selfrepair-replay auto")
    return said.split(": ", 2)[2].rpartition("; ")[0]


def test_a_miss_of_a_place_that_was_never_sampled_says_so(store: SqliteStore) -> None:
    together(recording(store, Single()), asked("p1"))
    assert missed(store, asked("p0")) == "no other sample of this place is stored"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (SamplingParams(temperature=0.2), "temperature 0.8 there, 0.2 here"),
        (SamplingParams(max_tokens=9), "max_tokens 1024 there, 9 here"),
        (SamplingParams(seed=3), "seed None there, 3 here"),
    ],
    ids=["temperature", "max_tokens", "seed"],
)
def test_a_miss_says_which_parameter_differs(
    store: SqliteStore, params: SamplingParams, said: str
) -> None:
    together(recording(store, Single()), asked())
    assert missed(store, asked(params=params)) == said


def test_a_miss_says_that_the_model_differs(store: SqliteStore) -> None:
    together(recording(store, Single()), asked())
    assert missed(store, asked(model="gpt-3.5")) == "model 'gpt-4' there, 'gpt-3.5' here"


def test_a_miss_shows_where_the_first_message_differs(store: SqliteStore) -> None:
    first = Message(role=Role.SYSTEM, content="Write programs.")
    there = replace(
        asked(), messages=(first, Message(role=Role.USER, content="Print the sum of it all."))
    )
    here = replace(
        asked(), messages=(first, Message(role=Role.USER, content="Print the product of it all."))
    )
    together(recording(store, Single()), there)
    assert missed(store, here) == (
        "message 2 of 2 (user) from character 10 on: 'sum of it all.' there, "
        "'product of it all.' here"
    )
    shorter = replace(there, messages=there.messages[:1])
    assert missed(store, shorter) == "2 messages there, 1 here"
    turned = replace(there, messages=(replace(first, role=Role.USER), there.messages[1]))
    assert missed(store, turned) == "message 1 is of the system there, of the user here"


def test_a_miss_is_compared_with_what_is_most_like_it(store: SqliteStore) -> None:
    far = asked(model="other", content="other", params=SamplingParams(seed=1))
    together(recording(store, Single()), far, asked())
    assert missed(store, asked(params=SamplingParams(seed=1))) == "seed None there, 1 here"


def test_the_price_of_a_sample_is_asked_with_its_own_usage(store: SqliteStore) -> None:
    seen: list[Usage] = []

    def dollars(usage: Usage) -> float:
        seen.append(usage)
        return 0.0

    model = RecordingModel(model=Single(), store=store, replay=Replay.AUTO, dollars=dollars)
    together(model, asked())
    assert [usage.completion_tokens for usage in seen] == [1024, 10]


def slots_of(store: SqliteStore, model: Single, limit: int) -> RecordingModel:
    return recording(store, slotted(model, Slots(limit)))


@pytest.mark.parametrize("kind", [Single, Several], ids=["singly", "together"])
def test_two_who_want_the_same_at_once_pay_once(
    store: SqliteStore, path: Path, kind: type[Single]
) -> None:
    one, other = kind(0.2), kind(0.2)
    with closing(SqliteStore(path)) as second:
        requests = [asked(f"p{number}") for number in range(3)]

        async def both() -> list[list[Sample]]:
            models = (slots_of(store, one, 2), slots_of(second, other, 2))
            return await asyncio.gather(
                *(asyncio.gather(*map(model.sample, requests)) for model in models)
            )

        first, again = asyncio.run(both())
    drawn = [node for round_ in one.rounds + other.rounds for node in round_]
    assert sorted(drawn) == ["p0", "p1", "p2"]
    assert [each.text for each in first] == [each.text for each in again]
    assert sum(each.replayed for each in (*first, *again)) == 3
    assert store.ledger.spent("c").tokens == 30
    assert store.ledger.lost("c") == Lost()


def test_tasks_of_equal_prompts_pay_once_in_one_process(store: SqliteStore) -> None:
    paid = Single(0.1)
    requests = [asked("p0", task_id=task) for task in ("one", "other")]
    results = together(slots_of(store, paid, 4), *requests)
    assert len(paid.rounds) == 1
    assert len(set(texts(results))) == 1


def test_where_one_fails_who_waited_for_it_draws_it(store: SqliteStore) -> None:
    class FailsOnce(Single):
        async def sample(self, request: SampleRequest) -> Sample:
            await super().sample(request)
            if len(self.rounds) == 1:
                raise EndpointFailedError("not this time")
            return replied("the second", tokens=10)

    requests = [asked("p0", task_id=task) for task in ("one", "other")]
    results = together(slots_of(store, FailsOnce(0.05), 4), *requests)
    assert sorted(texts(results)) == ["not this time", "the second"]
    assert store.ledger.spent("c").tokens == 10


def test_who_waits_for_another_ends_with_the_run(store: SqliteStore, path: Path) -> None:
    async def both(second: SqliteStore) -> BaseException:
        first, other = slots_of(store, Single(60), 1), slots_of(second, Single(), 1)
        drawing = asyncio.create_task(first.sample(asked()))
        await asyncio.sleep(0.1)
        waiting = asyncio.create_task(other.sample(asked()))
        await asyncio.sleep(0.1)
        other.stop()
        [result] = await asyncio.wait_for(asyncio.gather(waiting, return_exceptions=True), 5)
        drawing.cancel()
        await first.aclose()
        assert isinstance(result, BaseException)
        return result

    with closing(SqliteStore(path)) as second:
        assert isinstance(asyncio.run(both(second)), RunEndedError)


@pytest.mark.parametrize("kind", [Single, Several], ids=["singly", "together"])
def test_no_more_is_reserved_than_can_be_in_flight(path: Path, kind: type[Single]) -> None:
    async def interrupted(model: RecordingModel) -> None:
        tasks = [f"t{number}" for number in range(20)]
        waiting = [
            asyncio.create_task(model.sample(asked(content=task, task_id=task))) for task in tasks
        ]
        await asyncio.sleep(0.3)
        for each in waiting:
            each.cancel()
        await model.aclose()

    with closing(SqliteStore(path)) as store:
        asyncio.run(interrupted(slots_of(store, kind(60), 3)))
    with closing(SqliteStore(path)) as store:
        assert store.ledger.lost("c").requests == 3


def test_who_waits_for_the_budget_holds_no_slot(store: SqliteStore) -> None:
    """One request has room at a time, and is tried again while others wait for the budget."""

    class TwoTries(Single):
        def __init__(self, slots: Slots) -> None:
            super().__init__()
            self.asks_permission = True
            self.slots = slots

        async def sample(self, request: SampleRequest) -> Sample:
            for _ in range(2):
                async with self.slots.slot():
                    await permission([request])
                await asyncio.sleep(0.02)
            return await super().sample(request)

    model = recording(store, TwoTries(Slots(1)), limits=RunLimits(max_tokens=45))
    requests = [asked(f"p{n}", params=SamplingParams(max_tokens=30)) for n in range(4)]
    results = together(model, *requests)
    assert [isinstance(each, Sample) for each in results] == [True, True, False, False]
    assert store.ledger.spent("c").tokens == 20
