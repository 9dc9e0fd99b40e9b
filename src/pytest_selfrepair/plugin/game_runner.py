"""Play one item's games and make its record."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_selfrepair.bargain.bargain_record import BargainRecord, BargainSetup
from pytest_selfrepair.bargain.chains import play_chains
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.bargain.wording import DIGEST
from pytest_selfrepair.core.budget import Cost, Spending
from pytest_selfrepair.core.foreign import described
from pytest_selfrepair.core.unscored import why_unscored
from pytest_selfrepair.errors import (
    TaskError,
    UsageError,
)
from pytest_selfrepair.plugin.run_equipment import RunEquipment
from pytest_selfrepair.plugin.run_models import RunModels

if TYPE_CHECKING:
    from pytest_selfrepair.bargain.game import Chain


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingGames:
    """A scenario to be played with one of its roles improved.

    Attributes:
        task_id: The item: the scenario's id, `::` and the role.
        role: The improved role.
        load: Reads the scenario.
    """

    task_id: str
    role: BargainRole
    load: Callable[[], Scenario]


class GameRunner:
    """Plays scenarios, one item per call.

    Args:
        models: The models and players of the run.
        equipment: Shared by all items of the process.
    """

    def __init__(self, models: RunModels, equipment: RunEquipment) -> None:
        self._models = models
        self._equipment = equipment

    @property
    def first_requests(self) -> int:
        """The number of requests an item starts with: one for each of its games."""
        return self._models.game_plan.games

    def bound(self, upcoming: UpcomingGames) -> Cost:
        """The most that an item costs; nothing where its scenario cannot be read."""
        try:
            scenario = upcoming.load()
        except (Exception, SystemExit):  # noqa: BLE001 - its record will report it
            return Cost()
        return self._models.forecast.of_item(scenario, upcoming.role).cost

    async def run(self, upcoming: UpcomingGames) -> BargainRecord:
        """Play one item's games.

        Returns:
            Its record; without games, it holds the reason.
        """
        began = time.perf_counter()
        try:
            scenario = replace(
                await asyncio.to_thread(upcoming.load),
                id=upcoming.task_id.removesuffix(f"::{upcoming.role}"),
            )
        except TaskError as error:
            return BargainRecord(task_id=upcoming.task_id, unscored=str(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it affects only this item
            why = described(error, "what reads the scenario")
            return BargainRecord(task_id=upcoming.task_id, unscored=why)
        spending = Spending()
        setup: BargainSetup | None = None
        chains: tuple[Chain, ...] = ()
        unscored: str | None = None
        try:
            players = self._equipment.ready.models.players
            setup = BargainSetup(
                model=players.player.name,
                rival=players.rival.name,
                moderator=None if players.moderator is None else players.moderator.model.name,
                arms=tuple(each.name for each in players.advisers),
                wording=DIGEST,
                plan=self._models.game_plan,
            )
            chains = await play_chains(
                scenario,
                upcoming.role,
                self._models.game_plan,
                item=upcoming.task_id,
                player=players.player,
                rival=players.rival,
                advisers=players.advisers,
                moderator=players.moderator,
                spending=spending,
            )
        except UsageError as error:
            unscored = str(error)
        except Exception as error:  # noqa: BLE001 - the other items are run nevertheless
            unscored = why_unscored(error, "its games", spending)
        return BargainRecord(
            task_id=upcoming.task_id,
            scenario=scenario,
            role=upcoming.role,
            setup=setup,
            chains=chains,
            unscored=unscored,
            cost=spending.cost,
            seconds=time.perf_counter() - began,
            origins=self._equipment.origins(upcoming.task_id),
        )
