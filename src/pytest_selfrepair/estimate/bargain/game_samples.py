"""Reduce a run's games to surplus shares, paired by chain and grouped by scenario."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.game import Chain, Game, GameEnding, Round, all_games
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.estimate.bargain.behaviour import Behaviour, behaviour


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedScenario:
    """The chains of one scenario in which one role was improved.

    Attributes:
        scenario: The scenario.
        role: The role.
        chains: Its chains.
    """

    scenario: Scenario
    role: BargainRole
    chains: tuple[Chain, ...]
    _how: Mapping[int, Behaviour] = field(repr=False)

    @classmethod
    def of(
        cls, scenario: Scenario, role: BargainRole, chains: tuple[Chain, ...]
    ) -> "PlayedScenario":
        """Chains with the behaviour in each game, computed once."""
        games = [game for *_, game in all_games(chains)]
        how = {id(game): behaviour(scenario, role, game) for game in games}
        return cls(scenario=scenario, role=role, chains=chains, _how=how)

    def behaviour(self, game: Game) -> Behaviour:
        """The improved player's behaviour in one of the chains' games."""
        return self._how[id(game)]

    @property
    def disagreement(self) -> float:
        """The surplus share of no deal."""
        return share_of(self.scenario, self.role, None)

    def share(self, game: Game) -> float | None:
        """The improved player's surplus share of a game; None where its end is unclear."""
        if game.ending is GameEnding.UNCLEAR:
            return None
        return share_of(self.scenario, self.role, game.price)

    def value(self, chain: Chain, arm: str, number: int) -> float | None:
        """An arm's surplus share in a round of a chain; None where there is none."""
        game = game_of(chain, arm, number)
        return None if game is None else self.share(game)


def share_of(scenario: Scenario, role: BargainRole, price: Decimal | None) -> float:
    """One side's surplus share: its surplus ÷ the width of the zone of agreement.

    Without a zone, ÷ the width of the gap.

    Args:
        scenario: The scenario.
        role: The side.
        price: The price of the deal; None: no deal, which gives the disagreement value.
    """
    return float(scenario.surplus(role, price) / scenario.scale)


def round_of(chain: Chain, arm: str, number: int) -> Round | None:
    """An arm's round by its number, from 2 on; None where it was not played."""
    for found in chain.arms:
        if found.name == arm:
            return next((each for each in found.rounds if each.number == number), None)
    return None


def game_of(chain: Chain, arm: str, number: int) -> Game | None:
    """An arm's game in a round; round 1 is shared by all arms."""
    if number == 1:
        return chain.first
    found = round_of(chain, arm, number)
    return None if found is None else found.game


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSample:
    """All games of a run with one role improved.

    Attributes:
        role: The role.
        model: The improved player's name.
        played: One for each scenario, in the order of their ids.
        arms: The arms' names, in the order the user gave them.
        rounds: The last round's number in all arms but `fresh`.
    """

    role: BargainRole
    model: str
    played: tuple[PlayedScenario, ...]
    arms: tuple[str, ...]
    rounds: int

    @property
    def paired_arms(self) -> tuple[str, ...]:
        """The arms whose rounds follow one another: all but `fresh`."""
        return tuple(each for each in self.arms if each != Control.FRESH)


def samples(records: Iterable[BargainRecord]) -> tuple[RoleSample, ...]:
    """The scored records of a run, by role: the seller's first.

    Args:
        records: The run's records.
    """
    scored = sorted(
        (each for each in records if each.unscored is None and each.chains),
        key=lambda each: each.task_id,
    )
    found: list[RoleSample] = []
    for role in BargainRole:
        own = [each for each in scored if each.role is role and each.scenario and each.setup]
        if own:
            found.append(_sample(role, own))
    return tuple(found)


def _sample(role: BargainRole, records: Sequence[BargainRecord]) -> RoleSample:
    setups = [each.setup for each in records if each.setup is not None]
    return RoleSample(
        role=role,
        model=setups[0].model,
        played=tuple(
            PlayedScenario.of(each.scenario, role, each.chains)
            for each in records
            if each.scenario is not None
        ),
        arms=tuple(dict.fromkeys(arm for setup in setups for arm in setup.arms)),
        rounds=max(setup.plan.rounds for setup in setups),
    )


def is_control(arm: str) -> bool:
    """Whether an arm is a control, without advice on its own games."""
    return arm in set(Control)
