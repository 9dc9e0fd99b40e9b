"""Select and order the tasks and scenarios left by -m and -k."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.plugin.flag_values import PAPER as PAPER_SAMPLE
from pytest_selfrepair.plugin.game_items import GameItem, games_of
from pytest_selfrepair.plugin.items import RunItem, TaskItem
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.tasks.task_sample import PAPER, allocate, balanced, draw, share

if TYPE_CHECKING:
    from enum import StrEnum


def sampled(items: list[pytest.Item], settings: Settings) -> tuple[list[pytest.Item], list[str]]:
    """Draw the sample of `--selfrepair-sample`.

    A scenario is drawn with all of its selected roles, which keeps them balanced.

    Args:
        items: The selected items; ordinary tests among them stay.
        settings: The run's settings.

    Returns:
        The items that stay, in order, and notices to the user, a line each.
    """
    wanted, seed = settings.sample, settings.seed or 0
    if wanted is None:
        return items, []
    runs = [i for i in items if isinstance(i, TaskItem) and i.has_cases]
    tasks: list[tuple[str, StrEnum]] = [(i.task_id, i.difficulty) for i in runs]
    games = [(i.scenario_id, i.group) for i in games_of(items)]
    if wanted == PAPER_SAMPLE:
        counts = Counter(difficulty for _, difficulty in tasks)
        notices = [
            f"--selfrepair-sample paper: found {counts[each]} {each} tasks; wanted {number}"
            for each, number in PAPER.items()
            if counts[each] < number
        ]
        drawn = draw(tasks, PAPER, seed)
        return [i for i in items if not isinstance(i, TaskItem) or i.task_id in drawn], notices
    notices = []
    drawn = frozenset[str]()
    kinds = {"tasks": tasks} if tasks or not games else {}
    kinds |= {"scenarios": list(dict.fromkeys(games))} if games else {}
    for noun, found in kinds.items():
        if len(found) < wanted:
            notices.append(f"--selfrepair-sample {wanted}: found {len(found)} {noun}")
        drawn |= draw(found, allocate(Counter(group for _, group in found), wanted), seed)
    return [i for i in items if _unit(i) is None or _unit(i) in drawn], notices


def _unit(item: pytest.Item) -> str | None:
    """The id that an item is drawn by; None: an ordinary test, which stays."""
    if isinstance(item, GameItem):
        return item.scenario_id
    return item.task_id if isinstance(item, TaskItem) else None


def sharded(
    items: list[pytest.Item], settings: Settings
) -> tuple[list[pytest.Item], Shard | None, list[str]]:
    """Keep the shard of `--selfrepair-shard`.

    Args:
        items: The selected items; ordinary tests among them are in every shard.
        settings: The run's settings.

    Returns:
        The items that stay, in order, the shard with the number of its items, and notices to the
        user, a line each.
    """
    if settings.shard is None:
        return items, None, []
    groups = {i.task_id: i.group for i in items if isinstance(i, RunItem)}
    dealt = share(list(groups.items()), settings.shard, settings.seed or 0)
    kept = [i for i in items if not isinstance(i, RunItem) or i.task_id in dealt]
    notice = (
        f"--selfrepair-shard {settings.shard}: {len(dealt)} of {len(groups)} items; "
        "`selfrepair merge` joins the stores of all shards to one run"
    )
    return kept, replace(settings.shard, items=len(dealt)), [notice]


def ordered(items: list[pytest.Item], settings: Settings) -> list[pytest.Item]:
    """Order the items to run.

    Where the run has a bound, tasks and scenarios are shuffled, balanced over difficulties and
    zones of agreement, and in the same way in every worker: what the bound cuts off is then a
    random part of them.

    Args:
        items: The selected items; ordinary tests keep their positions.
        settings: The run's settings.
    """
    if settings.max_tokens_total is None and settings.max_cost is None:
        return items
    run = {i.task_id: i for i in items if isinstance(i, RunItem)}
    order = balanced([(i.task_id, i.group) for i in run.values()], settings.seed or 0)
    if len(order) < sum(isinstance(i, RunItem) for i in items):
        return items  # an item that was named twice runs in both places
    following = iter(order)
    return [run[next(following)] if isinstance(i, RunItem) else i for i in items]
