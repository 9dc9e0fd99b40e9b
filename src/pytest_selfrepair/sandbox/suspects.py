"""Requeue failed and overdue batches, halved until a faulty program is found."""

from dataclasses import replace

from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.backlog import Backlog
from pytest_selfrepair.sandbox.batches import Batch

MOST_GIVEN = 3
"""The most times that a batch is given to workers that are overdue."""


def blame(backlog: Backlog, batch: Batch, why: str, *, alone: bool) -> None:
    """Queue a failed batch for a worker without other work, or halve it.

    Args:
        backlog: The queue.
        batch: A batch that failed, perhaps by its own fault.
        why: The reason.
        alone: Whether its worker had no other work.
    """
    batch.requests = batch.open
    if not batch.requests:
        return
    batch.deaths += alone
    if batch.deaths >= (1 if len(batch.requests) > 1 else 2):
        bisect(backlog, batch, why)
    else:
        batch.suspect = True
        backlog.put_back(batch)


def reassign(backlog: Backlog, batch: Batch) -> None:
    """Queue a copy of a hung worker's batch, or halve it if given `MOST_GIVEN` times.

    Args:
        backlog: The queue.
        batch: The batch, which its worker may still answer.
    """
    copy = replace(batch, requests=batch.open, deaths=0)
    if copy.given >= MOST_GIVEN:
        bisect(backlog, copy, "no worker answered in time")
    else:
        backlog.put_back(copy)


def bisect(backlog: Backlog, batch: Batch, why: str) -> None:
    """Halve a batch to find the faulty program; a single program is given up.

    Args:
        backlog: The queue for both halves.
        batch: The batch.
        why: The reason for its failure.
    """
    requests = batch.open
    if len(requests) == 1:
        name = requests[0].cases.task_id
        found = f"{name}: a program could not be judged: {why}, again and again"
        requests[0].settle(SandboxError(found))
        return
    middle = len(requests) // 2
    for half in (requests[:middle], requests[middle:]):
        backlog.put_back(Batch(requests=half, suspect=True, alone=batch.alone))
