"""``python -m pytest_selfrepair`` is the `selfrepair` command."""

import sys

from pytest_selfrepair.cli import main

if __name__ == "__main__":  # processes of a judge pool import this module anew
    sys.exit(main())
