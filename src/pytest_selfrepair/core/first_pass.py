"""Grow trees that end at their first pass, one program at a time.

They are cheap, but support few estimates: `estimate.run.censoring` says which.
"""

import asyncio
from collections.abc import Sequence

from pytest_selfrepair.core.budget import TokenBudget
from pytest_selfrepair.core.failing_program import FailingProgram
from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.jobs import all_of, in_turn
from pytest_selfrepair.core.program_sampler import ProgramSampler
from pytest_selfrepair.core.sample import CONTEXT_LIMIT
from pytest_selfrepair.core.tree import Grown, Policy, ProgramNode, RepairTree


async def grow_to_first_pass(drawing: ProgramSampler, sources: Sequence[FeedbackSource]) -> Grown:
    """Grow a tree for each source to its first pass, by the plan's policy `dfs` or `bfs`.

    Args:
        drawing: Draws the task's programs.
        sources: The feedback sources. Their trees share the initial programs: the next program is
            drawn once any tree needs it.

    Raises:
        InfrastructureError: A completion or verdict could not be obtained.
    """
    programs = _Programs(drawing)
    trees = await all_of(_Tree(drawing, source, programs).grown() for source in sources)
    drawn = programs.drawn
    ended = any(program.verdict.passed for program in drawn) or all(
        any(repair.verdict.passed for repair in tree.repairs) for tree in trees
    )
    complete = ended or len(drawn) == drawing.plan.n_p
    return Grown(programs=drawn, trees=tuple(trees), baseline=(), complete=complete)


class _Programs:
    """The initial programs, each drawn when a tree first needs it."""

    def __init__(self, drawing: ProgramSampler) -> None:
        self._drawing = drawing
        self._tasks: list[asyncio.Task[ProgramNode]] = []

    @property
    def drawn(self) -> tuple[ProgramNode, ...]:
        """The programs drawn so far, in order."""
        return tuple(task.result() for task in self._tasks)

    async def draw(self, number: int, budget: TokenBudget) -> ProgramNode | None:
        """Draw the next program of a tree at full length; None where the budget is too small.

        Cutting it to one tree's remaining budget would cut it for the other trees as well.
        """
        [job] = self._drawing.program_jobs([number])
        if (granted := budget.reserve(job.wanted, minimum=job.wanted)) is None:
            return None
        if number == len(self._tasks):
            self._tasks.append(asyncio.ensure_future(job.run(granted)))
        node = await self._tasks[number]
        budget.settle(granted, node.total_tokens)
        return node


class _Tree:
    """The tree of one source, on programs shared with other trees."""

    def __init__(
        self, drawing: ProgramSampler, source: FeedbackSource, programs: _Programs
    ) -> None:
        self._drawing = drawing
        self._source = source
        self._programs = programs
        self._budget = TokenBudget(limit=drawing.plan.budget)
        self._repairs: list[ProgramNode] = []
        self._unanswered: list[str] = []
        self._complete = True

    async def grown(self) -> RepairTree:
        """Grow it to its first pass."""
        if self._drawing.plan.policy is Policy.DFS:
            await self._depth_first()
        else:
            await self._breadth_first()
        return RepairTree(
            source=self._source.name,
            repairs=tuple(self._repairs),
            complete=self._complete,
            unanswered=tuple(self._unanswered),
        )

    async def _depth_first(self) -> None:
        """Draw a program, its repairs one by one, the next program, and so on."""
        for number in range(self._drawing.plan.n_p):
            program = await self._program(number)
            if program is None or program.verdict.passed or not await self._repair(program):
                return

    async def _breadth_first(self) -> None:
        """Draw all programs one by one, then the repairs of each."""
        programs: list[ProgramNode] = []
        for number in range(self._drawing.plan.n_p):
            program = await self._program(number)
            if program is None or program.verdict.passed:
                return
            programs.append(program)
        for program in programs:
            if not await self._repair(program):
                return

    async def _program(self, number: int) -> ProgramNode | None:
        program = await self._programs.draw(number, self._budget)
        self._complete = program is not None
        return program

    async def _repair(self, program: ProgramNode) -> bool:
        """Repair a program until a repair passes; return whether the tree goes on."""
        if program.finish_reason == CONTEXT_LIMIT:
            return True
        failing = FailingProgram.of(
            program, self._source, task=self._drawing.task, plan=self._drawing.plan
        )
        if not failing.texts:
            self._unanswered.append(program.node)
        nodes, self._complete = await in_turn(self._budget, self._drawing.repair_jobs([failing]))
        self._repairs += nodes
        return self._complete and not any(node.verdict.passed for node in nodes)
