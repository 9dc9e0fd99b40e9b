"""The page over a store, in Chromium: runs, a report, a comparison, a search, and what is live."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import synthetic
from browsing import VARIABLE, find_chromium
from pytest_selfrepair.store.sqlite_store import SqliteStore
from viewing import named, store_of_runs, viewed

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"no Chromium on the path, and ${VARIABLE} names none"
)
EVIL = "<img src=x onerror='window.hacked=1'><script>window.hacked=2</script>"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of_runs(tmp_path_factory.mktemp("view") / "s.sqlite", evil=EVIL)


@pytest.fixture(scope="module")
def opened(browser: Browser, stored: Path) -> Iterator[Page]:
    """A tab that has opened the link; nothing may reach its console but what tests expect."""
    errors: list[str] = []
    with viewed(stored) as link:
        page = browser.new_page(viewport={"width": 1024, "height": 800})
        page.set_default_timeout(15_000)
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(link)
        yield page
        assert page.evaluate("window.hacked") is None
        page.close()
    assert errors == []


def home(page: Page) -> str:
    return page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2]


@pytest.mark.thorough
def test_a_run_its_report_a_comparison_and_a_search_are_a_click_away(opened: Page) -> None:
    assert opened.url.endswith("/")
    expect(opened.locator("#runs tbody tr")).to_have_count(3)
    opened.get_by_role("link", name="run 1").click()
    expect(opened.locator("#about h1")).to_have_text("run 1")
    first = opened.locator("#items a").first
    task = first.inner_text()
    first.click()
    expect(opened.locator(".tree-title")).to_have_text(task)
    opened.goto(home(opened))
    for box in opened.get_by_role("checkbox").all():
        box.check()
    opened.get_by_role("button", name="Compare").click()
    expect(opened.locator("#ranks-table tbody tr")).to_have_count(3)
    expect(opened.locator("#curve-chart svg")).to_be_visible()
    opened.goto(home(opened))
    opened.get_by_role("searchbox").fill("bisect_right")
    opened.keyboard.press("Enter")
    expect(opened.locator("mark").first).to_have_text("bisect_right")


def test_a_run_that_is_going_is_seen_to_grow_and_marks_stay(opened: Page, stored: Path) -> None:
    opened.set_viewport_size({"width": 360, "height": 800})
    opened.goto(home(opened))
    opened.get_by_role("checkbox").first.check()
    with closing(SqliteStore(stored)) as store:
        run = store.begin_run(f"fourth {EVIL}")
        store.add_record(run, named(synthetic.record(7), "model"))
    row = opened.locator("#runs tbody tr").first
    expect(row.locator("th")).to_contain_text("fourth <img")
    expect(row.locator(".live")).to_have_text("going")
    expect(opened.get_by_role("checkbox").nth(1)).to_be_checked()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
