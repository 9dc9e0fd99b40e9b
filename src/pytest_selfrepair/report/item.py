"""Show one unsolved task's tree, in short or in full."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.report.replies import read_as
from pytest_selfrepair.report.visible_text import harmless, harmless_lines, visible

LONGEST_VALUE = 300
"""The longest input, output or feedback shown in short, in characters."""

_LONGEST_DIFF = 40
"""The longest diff shown in short, in lines."""

_LONGEST_LINE = 200
"""The longest line of a diff shown in short, in characters."""

_MOST_LISTED = 8
"""Programs whose outcomes are listed one by one in short; more are counted."""

_OWN_NAME = re.compile(r"(?:f\d+/)?r\d+$")


def unsolved_text(record: Record, *, verbose: bool = False) -> str:
    """Explain why a task is unsolved.

    In short: each program's outcome, the case that the closest program fails, and the best repair's
    feedback and diff. In full: the same for every program and repair. The text is harmless to a
    terminal, whatever models wrote.
    """
    if record.grown is None:
        return harmless(record.unscored or "")
    grown = record.grown
    tokens = plural(record.cost.tokens, "token")
    lines = [f"unsolved: {_counted(grown)} fail, {tokens} generated", *_outcomes(grown, verbose)]
    lines += _in_full(grown) if verbose else _in_short(grown)
    return "\n".join(lines)


def _counted(grown: Grown) -> str:
    repairs = plural(len(grown.repairs), "repair")
    return f"{plural(len(grown.programs), 'program')} and {repairs}"


def _outcomes(grown: Grown, verbose: bool) -> Iterator[str]:
    """A line for the programs, one for each source's repairs and one for the baseline."""
    parts = [("programs", grown.programs)]
    parts += [(harmless(tree.source), tree.repairs) for tree in grown.trees]
    parts.append(("baseline", grown.baseline))
    wide = max(len(name) for name, _ in parts)
    for name, nodes in parts:
        if nodes:
            listed = verbose or len(nodes) <= _MOST_LISTED
            yield f"  {name:<{wide}}  {_listed(nodes) if listed else _summed(nodes)}"


def _listed(nodes: Iterable[ProgramNode]) -> str:
    """Each node, without its source's name, with its outcome."""
    return " ".join(
        harmless(
            f"{node.parent or ''}{'/' * (node.parent is not None)}{_own_name(node)}"
            f"={node.verdict.outcome}"
        )
        for node in nodes
    )


def _own_name(node: ProgramNode) -> str:
    """A node's name without its parents and source: ``p0``, ``r1``, ``f1/r2``."""
    below = node.node[len(node.parent or "") :]
    found = _OWN_NAME.search(below)
    return found[0] if found else below.rpartition("/")[2]


def _summed(nodes: Iterable[ProgramNode]) -> str:
    counts = Counter(str(node.verdict.outcome) for node in nodes)
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())


def _in_short(grown: Grown) -> list[str]:
    nodes = [*grown.programs, *grown.repairs]
    if not nodes:
        return []
    places = {node.node: node for node in nodes}
    best = _best_repair(grown, places)
    closest = max(nodes, key=lambda node: (_nearness(node.verdict), node is best))
    lines = ["", f"closest: {_outcome_of(closest)}", *_case(closest.verdict, LONGEST_VALUE)]
    if best is None:
        return lines
    parent = places.get(best.parent or "")
    of = f", of {_outcome_of(parent)}" if parent is not None else ""
    where = harmless(best.node) if best is closest else _outcome_of(best)
    lines += ["", f"best repair: {where}{of}"]
    if best.feedback is not None and best.feedback.text:
        lines += ["  feedback:", *_indented(shorten(best.feedback.text, 4 * LONGEST_VALUE), 4)]
    diff = _diff(parent, best)
    shown = [line[:_LONGEST_LINE] + "…" * (len(line) > _LONGEST_LINE) for line in diff]
    if (more := len(diff) - _LONGEST_DIFF) > 0:
        shown = [*shown[:_LONGEST_DIFF], f"… {plural(more, 'more line')} (-v shows all)"]
    return [*lines, *(f"  {line}" for line in shown)]


def _in_full(grown: Grown) -> list[str]:
    places = {node.node: node for node in (*grown.programs, *grown.repairs)}
    lines = []
    for node in (*places.values(), *grown.baseline):
        lines += ["", _outcome_of(node), *_case(node.verdict, None)]
        if (reading := read_as(node)) is not None:
            lines.append(f"  read as {reading}")
        if node.feedback is not None and node.feedback.text:
            lines += ["  feedback:", *_indented(node.feedback.text, 4)]
        parent = places.get(node.parent or "")
        if parent is not None:
            lines += [f"  {line}" for line in _diff(parent, node)]
        elif node.program:
            lines += ["  program:", *_indented(node.program, 4)]
    return lines


def _nearness(verdict: Verdict) -> tuple[int, int]:
    """How close a program came: cases passed, then how late it first fails."""
    failure = verdict.failure
    first = -1 if failure is None or failure.index is None else failure.index
    return verdict.cases_passed, first


def _best_repair(grown: Grown, places: dict[str, ProgramNode]) -> ProgramNode | None:
    """The closest repair, of equals the one with the smallest edit; None without repairs."""
    repairs = grown.repairs
    if not repairs:
        return None
    nearest = max(_nearness(repair.verdict) for repair in repairs)
    alike = [repair for repair in repairs if _nearness(repair.verdict) == nearest]
    # A repair without a program, or with an unchanged one, shows nothing.
    return min(alike, key=lambda each: _edit(places.get(each.parent or ""), each))


def _edit(parent: ProgramNode | None, repair: ProgramNode) -> tuple[bool, int]:
    """A sort key for repairs: whether it changed nothing, and how many lines it changed."""
    lines = _changed(parent, repair)
    edited = sum(line[:1] in {"+", "-"} for line in lines[2:])
    return not (repair.program and edited), edited


def _changed(parent: ProgramNode | None, repair: ProgramNode) -> list[str]:
    before = harmless_lines(parent.program) if parent is not None and parent.program else []
    after = harmless_lines(repair.program) if repair.program else []
    names = ("" if parent is None else harmless(parent.node), harmless(repair.node))
    return list(difflib.unified_diff(before, after, *names, lineterm=""))


def _diff(parent: ProgramNode | None, repair: ProgramNode) -> list[str]:
    """A repair's unified diff against its program, or why there is none."""
    if not repair.program:
        return ["the reply holds no program"]
    return _changed(parent, repair) or ["the failing program again"]


def _outcome_of(node: ProgramNode) -> str:
    """A node with its outcome and the failing case."""
    verdict = node.verdict
    text = f"{harmless(node.node)}, {verdict.outcome}"
    if verdict.failure is not None and verdict.failure.index is not None:
        text += f" on case {verdict.failure.index + 1}"
    return f"{text}, {plural(verdict.cases_passed, 'case')} passed"


def _case(verdict: Verdict, longest: int | None) -> list[str]:
    """The first case that a program fails."""
    failure = verdict.failure
    if failure is None:
        return []
    lines = []
    for name in ("input", "expected", "actual", "error"):
        value = getattr(failure, name)
        if value is not None:
            text = value if longest is None else shorten(value, longest)
            lines.append(f"  {name:<9} {visible(repr(text))}")
    if failure.line_number is not None:
        lines.append(
            f"  {f'line {failure.line_number}':<9} {visible((failure.line or '').strip())}".rstrip()
        )
    return lines


def _indented(text: str, columns: int) -> list[str]:
    return [f"{'':{columns}}{line}".rstrip() for line in harmless_lines(text)]
