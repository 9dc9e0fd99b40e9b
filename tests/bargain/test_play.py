"""Games are played by their rules, and arms go on from one first game."""

from __future__ import annotations

import asyncio
from contextlib import closing
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bargaining import PARAMS, Writer, lamp, model_player, played, rule
from pytest_selfrepair.bargain.advice import AdviserMeans, Critic, WrittenAdvice, adviser, game_key
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.chains import BargainPlan, play_chains
from pytest_selfrepair.bargain.game import Chain, GameEnding, Reader, all_games
from pytest_selfrepair.bargain.protocol import Act, Breach
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName
from pytest_selfrepair.bargain.wording import GOAL, PLACEBO
from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.models.recording import RecordingModel, Replay
from pytest_selfrepair.store.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_selfrepair.core.sample import SampleRequest

FREE = BargainPlan(protocol=ProtocolName.FREE)
ARMS = ("self", "none", "goal", "placebo", "swapped", "fresh", "reference")


def is_critic(request: SampleRequest) -> bool:
    return request.node.endswith("/advice")


def stubborn(request: SampleRequest) -> str:
    """Offers 16 for ever, and advises to smile."""
    return "Smile." if is_critic(request) else "It is worth it.\nOFFER 16"


def test_two_rules_play_the_game_that_their_curves_say() -> None:
    (chain,) = played("rule:conceder", "rule:conceder")
    turns = [(turn.role, turn.act, turn.price) for turn in chain.first.turns]
    # The seller goes from 20 to 8 and the buyer from 10 to 18, by the fifth root of time: at 1/9 of
    # it, 20 - 12·0.644 = 12.3, up to 12.5; then the buyer would give 10 + 8·0.644, so it accepts.
    assert turns == [
        ("seller", "offer", 20),
        ("buyer", "offer", 10),
        ("seller", "offer", Decimal("12.5")),
        ("buyer", "accept", Decimal("12.5")),
    ]
    assert (chain.first.ending, chain.first.price) == (GameEnding.DEAL, Decimal("12.5"))
    assert chain.first.turns[0].scripted


def test_two_who_never_move_use_up_their_turns() -> None:
    (chain,) = played("rule:fixed", "rule:fixed", scenario=lamp(exchanges=3))
    assert chain.first.ending is GameEnding.OUT_OF_TURNS
    assert len(chain.first.turns) == 6


def test_all_arms_go_on_from_the_same_first_game_and_play_every_round() -> None:
    model = Writer(stubborn)
    chains = played(
        model,
        "rule:fixed",
        arms=ARMS,
        plan=BargainPlan(rounds=3, games=2),
        scenario=lamp(exchanges=2),
    )
    assert [arm.name for arm in chains[0].arms] == list(ARMS)
    firsts = [node for node in model.nodes if "/round1/t" in node]
    assert firsts == ["seller/g0/round1/t2", "seller/g1/round1/t2"]
    rounds = {arm.name: [each.number for each in arm.rounds] for arm in chains[1].arms}
    assert all(numbers[:2] == [2, 3] for numbers in rounds.values())
    assert len(set(model.nodes)) == len(model.nodes)


def test_a_broken_rule_ends_a_game_and_not_the_rounds_after_it() -> None:
    model = Writer(lambda request: "Sold?" if "round1" in request.node else "OFFER 12")
    (chain,) = played(model, arms=["none"], plan=BargainPlan(rounds=3))
    assert chain.first.ending is GameEnding.RULE_BROKEN
    assert [each.breach for each in chain.first.broken] == [Breach.NO_ACTION] * 2
    assert chain.first.broken_cost.tokens == 20
    assert [each.game.ending for each in chain.arms[0].rounds] == [GameEnding.DEAL] * 2
    record = BargainRecord(
        task_id="lamp::seller", scenario=lamp(), role=BargainRole.SELLER, chains=(chain,)
    )
    (broken,) = record.rules_broken
    assert broken.sentence == (
        "game 0, round 1, turn 3: no action in the last line (found 'Sold?')"
    )


def test_an_illegal_line_is_thought_over_once() -> None:
    model = Writer(lambda request: "OFFER 12" if request.node.endswith("again") else "OFFER 12.3")
    (chain,) = played(model)
    turn = chain.first.turns[2]
    assert turn.illegal is not None
    assert turn.illegal.breach is Breach.OFF_STEP
    assert turn.act is Act.OFFER
    assert turn.price == 12
    assert turn.cost.tokens == 20
    assert "multiple of the step" in model.asked[1].messages[-1].content
    assert chain.first.replies_of(BargainRole.SELLER) == 2


def test_a_reply_that_was_cut_off_is_no_turn_since_its_price_may_lack_a_digit() -> None:
    (chain,) = played(Writer(lambda _: "OFFER 1", finish_reason="length"))
    assert chain.first.ending is GameEnding.RULE_BROKEN
    assert chain.first.broken[-1].breach is Breach.CUT_OFF


def test_the_player_remembers_its_games_and_the_rival_does_not() -> None:
    model, rival = Writer(stubborn), Writer(lambda _: "Too much.\nOFFER 11", name="rival")
    played(model, rival, arms=["self"], scenario=lamp(exchanges=3))
    last = next(request for request in model.asked if "round2/t" in request.node)
    said = "\n".join(message.content for message in last.messages)
    assert said.count("OFFER 16") == 2  # two turns of its own in round 1
    assert "Smile." in said
    assert "the turns were used up" in said
    late = next(request for request in rival.asked if "round2/t" in request.node)
    assert "Smile." not in str(late.messages)
    assert "A new game" not in str(late.messages)


def test_messages_take_turns_whoever_begins() -> None:
    for first in ("seller", "buyer"):
        model = Writer(stubborn)
        played(model, arms=["self"], scenario=lamp(first=first, seller={"limit": 8}))
        for request in model.asked:
            roles = [message.role for message in request.messages]
            assert roles[:2] == ["system", "user"]
            assert roles[-1] == "user"
            assert all(one != other for one, other in pairwise(roles))


def test_the_critic_reads_the_last_acceptance_and_its_own_side_alone() -> None:
    model = Writer(lambda request: "Smile." if is_critic(request) else "OFFER 12")
    played(model, arms=["self", "reference"])
    asked = {request.node: str(request.messages) for request in model.asked if is_critic(request)}
    own, leak = asked["seller/g0/self/round1/advice"], asked["seller/g0/reference/round1/advice"]
    assert "buyer: I accept.\\nACCEPT" in own
    assert "a deal at 12.0 USD" in own
    assert "8.0 USD" in own
    assert "18.0" not in own
    assert "the buyer pays up to 18.0 USD" in leak


def test_controls_say_what_they_are_called() -> None:
    model = Writer(stubborn)
    chains = played(model, arms=ARMS, plan=BargainPlan(games=2))
    said = {
        arm.name: arm.rounds[0].advice for arm in chains[0].arms if arm.rounds[0].advice is not None
    }
    assert said["none"].text == ""
    assert said["goal"].text == GOAL
    assert said["placebo"].text in PLACEBO
    assert "fresh" not in said
    fresh = [request for request in model.asked if "/fresh/" in request.node]
    assert all("The game is over" not in str(request.messages) for request in fresh)


def test_swapped_advice_is_about_another_game() -> None:
    def write(request: SampleRequest) -> str:
        return "Smile." if is_critic(request) else f"OFFER {16 + int(request.node[8])}"

    model = Writer(write)
    played(model, arms=["swapped"], plan=BargainPlan(games=3, rounds=3))
    asked = {request.node: str(request.messages) for request in model.asked if is_critic(request)}
    assert "OFFER 17.0" in asked["seller/g0/swapped/round1/advice"]
    assert "OFFER 18.0" in asked["seller/g0/swapped/round2/advice"]
    assert "seller: OFFER 16.0" not in asked["seller/g0/swapped/round1/advice"]
    with pytest.raises(UsageError, match="found 1 game; accepted: at least 2"):
        played(Writer(stubborn), arms=["swapped"])


def test_fresh_plays_as_many_games_as_the_costliest_arm_pays_for() -> None:
    long = "seller/g0/self/round2"

    def write(request: SampleRequest) -> str:
        if is_critic(request):
            return "Hold out."
        return "OFFER 19.5" if request.node.startswith(long) else "OFFER 12"

    model = Writer(write)
    (chain,) = played(model, arms=["self", "fresh"])
    own, fresh = chain.arms
    assert chain.first.cost_of(BargainRole.SELLER).tokens == 10
    assert own.tokens(BargainRole.SELLER) == 100  # advice, and nine turns in vain
    assert len(fresh.rounds) == 8  # ten would be as dear; eight is the bound


def test_tokens_of_player_and_critic_are_told_from_those_of_the_rival() -> None:
    model, rival = Writer(stubborn), Writer(lambda _: "OFFER 11", name="rival")
    spending = Spending()
    (chain,) = played(model, rival, arms=["self"], scenario=lamp(exchanges=3), spending=spending)
    assert chain.arms[0].tokens(BargainRole.SELLER) == 30
    assert chain.arms[0].rounds[0].game.cost_of(BargainRole.BUYER).tokens == 20
    assert spending.cost.tokens == 10 * (len(model.asked) + len(rival.asked))


def test_no_round_begins_once_a_chain_has_spent_its_budget() -> None:
    model = Writer(stubborn)
    plan = BargainPlan(rounds=5, budget=60)
    (chain,) = played(model, "rule:fixed", arms=["none"], plan=plan, scenario=lamp(exchanges=3))
    assert chain.first.cost_of(BargainRole.SELLER).tokens == 20
    assert [each.number for each in chain.arms[0].rounds] == [2, 3]
    assert not chain.arms[0].complete


def test_many_games_are_under_way_at_once() -> None:
    model = Writer(stubborn)
    played(model, arms=["self", "none"], plan=BargainPlan(games=8))
    assert model.most_at_once >= 8


def test_people_advise_the_games_that_they_have_read() -> None:
    model, scenario = Writer(lambda _: "OFFER 12"), lamp()
    (chain,) = played(model)
    key = game_key(scenario, BargainRole.SELLER, chain.first)

    def arm(texts: dict[str, Feedback]) -> tuple[bool, int]:
        (found,) = asyncio.run(
            play_chains(
                scenario,
                BargainRole.SELLER,
                BargainPlan(),
                item="lamp::seller",
                player=model_player(Writer(lambda _: "OFFER 12")),
                rival=rule("rule:conceder"),
                advisers=[WrittenAdvice(texts=texts)],
                moderator=None,
                spending=Spending(),
            )
        )
        return found.arms[0].complete, len(found.arms[0].rounds)

    assert arm({key: Feedback(text="Ask for more.")}) == (True, 1)
    assert arm({}) == (False, 0)


def test_a_rule_cannot_advise_itself() -> None:
    means = AdviserMeans(model=lambda _: None, params=PARAMS)
    with pytest.raises(UsageError, match="found a rule as the player, which cannot advise"):
        adviser("self", means)
    assert not isinstance(adviser("goal", means), Critic)


DEAL = 'STATE: deal\nPRICE: $15\nQUOTE: "{}"'


def free(
    seller: str, readings: list[str], *, buyer: str = "rule:conceder"
) -> tuple[GameEnding, Decimal | None, list[tuple[Reader, str]]]:
    """A free game of one exchange after the openings, and how its readings went."""
    left = iter(readings)
    model, moderator = Writer(lambda _: seller), Writer(lambda _: next(left), name="moderator")
    (chain,) = played(model, buyer, plan=FREE, moderator=moderator, scenario=lamp(exchanges=2))
    votes = [(vote.reader, vote.state.value) for vote in chain.first.votes]
    return chain.first.ending, chain.first.price, votes


def test_free_talk_ends_where_rules_and_moderator_agree() -> None:
    readings = ["STATE: open", "STATE: deal\nPRICE: 10\nQUOTE: Deal, I'll take it"]
    ending, price, votes = free("Deal, I'll take it.", readings)
    assert ending is GameEnding.DEAL
    assert price == 10
    assert votes == [
        ("rules", "open"),
        ("moderator", "open"),
        ("rules", "deal"),
        ("moderator", "deal"),
    ]


def test_where_they_disagree_a_third_vote_decides() -> None:
    readings = ["STATE: open", "STATE: open", "STATE: deal\nPRICE: 10\nQUOTE: none"]
    ending, price, votes = free("Deal, I'll take it.", readings)
    assert ending is GameEnding.DEAL
    assert price == 10
    assert votes[-1] == ("third vote", "deal")


def test_three_readings_that_differ_are_unclear() -> None:
    readings = ["STATE: open", "STATE: no_deal", "gibberish"]
    ending, price, _ = free("Deal, I'll take it.", readings)
    assert (ending, price) == (GameEnding.UNCLEAR, None)


def test_a_moderator_that_quotes_what_nobody_said_is_not_believed() -> None:
    invented = DEAL.format("I agree to fifteen")
    ending, _, votes = free("Never.", ["STATE: open", invented, invented])
    assert votes[3][1] == "unclear"
    assert ending is GameEnding.UNCLEAR


def test_rules_play_free_talk_with_each_other() -> None:
    (chain,) = played("rule:conceder", "rule:conceder", plan=FREE)
    assert (chain.first.ending, chain.first.price) == (GameEnding.DEAL, Decimal("12.5"))


HOSTILE = {
    "markup": "<script>alert(1)</script> **[x](javascript:1)**\nOFFER 12",
    "ansi": "\x1b[31mred\x1b[0m\x07\nOFFER 12",
    "surrogates": "\ud800\nOFFER 12",
    "a million characters": "ha " * 333_333 + "\nOFFER 12",
}


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_talk_is_a_turn_like_any_other(reply: str) -> None:
    (chain,) = played(Writer(lambda _: reply), arms=["none"])
    assert chain.first.price == 12
    record = BargainRecord(task_id="lamp::seller", chains=(chain,))
    assert len(record.to_json()) < 50_000
    assert BargainRecord.from_json(record.to_json()).chains[0].first.price == 12


def test_a_reply_that_plays_both_sides_breaks_a_rule() -> None:
    (chain,) = played(Writer(lambda _: "OFFER 17\nBuyer: Fine!\nACCEPT"))
    assert chain.first.broken[-1].breach is Breach.OTHER_SIDE


def test_a_record_comes_back_from_its_json() -> None:
    chains = played(Writer(stubborn), arms=["self", "fresh"], plan=BargainPlan(games=2))
    record = BargainRecord(
        task_id="lamp::seller", scenario=lamp(), role=BargainRole.SELLER, chains=chains
    )
    assert BargainRecord.from_json(record.to_json()) == record
    assert len(all_games(chains)) == 2 + 2 + 2 * len(chains[0].arms[1].rounds)
    with pytest.raises(StoreError, match="not a bargaining record"):
        BargainRecord.from_json('{"task_id": "x", "schema": 2}')
    with pytest.raises(StoreError, match="of schema 9"):
        BargainRecord.from_json('{"game": "bargain", "schema": 9, "task_id": "x"}')


def test_what_was_played_is_replayed_for_nothing(tmp_path: Path) -> None:
    model = Writer(stubborn)
    with closing(SqliteStore(tmp_path / "store.sqlite")) as store:

        def again(replay: Replay) -> tuple[tuple[Chain, ...], int]:
            before = len(model.asked)
            recording = RecordingModel(model=model, store=store, replay=replay)

            async def play() -> tuple[Chain, ...]:
                means = AdviserMeans(model=lambda _: recording, params=PARAMS)
                found = await play_chains(
                    lamp(),
                    BargainRole.SELLER,
                    BargainPlan(games=2, rounds=3),
                    item="lamp::seller",
                    player=model_player(recording),
                    rival=rule("rule:boulware"),
                    advisers=[adviser(each, means) for each in ("self", "none")],
                    moderator=None,
                    spending=Spending(),
                )
                await recording.aclose()
                return found

            found = asyncio.run(play())
            return found, len(model.asked) - before

        first, paid = again(Replay.AUTO)
        second, none = again(Replay.ONLY)
    assert paid > 0
    assert none == 0
    prices = [[game.price for *_, game in all_games(found)] for found in (first, second)]
    assert prices[0] == prices[1]
