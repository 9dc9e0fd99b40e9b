"""The subcommands of `selfrepair`; `pytest_selfrepair.cli` dispatches to them."""
