"""Where the words about a failing program come from: one small class a source, found by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.feedback.error_only import ErrorOnly
from pytest_selfrepair.feedback.joint import Joint

BUILT_IN: Mapping[str, Callable[[], FeedbackSource]] = MappingProxyType(
    {"self": Joint, "none": ErrorOnly}
)
"""The sources that need no model of their own, by the name a user gives."""

SEPARATE = "self:separate"
"""The code model explains first, and repairs in a completion of its own."""

RESERVED = frozenset({"human", "blind", "placebo", "cases", "trace", "reference"})
"""Names of sources to come: never taken for the name of a model."""
