"""One Chromium for all tests of pages, since starting one takes longer than most of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from browsing import FLAGS, find_chromium


# Not for the session: as long as Playwright is there, its event loop runs on this thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser that is found by `find_chromium`."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield started
        started.close()
