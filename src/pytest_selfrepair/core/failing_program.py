"""A failing program with its numbers of feedback texts and repairs."""

from dataclasses import dataclass

from pytest_selfrepair.core.feedback import Failure, FeedbackSource, Selective, shown_failure
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Plan, ProgramNode


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingProgram:
    """A failing program with its numbers of texts from a source and repairs on each.

    Attributes:
        source: The feedback source.
        program: The program.
        failure: The program as the source sees it.
        texts: The number of texts on which it is repaired.
        n_r: The number of repairs on each text.
    """

    source: FeedbackSource
    program: ProgramNode
    failure: Failure
    texts: int
    n_r: int

    @classmethod
    def of(
        cls, program: ProgramNode, source: FeedbackSource, *, task: Task, plan: Plan
    ) -> "FailingProgram":
        """A failing program of a task, repaired as often as the plan and the source allow."""
        failure = shown_failure(task, program.program, program.verdict, plan.feedback_cases)
        there = source.texts(failure) if isinstance(source, Selective) else None
        if source.joint:
            texts, n_r = plan.n_fr, 1
        elif there is None:
            texts, n_r = plan.texts, plan.n_r
        elif plan.n_f is None:  # each existing text gets this many repairs
            texts, n_r = there, plan.n_fr
        else:
            texts, n_r = min(there, plan.n_f), plan.n_r
        return cls(source=source, program=program, failure=failure, texts=texts, n_r=n_r)

    @property
    def place(self) -> str:
        """The common prefix of the nodes of its texts and repairs.

        The source is named once, at the root of a tree.
        """
        node = self.program.node
        return f"{node}/{self.source.name}" if self.program.parent is None else node

    def text_node(self, text: int) -> str:
        """The node of a text."""
        return f"{self.place}/f{text}"

    def repair_node(self, text: int, draw: int) -> str:
        """The node of a repair; the name of a text's first does not depend on their number."""
        return f"{self.text_node(text)}/r{draw}" if draw else f"{self.place}/r{text}"
