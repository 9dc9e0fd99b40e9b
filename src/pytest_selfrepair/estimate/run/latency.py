"""How long completions took, as their endpoints answered."""

from collections.abc import Iterable, Sequence

import numpy as np

from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.estimate.findings import CompletionContents, Latency


def latencies(records: Iterable[Record]) -> tuple[Latency, ...]:
    """How long the completions of some tasks took; none of a kind whose times are not known."""
    grown = (record.grown for record in records if record.grown is not None)
    nodes = [node for each in grown for node in each.nodes]
    asked = [node.feedback for node in nodes if node.feedback and node.feedback.cost.samples]
    found = _of(CompletionContents.PROGRAM, nodes), _of(CompletionContents.FEEDBACK, asked)
    return tuple(each for each in found if each is not None)


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
