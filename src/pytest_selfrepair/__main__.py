"""``python -m pytest_selfrepair`` is the `selfrepair` command."""

import sys

from pytest_selfrepair.cli import main

sys.exit(main())
