"""The models, judge and store of a process, opened once when the first item runs."""

from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass

from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.origin import Answered
from pytest_selfrepair.core.run_account import Spent
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdicts import RememberingJudge, Terms
from pytest_selfrepair.models.recording import origins_of
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_models import OpenModels, RunModels
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.store.sqlite_store import SqliteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What the first item sets up for all.

    Attributes:
        models: The models, sources and players.
        judge: Judges programs.
        before: What the run's account had paid when this process started.
    """

    models: OpenModels
    judge: RememberingJudge
    before: Spent


class RunEquipment:
    """Shared by the runners of both kinds of items.

    Args:
        settings: The run's settings.
        models: The models and sources of the run.
        judge: Judges programs; its verdicts are kept in the run's store.
        terms: The terms that decide its verdicts.
        foreign: Finds a checker that a conftest.py gives a task; such verdicts are not stored.
        run: The id of this run's payments in the account.
    """

    def __init__(
        self,
        settings: Settings,
        models: RunModels,
        judge: JudgePool,
        terms: Terms,
        *,
        foreign: Callable[[Task], Checker | None] = lambda _: None,
        run: str = "",
    ) -> None:
        self._settings = settings
        self._models = models
        self._judge = judge
        self._terms, self._foreign = terms, foreign
        self._run_id = run
        self._state: SetUp | Exception | None = None

    @property
    def is_set_up(self) -> bool:
        """Whether setting up was attempted."""
        return self._state is not None

    @property
    def ready(self) -> SetUp:
        """What was set up; a failed attempt is not repeated.

        Raises:
            Exception: The error of the attempt.
        """
        if isinstance(self._state, Exception):
            raise self._state
        assert self._state is not None  # noqa: S101 - `set_up` comes first
        return self._state

    @property
    def notices(self) -> list[str]:
        """Notices to the user on how models answered, a line each."""
        if not isinstance(self._state, SetUp):
            return []
        return [
            *self._state.models.notices,
            *self._state.judge.notices,
            *self._judge.notices,
        ]

    @property
    def rate_limits(self) -> int:
        """How often an endpoint reported its rate limit to this process."""
        if not isinstance(self._state, SetUp):
            return 0
        return sum(throttle.rate_limits for throttle in self._state.models.throttles)

    @property
    def draws_several(self) -> bool:
        """Whether M_P samples the programs of a task in one request, as far as known."""
        return isinstance(self._state, SetUp) and self._state.models.draws_several

    @property
    def spent_before(self) -> Spent:
        """What the run's account had paid when this process started."""
        return self._state.before if isinstance(self._state, SetUp) else Spent()

    def origins(self, task_id: str) -> tuple[Answered, ...]:
        """Where an item's completions came from."""
        if not isinstance(self._state, SetUp):
            return ()
        return origins_of(self._state.models.members, task_id)

    def stop(self) -> None:
        """Stop waiting for draws of other processes."""
        if isinstance(self._state, SetUp):
            self._state.models.stop()

    def set_up(
        self, opened: ExitStack, run: Callable[[Coroutine[object, object, None]], None]
    ) -> None:
        """Open everything, unless that was attempted before.

        Args:
            opened: The stack that closes it.
            run: Runs a coroutine to its end, from another thread.
        """
        if self._state is None:
            try:
                self._state = self._set_up(opened, run)
            except Exception as error:  # noqa: BLE001 - each item's record reports it
                self._state = error

    def _set_up(
        self, opened: ExitStack, run: Callable[[Coroutine[object, object, None]], None]
    ) -> SetUp:
        store = SqliteStore(self._settings.store, run=self._run_id)
        opened.callback(store.close)
        before = store.ledger.spent(self._models.campaign)
        judge = RememberingJudge(
            self._judge,
            store.verdicts,
            self._terms,
            foreign=self._foreign,
            rejudge=self._settings.rejudge,
        )
        opened.callback(lambda: run(judge.aclose()))
        self._judge.open()
        models = self._models.open(store, judge)
        opened.callback(lambda: run(models.aclose()))
        return SetUp(models=models, judge=judge, before=before)
