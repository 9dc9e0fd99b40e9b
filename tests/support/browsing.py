"""A Chromium for the tests of pages, where this machine has one."""

import os
import shutil

VARIABLE = "SELFREPAIR_TEST_CHROMIUM"
"""Names the browser; without it the first of `NAMES` on the path is taken."""

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Where a Chromium is, or None."""
    named = os.environ.get(VARIABLE)
    return named or next(filter(None, map(shutil.which, NAMES)), None)
