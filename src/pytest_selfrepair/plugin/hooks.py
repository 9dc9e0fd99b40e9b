"""The plugin's entry point: declare options and, where a model is named, load the rest.

It is loaded in every pytest session, so it imports as little as possible.
"""

import sys

import pytest

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.plugin import options


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the flags and their ini options."""
    options.add(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks that a conftest.py may implement."""
    from pytest_selfrepair.plugin import hookspecs  # noqa: PLC0415 - keeps start-up short

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Load the rest of the plugin where a model is named."""
    if not options.is_on(config):
        return
    if sys.platform == "win32":
        raise pytest.UsageError(
            "--selfrepair-model: this is Windows, where untrusted programs cannot be contained; "
            "accepted: Linux, also under WSL 2, or macOS"
        )
    from pytest_selfrepair.plugin.importing import importing  # noqa: PLC0415 - only if used

    with importing():
        from pytest_selfrepair.plugin import wiring  # noqa: PLC0415 - as above
    try:
        wiring.activate(config, options.settings(config))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
