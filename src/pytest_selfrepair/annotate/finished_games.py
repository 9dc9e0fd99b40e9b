"""The finished games of a run that people may advise on, as the advised side knows them.

It holds neither the rival's limit nor the zone of agreement, which would reveal it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pytest_selfrepair.annotate.study_items import Key
from pytest_selfrepair.bargain.advice import HUMAN_ADVICE, game_key
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.game import Chain, Game
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.bargain.wording import limit_told, nothing_told, result_of
from pytest_selfrepair.report.bargain_page import turns_shown
from pytest_selfrepair.store.run_names import LoadedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedGame:
    """A game after which one side is advised.

    Attributes:
        key: Its key: its item, and the `game_key` of the last game.
        difficulty: The scenario's zone of agreement, which a study is balanced over; never shown.
        scenario: The scenario.
        role: The advised side.
        games: The games that this side remembers, each with the advice after it; the last has None,
            as its advice is to be written.
    """

    noun: ClassVar[str] = "game"
    state: ClassVar[str] = "finished"
    whole: ClassVar[str] = "item"

    key: Key
    difficulty: str
    scenario: Scenario
    role: BargainRole
    games: tuple[tuple[Game, str | None], ...]

    @property
    def about(self) -> str:
        """Its entry in lists."""
        return f"{self.scenario.item.name}, you advise the {self.role}"


def finished(run: LoadedRun) -> list[FinishedGame]:
    """The games of a run that people may advise on, by item and in order.

    These are the games of round 1, which all arms share, and the last games of human arms that
    ended for lack of advice. Equal games of an item count once.
    """
    found: dict[Key, FinishedGame] = {}
    for record in run.games:
        for chain in record.chains:
            for games in _endings(chain):
                if (one := _finished(record, games)) is not None:
                    found.setdefault(one.key, one)
    return list(found.values())


def shown_games(item: FinishedGame) -> dict[str, object]:
    """The game as shown on a page."""
    scenario, own = item.scenario, item.scenario.position(item.role)
    last = len(item.games)
    return {
        "item": item,
        "facts": scenario.item.facts,
        "limit": limit_told(scenario, item.role),
        "nothing": nothing_told(scenario, item.role),
        "opening": own.opening,
        "games": [
            {
                "title": "The game" if last == 1 else f"Game {number}",
                "result": result_of(game, scenario),
                "turns": turns_shown(scenario, game),
                "told": told,
            }
            for number, (game, told) in enumerate(item.games, start=1)
        ],
    }


def _endings(chain: Chain) -> Iterator[tuple[tuple[Game, str | None], ...]]:
    yield ((chain.first, None),)
    for arm in chain.arms:
        if arm.name.partition(":")[0] == HUMAN_ADVICE and arm.rounds and not arm.complete:
            games = [chain.first, *(each.game for each in arm.rounds)]
            told = [each.advice.text if each.advice else "" for each in arm.rounds]
            yield tuple(zip(games, [*told, None], strict=True))


def _finished(
    record: BargainRecord, games: tuple[tuple[Game, str | None], ...]
) -> FinishedGame | None:
    if record.scenario is None or record.role is None:
        return None
    digest = game_key(record.scenario, record.role, games[-1][0])
    return FinishedGame(
        key=Key(task_id=record.task_id, program_hash=digest),
        difficulty=record.scenario.zone,
        scenario=record.scenario,
        role=record.role,
        games=games,
    )
