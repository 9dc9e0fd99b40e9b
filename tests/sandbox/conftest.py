"""What tests of the sandbox share."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _sandboxes() -> None:
    """Each judge starts its own."""
