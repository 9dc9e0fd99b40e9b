"""How long the pages of runs take to open in Chromium.

    python benchmarks/pages.py PAGE [PAGE ...] [--rounds N]

The pages are those of `selfrepair report RUN --html PAGE`. Each round opens all of them, each in a
new context of one browser, and follows the way of a reader: the first paint, the end of loading,
then the list of tasks. Medians over the rounds are shown in milliseconds, and the ratio of loading
to that of the first page. The tests of pages find the browser in the same way.
"""

import argparse
import statistics
import sys
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tabulate import tabulate

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "performance.timing.loadEventEnd - performance.timing.navigationStart"
LISTED = """async () => {
    const began = performance.now()
    location.hash = "#/tasks"
    while (!document.querySelector("#task-count")?.checkVisibility())
        await new Promise(requestAnimationFrame)
    return performance.now() - began
}"""


def main() -> None:
    """Open, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", type=Path, nargs="+", metavar="PAGE")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    from browsing import FLAGS, find_chromium  # noqa: PLC0415 - of the tests

    measured: defaultdict[Path, list[tuple[float, float, float]]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for _ in range(given.rounds):
            for page in given.pages:
                measured[page].append(opened(browser, page))
        browser.close()
    medians = {
        page: [statistics.median(each) for each in zip(*measured[page], strict=True)]
        for page in measured
    }
    first = medians[given.pages[0]][1]
    rows = [
        (page.name, page.stat().st_size / 1e6, *medians[page], medians[page][1] / first)
        for page in given.pages
    ]
    headers = ("page", "MB", "first paint, ms", "loaded, ms", "tasks listed, ms", "ratio")
    print(tabulate(rows, headers, floatfmt=("", ".2f", ".0f", ".0f", ".0f", ".2f")))


def opened(browser: Browser, path: Path) -> tuple[float, float, float]:
    """Milliseconds to the first paint and to the end of loading, and from there to the tasks."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.absolute().as_uri())
    page.wait_for_function(f"{PAINT} > 0")
    paint, loaded, listed = page.evaluate(PAINT), page.evaluate(LOADED), page.evaluate(LISTED)
    context.close()
    return paint, loaded, listed


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/support"))
    main()
