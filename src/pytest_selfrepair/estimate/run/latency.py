"""How long completions took."""

from collections.abc import Iterable, Sequence

import numpy as np

from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.estimate.findings import CompletionContents, Latency


def latencies(records: Iterable[Record]) -> tuple[Latency, ...]:
    """Latencies of some tasks' completions; none for kinds whose times are unknown."""
    grown = (record.grown for record in records if record.grown is not None)
    nodes = [node for each in grown for node in each.nodes]
    asked = [node.feedback for node in nodes if node.feedback and node.feedback.cost.samples]
    found = _of(CompletionContents.PROGRAM, nodes), _of(CompletionContents.FEEDBACK, asked)
    return tuple(each for each in found if each is not None)


def seconds_to_pass(grown: Grown, source: str | None) -> float | None:
    """The least seconds of requests until a task can have a passing program.

    All programs are requested at once, and each repair as soon as what it repairs has arrived;
    judging takes no time here.

    Args:
        grown: The task's trees.
        source: The feedback source whose repairs count; None: programs alone.

    Returns:
        The seconds; None where nothing passes, or where the time of a request leading to a passing
        program is unknown.
    """
    repairs = (tree.repairs for tree in grown.trees if tree.source == source)
    ended: dict[str, float | None] = {}
    passing: list[float | None] = []
    for node in (*grown.programs, *(repair for some in repairs for repair in some)):
        begun = 0.0 if node.parent is None else ended.get(node.parent)
        took = _seconds(node)
        ended[node.node] = None if begun is None or took is None else begun + took
        if node.verdict.passed:
            passing.append(ended[node.node])
    known = [each for each in passing if each is not None]
    return min(known) if known and len(known) == len(passing) else None


def _seconds(node: ProgramNode) -> float | None:
    """The seconds of the requests for a program and its feedback."""
    told = node.feedback
    if node.seconds is None:
        return None
    if told is None or (told.seconds is None and not told.cost.samples):
        return node.seconds
    return None if told.seconds is None else told.seconds + node.seconds


def _of(
    written: CompletionContents, completions: Sequence[ProgramNode | Feedback]
) -> Latency | None:
    whole = [each.seconds for each in completions if each.seconds is not None]
    first = [each.first_byte for each in completions if each.first_byte is not None]
    if not whole:
        return None
    median, p90 = np.percentile(whole, (50, 90)).tolist()
    early = np.percentile(first, (50, 90)).tolist() if first else (None, None)
    return Latency(
        of=written,
        samples=len(whole),
        median=median,
        p90=p90,
        first_byte_samples=len(first),
        first_byte_median=early[0],
        first_byte_p90=early[1],
    )
