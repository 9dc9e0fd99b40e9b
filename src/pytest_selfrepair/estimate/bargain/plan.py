"""Which gain so many scenarios and games could show, before anything is played."""

from pytest_selfrepair.estimate.intervals.power import least_gain

ASSUMED_DEVIATION = 0.3
"""The standard deviation of paired differences of surplus shares, where no run has measured it."""


def least_surplus_gain(
    scenarios: int, games: int, deviation: float = ASSUMED_DEVIATION
) -> float | None:
    """The least gain in surplus share that is shown with 80 % power; None where none is.

    Scenarios are what is resampled, so games of the same scenario make its mean surer and no more;
    with one scenario the games are.

    Args:
        scenarios: Scenarios.
        games: Games of each.
        deviation: The standard deviation of a game's paired difference.
    """
    if scenarios == 1:
        return least_gain(games, deviation**2)
    found = least_gain(scenarios, min(deviation**2 * games, 1.0))  # in units of 1 ÷ games
    return None if found is None else found / games
