"""Compare actual with expected output: accepted or not, and by which rule."""

from collections.abc import Mapping
from types import MappingProxyType

from pytest_selfrepair.core.checkers.apps import apps
from pytest_selfrepair.core.checkers.common import Acceptance, AcceptanceRule, Checker, weakest
from pytest_selfrepair.core.checkers.ordered import strict, tolerant
from pytest_selfrepair.core.checkers.real_numbers import TOLERANCE
from pytest_selfrepair.core.checkers.unordered import unordered

CHECKERS: Mapping[str, Checker] = MappingProxyType(
    {"tolerant": tolerant, "strict": strict, "unordered": unordered, "apps": apps}
)
"""The checkers by their names in options."""

COUNTERPARTS: Mapping[str, str] = MappingProxyType({"tolerant": "apps", "apps": "tolerant"})
"""The checker whose verdicts are compared with each checker's, by name."""

__all__ = [
    "CHECKERS",
    "COUNTERPARTS",
    "TOLERANCE",
    "Acceptance",
    "AcceptanceRule",
    "Checker",
    "apps",
    "strict",
    "tolerant",
    "unordered",
    "weakest",
]
