"""Batches with which workers die: halved until the program is found."""

from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.backlog import Backlog
from pytest_selfrepair.sandbox.batches import Batch


def blame(backlog: Backlog, batch: Batch, why: str, *, alone: bool) -> None:
    """Have a batch run on a worker that has nothing else, or halve it.

    Args:
        backlog: Takes it.
        batch: A batch that has failed, perhaps by its own fault.
        why: How.
        alone: Whether its worker had nothing else.
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


def bisect(backlog: Backlog, batch: Batch, why: str) -> None:
    """Find out which program of a batch it is; a single one is given up.

    Args:
        backlog: Takes both halves.
        batch: The batch.
        why: How it has failed.
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
