"""What bargaining records say, against figures that were computed by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from statistics import fmean, stdev
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining import Writer, lamp, played
from pytest_selfrepair.bargain.bargain_record import BargainRecord, BargainSetup
from pytest_selfrepair.bargain.chains import BargainPlan
from pytest_selfrepair.bargain.game import (
    ArmPlay,
    Chain,
    Game,
    GameEnding,
    Reader,
    Round,
    Turn,
    Vote,
)
from pytest_selfrepair.bargain.protocol import Act
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.bargain.talk import TalkState
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.estimate.bargain.bargain_comparison import changes
from pytest_selfrepair.estimate.bargain.bargain_findings import (
    BargainFindings,
    bargain_findings,
    verdict,
)
from pytest_selfrepair.estimate.bargain.foreseen import least_surplus_gain, measured_deviation
from pytest_selfrepair.estimate.bargain.fresh import expected_best
from pytest_selfrepair.estimate.bargain.game_samples import samples
from pytest_selfrepair.estimate.bargain.model_levels import LevelAnswer, ModelLevel
from pytest_selfrepair.estimate.bargain.trimming import trimmed
from pytest_selfrepair.estimate.bargain.units import IntervalScope, clustered_rate, decide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_selfrepair.estimate.bargain.by_round import RoundFigures
    from pytest_selfrepair.estimate.bargain.gains import Gain

SELLER = BargainRole.SELLER


def ended(price: float | None, **changed: object) -> Game:
    """A game that ended at a price, or without a deal."""
    game = Game(
        starter=SELLER,
        turns=(),
        ending=GameEnding.OUT_OF_TURNS if price is None else GameEnding.DEAL,
        price=None if price is None else Decimal(str(price)),
    )
    return replace(game, **changed)  # type: ignore[arg-type]


def chain(number: int, first: Game, **arms: Sequence[Game]) -> Chain:
    return Chain(
        number=number,
        first=first,
        arms=tuple(
            ArmPlay(
                name=name,
                rounds=tuple(
                    Round(number=at, game=game, advice=Feedback(text="x", cost=Cost(tokens=5)))
                    for at, game in enumerate(games, start=2)
                ),
            )
            for name, games in arms.items()
        ),
    )


def record(
    *chains: Chain, scenario: Scenario | None = None, role: BargainRole = SELLER, name: str = "lamp"
) -> BargainRecord:
    arms = tuple(each.name for each in chains[0].arms)
    rounds = 1 + max(len(each.rounds) for each in chains[0].arms if each.name != "fresh")
    return BargainRecord(
        task_id=f"{name}::{role}",
        scenario=scenario or lamp(),
        role=role,
        chains=chains,
        setup=BargainSetup(
            model="m",
            rival="r",
            moderator=None,
            arms=arms,
            wording="w",
            plan=BargainPlan(rounds=rounds, games=len(chains)),
        ),
    )


def findings(*records: BargainRecord) -> BargainFindings:
    found = bargain_findings(records)
    assert found is not None
    return found


def figures(found: BargainFindings, arm: str, number: int) -> RoundFigures:
    return next(each for each in found.rounds if (each.arm, each.round) == (arm, number))


def gain(found: BargainFindings, arm: str, against: str, number: int = 2) -> Gain:
    return next(
        each
        for each in found.gains
        if (each.arm, each.against, each.round) == (arm, against, number)
    )


def level(found: BargainFindings, name: str) -> ModelLevel:
    return next(each for each in found.levels if each.level == name)


# A seller with a limit of 8 and a zone of 10: at 13 its share is 0.5, at 16 it is 0.8.
FOUR = [
    chain(0, ended(13), self=[ended(16)], none=[ended(13)]),
    chain(1, ended(12), self=[ended(16)], none=[ended(13)]),
    chain(2, ended(14), self=[ended(None)], none=[ended(12)]),
    chain(3, ended(None), self=[ended(15)], none=[ended(None)]),
]


def test_surplus_counts_every_game_and_nothing_is_imputed() -> None:
    found = findings(record(*FOUR))
    first, advised = figures(found, "self", 1), figures(found, "self", 2)
    assert (first.games, first.deals) == (4, 3)
    assert first.surplus.value == pytest.approx((0.5 + 0.4 + 0.6 + 0) / 4)
    assert advised.surplus.value == pytest.approx((0.8 + 0.8 + 0 + 0.7) / 4)
    assert advised.price_given_deal == pytest.approx((16 + 16 + 15) / 3)
    assert advised.share_given_deal == pytest.approx((0.8 + 0.8 + 0.7) / 3)
    assert advised.histogram == (0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0)
    assert advised.scope is IntervalScope.ONE_SCENARIO
    assert advised.nash == pytest.approx((0.8 * 0.2 * 2 + 0.7 * 0.3) / 4)
    assert advised.joint == pytest.approx(3 / 4)
    assert (advised.critic_tokens, figures(found, "self", 1).critic_tokens) == (5, 0)


def test_a_gain_is_paired_by_game_and_split_into_deals_and_price() -> None:
    found = findings(record(*FOUR))
    on_first, on_none = gain(found, "self", "round 1"), gain(found, "self", "none")
    assert on_first.delta.value == pytest.approx(0.575 - 0.375)
    # Three deals of four both times: 0.5 on the mean before, 2.3/3 after.
    assert on_first.deal_part == pytest.approx(0)
    assert on_first.price_part == pytest.approx((2.3 / 3 - 0.5) * 0.75)
    assert on_first.break_even is None
    assert on_none.delta.value == pytest.approx(0.575 - 0.35)
    assert on_none.games == 4
    assert verdict(on_none.delta) == "cannot tell"


def test_advice_that_costs_deals_breaks_even_where_no_deal_is_worth_enough() -> None:
    chains = [
        chain(0, ended(13), self=[ended(18)]),
        chain(1, ended(13), self=[ended(None)]),
    ]
    found = gain(findings(record(*chains)), "self", "round 1")
    # Deals bring 0.5 + 0.5 before and 1.0 after: nothing gained, whatever no deal is worth above 0.
    assert found.delta.value == pytest.approx(0)
    assert found.deal_part == pytest.approx(-0.5 * 0.75)
    assert found.price_part == pytest.approx(0.5 * 0.75)
    assert found.break_even == pytest.approx(0)
    assert found.pays_above is True


def test_a_disagreement_value_counts_where_there_is_no_deal() -> None:
    scenario = lamp(seller={"limit": 8, "opening": 20, "disagreement": 2})
    chains = [chain(0, ended(13), self=[ended(None)]), chain(1, ended(13), self=[ended(13)])]
    found = gain(findings(record(*chains, scenario=scenario)), "self", "round 1")
    assert found.delta.value == pytest.approx((0.2 - 0.5) / 2)
    assert found.deal_part == pytest.approx(-0.15)
    assert found.price_part == pytest.approx(0)
    assert found.break_even == pytest.approx(0.5)  # no deal would have to be worth what deals bring


def test_a_buyer_gains_by_lower_prices() -> None:
    chains = [chain(0, ended(13), self=[ended(10)])]
    found = findings(record(*chains, role=BargainRole.BUYER))
    assert figures(found, "self", 2).surplus.value == pytest.approx(0.8)
    assert gain(found, "self", "round 1").delta.value == pytest.approx(0.3)


def test_without_a_zone_a_deal_is_a_loss_as_wide_as_the_gap() -> None:
    scenario = lamp(buyer={"limit": 4})
    found = findings(record(chain(0, ended(None), self=[ended(6)]), scenario=scenario))
    assert figures(found, "self", 2).surplus.value == pytest.approx(-0.5)


def test_scenarios_weigh_equally_and_are_what_is_resampled() -> None:
    records = [
        record(
            *(chain(at, ended(13), self=[ended(13 + number % 3)]) for at in range(2 + number % 2)),
            name=f"lamp{number:02}",
        )
        for number in range(12)
    ]
    found = findings(*records)
    advised = figures(found, "self", 2)
    assert (advised.scenarios, advised.games) == (12, 30)
    assert advised.surplus.value == pytest.approx(0.6)
    assert advised.scope is IntervalScope.SCENARIOS
    assert advised.surplus.low is not None
    assert advised.surplus.high is not None
    assert advised.surplus.low < 0.6 < advised.surplus.high


def test_unclear_games_are_left_out_and_bounded() -> None:
    vote = Vote(turn=3, reader=Reader.MODERATOR, state=TalkState.DEAL, price=Decimal(16))
    unclear = ended(None, ending=GameEnding.UNCLEAR, votes=(vote,))
    chains = [chain(0, ended(13), self=[unclear]), chain(1, ended(13), self=[ended(14)])]
    found = findings(record(*chains))
    advised, difference = figures(found, "self", 2), gain(found, "self", "round 1")
    assert (advised.games, advised.unclear) == (1, 1)
    assert advised.surplus.value == pytest.approx(0.6)
    assert advised.unclear_low == pytest.approx((0 + 0.6) / 2)
    assert advised.unclear_high == pytest.approx((0.8 + 0.6) / 2)
    assert difference.games == 1
    assert difference.unclear_low == pytest.approx((-0.5 + 0.1) / 2)
    assert difference.unclear_high == pytest.approx((0.3 + 0.1) / 2)


def test_kappa_is_of_rules_and_moderator() -> None:
    def votes(*states: tuple[TalkState, TalkState]) -> tuple[Vote, ...]:
        return tuple(
            Vote(turn=turn, reader=reader, state=state)
            for turn, pair in enumerate(states)
            for reader, state in zip((Reader.RULES, Reader.MODERATOR), pair, strict=True)
        )

    open_, left = TalkState.OPEN, TalkState.NO_DEAL
    game = ended(None, votes=votes((open_, open_), (open_, open_), (left, left), (open_, left)))
    found = figures(findings(record(chain(0, game, self=[game]))), "self", 1)
    assert found.kappa == pytest.approx((0.75 - 0.5) / (1 - 0.5))


def test_two_rules_have_the_figures_of_their_curves() -> None:
    chains = played("rule:conceder", "rule:conceder", arms=["none"], plan=BargainPlan(games=3))
    found = figures(findings(record(*chains)), "none", 2)
    # The deal is at 12.5 (see test_play): the seller's share is 4.5/10, its slope 7.5/10 an offer.
    assert (found.games, found.deals) == (3, 3)
    assert found.surplus.value == pytest.approx(0.45)
    assert found.price_given_deal == pytest.approx(12.5)
    assert found.slope == pytest.approx(0.75)
    assert found.exchanges == 2
    assert found.opening is None  # it was scripted
    assert gain(findings(record(*chains)), "none", "round 1").delta.value == 0


def test_a_player_is_seen_to_overstep_to_lie_and_to_contradict_itself() -> None:
    lines = iter(
        [
            "This lamp cost me 15 dollars. I can do 16.\nOFFER 17",
            "My price is 15.5 USD.\nOFFER 7",
        ]
    )
    chains = played(Writer(lambda _: next(lines)), arms=[])
    found = findings(
        record(replace(chains[0], arms=(ArmPlay(name="none", rounds=()),)), scenario=lamp())
    )
    first = figures(found, "none", 1)
    assert (first.false_claims, first.contradictions, first.oversteps) == (1, 2, 1)


def test_copies_are_found() -> None:
    buyer = "My price is 16.0 USD."
    chains = played(Writer(lambda _: f"{buyer}\nOFFER 19"), scenario=lamp(exchanges=4))
    found = findings(record(replace(chains[0], arms=(ArmPlay(name="none", rounds=()),))))
    copies = level(found, "C1").tests[1]
    # Of three replies the second one, which comes after the buyer's own offer of 16.
    assert copies.value == pytest.approx(1 / 3)


@given(
    st.lists(
        st.tuples(*[st.none() | st.integers(16, 36).map(lambda each: each / 2)] * 2),
        min_size=1,
        max_size=9,
    ),
    st.integers(-5, 5),
)
def test_the_two_parts_add_up_exactly(
    prices: list[tuple[float | None, float | None]], disagreement: int
) -> None:
    scenario = lamp(seller={"limit": 8, "opening": 20, "disagreement": disagreement})
    chains = [
        chain(at, ended(before), self=[ended(after)]) for at, (before, after) in enumerate(prices)
    ]
    found = gain(findings(record(*chains, scenario=scenario)), "self", "round 1")
    assert found.deal_part + found.price_part == pytest.approx(found.delta.value, abs=1e-12)
    if found.break_even is not None:
        at_even = lamp(
            seller={
                "limit": 8,
                "opening": 20,
                "disagreement": Decimal(str(round(found.break_even * 10, 6))),
            }
        )
        moved = gain(findings(record(*chains, scenario=at_even)), "self", "round 1")
        assert moved.delta.value == pytest.approx(0, abs=1e-5)


def test_trimming_bounds_hold_the_effect_on_deals_made_either_way() -> None:
    before = [0.2, 0.4, 0.6, 0.8]
    found = trimmed([0.5, 0.7], before, games=4)
    assert found is not None
    assert found.low == pytest.approx(0.6 - 0.7)
    assert found.high == pytest.approx(0.6 - 0.3)
    assert found.trimmed == 0.5
    assert trimmed([], before, games=4) is None


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
)
def test_trimming_bounds_are_in_order_and_meet_where_nothing_is_trimmed(
    after: list[float], before: list[float]
) -> None:
    found = trimmed(after, before, games=10)
    assert found is not None
    assert found.low <= found.high + 1e-12
    if len(after) == len(before):
        assert found.low == pytest.approx(fmean(after) - fmean(before))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6), st.integers(1, 6))
def test_the_best_of_fresh_games_is_that_of_all_draws(values: list[int], k: int) -> None:
    drawn = min(k, len(values))
    draws = list(combinations(values, drawn))
    expected = Fraction(sum(max(each) for each in draws), len(draws))
    assert expected_best(values, k) == pytest.approx(float(expected))


def test_fresh_games_are_compared_at_equal_tokens() -> None:
    def game(price: float, tokens: int) -> Game:
        turn = Turn(role=SELLER, act=Act.OFFER, price=Decimal(14), cost=Cost(tokens=tokens))
        return ended(price, turns=(turn,))

    # The arm's two rounds cost 15 + 15 + 2·5 tokens: as much as four fresh games of 10 tokens.
    chains = [
        chain(
            at,
            game(12, 10),
            self=[game(14, 15), game(17, 15)],
            none=[game(12, 15), game(12, 15)],
            fresh=[game(12, 10), game(13, 10), game(14, 10), game(15, 10)],
        )
        for at in range(40)
    ]
    later, beyond = level(findings(record(*chains)), "C4").tests
    assert later.value == pytest.approx(0.3)
    assert beyond.value == pytest.approx(0.9 - 0.7)
    assert (later.answer, beyond.answer) == (LevelAnswer.MET, LevelAnswer.MET)


def test_levels_say_when_they_cannot_tell() -> None:
    found = findings(record(*FOUR))
    assert [each.level for each in found.levels] == ["C1", "C2", "C3", "C4"]
    assert all(each.answer is LevelAnswer.CANNOT_TELL for each in found.levels)
    assert level(found, "C4").tests[0].why == "it needs three rounds"
    assert level(found, "C2").tests[3].why == "there was none to look at"


@pytest.mark.parametrize(("games", "answer"), [(4, "cannot tell"), (40, "met")])
def test_a_level_is_met_where_its_interval_says_so(games: int, answer: str) -> None:
    chains = [chain(at, ended(13), self=[ended(16)], none=[ended(13)]) for at in range(games)]
    assert level(findings(record(*chains)), "C3").answer == answer


def test_a_level_is_not_met_where_advice_is_shown_to_harm() -> None:
    chains = [chain(at, ended(13), self=[ended(9)], none=[ended(13)]) for at in range(40)]
    found = level(findings(record(*chains)), "C3")
    assert found.answer is LevelAnswer.NOT_MET
    assert found.tests[0].high is not None
    assert found.tests[0].high < 0


def test_the_json_has_the_names_that_are_documented() -> None:
    found = msgspec.to_builtins(findings(record(*FOUR)))
    assert {"role", "arm", "round", "games", "deals", "surplus", "price_given_deal"} <= set(
        found["rounds"][0]
    )
    assert {"value", "low", "high"} <= set(found["rounds"][0]["surplus"])
    assert {"role", "arm", "against", "round", "delta", "deal_part", "price_part"} <= set(
        found["gains"][0]
    )
    assert {"model", "role", "level", "arm", "answer", "tests"} == set(found["levels"][0])


def test_unscored_items_are_named_and_in_no_figure() -> None:
    gone = BargainRecord(task_id="a::seller", role=SELLER, unscored="no answer")
    found = findings(gone, record(*FOUR))
    assert found.unscored == ("a::seller: no answer",)
    assert (found.about[0].scenarios, found.about[0].unscored) == (1, 1)
    assert bargain_findings([]) is None


def test_rates_in_clusters_are_less_sure_than_their_trials_seem() -> None:
    apart = clustered_rate([(1, 2)] * 20)
    together = clustered_rate([(2, 2)] * 10 + [(0, 2)] * 10)
    assert apart.value == together.value == 0.5
    assert apart.low is not None
    assert together.low is not None
    assert together.low < apart.low < 0.5
    none = clustered_rate([(0, 30)] * 4)
    assert none.low == 0
    assert none.high == pytest.approx(1.6449**2 / (120 + 1.6449**2), abs=1e-4)


def test_a_single_game_says_nothing() -> None:
    (found,) = decide([[[0.3]]])
    assert (found.low, found.high, found.p) == (-1, 1, 1)


def test_a_plan_says_which_gain_so_many_games_could_show() -> None:
    alone = least_surplus_gain(1, 280)
    assert alone is not None
    assert alone == pytest.approx(0.05, abs=0.002)
    few, many = least_surplus_gain(26, 1), least_surplus_gain(26, 4)
    assert few is not None
    assert many is not None
    assert many < few
    assert least_surplus_gain(1, 1) is None


def test_an_earlier_run_says_how_much_games_vary() -> None:
    (sample,) = samples([record(*FOUR)])
    # 0.8 - 0.5, 0.8 - 0.5, 0 - 0.4, 0.7 - 0
    differences = [0.3, 0.3, -0.4, 0.7]
    assert measured_deviation(sample) == pytest.approx(stdev(differences))
    (alone,) = samples([record(FOUR[0])])
    assert measured_deviation(alone) is None


def test_two_runs_are_compared_by_scenario_and_game() -> None:
    def run(price: float) -> list[BargainRecord]:
        return [
            record(
                *(chain(at, ended(13), self=[ended(price)]) for at in range(3)),
                scenario=lamp(item={"name": f"lamp {number}"}),
                name=f"lamp{number}",
            )
            for number in range(20)
        ]

    found = changes(samples(run(13)), samples(run(15)[:15]))
    assert [(each.arm, each.round) for each in found] == [("self", 1), ("self", 2)]
    first, second = found
    assert (first.delta.value, verdict(first.delta)) == (0, "cannot tell")
    assert (second.scenarios, second.games) == (15, 45)
    assert second.before == pytest.approx(0.5)
    assert second.after == pytest.approx(0.7)
    assert verdict(second.delta) == "gains"
    assert changes(samples(run(13)), []) == ()


def _world(
    draw: np.random.Generator, scenarios: int, games: int, *, gain_of_price: float, deals: float
) -> list[list[float]]:
    """Differences of games before and after advice that moves prices and deals."""
    limit = draw.uniform(0.3, 0.6, scenarios)[:, None]
    before = (draw.random((scenarios, games)) < 0.9) * (
        limit + draw.normal(0, 0.1, (scenarios, games))
    )
    after = (draw.random((scenarios, games)) < deals) * (
        limit * (1 + gain_of_price) + draw.normal(0, 0.1, (scenarios, games))
    )
    return [list(each) for each in after - before]


WORLDS: Mapping[str, tuple[float, float]] = {
    "nothing changes": (0.0, 0.9),
    "price pays for lost deals": (0.2, 0.75),
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(("scenarios", "games"), [(1, 60), (12, 4), (26, 4)])
def test_advice_of_no_gain_is_hardly_ever_said_to_gain(
    world: str, scenarios: int, games: int
) -> None:
    price, deals = WORLDS[world]
    draw, runs = np.random.default_rng(5), 300
    held = said = 0
    for _ in range(runs):
        (found,) = decide([_world(draw, scenarios, games, gain_of_price=price, deals=deals)])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0 <= found.high
        said += verdict(found) != "cannot tell"
    noise = 2 * math.sqrt(0.05 * 0.95 / runs)
    assert said / runs <= 0.05 + noise
    assert held / runs >= 0.93 - noise


def test_advice_of_a_known_gain_is_found() -> None:
    draw, runs = np.random.default_rng(6), 100
    said = 0
    for _ in range(runs):
        (found,) = decide([_world(draw, 26, 8, gain_of_price=0.3, deals=0.9)])
        said += verdict(found) == "gains"
    assert said / runs > 0.9
