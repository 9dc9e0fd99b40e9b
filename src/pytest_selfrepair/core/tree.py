"""Repair trees: programs, the repairs of those that fail, and how large they may grow."""

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
"""How a repair's node ends: with the text that it shares with earlier ones, or its own."""


class Policy(StrEnum):
    """In what order a tree is drawn, and when drawing stops (arXiv 2306.09896, section 4).

    `batch` pays for all programs and, where none passes, for all repairs. `dfs` draws a program,
    then its repairs one by one, then the next program, and stops at the first pass. `bfs` draws
    programs one by one until one passes, and only where none does their repairs one by one.
    """

    BATCH = "batch"
    DFS = "dfs"
    BFS = "bfs"


def program_hash(program: str) -> str:
    """SHA-256 (hex) of a program's UTF-8 text: what people's words about it are filed under."""
    return hashlib.sha256(program.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramNode:
    """A program in a tree.

    Attributes:
        node: Its place: ``p3`` for the fourth i.i.d. program, ``p3/self/r1`` for the second repair
            of it by the source ``self``, ``p3/gpt-4/f1/r2`` for the third repair on the second text
            of ``gpt-4``, whose first is ``p3/gpt-4/r1``; ``p3/self/r1/r0`` for a repair of that
            repair.
        program: Its text; empty where the reply held none.
        verdict: What became of it.
        cost: What the completion that holds it cost.
        finish_reason: Why the model stopped; `CONTEXT_LIMIT` where it could not be asked, since
            the prompt is longer than it reads.
        explanation_tokens: About how many of the generated tokens are an explanation that came in
            the same completion: its share of the completion's characters.
        parent: The node it repairs; None for an i.i.d. program.
        feedback: The words it was repaired on; None for an i.i.d. program.
        rule: What decided which program its reply holds; None in records of earlier versions.
        others: How many other code blocks of the reply could have been the answer.
        counted_by: Who counted its tokens: ``endpoint``, or a tokenizer's name.
        seconds: How long the request for its completion took, where known.
        first_byte: Seconds until the first byte of the answer, where it came as a stream.
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
        """The number of the text that it repairs on, of those about its parent; None: no repair."""
        found = _REPAIR.search(self.node)
        if self.parent is None or found is None:
            return None
        return int(found["shared"] or found["own"])

    @property
    def tokens(self) -> int:
        """Tokens generated for the completion that holds it."""
        return self.cost.tokens

    @property
    def total_cost(self) -> Cost:
        """What the program and its feedback cost."""
        return self.cost + (self.feedback.cost if self.feedback else Cost())

    @property
    def total_tokens(self) -> int:
        """Tokens generated for the program and for its feedback."""
        return self.tokens + (self.feedback.cost.tokens if self.feedback else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairTree:
    """The repairs that one feedback source led to, grown from a task's initial programs.

    Attributes:
        source: The feedback source's name.
        repairs: All repairs, level by level: first those of initial programs, then the repairs of
            these. In each level round by round, in each round in the order of the level above; in
            a tree that ends at its first pass, in the order drawn.
        complete: False where the token budget ended before every failing program had all its
            repairs.
        unanswered: The failing programs, by their nodes, of which the source has nothing to say: a
            person has written nothing, or there is no reference solution. They have no repairs.
    """

    source: str
    repairs: tuple[ProgramNode, ...]
    complete: bool
    unanswered: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """Tokens generated for the repairs and their feedback, without the initial programs."""
        return sum(repair.total_tokens for repair in self.repairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """All that was sampled for one task.

    Attributes:
        programs: The initial programs, shared by all trees.
        trees: One for each feedback source.
        baseline: Further i.i.d. programs, where no initial one passes; of any task in records of
            earlier versions. How many there are does not depend on what they are.
        complete: False where the token budget ended before all initial programs were sampled.
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
        """Every program: initial ones, repairs, and the baseline's."""
        return (*self.programs, *self.repairs, *self.baseline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large the trees of a task may grow.

    Attributes:
        n_p: Initial programs.
        n_fr: Repairs of every failing program, over all its feedback texts.
        budget: Generated tokens that one tree, initial programs included, may cost; None: no bound.
        params: How programs and repairs are drawn.
        n_f: Feedback texts of every failing program, where `n_fr` is a multiple of it; None: each
            repair has one of its own.
        depth: Levels of repair: 2 where a repair that fails is repaired in its turn, and so on.
        feedback_cases: The cases that feedback and repair may see; all decide.
        policy: Whether trees are grown whole (`batch`), or up to their first pass.
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
        """Feedback texts of every failing program."""
        return self.n_fr if self.n_f is None else self.n_f

    @property
    def n_r(self) -> int:
        """Repairs of every failing program on one and the same text."""
        return self.n_fr // self.texts if self.texts else 0

    @property
    def baseline(self) -> int:
        """Further programs of a task that none of its initial ones solves: twice its repairs.

        A repair with its explanation costs about two programs, so that they reach as far.
        """
        repairs, level = 0, self.n_p
        for _ in range(self.depth):
            level *= self.n_fr
            repairs += level
        return 2 * repairs
