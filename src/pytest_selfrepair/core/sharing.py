"""Share equal parts of records in memory, as a large run has hundreds of thousands of nodes."""

import json
from dataclasses import replace
from typing import Any, TypeVar

from pytest_selfrepair.core.tree import Grown, ProgramNode

_LONGEST = 100
"""The longest text that is shared, in characters; programs rarely recur."""

_T = TypeVar("_T")


def loads(text: str) -> Any:
    """Parse JSON, sharing equal short texts and floats.

    Raises:
        ValueError: It is not JSON.
    """
    held: dict[object, object] = {}

    def once(facts: dict[str, Any]) -> dict[str, Any]:
        for key, value in facts.items():
            kind = type(value)
            if kind is str and len(value) < _LONGEST:
                facts[key] = held.setdefault(value, value)
            elif kind is float and value:  # -0.0 equals 0.0 and is written otherwise
                facts[key] = held.setdefault((value,), value)
        return facts

    return json.loads(text, object_hook=once)


class _Held:
    """A pool of values that returns the first of equal ones."""

    def __init__(self) -> None:
        self._values: dict[object, Any] = {}

    def one(self, value: _T) -> _T:
        """The first value that equals this one."""
        kept: _T = self._values.setdefault(value, value)
        return kept


def shared(grown: Grown) -> Grown:
    """The same trees with equal verdicts, costs and feedback shared."""
    held = _Held()

    def nodes(of: tuple[ProgramNode, ...]) -> tuple[ProgramNode, ...]:
        return tuple(_shared(node, held) for node in of)

    return replace(
        grown,
        programs=nodes(grown.programs),
        trees=tuple(replace(tree, repairs=nodes(tree.repairs)) for tree in grown.trees),
        baseline=nodes(grown.baseline),
    )


def _shared(node: ProgramNode, held: _Held) -> ProgramNode:
    feedback = node.feedback
    if feedback is not None:
        feedback = held.one(replace(feedback, cost=held.one(feedback.cost)))
    return replace(
        node, verdict=held.one(node.verdict), cost=held.one(node.cost), feedback=feedback
    )
