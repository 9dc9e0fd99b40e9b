"""Run an item of either kind: a task by its trees, a scenario by its games."""

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.plugin.game_runner import GameRunner, UpcomingGames
from pytest_selfrepair.plugin.task_runner import TaskRunner, UpcomingTask
from pytest_selfrepair.store.any_record import AnyRecord

Upcoming = UpcomingTask | UpcomingGames
"""An item to be run."""


class Runners:
    """Runs items, one per call.

    Args:
        tasks: Runs tasks.
        games: Plays scenarios.
    """

    def __init__(self, tasks: TaskRunner, games: GameRunner) -> None:
        self._tasks = tasks
        self._games = games

    def first_requests(self, upcoming: Upcoming) -> int:
        """The number of requests an item starts with."""
        games = isinstance(upcoming, UpcomingGames)
        return self._games.first_requests if games else self._tasks.first_requests

    def bound(self, upcoming: Upcoming) -> Cost:
        """The most that an item costs."""
        if isinstance(upcoming, UpcomingGames):
            return self._games.bound(upcoming)
        return self._tasks.bound

    async def run(self, upcoming: Upcoming) -> AnyRecord:
        """Run one item and return its record."""
        if isinstance(upcoming, UpcomingGames):
            return await self._games.run(upcoming)
        return await self._tasks.run(upcoming)
