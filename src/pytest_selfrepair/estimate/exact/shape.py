"""The shape of a repair tree with its expected pass rate and costs."""

from dataclasses import dataclass

from pytest_selfrepair.core.tree import Policy

ALL = "all"
"""Stands for tasks of every difficulty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The expected pass rate and costs of trees of one shape: exact, means over tasks.

    Attributes:
        source: The feedback source's name; None for i.i.d. sampling (n_fr = 0).
        policy: How the tree is drawn.
        replacement: Whether programs and repairs are drawn with replacement from what was sampled.
        n_p: Programs.
        n_fr: Repairs of each failing program; 0: no repair.
        depth: Levels of repair; 0 where n_fr is.
        difficulty: `ALL`, or one difficulty.
        tasks: Tasks behind it.
        pass_rate: Expected share of tasks solved, 0 to 1.
        tokens: Expected tokens generated per task (programs, feedback, repairs).
        all_tokens: Expected tokens per task, generated and read.
        samples: Expected completions per task.
        dollars: Expected US dollars per task; None where some completion has no known price.
        n_f: Feedback texts of each failing program, where n_fr / n_f repairs share each; None: each
            repair has its own.
    """

    source: str | None
    policy: Policy
    replacement: bool
    n_p: int
    n_fr: int
    depth: int
    difficulty: str
    tasks: int
    pass_rate: float
    tokens: float
    all_tokens: float
    samples: float
    dollars: float | None
    n_f: int | None = None
