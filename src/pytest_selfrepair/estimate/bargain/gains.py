"""Each arm's gain in surplus share, paired by game and split into deal and price effects."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.bargain.game import Chain, Game
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.estimate.bargain.game_samples import (
    PlayedScenario,
    RoleSample,
    game_of,
    share_of,
)
from pytest_selfrepair.estimate.bargain.trimming import Trimmed, trimmed
from pytest_selfrepair.estimate.bargain.units import IntervalScope, decide, scope_of
from pytest_selfrepair.estimate.intervals.estimate import Estimate

ROUND_1 = "round 1"
"""The comparison of an arm with its own first game; the other is with `none`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """The gain in the improved player's surplus share in a round of an arm.

    Attributes:
        role: The improved role.
        arm: The arm.
        against: What it is compared with: `ROUND_1`, or the arm `none` in the same round.
        round: The round.
        games: Pairs of games behind it.
        delta: The difference, with its interval over scenarios and its p-value.
        scope: What the interval covers.
        deal_part: The part due to more or fewer deals.
        price_part: The part due to better or worse prices; the two add up to the difference.
        price_bounds: Bounds on the price effect in games that end in a deal either way; None where
            one side has no deals.
        break_even: The surplus share of no deal at which the gain is zero; None where deals are
            equally frequent.
        pays_above: Whether the gain is positive where no deal is worth more than that, rather than
            less; None likewise.
        unclear_low: The difference if every unclear game had gone against it; None without any.
        unclear_high: The same if every one had gone for it.
    """

    role: BargainRole
    arm: str
    against: str
    round: int
    games: int
    delta: Estimate
    scope: IntervalScope
    deal_part: float
    price_part: float
    price_bounds: Trimmed | None = None
    break_even: float | None = None
    pays_above: bool | None = None
    unclear_low: float | None = None
    unclear_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A difference of mean surplus shares split into two parts that add up to it exactly."""

    deals: float
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One chain: surplus shares with and without, and whether each game was a deal."""

    after: float
    before: float
    after_deal: bool
    before_deal: bool


def gains(sample: RoleSample) -> tuple[Gain, ...]:
    """Estimate each arm's gain in every round over its first game and over `none`.

    The arms of one round and comparison form a family, corrected together.

    Args:
        sample: The games with one role improved.
    """
    return tuple(
        each
        for number in range(2, sample.rounds + 1)
        for against in (ROUND_1, Control.NONE.value)
        for each in family(sample, number, against)
    )


def family(sample: RoleSample, number: int, against: str) -> tuple[Gain, ...]:
    """The arms' gains in one round by one comparison."""
    pairs = {
        arm: found
        for arm in sample.paired_arms
        if arm != against and any(found := _pairs(sample, arm, number, against))
    }
    groups = {arm: [group for group in found if group] for arm, found in pairs.items()}
    differences = {
        arm: [[pair.after - pair.before for pair in group] for group in found]
        for arm, found in groups.items()
    }
    if not differences:
        return ()
    decisions = decide(list(differences.values()))
    return tuple(
        _gain(
            sample,
            arm,
            number,
            against,
            groups=groups[arm],
            by_scenario=pairs[arm],
            decision=decision,
        )
        for arm, decision in zip(differences, decisions, strict=True)
    )


def _gain(
    sample: RoleSample,
    arm: str,
    number: int,
    against: str,
    *,
    groups: Sequence[Sequence[_Pair]],
    by_scenario: Sequence[Sequence[_Pair]],
    decision: Estimate,
) -> Gain:
    splits = [
        split(group, played.disagreement)
        for played, group in zip(sample.played, by_scenario, strict=True)
        if group
    ]
    even, above = _break_even(groups)
    low, high = _unclear(sample, arm, number, against)
    return Gain(
        role=sample.role,
        arm=arm,
        against=against,
        round=number,
        games=sum(map(len, groups)),
        delta=decision,
        scope=scope_of(groups),
        deal_part=fmean(each.deals for each in splits),
        price_part=fmean(each.price for each in splits),
        price_bounds=trimmed(
            [pair.after for group in groups for pair in group if pair.after_deal],
            [pair.before for group in groups for pair in group if pair.before_deal],
            games=sum(map(len, groups)),
        ),
        break_even=even,
        pays_above=above,
        unclear_low=low,
        unclear_high=high,
    )


def split(pairs: Sequence[_Pair], disagreement: float) -> Split:
    """Split a difference of means by the midpoint rule.

    With D the share of deals and S the mean surplus share given a deal, ū = D·S + (1 - D)·d, so Δū
    = ΔD·((S + S')/2 - d) + ΔS·(D + D')/2. A side without deals takes the other's S, and the whole
    difference is one of deals.

    Args:
        pairs: The games of one scenario, at least one.
        disagreement: d, the surplus share of no deal.
    """
    after = [pair.after for pair in pairs if pair.after_deal]
    before = [pair.before for pair in pairs if pair.before_deal]
    deals_after, deals_before = len(after) / len(pairs), len(before) / len(pairs)
    if not after and not before:
        return Split(deals=0.0, price=0.0)
    price_after = fmean(after or before)
    price_before = fmean(before or after)
    middle = (price_after + price_before) / 2 - disagreement
    return Split(
        deals=(deals_after - deals_before) * middle,
        price=(price_after - price_before) * (deals_after + deals_before) / 2,
    )


def _break_even(groups: Sequence[Sequence[_Pair]]) -> tuple[float | None, bool | None]:
    """The surplus share of no deal at which the gain is zero, and the side on which the arm gains.

    With d the share of no deal, the gain is A - ΔD·d, where A is the change in what deals bring.
    """
    deals = fmean(
        fmean(float(pair.after_deal) - float(pair.before_deal) for pair in group)
        for group in groups
    )
    if abs(deals) < _NO_CHANGE:
        return None, None
    brought = fmean(
        fmean(pair.after * pair.after_deal - pair.before * pair.before_deal for pair in group)
        for group in groups
    )
    return brought / deals, deals < 0


_NO_CHANGE = 1e-12


def _pairs(sample: RoleSample, arm: str, number: int, against: str) -> list[list[_Pair]]:
    """The chains of each scenario in which both games came to a clear end."""
    return [
        [
            found
            for chain in played.chains
            if (found := _pair(played, chain, arm, number, against)) is not None
        ]
        for played in sample.played
    ]


def _pair(
    played: PlayedScenario, chain: Chain, arm: str, number: int, against: str
) -> _Pair | None:
    after, before = _compared(chain, arm, number, against)
    if after is None or before is None:
        return None
    with_arm, without = played.share(after), played.share(before)
    if with_arm is None or without is None:
        return None
    return _Pair(
        after=with_arm,
        before=without,
        after_deal=after.is_deal,
        before_deal=before.is_deal,
    )


def _compared(chain: Chain, arm: str, number: int, against: str) -> tuple[Game | None, Game | None]:
    """The two games of a chain that a comparison pairs."""
    before = chain.first if against == ROUND_1 else game_of(chain, against, number)
    return game_of(chain, arm, number), before


def _unclear(
    sample: RoleSample, arm: str, number: int, against: str
) -> tuple[float | None, float | None]:
    """The mean difference if unclear games had gone against the arm, and for it."""
    low: list[list[float]] = []
    high: list[list[float]] = []
    any_unclear = False
    for played in sample.played:
        worst: list[float] = []
        best: list[float] = []
        for chain in played.chains:
            after, before = _compared(chain, arm, number, against)
            if after is None or before is None:
                continue
            with_arm, without = outcomes(played, after), outcomes(played, before)
            any_unclear = any_unclear or len(with_arm) + len(without) > 2  # noqa: PLR2004 - one each
            worst.append(min(with_arm) - max(without))
            best.append(max(with_arm) - min(without))
        if worst:
            low.append(worst)
            high.append(best)
    if not any_unclear:
        return None, None
    return fmean(map(fmean, low)), fmean(map(fmean, high))


def outcomes(played: PlayedScenario, game: Game) -> tuple[float, ...]:
    """The possible surplus shares of a game: several where its end is unclear."""
    clear = played.share(game)
    if clear is not None:
        return (clear,)
    last = max((vote.turn for vote in game.votes), default=0)
    named = [vote.price for vote in game.votes if vote.turn == last and vote.price is not None]
    shares = [share_of(played.scenario, played.role, price) for price in named]
    return (played.disagreement, *(shares or [played.disagreement]))
