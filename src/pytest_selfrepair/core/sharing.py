"""Share equal parts of records in memory, as a large run has hundreds of thousands of nodes."""

import sys
from typing import Any

from pytest_selfrepair.core.tree import Grown

_Held = dict[object, Any]
"""A pool of values that returns the first of equal ones."""


def share_parts(grown: Grown) -> None:
    """Share equal verdicts, costs, feedback and short texts of trees.

    The trees are changed in place, to equal values: rebuilding them would take longer than reading
    them did.
    """
    held: _Held = {}
    one, put = held.setdefault, object.__setattr__
    for node in grown.nodes:
        # Trees of different tasks have nodes of the same names.
        put(node, "node", sys.intern(node.node))
        if (feedback := node.feedback) is not None:
            put(feedback, "cost", one(feedback.cost, feedback.cost))
            put(feedback, "finish_reason", one(feedback.finish_reason, feedback.finish_reason))
            put(node, "feedback", one(feedback, feedback))
        if node.parent is not None:
            put(node, "parent", sys.intern(node.parent))
        put(node, "verdict", one(node.verdict, node.verdict))
        put(node, "cost", one(node.cost, node.cost))
        put(node, "finish_reason", one(node.finish_reason, node.finish_reason))
        put(node, "counted_by", one(node.counted_by, node.counted_by))
        if node.seconds:  # -0.0 equals 0.0 and is written otherwise
            put(node, "seconds", one((node.seconds,), node.seconds))
