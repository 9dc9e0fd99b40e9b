"""The one module that knows of pytest-xdist's workers; all works the same without it."""

import json
import os
from typing import Any

import pytest

_SERVERS = "selfrepair_local_servers"
_COLLECTED = "selfrepair_collected"


def is_worker(config: pytest.Config) -> bool:
    """True in a worker, which runs tasks and reports them to the controller."""
    return hasattr(config, "workerinput")


def is_controller(config: pytest.Config) -> bool:
    """True in a process that hands its tasks to workers and runs none itself."""
    return config.pluginmanager.has_plugin("dsession")


def share(config: pytest.Config, total: int) -> int:
    """This process's share of something that the whole run has `total` of; at least one."""
    given = _given(config)
    if not given:
        return total
    workers = int(given["workercount"])
    number = int(str(given["workerid"]).removeprefix("gw"))
    return max(total // workers + (number < total % workers), 1)


def processors(config: pytest.Config) -> int:
    """This process's share of the machine's processors."""
    usable = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return share(config, usable)


def send_servers(node: Any, servers: dict[str, tuple[str, str]]) -> None:
    """Tell a worker, before it starts, where the embedded model's servers are."""
    node.workerinput[_SERVERS] = json.dumps(servers)


def given_servers(config: pytest.Config) -> dict[str, tuple[str, str]]:
    """The embedded model's servers that the controller has started."""
    servers = json.loads(_given(config).get(_SERVERS, "{}"))
    return {name: (address, key) for name, (address, key) in servers.items()}


def send_collected(config: pytest.Config, count: int) -> None:
    """Tell the controller how many tasks this worker has collected."""
    config.workeroutput[_COLLECTED] = count  # type: ignore[attr-defined]  # xdist adds it


def collected(node: Any) -> int:
    """How many tasks a worker that has ended had collected; 0 where it crashed."""
    return int(getattr(node, "workeroutput", {}).get(_COLLECTED, 0))


def _given(config: pytest.Config) -> dict[str, Any]:
    return getattr(config, "workerinput", {})
