"""The gain that a planned number of scenarios and games can detect."""

import math

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.estimate.bargain.game_samples import RoleSample
from pytest_selfrepair.estimate.intervals.power import least_gain

ASSUMED_DEVIATION = 0.3
"""Standard deviation of paired differences of surplus shares where no run has measured it."""


def least_surplus_gain(
    scenarios: int, games: int, deviation: float = ASSUMED_DEVIATION
) -> float | None:
    """The least gain in surplus share detected with 80 % power; None where none is.

    Scenarios are resampled, so more games of a scenario only make its mean more precise; with a
    single scenario its games are resampled.

    Args:
        scenarios: The number of scenarios.
        games: Games of each.
        deviation: The standard deviation of a game's paired difference.
    """
    if scenarios == 1:
        return least_gain(games, deviation**2)
    found = least_gain(scenarios, min(deviation**2 * games, 1.0))  # in units of 1 ÷ games
    return None if found is None else found / games


def measured_deviation(sample: RoleSample, number: int = 2) -> float | None:
    """The standard deviation of paired differences of surplus shares in an earlier run.

    Measured on the arm that varies most against `none`.

    Args:
        sample: That run's games with one role improved.
        number: The round.

    Returns:
        The deviation; None where there are fewer than two pairs of games.
    """
    found = []
    for arm in sample.paired_arms:
        differences = [
            with_arm - without
            for played in sample.played
            for chain in played.chains
            if arm != Control.NONE
            and (with_arm := played.value(chain, arm, number)) is not None
            and (without := played.value(chain, Control.NONE, number)) is not None
        ]
        if len(differences) > 1:
            mean = math.fsum(differences) / len(differences)
            squares = math.fsum((each - mean) ** 2 for each in differences)
            found.append(math.sqrt(squares / (len(differences) - 1)))
    return max(found, default=None)
