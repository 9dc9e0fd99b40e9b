"""Jobs that each draw one program, run within a token budget: side by side, or one by one."""

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
    """Samples and judges one program within the tokens granted to it.

    Attributes:
        run: Does so.
        wanted: Tokens that it may take at most.
        least: Fewer are of no use to it.
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
    """Run jobs in order, as many at a time as the budget can answer for.

    Args:
        budget: What they may cost.
        jobs: What to run.
        may_end: Errors that are none, but end the jobs before the first that met one.

    Returns:
        The nodes of the jobs that could be started, in order, and whether those were all.
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
    """Run jobs one by one, until one has drawn a program that passes.

    Args:
        budget: What they may cost.
        jobs: What to run.

    Returns:
        The nodes of the jobs that were run, and whether the budget ended none.
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
    """Wait for all, then raise what the first of them raised: none is cancelled half paid for."""
    ended = await asyncio.gather(*awaitables, return_exceptions=True)
    results: list[_T] = []
    for result in ended:
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results
