"""Estimate deals, surplus shares and behaviour round by round."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_selfrepair.bargain.game import Game
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.estimate.bargain.behaviour import Behaviour, rival_share
from pytest_selfrepair.estimate.bargain.gains import outcomes
from pytest_selfrepair.estimate.bargain.game_samples import (
    PlayedScenario,
    RoleSample,
    game_of,
    round_of,
)
from pytest_selfrepair.estimate.bargain.units import IntervalScope, mean_of_groups, scope_of
from pytest_selfrepair.estimate.intervals.estimate import Estimate

BINS = 10
"""Bins of the price histogram between a share of 0 and of 1; one more on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFigures:
    """One round of an arm.

    Attributes:
        role: The improved role.
        arm: The arm; all arms share round 1.
        round: The round.
        scenarios: Scenarios behind it.
        games: Games played to a clear end.
        deals: Those that ended with a deal; deals ÷ games is the deal rate.
        surplus: The surplus share over all games, with its interval.
        scope: What the interval covers.
        price_given_deal: The mean price of the deals, where all scenarios share a currency.
            Descriptive only: which games end in a deal changes from round to round. None without
            deals.
        share_given_deal: The mean surplus share of the deals; descriptive likewise.
        histogram: Deals by surplus share: below 0, ten bins up to 1, above 1.
        nash: Mean product of the two sides' surplus shares.
        joint: Mean sum of the two.
        opening: Mean unscripted first offer as a surplus share.
        slope: Mean concession with each offer, as a share of the zone.
        exchanges: Mean exchanges of a game.
        reply_tokens: Mean tokens of a reply.
        type_token_ratio: Mean over games of distinct words ÷ words.
        illegal: Illegal replies ÷ replies.
        broken: Games that the improved player ended by breaking a rule.
        oversteps: Games in which it offered or accepted a price beyond its own limit.
        false_claims: False claims of its own cost.
        contradictions: Turns whose text names another price than their action.
        player_tokens: Mean tokens that the player generated in a game.
        critic_tokens: Mean tokens of the advice before it.
        rival_tokens: Mean tokens that the rival generated.
        moderator_tokens: Mean tokens that the moderator generated.
        unclear: Games of free talk whose readings disagree; excluded from all figures above.
        unclear_low: The surplus share if all of these had gone against the player; None without
            any.
        unclear_high: The same if all had gone for it.
        kappa: Cohen's kappa of the rules' and the moderator's readings; None without pairs, or
            where both readings are constant and equal.
    """

    role: BargainRole
    arm: str
    round: int
    scenarios: int
    games: int
    deals: int
    surplus: Estimate
    scope: IntervalScope
    price_given_deal: float | None
    share_given_deal: float | None
    histogram: tuple[int, ...]
    nash: float
    joint: float
    opening: float | None
    slope: float | None
    exchanges: float
    reply_tokens: float | None
    type_token_ratio: float | None
    illegal: float | None
    broken: int
    oversteps: int
    false_claims: int
    contradictions: int
    player_tokens: float
    critic_tokens: float
    rival_tokens: float
    moderator_tokens: float
    unclear: int = 0
    unclear_low: float | None = None
    unclear_high: float | None = None
    kappa: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """A game with its surplus share and behaviour."""

    played: PlayedScenario
    game: Game
    share: float
    how: Behaviour
    critic: int


def round_figures(sample: RoleSample) -> tuple[RoundFigures, ...]:
    """Estimate every round of every arm; the shared first round appears under each arm's name.

    Args:
        sample: The games with one role improved.
    """
    return tuple(
        figures
        for arm in sample.arms
        for number in _numbers(sample, arm)
        if (figures := _figures(sample, arm, number)) is not None
    )


def _numbers(sample: RoleSample, arm: str) -> list[int]:
    found = {
        each.number
        for played in sample.played
        for chain in played.chains
        for play in chain.arms
        if play.name == arm
        for each in play.rounds
    }
    return [1, *sorted(found)]


def _figures(sample: RoleSample, arm: str, number: int) -> RoundFigures | None:
    groups: list[list[_Ended]] = []
    unclear: list[list[tuple[float, ...]]] = []
    games: list[Game] = []
    for played in sample.played:
        own = [
            (chain, game)
            for chain in played.chains
            if (game := game_of(chain, arm, number)) is not None
        ]
        games += [game for _, game in own]
        ended: list[_Ended] = []
        for chain, game in own:
            share = played.share(game)
            if share is not None:
                told = round_of(chain, arm, number)
                advice = told.advice if told is not None else None
                ended.append(
                    _Ended(
                        played=played,
                        game=game,
                        share=share,
                        how=played.behaviour(game),
                        critic=0 if advice is None else advice.cost.tokens,
                    )
                )
        if ended:
            groups.append(ended)
        if own:
            unclear.append([outcomes(played, game) for _, game in own])
    if not groups:
        return None
    return _summary(sample.role, arm, number, groups=groups, possible=unclear, games=games)


def _summary(
    role: BargainRole,
    arm: str,
    number: int,
    *,
    groups: Sequence[Sequence[_Ended]],
    possible: Sequence[Sequence[tuple[float, ...]]],
    games: Sequence[Game],
) -> RoundFigures:
    every = [each for group in groups for each in group]
    deals = [each for each in every if each.game.is_deal]
    shares = [[each.share for each in group] for group in groups]
    how = [each.how for each in every]
    replies = sum(each.replies for each in how)
    unclear = len(games) - len(every)
    return RoundFigures(
        role=role,
        arm=arm,
        round=number,
        scenarios=len(groups),
        games=len(every),
        deals=len(deals),
        surplus=mean_of_groups(shares),
        scope=scope_of(shares),
        price_given_deal=_price(deals),
        share_given_deal=_mean([each.share for each in deals]),
        histogram=_histogram([each.share for each in deals]),
        nash=fmean(each.share * _rival(each) for each in every),
        joint=fmean(each.share + _rival(each) for each in every),
        opening=_mean([each.opening for each in how]),
        slope=_mean([each.slope for each in how]),
        exchanges=fmean(each.exchanges for each in how),
        reply_tokens=sum(each.reply_tokens for each in how) / replies if replies else None,
        type_token_ratio=_mean([each.types / each.words if each.words else None for each in how]),
        illegal=sum(each.illegal for each in how) / replies if replies else None,
        broken=sum(each.game.broken_by is role for each in every),
        oversteps=sum(each.oversteps for each in how),
        false_claims=sum(each.false_claims for each in how),
        contradictions=sum(each.contradictions for each in how),
        player_tokens=fmean(each.game.cost_of(role).tokens for each in every),
        critic_tokens=fmean(each.critic for each in every),
        rival_tokens=fmean(each.game.cost_of(role.other).tokens for each in every),
        moderator_tokens=fmean(each.game.moderator_cost.tokens for each in every),
        unclear=unclear,
        unclear_low=fmean(fmean(map(min, group)) for group in possible) if unclear else None,
        unclear_high=fmean(fmean(map(max, group)) for group in possible) if unclear else None,
        kappa=kappa(games),
    )


def _rival(ended: _Ended) -> float:
    return rival_share(ended.played.scenario, ended.played.role, ended.game.price)


def _price(deals: Sequence[_Ended]) -> float | None:
    """The mean price, where all scenarios share a currency."""
    if len({each.played.scenario.currency for each in deals}) != 1:
        return None
    return fmean(float(each.game.price or 0) for each in deals)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return fmean(known) if known else None


def _histogram(shares: Sequence[float]) -> tuple[int, ...]:
    counts = [0] * (BINS + 2)
    for share in shares:
        if share < 0:
            counts[0] += 1
        elif share > 1:
            counts[-1] += 1
        else:
            counts[1 + min(int(share * BINS + _ROUNDING), BINS - 1)] += 1
    return tuple(counts)


_ROUNDING = 1e-9
"""Added before binning, so that 0.3 falls into the bin from 0.3 despite rounding below it."""


def kappa(games: Sequence[Game]) -> float | None:
    """Cohen's kappa of the rules' and the moderator's readings of the same turns, price included.

    Args:
        games: Games of free talk.
    """
    pairs: list[tuple[object, object]] = []
    for game in games:
        by_turn: dict[int, dict[str, object]] = {}
        for vote in game.votes:
            by_turn.setdefault(vote.turn, {})[vote.reader] = (vote.state, vote.price)
        pairs += [
            (votes["rules"], votes["moderator"])
            for votes in by_turn.values()
            if {"rules", "moderator"} <= votes.keys()
        ]
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(one == other for one, other in pairs) / n
    labels = {label for pair in pairs for label in pair}
    expected = sum(
        sum(one == label for one, _ in pairs) * sum(other == label for _, other in pairs)
        for label in labels
    ) / (n * n)
    return None if expected >= 1 else (observed - expected) / (1 - expected)
