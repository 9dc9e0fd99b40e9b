"""Messages between the controller and its workers, and the tasks of each worker.

Everything works without pytest-xdist, with a single process.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.plugin import GAME_NAMES, ITEM_NAME

if TYPE_CHECKING:
    from pytest_selfrepair.sandbox.isolation import Isolation

_SERVERS = "selfrepair_local_servers"
_COLLECTED = "selfrepair_collected"
_DIST = "selfrepair_dist"
_CAMPAIGN = "selfrepair_campaign"
_RUN = "selfrepair_run"
_ISOLATION = "selfrepair_isolation"
_NOTICES = "selfrepair_notices"
_CHECKED = "selfrepair_checked"
_FAULT = "selfrepair_fault"

END = f"::{ITEM_NAME}"
"""The suffix of a task's node id."""

GAME_ENDS = tuple(f"::{name}" for name in GAME_NAMES)
"""The suffixes of scenarios' node ids."""

OURS = "load"
"""xdist's default distribution, which our scheduler replaces."""


def is_task(node_id: str) -> bool:
    """Whether a node id is a task's."""
    return node_id.endswith(END)


def is_item(node_id: str) -> bool:
    """Whether a node id is a task's or a scenario's rather than an ordinary test's."""
    return node_id.endswith((END, *GAME_ENDS))


def is_worker(config: pytest.Config) -> bool:
    """Whether this is a worker, which runs tasks and reports them to the controller."""
    return hasattr(config, "workerinput")


def is_controller(config: pytest.Config) -> bool:
    """Whether this process hands its tasks to workers and runs none itself."""
    return config.pluginmanager.has_plugin("dsession")


def share(config: pytest.Config, total: int) -> int:
    """This process's share of a total of the whole run; at least one."""
    given = _given(config)
    if not given:
        return total
    workers = int(given["workercount"])
    number = worker_number(str(given["workerid"]))
    return max(total // workers + (number < total % workers), 1)


def worker_of(report: pytest.TestReport) -> str:
    """The name of the worker that sent a report; empty for this process's own."""
    node = getattr(report, "node", None)
    return "" if node is None else str(node.gateway.id)


def processes(config: pytest.Config) -> int:
    """The number of processes that share the run's tasks."""
    return int(_given(config).get("workercount", 1))


def processors(config: pytest.Config) -> int:
    """This process's share of the machine's processors."""
    return share(config, usable_processors())


def task_shares(ids: Sequence[str], workers: int) -> list[list[int]]:
    """The tasks and scenarios of each worker, computed alike in the worker and the controller.

    Args:
        ids: The node ids of all items, in the order of collection.
        workers: The number of workers at the start.

    Returns:
        For each worker the positions of its items; ordinary tests are in no share.
    """
    items = [i for i, node_id in enumerate(ids) if is_item(node_id)]
    return [items[number::workers] for number in range(workers)]


def prepare(
    node: Any,
    servers: dict[str, tuple[str, str]],
    campaign: str,
    run: str,
    isolation: "Isolation | None",
    *,
    checked: bool,
) -> None:
    """Pass to a worker, before it starts, what only the controller knows.

    Args:
        node: The worker.
        servers: The embedded model's servers.
        campaign: The name of the account.
        run: The id of this run's payments in the account.
        isolation: The sandbox of programs on this machine; None where they run elsewhere.
        checked: Whether every model has been checked.
    """
    node.workerinput[_SERVERS] = json.dumps(servers)
    node.workerinput[_CAMPAIGN] = campaign
    node.workerinput[_CHECKED] = checked
    node.workerinput[_RUN] = run
    node.workerinput[_DIST] = node.config.getvalue("dist")
    spec = node.gateway.spec
    here = spec.popen and not spec.python  # on this machine, with this interpreter
    if here and isolation is not None:
        node.workerinput[_ISOLATION] = json.dumps(isolation.as_json())


def refuse_elsewhere(node: Any) -> None:
    """Reject a worker on another host, which could not use this host's store.

    Raises:
        pytest.UsageError: The worker is on another host.
    """
    spec = node.gateway.spec
    if not spec.popen:
        raise pytest.UsageError(
            f"--tx: found {spec}; accepted: workers on this host, as -n starts them: a store is "
            "for the processes of one host. Let each host run a share by --selfrepair-shard I/N "
            "into a store of its own, and join them by `selfrepair merge`"
        )


def given_servers(config: pytest.Config) -> dict[str, tuple[str, str]]:
    """The embedded model's servers that the controller started."""
    servers = json.loads(_given(config).get(_SERVERS, "{}"))
    return {name: (address, key) for name, (address, key) in servers.items()}


def given_checked(config: pytest.Config) -> bool:
    """Whether the controller has checked every model."""
    return bool(_given(config).get(_CHECKED))


def send_fault(config: pytest.Config, fault: str) -> None:
    """Tell the controller why the run cannot continue."""
    config.workeroutput[_FAULT] = fault  # type: ignore[attr-defined]  # as below


def fault(node: Any) -> str | None:
    """Why an ended worker could not continue the run, or None."""
    found: str | None = getattr(node, "workeroutput", {}).get(_FAULT)
    return found


def given_campaign(config: pytest.Config) -> str | None:
    """The name of the controller's account; None without one."""
    campaign: str | None = _given(config).get(_CAMPAIGN)
    return campaign


def given_run(config: pytest.Config) -> str | None:
    """The controller's id of this run; None without one."""
    run: str | None = _given(config).get(_RUN)
    return run


def given_isolation(config: pytest.Config) -> Mapping[str, Any] | None:
    """The isolation that the controller determined by running a program; None: not given."""
    text: str | None = _given(config).get(_ISOLATION)
    return None if text is None else json.loads(text)


def send_notices(config: pytest.Config, notices: list[str]) -> None:
    """Send notices to the controller."""
    config.workeroutput[_NOTICES] = json.dumps(notices)  # type: ignore[attr-defined]  # as below


def notices(node: Any) -> list[str]:
    """The notices of an ended worker."""
    said: list[str] = json.loads(getattr(node, "workeroutput", {}).get(_NOTICES, "[]"))
    return said


def send_collected(config: pytest.Config, count: int) -> None:
    """Send the controller the number of collected tasks."""
    config.workeroutput[_COLLECTED] = count  # type: ignore[attr-defined]  # xdist adds it


def collected(node: Any) -> int:
    """The number of tasks that an ended worker had collected; 0 where it crashed."""
    return int(getattr(node, "workeroutput", {}).get(_COLLECTED, 0))


def known_share(session: pytest.Session) -> list[pytest.Item]:
    """The items that this process is sure to run, in order, if known in advance.

    Without workers, all of them; in a worker, its share under our scheduler.
    """
    given = _given(session.config)
    if not given:
        return list(session.items)
    if given.get(_DIST) != OURS:
        return []
    number = worker_number(str(given["workerid"]))
    shares = task_shares([item.nodeid for item in session.items], int(given["workercount"]))
    return [session.items[i] for i in shares[number]] if number < len(shares) else []


def worker_number(name: str) -> int:
    """A worker's number, from 0; a replacement has a number of its own."""
    return int(name.removeprefix("gw"))


def _given(config: pytest.Config) -> dict[str, Any]:
    return getattr(config, "workerinput", {})
