"""What tests of the sandbox share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from warm_sandboxes import WarmSandboxes

_WARM = {"test_assertion_attacks", "test_claims", "test_run_once"}
"""Modules whose tests are about what judges say, rather than about processes."""


@pytest.fixture(scope="module", autouse=True)
def _sandboxes(request: pytest.FixtureRequest, _warm_sandboxes: "WarmSandboxes") -> Iterator[None]:
    """Most tests start their own, and no other process of this one may come or go meanwhile."""
    if request.module.__name__ not in _WARM:
        _warm_sandboxes.empty()
        yield
        return
    with _warm_sandboxes.lent():
        yield
