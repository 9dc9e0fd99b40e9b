"""Records made by hand, with several feedback sources, for tests of comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from builders import FAILED, program, repair
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown, Plan, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict

Rows = Sequence[Sequence[bool]]
"""Whether each repair passes: a row for each failing program, the first of them first."""

SETUP = Setup(
    model="gpt-4",
    sources=("self", "none"),
    prompts="default@0123456789ab",
    checker="tolerant",
    isolation="bubblewrap",
    plan=Plan(n_p=2, n_fr=1, budget=None, params=SamplingParams()),
)


def fails(outcome: Outcome = Outcome.WRONG_ANSWER, *, at: int | None = 0) -> Verdict:
    """The verdict on a program that fails first at a case."""
    return replace(FAILED, outcome=outcome, failure=CaseFailure(index=at))


def task_of(
    programs: Sequence[bool],
    repairs: Mapping[str, Rows],
    baseline: Sequence[bool] = (),
    *,
    price: float | None = None,
    repair_tokens: int = 200,
) -> Grown:
    """A task's trees, one for each source; every completion costs 100 tokens, a repair 200.

    A row of no repairs leaves its program without any.
    """

    def bill(tokens: int) -> Cost:
        return Cost(
            tokens=tokens, samples=1, unpriced=int(price is None), dollars=(price or 0) * tokens
        )

    nodes = [program(f"p{i}", passed=passed) for i, passed in enumerate(programs)]
    further = [program(f"p{len(nodes) + i}", passed=passed) for i, passed in enumerate(baseline)]
    failing = [node.node for node in nodes if not node.verdict.passed]
    return Grown(
        programs=tuple(replace(node, cost=bill(100)) for node in nodes),
        trees=tuple(
            RepairTree(
                source=source,
                repairs=tuple(
                    replace(
                        repair(parent, number, passed=passed, source=source),
                        cost=bill(repair_tokens),
                    )
                    for parent, row in zip(failing, rows, strict=True)
                    for number, passed in enumerate(row)
                ),
                complete=True,
            )
            for source, rows in repairs.items()
        ),
        baseline=tuple(replace(node, cost=bill(100)) for node in further),
        complete=True,
    )


def record(
    number: int,
    grown: Grown | None,
    difficulty: Difficulty = Difficulty.INTRODUCTORY,
    **fields: Any,
) -> Record:
    """A task's record."""
    return Record(
        **{
            "task_id": f"tasks/{number:04d}",
            "difficulty": difficulty,
            "setup": SETUP,
            "grown": grown,
            **fields,
        }
    )
