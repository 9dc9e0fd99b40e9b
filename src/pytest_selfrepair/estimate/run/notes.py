"""What a reader should know of how a run's facts came about: a line each, from records alone."""

from collections.abc import Iterable, Iterator, Sequence

from pytest_selfrepair.core.reading import RULES
from pytest_selfrepair.core.record import UNKNOWN, Record
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.core.verdict import Outcome


def notes(records: Sequence[Record]) -> tuple[str, ...]:
    """What became of replies and counts that is not what a user expects."""
    return tuple(_notes(records))


def _notes(records: Sequence[Record]) -> Iterator[str]:
    nodes = [node for record in records for node in _nodes(record)]
    replies = f"{_many(len(nodes), 'reply', 'replies')}"
    if cut_off := _outcomes(nodes, Outcome.CUT_OFF):
        yield (
            f"{cut_off:,} of {replies} {_was(cut_off)} cut off while thinking, before any answer: "
            "raise --selfrepair-max-tokens"
        )
    if silent := sum(_is_silent(node) for node in nodes):
        yield (
            f"{_many(silent, 'explanation')} {_was(silent)} cut off while thinking, or empty, so "
            "that the repair had the error alone: raise --selfrepair-feedback-max-tokens"
        )
    if filtered := _outcomes(nodes, Outcome.FILTERED):
        yield f"{filtered:,} of {replies} {_was(filtered)} kept back by the endpoint's filter"
    if several := sum(node.others > 0 for node in nodes):
        yield (
            f"{several:,} of {replies} {'holds' if several == 1 else 'hold'} another code block "
            "that could be the answer; the last one counts"
        )
    yield from _above_the_limit(records)
    yield from _read_by_other_rules(records)


def _above_the_limit(records: Iterable[Record]) -> Iterator[str]:
    above = [
        (node.tokens, record.setup.plan.params.max_tokens)
        for record in records
        if record.setup is not None and record.setup.model != UNKNOWN
        for node in _nodes(record)
        if node.tokens > record.setup.plan.params.max_tokens
    ]
    if above:
        most, limit = max(above)
        yield (
            f"{_many(len(above), 'completion')} cost more tokens than --selfrepair-max-tokens "
            f"({most:,} where {limit:,} were asked for): thinking is not limited by it"
        )


def _read_by_other_rules(records: Iterable[Record]) -> Iterator[str]:
    setups = (
        record.setup for record in records if record.grown is not None and record.foreign is None
    )
    versions = [setup.reading for setup in setups if setup is not None]
    if other := [version for version in versions if version != RULES]:
        names = " and ".join(map(str, sorted(set(other))))
        yield (
            f"the replies of {_many(len(other), 'task')} were read by rules of version {names}, "
            f"those of this version are {RULES}: the same run with --selfrepair-replay only reads "
            "the stored replies anew, for free"
        )


def _nodes(record: Record) -> Iterator[ProgramNode]:
    grown = record.grown
    if grown is not None:
        yield from grown.programs
        yield from (repair for tree in grown.trees for repair in tree.repairs)
        yield from grown.baseline


def _is_silent(node: ProgramNode) -> bool:
    """Whether an explanation was paid for and says nothing."""
    feedback = node.feedback
    return feedback is not None and feedback.cost.tokens > 0 and not feedback.text


def _outcomes(nodes: Iterable[ProgramNode], outcome: Outcome) -> int:
    return sum(node.verdict.outcome is outcome for node in nodes)


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
