"""Notes on how a run's figures came about, a line each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_selfrepair.core.reading import RULES
from pytest_selfrepair.core.record import UNKNOWN, Record
from pytest_selfrepair.core.run_account import Account
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.estimate.run.doubts import Solved, near_limit, references

if TYPE_CHECKING:
    from pytest_selfrepair.core.origin import Answered

_MOST_NAMED = 5


def notes(records: Sequence[Record]) -> tuple[str, ...]:
    """Notes on replies and counts that differ from what a user expects."""
    return tuple(_notes(records))


def overstepped(account: Account | None) -> tuple[str, ...]:
    """How far a run's limits were overstepped by endpoints that count more tokens than granted.

    Args:
        account: The run's account; None: unknown.
    """
    if account is None:
        return ()
    over, spent, limits = account.over, account.spent, account.limits
    said: list[str] = []
    if over.tokens:
        said.append(
            f"--selfrepair-max-tokens-total is overstepped by {over.tokens:,} tokens: "
            f"{spent.tokens:,} where {limits.max_tokens:,} were allowed"
        )
    if over.dollars:
        said.append(
            f"--selfrepair-max-cost is overstepped by {over.dollars:.4f} US dollars: "
            f"{spent.dollars:.4f} where {limits.max_dollars:.4f} were allowed"
        )
    why = "the endpoint counts more than it was allowed to generate; nothing more is sent"
    return tuple(f"{each}; {why}" for each in said)


def _notes(records: Sequence[Record]) -> Iterator[str]:
    nodes = [node for record in records for node in _nodes(record)]
    replies = f"{_plural(len(nodes), 'reply', 'replies')}"
    if cut_off := _outcomes(nodes, Outcome.CUT_OFF):
        yield (
            f"{cut_off:,} of {replies} {_was(cut_off)} cut off while thinking, before any answer: "
            "raise --selfrepair-max-tokens"
        )
    if silent := sum(_is_silent(node) for node in nodes):
        yield (
            f"{_plural(silent, 'explanation')} {_was(silent)} cut off while thinking, or empty, so "
            "that the repair had the error alone: raise --selfrepair-feedback-max-tokens"
        )
    if filtered := _outcomes(nodes, Outcome.FILTERED):
        yield f"{filtered:,} of {replies} {_was(filtered)} kept back by the endpoint's filter"
    if several := sum(node.others > 0 for node in nodes):
        yield (
            f"{several:,} of {replies} {'holds' if several == 1 else 'hold'} another code block "
            "that could be the answer; the last one counts"
        )
    yield from _origins(records)
    yield from _above_the_limit(records)
    yield from _read_by_other_rules(records)
    yield from _of_references(records)
    near, known = near_limit(records)
    if near:
        yield (
            f"{near:,} of {_plural(known, 'verdict')} {_was(near)} within a factor of two of the "
            "time limit: a slower machine may give others"
        )


def _of_references(records: Sequence[Record]) -> Iterator[str]:
    said = references(records)
    if said is None:
        return
    yield (
        f"{said.passed:,} of {_plural(said.tried, 'reference solution')} of "
        f"{_plural(said.tasks, 'task')} pass"
    )
    if said.ambiguous:
        named = ", ".join(said.ambiguous[:_MOST_NAMED]) + ", …" * (
            len(said.ambiguous) > _MOST_NAMED
        )
        yield (
            f"{_plural(len(said.ambiguous), 'task')} {'is' if len(said.ambiguous) == 1 else 'are'} "
            f"ambiguous, for accepted references disagree ({named}): with them "
            f"{_solved(said.with_them)}, without them {_solved(said.without_them)}"
        )


def _solved(found: Solved) -> str:
    if found.pass_at_1 is None:
        return "no task was scored"
    return (
        f"{found.solved:,} of {_plural(found.tasks, 'task')} solved, "
        f"pass@1 {found.pass_at_1 * 100:.1f} %"
    )


def _origins(records: Iterable[Record]) -> Iterator[str]:
    """Where a model's samples came from, if from several places or another than its endpoint."""
    found: dict[str, set[Answered]] = {}
    for record in records:
        for each in record.origins:
            found.setdefault(each.name, set()).add(each)
    for name, its in sorted(found.items()):
        for what, values in (
            ("addresses", {each.address for each in its}),
            ("models, as their endpoint calls them", {each.model for each in its} - {""}),
            ("system fingerprints", {each.fingerprint for each in its} - {""}),
        ):
            if len(values) > 1:
                shown = ", ".join(sorted(values)[:_MOST_NAMED])
                more = ", …" if len(values) > _MOST_NAMED else ""
                yield f"the samples of {name} come from {len(values)} {what}: {shown}{more}"
        elsewhere = {(each.address, each.asked_at) for each in its if each.asked_at}
        for address, asked_at in sorted(elsewhere):
            if address != asked_at:
                yield (
                    f"stored samples of {name} from {address} were served, where this run asks "
                    f"{asked_at}"
                )


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
            f"{_plural(len(above), 'completion')} cost more tokens than --selfrepair-max-tokens "
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
            f"the replies of {_plural(len(other), 'task')} were read by rules of version {names}, "
            f"those of this version are {RULES}: the same run with --selfrepair-replay only reads "
            "the stored replies anew, for free"
        )


def _nodes(record: Record) -> tuple[ProgramNode, ...]:
    return () if record.grown is None else record.grown.nodes


def _is_silent(node: ProgramNode) -> bool:
    """Whether an explanation was paid for but is empty."""
    feedback = node.feedback
    return feedback is not None and feedback.cost.tokens > 0 and not feedback.text


def _outcomes(nodes: Iterable[ProgramNode], outcome: Outcome) -> int:
    return sum(node.verdict.outcome is outcome for node in nodes)


def _plural(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
