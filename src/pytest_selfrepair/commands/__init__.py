"""What the subcommands of `selfrepair` do; `pytest_selfrepair.cli` reads their options."""
