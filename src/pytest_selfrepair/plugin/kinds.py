"""The two kinds of item, and what is for one of them alone.

Where a run has both, each takes what it knows; where it has one, what is only for the other is
refused rather than ignored.
"""

from collections.abc import Iterable

import pytest

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.bargain.rule_players import is_rule
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.plugin import GAME_NAMES, ITEM_NAME
from pytest_selfrepair.plugin.flags import OPTIONS
from pytest_selfrepair.plugin.game_flags import GAME_OPTIONS
from pytest_selfrepair.plugin.option import Option
from pytest_selfrepair.plugin.options import Settings

GAME_ARMS = frozenset({Control.GOAL, Control.SWAPPED, Control.FRESH})
"""The feedback sources of scenarios alone."""

TASK_SOURCES = frozenset({"self:separate", "blind", "cases", "trace"})
"""The feedback sources of tasks alone; so are those that a conftest.py provides."""

_OF_TASKS = frozenset(
    {
        *("programs", "repairs", "feedbacks", "depth", "policy", "timeout", "memory", "packages"),
        *("checker", "all_cases", "rejudge", "validate", "prompts", "feedback_cases"),
        *("fail_under", "fail_under_lower", "max_regression"),
    }
)
"""The options of tasks alone."""


def check_kinds(node_ids: Iterable[str], settings: Settings, config: pytest.Config) -> None:
    """Refuse what was asked for and is for no item of the run.

    An ini file may say what holds for items of both kinds wherever it is used, so of the options
    those alone are refused that the command line gives.

    Args:
        node_ids: The items that are to be run.
        settings: What the user asked for.
        config: What the command line gave.

    Raises:
        UsageError: There is such a thing.
    """
    names = {node_id.rpartition("::")[2] for node_id in node_ids}
    tasks, games = ITEM_NAME in names, not names.isdisjoint(GAME_NAMES)
    if tasks and is_rule(settings.model):
        raise UsageError(
            f"--selfrepair-model: found {settings.model!r}, a player of scenarios, and tasks to "
            "solve; accepted: a model that writes programs, or scenarios alone"
        )
    if tasks and not games:
        _refuse(settings, config, "scenarios", GAME_OPTIONS, GAME_ARMS)
    if games and not tasks:
        own = [option for option in OPTIONS if option.name in _OF_TASKS]
        _refuse(settings, config, "tasks", own, TASK_SOURCES)


def _refuse(
    settings: Settings,
    config: pytest.Config,
    kind: str,
    options: Iterable[Option],
    sources: frozenset[str],
) -> None:
    missing = f"which is for {kind}, and the run has none"
    for option in options:
        given = config.getoption(option.ini)
        if given is not None:
            found = "it" if option.switch else repr(given)
            raise UsageError(
                f"{option.flag}: found {found}, {missing}; accepted: with {kind}, or left out"
            )
    for source in settings.feedback:
        if source in sources:
            raise UsageError(
                f"--selfrepair-feedback: found {source!r}, {missing}; accepted: with {kind}, or "
                "another source"
            )
