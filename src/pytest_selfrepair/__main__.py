"""Run the `selfrepair` command as ``python -m pytest_selfrepair``."""

import sys

from pytest_selfrepair.cli import main

if __name__ == "__main__":  # The processes of a judge pool import this module again.
    sys.exit(main())
