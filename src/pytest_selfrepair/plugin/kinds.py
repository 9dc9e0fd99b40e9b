"""Reject options and sources that apply to no item of the run.

A run has tasks, scenarios or both. With both kinds, each uses the options and sources that apply to
it; with one, those that apply only to the other are rejected rather than ignored.
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
"""Feedback sources for scenarios only."""

TASK_SOURCES = frozenset({"self:separate", "blind", "cases", "trace"})
"""Feedback sources for tasks only; so are those that a conftest.py provides."""

_OF_TASKS = frozenset(
    {
        *("programs", "repairs", "feedbacks", "depth", "policy", "timeout", "memory", "packages"),
        *("checker", "all_cases", "rejudge", "validate", "prompts", "feedback_cases"),
        *("fail_under", "fail_under_lower", "max_regression"),
    }
)
"""Options for tasks only."""


def check_kinds(node_ids: Iterable[str], settings: Settings, config: pytest.Config) -> None:
    """Reject options and sources that apply to no item of the run.

    An ini file may hold options for both kinds, so only options from the command line are rejected.

    Args:
        node_ids: The items to run.
        settings: The run's settings.
        config: The pytest config with the command line.

    Raises:
        UsageError: An option or source applies to no item.
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
