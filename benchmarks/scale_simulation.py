"""Simulate judging with up to 1,000 processors from measured costs."""

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tabulate import tabulate

from pytest_selfrepair.commands.fair_parts import expected_seconds, fair_parts
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox.batch_costs import ENOUGH
from pytest_selfrepair.sandbox.batches import Batch, Node
from pytest_selfrepair.sandbox.dask_pool import EACH, LEAST_AT_ONCE
from pytest_selfrepair.sandbox.dispatch import Dispatcher
from pytest_selfrepair.sandbox.judge_request import Cases, Execution, JudgeJob, JudgeRequest

PROCESSORS = (1, 10, 100, 300, 1000)
OF_WORKER, OF_SHARD = 100, 1000  # programs for each processor
OF_TASK = 50  # programs of a task
LIMIT = 4.0  # CPU seconds of a case
LATENCY = 0.002  # seconds that a batch travels
_PASSED = Verdict(outcome=Outcome.PASSED, cases_run=1, cases_passed=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What was measured.

    Attributes:
        start: Seconds until a shard's process judges.
        program: CPU seconds of client and scheduler for a program.
        batch: The same for a batch, beside its programs.
    """

    start: float
    program: float
    batch: float


def simulate(costs: Costs, measured: Sequence[tuple[int, Sequence[float]]]) -> None:
    """Print how many times as fast as one each number of processors is.

    Args:
        costs: What was measured of starts and of the client.
        measured: Of each task how many cases it has, and how long its programs took, in seconds.
    """
    for late in (0.0, 0.1):
        rows = []
        for count in PROCESSORS:
            drawn, cases = _drawn(measured, OF_SHARD * count, late)
            shards = _shards(costs, drawn, cases, count)
            dask, busy = _Cluster(costs, drawn[: OF_WORKER * count], count).run()
            rows.append([count, shards, dask, f"{busy:.0%}"])
        print(f"{late:.0%} of the programs run into a limit of {LIMIT:g} s; times as fast as one:")
        headers = ["processors", "shards", "dask", "client busy"]
        print(tabulate(rows, headers, floatfmt=["", ".1f", ".1f", ""]), "\n")


def _drawn(
    measured: Sequence[tuple[int, Sequence[float]]], count: int, late: float
) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of so many programs, `OF_TASK` of each task, and the cases of these tasks."""
    chance = np.random.default_rng(1)
    tasks = -(-count // OF_TASK)
    like = chance.integers(0, len(measured), tasks)
    drawn = np.concatenate([chance.choice(measured[task][1], OF_TASK) for task in like])
    cases = np.array([measured[task][0] for task in like])
    if late:  # tasks differ in how often their programs are too slow, which unbalances shards
        shares = np.repeat(chance.beta(0.5, 0.5 * (1 - late) / late, tasks), OF_TASK)
        drawn = np.where(chance.random(len(drawn)) < shares, LIMIT, drawn)
    return drawn, cases


def _shards(costs: Costs, drawn: np.ndarray, cases: np.ndarray, count: int) -> float:
    groups = np.arange(len(drawn)) // OF_TASK
    keys = np.random.default_rng(2).integers(0, 1 << 62, len(drawn)).astype(np.uint64)
    costs_each = [expected_seconds(each, LIMIT) for each in cases.tolist()]
    parts = fair_parts(groups, keys, costs_each, count)
    longest = np.bincount(parts, weights=drawn, minlength=count).max()
    return float(drawn.sum() + costs.start) / float(longest + costs.start)


class _Cluster:
    """A client that is busy for a moment with each program, and workers that are with each batch.

    Args:
        costs: What was measured.
        drawn: Seconds of each program.
        count: Workers.
    """

    def __init__(self, costs: Costs, drawn: np.ndarray, count: int) -> None:
        self._costs, self._drawn = costs, drawn
        self._left = iter(enumerate(drawn.tolist()))
        self._dispatcher = Dispatcher(1e9)
        self._nodes = [self._dispatcher.join(str(number), 1) for number in range(count)]
        self._free_at = [0.0] * count
        self._most = max(LEAST_AT_ONCE, EACH * count)
        self._waiting = 0
        self._now = self._client = self._busy = 0.0
        self._events: list[tuple[float, int, Node, Batch, list[Execution]]] = []
        self._numbers = itertools.count()

    def run(self) -> tuple[float, float]:
        """How many times as fast as one worker they are, and how busy the client is."""
        self._feed()
        for node in self._nodes:
            self._give(node)
        while self._events:
            at, _, node, batch, executions = heapq.heappop(self._events)
            self._now = max(at, self._client)  # an answer waits until the client is free
            self._dispatcher.finished(node, batch, executions, self._now)
            self._feed()
            self._give(node)
            if self._dispatcher.has_to_share or not self._events:
                for each in self._dispatcher.free:
                    self._give(each)
        return float(self._drawn.sum()) / self._now, self._busy / self._now

    def _feed(self) -> None:
        """Hand in programs, as many as are worth it."""
        while self._waiting < self._most and (each := next(self._left, None)) is not None:
            index, seconds = each
            cases = Cases(digest=str(index // OF_TASK), task_id="", data=b"", seconds=LIMIT)
            job = JudgeJob(program="", given=seconds)
            self._dispatcher.add(JudgeRequest(cases=cases, job=job, answer=self._answered))
            self._waiting += 1

    def _answered(self, _: object) -> None:
        self._waiting -= 1

    def _give(self, node: Node) -> None:
        while (batch := self._dispatcher.next_batch(node, self._now)) is not None:
            number = int(node.address)
            executions = _executed(batch)
            cost = self._costs.batch + self._costs.program * len(executions)
            self._client, self._busy = max(self._client, self._now) + cost, self._busy + cost
            ends = max(self._client + LATENCY, self._free_at[number])
            ends += sum(each.seconds for each in executions)
            self._free_at[number] = ends
            heapq.heappush(
                self._events, (ends + LATENCY, next(self._numbers), node, batch, executions)
            )


def _executed(batch: Batch) -> list[Execution]:
    """The programs of a batch that a worker comes to."""
    executions: list[Execution] = []
    took = 0.0
    for request in batch.requests:
        seconds = float(str(request.job.given))
        executions.append(Execution(answer=_PASSED, seconds=seconds))
        took += seconds
        if took > ENOUGH:
            break
    return executions
