"""Test a model's levels C1 to C4 in a role against limits fixed in advance.

C1: it replies and does not copy. C2: it plays its role and bargains. C3: it improves once on
advice. C4: it keeps improving, beyond what the same tokens buy in fresh games.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.bargain.scenario import BargainRole, Zone
from pytest_selfrepair.estimate.bargain.behaviour import Behaviour
from pytest_selfrepair.estimate.bargain.fresh import beyond_fresh
from pytest_selfrepair.estimate.bargain.gains import family
from pytest_selfrepair.estimate.bargain.game_samples import (
    PlayedScenario,
    RoleSample,
    is_control,
)
from pytest_selfrepair.estimate.bargain.units import clustered_rate, decide
from pytest_selfrepair.estimate.intervals.decision import side
from pytest_selfrepair.estimate.intervals.estimate import Estimate

REPLIES_AT_LEAST = 0.95
COPIES_AT_MOST = 0.05
ILLEGAL_AT_MOST = 0.05
OVERSTEPS_AT_MOST = 0.02
DEALS_AT_LEAST = 0.80
DEALS_WITHOUT_ZONE_AT_MOST = 0.10
_FIRST_ADVISED = 2
"""The first round after advice; level C4 needs one more."""


class LevelAnswer(StrEnum):
    """The result of a level's tests."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTest:
    """One test of a level.

    Attributes:
        what: The quantity measured.
        value: The measured value; None without data.
        low: The lower end of its interval.
        high: The upper end.
        limit: The limit it is tested against.
        at_least: Whether the limit is a minimum rather than a maximum.
        answer: The test's result.
        why: Why the test is inconclusive, where the interval's width is not the reason.
    """

    what: str
    value: float | None
    low: float | None
    high: float | None
    limit: float
    at_least: bool
    answer: LevelAnswer
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLevel:
    """One level of a model in a role.

    Attributes:
        model: The model.
        role: The role.
        level: ``C1`` to ``C4``.
        arm: The arm whose advice is tested; None for C1 and C2, which use games without advice.
        answer: Met if all tests are met, not met if any is not.
        tests: The tests.
    """

    model: str
    role: BargainRole
    level: str
    arm: str | None
    answer: LevelAnswer
    tests: tuple[LevelTest, ...]


def levels(sample: RoleSample) -> tuple[ModelLevel, ...]:
    """Test all levels of the improved player in its role.

    C1 and C2 use games without advice: the first ones and those of `fresh`.

    Args:
        sample: The games with one role improved.
    """
    seen = [
        [
            (game, played.behaviour(game))
            for chain in played.chains
            for game in chain.games(Control.FRESH)
        ]
        for played in sample.played
    ]
    how = [[each for _, each in games] for games in seen]
    zones = [played.scenario.zone for played in sample.played]
    deals = [(sum(game.is_deal for game, _ in games), len(games)) for games in seen]
    first = (
        _at_least("replies that are there", REPLIES_AT_LEAST, how, _present),
        _at_most("replies that copy the rival's", COPIES_AT_MOST, how, _copied),
    )
    second = (
        _at_most("illegal replies", ILLEGAL_AT_MOST, how, _illegal),
        _at_most("games that overstep the own limit", OVERSTEPS_AT_MOST, how, _overstepped),
        _rate(
            "deals where there is a zone of agreement",
            DEALS_AT_LEAST,
            [each for each, zone in zip(deals, zones, strict=True) if zone is not Zone.NONE],
            at_least=True,
        ),
        _rate(
            "deals where there is none",
            DEALS_WITHOUT_ZONE_AT_MOST,
            [each for each, zone in zip(deals, zones, strict=True) if zone is Zone.NONE],
            at_least=False,
        ),
    )
    found = [
        _level(sample, "C1", None, first),
        _level(sample, "C2", None, second),
    ]
    once = {each.arm: each.delta for each in family(sample, _FIRST_ADVISED, Control.NONE)}
    for arm in sample.paired_arms:
        if not is_control(arm):
            what = f"surplus share gained on {Control.NONE} in round 2"
            found.append(_level(sample, "C3", arm, (_above_zero(what, once.get(arm)),)))
            found.append(_level(sample, "C4", arm, _improvement_tests(sample, arm)))
    return tuple(found)


def _improvement_tests(sample: RoleSample, arm: str) -> tuple[LevelTest, ...]:
    """The two tests of C4: the gain from round 2 to the last, and the gain beyond fresh games."""
    later = "surplus share gained from round 2 to the last, less that of none"
    beyond = "best surplus share beyond that of fresh games at equal tokens"
    if sample.rounds <= _FIRST_ADVISED:
        why = "it needs three rounds"
        return (_above_zero(later, None, why), _above_zero(beyond, None, why))
    further = [found for played in sample.played if (found := _further(played, arm, sample.rounds))]
    fresh = [found for played in sample.played if (found := beyond_fresh(played, arm))]
    return (
        _above_zero(later, decide([further])[0] if further else None),
        _above_zero(
            beyond,
            decide([fresh])[0] if fresh else None,
            "" if Control.FRESH in sample.arms else f"the arm {Control.FRESH} was not played",
        ),
    )


def _further(played: PlayedScenario, arm: str, last: int) -> list[float]:
    found: list[float] = []
    for chain in played.chains:
        values = [
            played.value(chain, name, number)
            for name in (arm, Control.NONE.value)
            for number in (last, _FIRST_ADVISED)
        ]
        known = [each for each in values if each is not None]
        if len(known) == len(values):
            found.append((known[0] - known[1]) - (known[2] - known[3]))
    return found


def _present(how: Behaviour) -> tuple[int, int]:
    return how.replies - how.missing, how.replies


def _copied(how: Behaviour) -> tuple[int, int]:
    return how.copies, how.replies


def _illegal(how: Behaviour) -> tuple[int, int]:
    return how.illegal, how.replies


def _overstepped(how: Behaviour) -> tuple[int, int]:
    return int(how.oversteps), 1


_Counts = Callable[[Behaviour], tuple[int, int]]


def _at_least(
    what: str, limit: float, how: Sequence[Sequence[Behaviour]], counts: _Counts
) -> LevelTest:
    return _rate(what, limit, _summed(how, counts), at_least=True)


def _at_most(
    what: str, limit: float, how: Sequence[Sequence[Behaviour]], counts: _Counts
) -> LevelTest:
    return _rate(what, limit, _summed(how, counts), at_least=False)


def _summed(how: Sequence[Sequence[Behaviour]], counts: _Counts) -> list[tuple[int, int]]:
    """Events and trials of each cluster: a scenario, or a game where there is a single scenario."""
    each = [[counts(game) for game in games] for games in how]
    if len(each) == 1:
        return each[0]
    return [(sum(hit for hit, _ in found), sum(n for _, n in found)) for found in each]


def _rate(
    what: str, limit: float, counts: Sequence[tuple[int, int]], *, at_least: bool
) -> LevelTest:
    found = clustered_rate(counts)
    answer, why = LevelAnswer.CANNOT_TELL, ""
    if found.low is None or found.high is None:
        why = "there was none to look at"
    elif (at_least and found.low >= limit) or (not at_least and found.high <= limit):
        answer = LevelAnswer.MET
    elif (at_least and found.high < limit) or (not at_least and found.low > limit):
        answer = LevelAnswer.NOT_MET
    return LevelTest(
        what=what,
        value=found.value,
        low=found.low,
        high=found.high,
        limit=limit,
        at_least=at_least,
        answer=answer,
        why=why,
    )


def _above_zero(what: str, found: Estimate | None, why: str = "") -> LevelTest:
    answer = LevelAnswer.CANNOT_TELL
    if found is not None and side(found):
        answer = LevelAnswer.MET if side(found) > 0 else LevelAnswer.NOT_MET
    return LevelTest(
        what=what,
        value=None if found is None else found.value,
        low=None if found is None else found.low,
        high=None if found is None else found.high,
        limit=0.0,
        at_least=True,
        answer=answer,
        why=why or ("" if found is not None else "there was none to look at"),
    )


def _level(
    sample: RoleSample, name: str, arm: str | None, tests: tuple[LevelTest, ...]
) -> ModelLevel:
    answers = {each.answer for each in tests}
    if answers == {LevelAnswer.MET}:
        answer = LevelAnswer.MET
    else:
        failed = LevelAnswer.NOT_MET in answers
        answer = LevelAnswer.NOT_MET if failed else LevelAnswer.CANNOT_TELL
    return ModelLevel(
        model=sample.model, role=sample.role, level=name, arm=arm, answer=answer, tests=tests
    )
