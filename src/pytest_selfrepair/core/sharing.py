"""Equal parts of a record held in memory once: a large run has hundreds of thousands of nodes."""

from typing import Any

from pytest_selfrepair.core.tree import Grown

_Held = dict[object, Any]
"""Values, of which each equal one is given back as the first."""


def share_parts(grown: Grown) -> None:
    """Let equal verdicts, costs, words of feedback and short texts of trees be one object each.

    The trees are changed in place, though to no other value: they have just been read, and to make
    them anew would take longer than reading them.
    """
    held: _Held = {}
    one, put = held.setdefault, object.__setattr__
    for node in grown.nodes:
        if (feedback := node.feedback) is not None:
            put(feedback, "cost", one(feedback.cost, feedback.cost))
            put(feedback, "finish_reason", one(feedback.finish_reason, feedback.finish_reason))
            put(node, "feedback", one(feedback, feedback))
            # A program's name is its own; its parent's is that of another node.
            put(node, "parent", one(node.parent, node.parent))
        else:
            one(node.node, node.node)
        put(node, "verdict", one(node.verdict, node.verdict))
        put(node, "cost", one(node.cost, node.cost))
        put(node, "finish_reason", one(node.finish_reason, node.finish_reason))
        put(node, "counted_by", one(node.counted_by, node.counted_by))
        if node.seconds:  # -0.0 equals 0.0 and is written otherwise
            put(node, "seconds", one((node.seconds,), node.seconds))
