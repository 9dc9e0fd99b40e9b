"""Compare an arm with fresh games at equal tokens, as repair is with i.i.d. sampling.

Both sides count their best game, as pass@k counts the best of k programs: the arm's over its rounds
from 2 on, against as many fresh games as the same tokens buy, advice included.
"""

import math
from collections.abc import Sequence
from statistics import fmean

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.bargain.game import ArmPlay
from pytest_selfrepair.estimate.bargain.game_samples import PlayedScenario


def beyond_fresh(played: PlayedScenario, arm: str) -> list[float]:
    """Each chain's best surplus share in an arm less that of fresh games for the same tokens.

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
    """The expected maximum of some values drawn without replacement.

    The j-th smallest of n values is the largest of k draws with probability C(j - 1, k - 1)/C(n,
    k). Interpolated between whole numbers; more draws than values take all.

    Args:
        values: At least one.
        number: How many are drawn, at least one.
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
    """The player's mean tokens in a game without history."""
    games = [game for chain in played.chains for game in chain.games(Control.FRESH)]
    return fmean(game.cost_of(played.role).tokens for game in games) if games else 0.0
