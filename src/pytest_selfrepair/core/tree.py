"""Repair trees: programs, repairs of failing ones, and plans of their size."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback, FeedbackCases
from pytest_selfrepair.core.reading import ReadingRule
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.verdict import Verdict

_REPAIR = re.compile(r"/(?:f(?P<shared>\d+)/r\d+|r(?P<own>\d+))$")
"""The end of a repair's node: a text shared with earlier repairs, or its own."""


class Policy(StrEnum):
    """The order in which a tree is drawn, and when drawing stops (arXiv 2306.09896, section 4).

    `batch` draws all programs and the repairs of every one that fails; an estimate charges the
    repairs only if no program passes. `dfs` draws a program, then its repairs one by one, then the
    next program, and stops at the first pass. `bfs` draws programs one by one until one passes, and
    if none does, their repairs one by one.
    """

    BATCH = "batch"
    DFS = "dfs"
    BFS = "bfs"


def program_hash(program: str) -> str:
    """SHA-256 (hex) of a program's UTF-8 text: the key of people's feedback on it."""
    return hashlib.sha256(program.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramNode:
    """A program in a tree.

    Attributes:
        node: Its node: ``p3`` for the fourth i.i.d. program, ``p3/self/r1`` for its second repair
            by the source ``self``, ``p3/gpt-4/f1/r2`` for the third repair on the second text of
            ``gpt-4``, whose first is ``p3/gpt-4/r1``; ``p3/self/r1/r0`` for a repair of a repair.
        program: Its text; empty where the reply held none.
        verdict: Its verdict.
        cost: The cost of its completion.
        finish_reason: Why the model stopped; `CONTEXT_LIMIT` where the prompt exceeded the context
            window.
        explanation_tokens: The approximate tokens of an explanation in the same completion, by its
            share of the characters.
        parent: The node it repairs; None for an i.i.d. program.
        feedback: The feedback in its prompt; None for an i.i.d. program.
        rule: The rule that selected it in its reply; None in records of earlier versions.
        others: The number of other code blocks of the reply that could have been the answer.
        counted_by: The counter of its tokens: ``endpoint``, or a tokenizer's name.
        seconds: The duration of its request, where known.
        first_byte: Seconds until the first byte of the response, where streamed.
    """

    node: str
    program: str
    verdict: Verdict
    cost: Cost
    finish_reason: str
    explanation_tokens: int = 0
    parent: str | None = None
    feedback: Feedback | None = None
    rule: ReadingRule | None = None
    others: int = 0
    counted_by: str | None = None
    seconds: float | None = None
    first_byte: float | None = None

    @property
    def text(self) -> int | None:
        """The number of its feedback text among those on its parent; None for no repair."""
        found = _REPAIR.search(self.node)
        if self.parent is None or found is None:
            return None
        return int(found["shared"] or found["own"])

    @property
    def tokens(self) -> int:
        """The tokens generated for its completion."""
        return self.cost.tokens

    @property
    def total_cost(self) -> Cost:
        """The cost of the program and its feedback."""
        return self.cost + (self.feedback.cost if self.feedback else Cost())

    @property
    def total_tokens(self) -> int:
        """The tokens generated for the program and its feedback."""
        return self.tokens + (self.feedback.cost.tokens if self.feedback else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairTree:
    """The repairs of a task's programs with feedback from one source.

    Attributes:
        source: The feedback source's name.
        repairs: All repairs, level by level: those of initial programs, then repairs of these, and
            so on. A level is ordered by round, a round by the level above; a tree that ends at its
            first pass is in the order drawn.
        complete: False where the token budget was spent before every failing program had all its
            repairs.
        unanswered: The nodes of failing programs without feedback from the source, as a person has
            written none, or there is no reference solution. They have no repairs.
    """

    source: str
    repairs: tuple[ProgramNode, ...]
    complete: bool
    unanswered: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """The tokens generated for repairs and feedback, without the initial programs."""
        return sum(repair.total_tokens for repair in self.repairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """All samples of one task.

    Attributes:
        programs: The initial programs, shared by all trees.
        trees: One for each feedback source.
        baseline: Further i.i.d. programs where no initial one passes; of all tasks in records of
            earlier versions. Their number does not depend on their content.
        complete: False where the token budget was spent before all initial programs were sampled.
    """

    programs: tuple[ProgramNode, ...]
    trees: tuple[RepairTree, ...]
    baseline: tuple[ProgramNode, ...]
    complete: bool

    @property
    def repairs(self) -> tuple[ProgramNode, ...]:
        """The repairs of all trees."""
        return tuple(repair for tree in self.trees for repair in tree.repairs)

    @property
    def nodes(self) -> tuple[ProgramNode, ...]:
        """All programs: initial ones, repairs and the baseline."""
        return (*self.programs, *self.repairs, *self.baseline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The size of a task's trees.

    Attributes:
        n_p: The number of initial programs.
        n_fr: The number of repairs of each failing program, over all its feedback texts.
        budget: The generated tokens that one tree, including initial programs, may cost; None: no
            bound.
        params: The sampling parameters of programs and repairs.
        n_f: The number of feedback texts on each failing program, a divisor of `n_fr`; None: one
            for each repair.
        depth: The levels of repair: 2 where failing repairs are repaired in turn, and so on.
        feedback_cases: The cases that feedback and repair may see; verdicts use all.
        policy: Whether trees are grown whole (`batch`), or to their first pass.
    """

    n_p: int
    n_fr: int
    budget: int | None
    params: SamplingParams
    n_f: int | None = None
    depth: int = 1
    feedback_cases: FeedbackCases = FeedbackCases.ALL
    policy: Policy = Policy.BATCH

    @property
    def texts(self) -> int:
        """The number of feedback texts on each failing program."""
        return self.n_fr if self.n_f is None else self.n_f

    @property
    def n_r(self) -> int:
        """The number of repairs of each failing program on the same text."""
        return self.n_fr // self.texts if self.texts else 0

    @property
    def baseline(self) -> int:
        """The number of further programs where no initial one passes: twice that of repairs.

        A repair with its explanation costs about two programs, so both reach about the same tokens.
        """
        repairs, level = 0, self.n_p
        for _ in range(self.depth):
            level *= self.n_fr
            repairs += level
        return 2 * repairs
