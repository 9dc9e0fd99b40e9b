"""What one item shows: an unsolved task in short."""

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.core.verdict import Verdict

LONGEST_VALUE = 300
"""Characters of an input, output or feedback that are shown."""


def unsolved_text(record: Record) -> str:
    """Why a task is unsolved: each program's outcome, one failing case, the last feedback."""
    if record.grown is None:
        return record.unscored or ""
    grown = record.grown
    lines = [
        f"unsolved: {_counted(grown)}, {record.cost.tokens:,} tokens generated",
        f"  programs  {_outcomes(grown.programs)}",
        *(f"  {tree.source:<9} {_outcomes(tree.repairs)}" for tree in grown.trees if tree.repairs),
    ]
    if grown.baseline:
        lines.append(f"  baseline  {_outcomes(grown.baseline)}")
    shown = _last(grown)
    if shown is not None:
        lines += ["", f"{shown.node} fails:", *_indented(_case(shown.verdict))]
        if shown.feedback is not None and shown.feedback.text:
            words = shorten(shown.feedback.text, 4 * LONGEST_VALUE)
            lines += ["", f"feedback it was written on, to {shown.parent}:", *_indented([words])]
    return "\n".join(lines)


def _counted(grown: Grown) -> str:
    repairs = sum(len(tree.repairs) for tree in grown.trees)
    return f"{len(grown.programs)} programs and {repairs} repairs fail"


def _outcomes(nodes: tuple[ProgramNode, ...]) -> str:
    """Each node without its source's name, which stands before them, and what became of it."""
    return " ".join(
        f"{node.parent or ''}{'/' * (node.parent is not None)}"
        f"{node.node.rpartition('/')[2]}={node.verdict.outcome}"
        for node in nodes
    )


def _last(grown: Grown) -> ProgramNode | None:
    """The last repair, or where there is none the last program."""
    repairs = [repair for tree in grown.trees for repair in tree.repairs]
    nodes = repairs or list(grown.programs)
    return nodes[-1] if nodes else None


def _case(verdict: Verdict) -> list[str]:
    failure = verdict.failure
    if failure is None:
        return [str(verdict.outcome)]
    lines = [f"outcome   {verdict.outcome}"]
    if failure.index is not None:
        lines.append(f"case      {failure.index + 1}")
    for name in ("input", "expected", "actual", "error"):
        value = getattr(failure, name)
        if value is not None:
            lines.append(f"{name:<9} {shorten(value, LONGEST_VALUE)!r}")
    if failure.line_number is not None:
        lines.append(f"line {failure.line_number:<4} {(failure.line or '').strip()}")
    return lines


def _indented(lines: list[str]) -> list[str]:
    return [f"  {part}" for line in lines for part in line.splitlines()]
