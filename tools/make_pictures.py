"""Make the README's pictures from the output of `python examples/paper/run.py`.

`python tools/make_pictures.py paper` writes docs/images/terminal.svg, from the summary of the run
in the folder `paper`, and docs/images/page.png, from its page, which needs Chromium.
"""

import sys
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright

from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.report.run_terminal import run_summary
from pytest_selfrepair.store import run_names as runs

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
COMMAND = "$ selfrepair report paper/samples.sqlite"
SIZE = {"width": 1200, "height": 640}
NO_BREAK = "\N{NO-BREAK SPACE}"
COLUMN, ROW, MARGIN = 8.43, 19, 18


def terminal(folder: Path) -> str:
    """An SVG of the summary: the answer for the second source, rates by difficulty."""
    found = findings(runs.load(str(folder / "samples.sqlite")).records)
    lines = [line.text for line in run_summary(found)]
    parts = [part.splitlines() for part in "\n".join(lines).split("\n\n")]
    names = [f"{each.source}:" for each in found.headline]
    begin, end = (
        next(row for row, line in enumerate(parts[0]) if line.startswith(name))
        for name in names[1:3]
    )
    rates = next(part for part in parts if part[0].startswith("difficulty"))
    shown = [COMMAND, "⋮", *parts[0][begin:end], "⋮", *rates]
    width = round(2 * MARGIN + COLUMN * max(map(len, shown)))
    height = 2 * MARGIN + ROW * len(shown)
    rows = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + ROW * (row + 0.75):g}">{text}</text>'
        for row, text in enumerate(escape(line).replace(" ", NO_BREAK) for line in shown)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="The summary of a run">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#15171a"/>\n'
        '<g fill="#e6e4df" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">'
        f"\n{rows}\n</g>\n</svg>\n"
    )


def page(folder: Path, out: Path) -> None:
    """A PNG of the run's page, at its curves."""
    from browsing import FLAGS, find_chromium  # noqa: PLC0415 - of the tests

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        opened = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
        opened.goto((folder / "run.html").resolve().as_uri())
        chart = opened.locator("#curve-chart svg").first
        chart.wait_for()
        chart.evaluate("it => it.closest('section').scrollIntoView()")
        opened.wait_for_timeout(1500)
        opened.screenshot(path=out)
        browser.close()


def main() -> None:
    """Write both."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "paper")
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "terminal.svg").write_text(terminal(folder), encoding="utf-8")
    page(folder, IMAGES / "page.png")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests/support"))
    main()
