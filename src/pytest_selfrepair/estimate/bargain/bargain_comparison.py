"""Compare the surplus shares of two runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.estimate.bargain.game_samples import PlayedScenario, RoleSample
from pytest_selfrepair.estimate.bargain.units import IntervalScope, decide, scope_of
from pytest_selfrepair.estimate.intervals.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainChange:
    """How one round of an arm differs between two runs.

    Attributes:
        role: The improved role.
        arm: The arm; the shared first round appears under each arm's name.
        round: The round.
        scenarios: Scenarios that both runs played with equal contents.
        games: Pairs of games, matched by their number.
        before: The surplus share in the first run, over these games.
        after: The same in the second.
        delta: The difference, with its interval over scenarios.
        scope: What the interval covers.
    """

    role: BargainRole
    arm: str
    round: int
    scenarios: int
    games: int
    before: float
    after: float
    delta: Estimate
    scope: IntervalScope


def changes(first: Sequence[RoleSample], second: Sequence[RoleSample]) -> tuple[BargainChange, ...]:
    """Compare two runs wherever both played the same games.

    All differences form one family and are corrected for multiple comparisons together.

    Args:
        first: The earlier run, by role.
        second: The later one.
    """
    found: dict[tuple[BargainRole, str, int], list[list[tuple[float, float]]]] = {}
    for before in first:
        for after in second:
            if before.role is after.role:
                for arm in before.paired_arms:
                    if arm in after.paired_arms:
                        for number in range(1, min(before.rounds, after.rounds) + 1):
                            pairs = _pairs(before, after, arm, number)
                            if pairs:
                                found[before.role, arm, number] = pairs
    if not found:
        return ()
    differences = [
        [[later - earlier for earlier, later in group] for group in groups]
        for groups in found.values()
    ]
    decisions = decide(differences)
    return tuple(
        BargainChange(
            role=role,
            arm=arm,
            round=number,
            scenarios=len(groups),
            games=sum(map(len, groups)),
            before=fmean(fmean(earlier for earlier, _ in group) for group in groups),
            after=fmean(fmean(later for _, later in group) for group in groups),
            delta=delta,
            scope=scope_of(groups),
        )
        for ((role, arm, number), groups), delta in zip(found.items(), decisions, strict=True)
    )


def _pairs(
    before: RoleSample, after: RoleSample, arm: str, number: int
) -> list[list[tuple[float, float]]]:
    later = {each.scenario.digest: each for each in after.played}
    groups = [
        _paired(each, later[each.scenario.digest], arm, number)
        for each in before.played
        if each.scenario.digest in later
    ]
    return [group for group in groups if group]


def _paired(
    before: PlayedScenario, after: PlayedScenario, arm: str, number: int
) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for earlier, later in zip(before.chains, after.chains, strict=False):
        values = before.value(earlier, arm, number), after.value(later, arm, number)
        if values[0] is not None and values[1] is not None:
            found.append((values[0], values[1]))
    return found
