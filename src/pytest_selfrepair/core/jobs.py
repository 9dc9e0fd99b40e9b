"""Run jobs that each draw one program within a token budget, concurrently or in sequence."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from pytest_selfrepair.core.budget import TokenBudget
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.errors import InfrastructureError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that samples and judges one program within the tokens granted.

    Attributes:
        run: Samples and judges within the tokens passed to it.
        wanted: The most tokens that it can use.
        least: The fewest tokens that it can use.
    """

    run: Callable[[int], Awaitable[ProgramNode]]
    wanted: int
    least: int


async def within(
    budget: TokenBudget,
    jobs: Sequence[Job],
    *,
    may_end: tuple[type[InfrastructureError], ...] = (),
) -> tuple[list[ProgramNode], bool]:
    """Run jobs in order, as many at a time as the budget covers.

    Args:
        budget: The token budget.
        jobs: The jobs.
        may_end: Errors that are not raised, but end the list before the first job with one.

    Returns:
        The nodes of the jobs run, in order, and whether those were all.
    """

    async def tried(job: Job, granted: int) -> ProgramNode | None:
        try:
            return await job.run(granted)
        except may_end:
            return None

    nodes: list[ProgramNode] = []
    while len(nodes) < len(jobs):
        grants: list[int] = []
        for job in jobs[len(nodes) :]:
            if (granted := budget.reserve(job.wanted, minimum=job.least)) is None:
                break
            grants.append(granted)
        if not grants:
            return nodes, False
        started = jobs[len(nodes) : len(nodes) + len(grants)]
        ended = await all_of(
            tried(job, granted) for job, granted in zip(started, grants, strict=True)
        )
        for node, granted in zip(ended, grants, strict=True):
            budget.settle(granted, 0 if node is None else node.total_tokens)
        nodes += [node for node in takewhile(lambda node: node is not None, ended) if node]
        if None in ended:
            return nodes, False
    return nodes, True


async def in_turn(budget: TokenBudget, jobs: Iterable[Job]) -> tuple[list[ProgramNode], bool]:
    """Run jobs one by one until a program passes.

    Args:
        budget: The token budget.
        jobs: The jobs.

    Returns:
        The nodes of the jobs run, and whether the budget sufficed.
    """
    nodes: list[ProgramNode] = []
    for job in jobs:
        if (granted := budget.reserve(job.wanted, minimum=job.least)) is None:
            return nodes, False
        nodes.append(await job.run(granted))
        budget.settle(granted, nodes[-1].total_tokens)
        if nodes[-1].verdict.passed:
            break
    return nodes, True


async def all_of(awaitables: Iterable[Awaitable[_T]]) -> list[_T]:
    """Wait for all, then raise the first exception, so that no paid request is cancelled."""
    ended = await asyncio.gather(*awaitables, return_exceptions=True)
    results: list[_T] = []
    for result in ended:
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results
