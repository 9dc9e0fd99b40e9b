"""An arm's games against fresh ones at equal tokens: the counterpart of i.i.d. sampling.

As pass@k asks for the best of k programs, both sides are asked for the best of their games: the
arm's rounds from 2 on, and as many fresh games as their tokens, the advice's included, buy.
"""

import math
from collections.abc import Sequence
from statistics import fmean

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.bargain.game import ArmPlay
from pytest_selfrepair.estimate.bargain.game_samples import PlayedScenario


def beyond_fresh(played: PlayedScenario, arm: str) -> list[float]:
    """For each chain, an arm's best surplus share less that of fresh games for the same tokens.

    Args:
        played: The chains of one scenario.
        arm: The arm.
    """
    found: list[float] = []
    mean = _mean_tokens(played)
    for chain in played.chains:
        arms = {each.name: each for each in chain.arms}
        own, fresh = arms.get(arm), arms.get(Control.FRESH)
        if own is None or fresh is None or not own.complete:
            continue
        shares, others = _shares(played, own), _shares(played, fresh)
        if shares and others:
            tokens = own.tokens(played.role)
            bought = tokens / mean if mean else float(len(shares))
            found.append(max(shares) - expected_best(others, bought))
    return found


def expected_best(values: Sequence[float], number: float) -> float:
    """The expected largest of some values drawn without replacement.

    Of n ordered values the j-th smallest is the largest of k with the chance
    C(j - 1, k - 1)/C(n, k). Between whole numbers it is interpolated; more than there are is all.

    Args:
        values: At least one.
        number: How many are drawn; at least one is.
    """
    drawn = min(max(number, 1.0), float(len(values)))
    below = math.floor(drawn)
    share = drawn - below
    best = _best_of(values, below)
    return best if not share else (1 - share) * best + share * _best_of(values, below + 1)


def _best_of(values: Sequence[float], k: int) -> float:
    ordered, n = sorted(values), len(values)
    return math.fsum(
        value * math.comb(rank, k - 1) / math.comb(n, k) for rank, value in enumerate(ordered)
    )


def _shares(played: PlayedScenario, arm: ArmPlay) -> list[float]:
    found = [played.share(each.game) for each in arm.rounds]
    return [each for each in found if each is not None]


def _mean_tokens(played: PlayedScenario) -> float:
    """What a game without history costs the player, on the mean."""
    games = [game for chain in played.chains for game in chain.games(Control.FRESH)]
    return fmean(game.cost_of(played.role).tokens for game in games) if games else 0.0
