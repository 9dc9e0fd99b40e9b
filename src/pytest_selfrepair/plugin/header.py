"""The lines of pytest's header: models, feedback sources, and where programs run."""

from pytest_selfrepair.bargain.rule_players import is_rule
from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.plugin.game_players import NamedPlayers
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_process import RunProcess
from pytest_selfrepair.report.numbers import plural


class Header:
    """The hook of the header.

    Args:
        process: This process of the run.
    """

    def __init__(self, process: RunProcess) -> None:
        self._process = process

    def pytest_report_header(self) -> list[str]:
        """The lines of pytest's header."""
        process, settings = self._process, self._process.settings
        told = f"feedback {', '.join(settings.feedback)}"
        if settings.feedback_cases == FeedbackCases.PUBLIC:
            told += " (sees public cases alone)"
        budget = "no token budget" if settings.budget is None else f"{settings.budget:,} tokens"
        tree = f"n_p = {settings.programs}, {_repairs(settings)}"
        store = f"samples in {process.shown(settings.store)}, replay {settings.replay}"
        given = ""
        if process.packages is not None:
            given = f" with {', '.join(process.packages.versions) or 'the standard library alone'}"
        if settings.shard is not None:
            store += f"; {_shard(settings.shard, settings)}"
        first = [f"selfrepair: {settings.model}, {told}; {tree}, {budget}"]
        games = [f"selfrepair: {_games(process.models.run.players, settings)}"]
        if is_rule(settings.model):
            first = games
        elif settings.rival is not None:
            first += games
        return [
            *first,
            *(f"selfrepair: {line}" for line in process.models.run.described),
            f"selfrepair: programs run in {process.where}{given}; {store}",
        ]


def _games(players: NamedPlayers, settings: Settings) -> str:
    """The line on games."""
    read = "" if players.moderator is None else f", read by {players.moderator}"
    return (
        f"{players.player} bargains with {players.rival}{read}, feedback "
        f"{', '.join(players.arms) or 'none'}; {plural(settings.games, 'game')} of "
        f"{plural(settings.rounds, 'round')}"
    )


def _shard(shard: Shard, settings: Settings) -> str:
    """The shard, and its share of the whole run's limits per minute."""
    rates = {"requests": settings.requests_per_minute, "tokens": settings.tokens_per_minute}
    parts = [f"{shard.part(most):,} of {most:,} {what}" for what, most in rates.items() if most]
    return f"shard {shard}" + (f" ({', '.join(parts)} a minute)" if parts else "")


def _repairs(settings: Settings) -> str:
    """The part of a tree's shape below its programs."""
    repairs = f"n_fr = {settings.repairs}"
    if settings.feedbacks is not None:
        repairs = f"n_f = {settings.feedbacks}, n_r = {settings.repairs}"
    if settings.policy != Policy.BATCH:
        return f"{repairs}, {settings.policy} to the first pass"
    return repairs if settings.depth == 1 else f"{repairs}, depth {settings.depth}"
