"""Compute the bargaining part of a report and its JSON."""

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.estimate.bargain.by_round import RoundFigures, round_figures
from pytest_selfrepair.estimate.bargain.gains import Gain, gains
from pytest_selfrepair.estimate.bargain.game_samples import samples
from pytest_selfrepair.estimate.bargain.model_levels import ModelLevel, levels
from pytest_selfrepair.estimate.intervals.decision import side
from pytest_selfrepair.estimate.intervals.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainAbout:
    """The games with one role improved.

    Attributes:
        role: The role.
        model: The improved player's name.
        rival: The rival's name.
        moderator: The moderator's name; None without a moderator.
        arms: The arms.
        scenarios: Scenarios that were scored.
        unscored: Items that were not scored.
        games: Chains over all scenarios.
        rounds: Rounds of a chain.
    """

    role: BargainRole
    model: str
    rival: str
    moderator: str | None
    arms: tuple[str, ...]
    scenarios: int
    unscored: int
    games: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainFindings:
    """The estimates from bargaining records; ``bargain`` in a report's JSON.

    Attributes:
        about: What was played, one for each role.
        rounds: Every round of every arm.
        gains: Each arm's gain in every round, over its own first game and over `none`.
        levels: C1 to C4 of the model in each role.
        cost: The cost of all completions: player, critic, rival and moderator.
        broken: Items whose improved player broke a rule.
        unscored: Why items are missing, a line each.
        items: Items with a record.
        unclear: Items with a game whose end is unclear.
    """

    about: tuple[BargainAbout, ...]
    rounds: tuple[RoundFigures, ...]
    gains: tuple[Gain, ...]
    levels: tuple[ModelLevel, ...]
    cost: Cost
    broken: int
    unscored: tuple[str, ...]
    items: int = 0
    unclear: int = 0

    @property
    def title(self) -> str:
        """The title of a report on these games alone."""
        pairs = dict.fromkeys(f"{each.model} against {each.rival}" for each in self.about)
        arms = dict.fromkeys(arm for each in self.about for arm in each.arms)
        return f"{' and '.join(pairs) or 'no games'}, feedback {' and '.join(arms) or 'none'}"


def bargain_findings(records: Iterable[BargainRecord]) -> BargainFindings | None:
    """Estimate everything from a run's bargaining records; None where there are none.

    Args:
        records: The records, in any order.
    """
    every = list(records)
    if not every:
        return None
    found = samples(every)
    return BargainFindings(
        about=tuple(_about(each.role, every) for each in found),
        rounds=tuple(figures for each in found for figures in round_figures(each)),
        gains=tuple(gain for each in found for gain in gains(each)),
        levels=tuple(level for each in found for level in levels(each)),
        cost=Cost.total(each.cost for each in every),
        broken=sum(bool(each.rules_broken) for each in every),
        unscored=tuple(
            f"{each.task_id}: {each.unscored}"
            for each in sorted(every, key=lambda each: each.task_id)
            if each.unscored is not None
        ),
        items=len(every),
        unclear=sum(bool(each.unclear) for each in every),
    )


def _about(role: BargainRole, records: list[BargainRecord]) -> BargainAbout:
    own = [each for each in records if each.role is role]
    scored = [each for each in own if each.unscored is None and each.setup is not None]
    setups = [each.setup for each in scored if each.setup is not None]
    return BargainAbout(
        role=role,
        model=setups[0].model,
        rival=setups[0].rival,
        moderator=setups[0].moderator,
        arms=tuple(dict.fromkeys(arm for setup in setups for arm in setup.arms)),
        scenarios=len(scored),
        unscored=len(own) - len(scored),
        games=sum(len(each.chains) for each in scored),
        rounds=max(setup.plan.rounds for setup in setups),
    )


def verdict(found: Estimate) -> str:
    """Word a gain: ``gains``, ``loses`` or ``cannot tell``."""
    return {1: "gains", -1: "loses", 0: "cannot tell"}[side(found)]
