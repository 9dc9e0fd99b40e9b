"""The page of a run, in Chromium: what is seen, clicked and typed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
)

import synthetic
from browsing import VARIABLE, find_chromium
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.estimate.comparison.run_comparison import run_comparison, side
from pytest_selfrepair.estimate.findings import Findings, Refused
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap
from pytest_selfrepair.report import comparison_html
from pytest_selfrepair.report.html import page
from pytest_selfrepair.report.ranking_html import ranking_page
from ranking_made import three
from synthetic_findings import findings as invented

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"no Chromium on the path, and ${VARIABLE} names none"
)

EVIL = (
    "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
    "<svg onload='window.hacked = 3'><a href='javascript:window.hacked = 4'>"
    "\x1b[31m \u202eevil\u202c \ud800"
)
EVIL_SHOWN = EVIL.translate({0x1B: "␛", 0x202E: "⟦U+202E⟧", 0x202C: "⟦U+202C⟧", 0xD800: "⟦U+D800⟧"})

Open = Callable[..., Page]

themes = pytest.mark.parametrize(
    "dark",
    [pytest.param(False, marks=pytest.mark.thorough, id="light"), pytest.param(True, id="dark")],
)


@cache
def records(tasks: int = 90) -> list[Record]:
    """A run, made when it is first wanted."""
    return [*(synthetic.record(number) for number in range(tasks)), synthetic.unscored(900)]


def interview() -> int:
    """How many of its tasks are of that difficulty."""
    return sum("/interview/" in each.task_id for each in records())


@pytest.fixture(scope="module")
def run_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run."""
    return written(tmp_path_factory.mktemp("page") / "run.html", text_of(records()))


def text_of(run: list[Record]) -> str:
    return page(invented(run), run, statements=synthetic.statements(run), made="today")


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all tests: opening another takes longer than most of them."""
    opened = browser.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def visit(tab: Page) -> Iterator[Open]:
    """Open a file as if for the first time; no error may reach its console, and no request."""
    errors: list[str] = []
    requests: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        errors.append(f"{message.type}: {message.text}")

    def on_error(error: Error) -> None:
        errors.append(str(error))

    def on_request(request: Request) -> None:
        requests.append(request.url)

    def start(path: Path, address: str = "", *, dark: bool = False, width: int = 1280) -> Page:
        tab.goto("about:blank")
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(media="screen", color_scheme="dark" if dark else "light")
        tab.goto(path.as_uri() + address)
        return tab

    tab.on("console", on_console)
    tab.on("pageerror", on_error)
    tab.on("request", on_request)
    yield start
    tab.evaluate("localStorage.clear()")
    tab.remove_listener("console", on_console)
    tab.remove_listener("pageerror", on_error)
    tab.remove_listener("request", on_request)
    assert errors == []
    assert {url.partition(":")[0] for url in requests} <= {"file", "data"}


def shown_tasks(opened: Page) -> list[str]:
    return opened.locator("#task-table tbody a").all_inner_texts()


def failing_task() -> Record:
    """A task whose first program fails and is repaired into another one."""
    return next(
        each
        for each in records()
        if each.grown
        and each.grown.programs[0].verdict.outcome is Outcome.WRONG_ANSWER
        and (repairs := [n for n in each.grown.trees[0].repairs if n.parent == "p0"])
        and repairs[0].program not in {"", each.grown.programs[0].program}
    )


@themes
def test_it_opens_in_the_theme_of_the_system_and_figures_have_its_ink(
    visit: Open, run_page: Path, *, dark: bool
) -> None:
    opened = visit(run_page, dark=dark)
    expect(opened.locator("#headline-table")).to_be_visible()
    expect(opened.locator("#curve-chart svg[aria-label*='gpt-3.5-turbo']")).to_be_visible()
    paper = opened.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, paper.strip("rgb()").split(","))) < 384) is dark
    axis = opened.locator("#curve-chart svg text").first
    ink = axis.evaluate("it => getComputedStyle(it).fill")
    assert (sum(map(int, re.findall(r"\d+", ink)[:3])) > 384) is dark


@pytest.mark.thorough
def test_the_theme_can_be_chosen_and_is_remembered(visit: Open, run_page: Path) -> None:
    opened = visit(run_page)
    button = opened.get_by_role("button", name="Theme")
    button.click()
    button.click()
    expect(button).to_have_text("Theme: dark")
    opened.reload()
    expect(button).to_have_text("Theme: dark")
    assert opened.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_300_tasks_are_listed_and_drawn(visit: Open, tmp_path: Path) -> None:
    opened = visit(written(tmp_path / "large.html", text_of(records(300))))
    opened.goto(f"{opened.url}#/tasks")
    expect(opened.locator("#task-count")).to_have_text("301 tasks")
    opened.goto(f"{opened.url.partition('#')[0]}#/")
    expect(opened.locator("#curve-chart svg").first).to_be_visible()


@pytest.mark.thorough
def test_a_curve_says_its_numbers_under_the_pointer(visit: Open, run_page: Path) -> None:
    opened = visit(run_page)
    chart = opened.locator("#curve-chart")
    chart.hover()
    tip = chart.locator("g[aria-label='tip'] text")
    expect(tip).to_contain_text("% solved")
    expect(tip).to_contain_text("tokens generated per task")


@pytest.mark.thorough
def test_curves_are_drawn_as_asked_and_are_there_as_a_table(visit: Open, run_page: Path) -> None:
    opened = visit(run_page)
    opened.get_by_role("combobox", name="Against", exact=True).select_option("dollars")
    expect(opened.locator("#curve-chart")).to_contain_text("US dollars per task, mean")
    opened.get_by_text("The points as a table").click()
    expect(opened.locator("#curve-table thead")).to_contain_text("US dollars per task")
    assert opened.locator("#curve-table tbody tr").count() == 30


@pytest.mark.thorough
def test_curves_differ_without_their_colours(visit: Open, run_page: Path) -> None:
    opened = visit(run_page)
    lines = opened.locator("#curve-legend svg g.line")
    assert len({lines.nth(n).get_attribute("stroke-dasharray") for n in range(3)}) == 3
    symbols = opened.locator("#curve-legend svg g.dot > *")
    assert len({symbols.nth(n).get_attribute("d") for n in range(3)}) == 3


def test_tasks_are_filtered_by_difficulty_outcome_and_text(visit: Open, run_page: Path) -> None:
    opened = visit(run_page, "#/tasks")
    expect(opened.locator("#task-count")).to_have_text(f"{len(records())} tasks")
    opened.get_by_role("combobox", name="Difficulty", exact=True).select_option("interview")
    expect(opened.locator("#task-count")).to_have_text(f"{interview()} of {len(records())} tasks")
    opened.get_by_role("combobox", name="Outcome", exact=True).select_option("task:unscored")
    expect(opened.locator("#task-table tbody")).to_contain_text("503 Service Unavailable")
    assert shown_tasks(opened) == ["apps_tasks/interview/0900"]
    opened.get_by_role("combobox", name="Outcome", exact=True).select_option("")
    opened.get_by_role("searchbox", name="Text").fill("FERRIES stand rows")
    expected = [
        each
        for each, text in synthetic.statements(records()).items()
        if "/interview/" in each and "Ferries" in text
    ]
    expect(opened.locator("#task-count")).to_have_text(f"{len(expected)} of {len(records())} tasks")
    assert shown_tasks(opened) == expected


@pytest.mark.thorough
def test_a_filtered_and_sorted_list_has_an_address(visit: Open, run_page: Path) -> None:
    opened = visit(run_page, "#/tasks")
    opened.get_by_role("combobox", name="Outcome", exact=True).select_option("task:repaired")
    opened.get_by_role("button", name="Tokens").click()
    opened.get_by_role("button", name="Tokens").click()
    expect(opened.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    listed = shown_tasks(opened)
    tokens = {each.task_id: each.cost.tokens for each in records()}
    assert [tokens[each] for each in listed] == sorted(
        (tokens[each] for each in listed), reverse=True
    )
    again = visit(run_page, opened.url.partition("#")[1] + opened.url.partition("#")[2])
    expect(again.locator("#task-count")).to_contain_text(f" of {len(records())} tasks")
    assert shown_tasks(again) == listed


def test_tasks_are_found_by_what_programs_and_feedback_say(visit: Open, run_page: Path) -> None:
    opened = visit(run_page, "#/tasks?q=indexerror+ferries")
    expect(opened.locator("#task-count")).to_have_text(f"0 of {len(records())} tasks")
    opened.get_by_role("checkbox", name="also in programs").check()
    statements = synthetic.statements(records())
    expected = [
        each.task_id
        for each in records()
        if each.grown
        and "IndexError" in each.to_json()
        and "ferries" in (each.to_json() + statements[each.task_id]).lower()
    ]
    expect(opened.locator("#task-count")).to_have_text(f"{len(expected)} of {len(records())} tasks")
    assert shown_tasks(opened) == expected
    assert "in=all" in opened.url


@pytest.mark.thorough
def test_skipping_to_the_content_stays_in_the_view(visit: Open, run_page: Path) -> None:
    opened = visit(run_page, "#/tasks")
    expect(opened.locator("#view-tasks")).to_be_visible()
    opened.keyboard.press("Tab")
    expect(opened.locator(".skip")).to_be_focused()
    opened.keyboard.press("Enter")
    expect(opened.locator("#main")).to_be_focused()
    expect(opened.locator("#view-tasks")).to_be_visible()


def test_it_can_be_used_by_keys_alone(visit: Open, run_page: Path) -> None:
    opened = visit(run_page)
    opened.keyboard.press("/")
    expect(opened.locator("#filter-text")).to_be_focused()
    opened.keyboard.type("/interview/")
    expect(opened.locator("#task-count")).to_have_text(f"{interview()} of {len(records())} tasks")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    second = shown_tasks(opened)[1]
    opened.keyboard.press("Enter")
    expect(opened.locator("#view-tree h1")).to_have_text(second)
    assert opened.url.endswith(f"#/task/{second}")
    opened.keyboard.press("Escape")
    expect(opened.locator("#task-table a", has_text=second)).to_be_focused()
    assert len(shown_tasks(opened)) == interview()


def test_a_tree_shows_all_that_became_of_a_task(visit: Open, run_page: Path) -> None:
    record = failing_task()
    assert record.grown
    program = record.grown.programs[0]
    repair = record.grown.trees[0].repairs[0]
    failure = program.verdict.failure
    assert failure
    assert repair.feedback
    opened = visit(run_page, f"#/task/{record.task_id}")
    tree = opened.locator("#view-tree")
    expect(tree.locator(".statement")).to_contain_text("stand in a row, numbered from 1 to n")
    node = tree.locator("details.node").first
    expect(node.locator("summary").first).to_contain_text(f"{program.tokens} tokens")
    code = node.locator("pre.code").first
    assert code.inner_text() == program.program
    expect(code.locator(".token.keyword").first).to_have_text("import")
    assert failure.expected
    expect(node.locator(".case").first).to_contain_text(failure.expected.strip())
    within = node.locator("details.node").first
    within.locator("summary").click()
    expect(within.locator(".feedback")).to_have_text(repair.feedback.text)
    removed = within.locator(".diff .removed").all_text_contents()
    added = within.locator(".diff .added").all_text_contents()
    assert removed or added
    assert all(line.removeprefix("removed: ") in program.program for line in removed)
    assert all(line.removeprefix("added: ") in repair.program for line in added)
    within.get_by_role("button", name="Whole program").click()
    assert within.locator("pre.code").inner_text() == repair.program


@pytest.mark.thorough
def test_everything_in_a_tree_can_be_opened_at_once(visit: Open, run_page: Path) -> None:
    record = failing_task()
    assert record.grown
    opened = visit(run_page, f"#/task/{record.task_id}")
    opened.get_by_role("button", name="Open all").click()
    grown = record.grown
    nodes = len(grown.programs) + len(grown.baseline) + sum(len(t.repairs) for t in grown.trees)
    expect(opened.locator("details.node[open]")).to_have_count(nodes)


@pytest.mark.thorough
def test_an_unknown_task_is_told(visit: Open, run_page: Path) -> None:
    opened = visit(run_page, "#/task/nowhere")
    expect(opened.locator("#view-tree")).to_contain_text("This page has no task “nowhere”.")


def test_a_phone_scrolls_one_way_only(visit: Open, run_page: Path) -> None:
    opened = visit(run_page, width=390)
    shown = {
        "#/": "#curve-chart svg",
        "#/tasks": "#task-table tbody tr",
        f"#/task/{synthetic.record(4).task_id}": "#view-tree h2",
    }
    for address, part in shown.items():
        opened.goto(run_page.as_uri() + address)
        opened.locator(part).first.wait_for(state="attached")
        opened.locator(".view:not([hidden])").first.wait_for()
        assert opened.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.thorough
def test_the_headline_fits_a_wide_screen_and_shows_on_a_phone_that_it_scrolls(
    visit: Open, run_page: Path
) -> None:
    opened = visit(run_page, width=1440)
    table = opened.locator("#headline-table")
    expect(table).to_contain_text("US dollars per task solved")
    around = table.locator("..")
    for width in (1440, 390):
        opened.set_viewport_size({"width": width, "height": 900})
        hidden = around.evaluate("it => it.scrollWidth - it.clientWidth")
        assert (hidden > 0) is (width < 1440)
        assert "linear-gradient" in around.evaluate("it => getComputedStyle(it).backgroundImage")
        assert opened.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.thorough
def test_it_prints_on_white_without_what_only_a_screen_needs(visit: Open, run_page: Path) -> None:
    opened = visit(run_page, dark=True)
    opened.emulate_media(media="print")
    assert (
        opened.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    expect(opened.locator(".top nav")).to_be_hidden()
    expect(opened.locator("#curve-controls")).to_be_hidden()
    expect(opened.locator("#curve-chart svg").first).to_be_visible()
    assert opened.pdf(format="A4").startswith(b"%PDF")


def hostile() -> tuple[Findings, list[Record], dict[str, str]]:
    """A run in which every text that is not ours tries to be more than text."""
    failed = Verdict(
        outcome=Outcome.WRONG_ANSWER,
        cases_run=1,
        cases_passed=0,
        failure=CaseFailure(
            index=0, input=EVIL, expected=EVIL, actual=EVIL, error=EVIL, line_number=1, line=EVIL
        ),
    )

    def spoilt(node: ProgramNode) -> ProgramNode:
        return replace(
            node,
            program=f"# {EVIL}\n{node.node}",
            verdict=failed,
            feedback=node.feedback and Feedback(text=EVIL),
            finish_reason=EVIL,
        )

    whole = synthetic.record(3)
    assert whole.grown
    assert whole.setup
    programs = tuple(map(spoilt, whole.grown.programs))
    trees = tuple(
        replace(tree, source=EVIL, repairs=tuple(map(spoilt, tree.repairs)))
        for tree in whole.grown.trees[:1]
    )
    first = replace(
        whole,
        task_id=EVIL,
        setup=replace(whole.setup, model=EVIL),
        grown=replace(whole.grown, programs=programs, trees=trees),
    )
    second = replace(synthetic.unscored(1), task_id=f"{EVIL} too", unscored=EVIL)
    records = [first, second]
    made = invented(records, sources=(EVIL, f"{EVIL} too"), model=EVIL)
    made = replace(made, refused=(Refused(what=EVIL, why=EVIL),))
    return made, records, {EVIL: EVIL}


def test_nothing_that_a_model_wrote_is_more_than_text(visit: Open, tmp_path: Path) -> None:
    findings, records, statements = hostile()
    path = written(
        tmp_path / "evil.html", page(findings, records, statements=statements, made=EVIL)
    )
    opened = visit(path)
    expect(opened.locator("#view-overview h1")).to_have_text("Does repair pay?")
    expect(opened.locator("#curve-legend")).to_contain_text(EVIL_SHOWN)
    opened.get_by_role("link", name="Tasks", exact=False).first.click()
    expect(opened.locator("#task-table tbody tr")).to_have_count(2)
    opened.locator("#task-table tbody a").first.click()
    expect(opened.locator("#view-tree h1")).to_have_text(EVIL_SHOWN)
    opened.get_by_role("button", name="Open all").click()
    for part in (".statement", ".feedback", "pre.code", ".case dd"):
        expect(opened.locator(f"#view-tree {part}").first).to_contain_text(EVIL_SHOWN)
    shown = opened.locator("body").inner_text()
    opened.keyboard.press("Escape")
    expect(opened.locator("#task-table thead")).to_contain_text(EVIL_SHOWN)
    shown += opened.locator("body").inner_text()
    assert opened.evaluate("window.hacked") is None
    strangers = "main img, main script, main svg[onload], [href^=javascript], main [onerror]"
    assert opened.locator(strangers).count() == 0
    assert not {"\x1b", "\u202e", "\u202c"} & set(shown)


@pytest.mark.thorough
def test_an_imported_run_without_details_or_scores_can_be_read(visit: Open, tmp_path: Path) -> None:
    bare = synthetic.record(3, details=False, priced=False)
    bare = replace(bare, setup=None, difficulty=None, kind=None)
    records = [bare, synthetic.unscored(7)]
    findings = invented([synthetic.unscored(7)], priced=False)
    path = written(tmp_path / "bare.html", page(findings, records))
    opened = visit(path)
    expect(opened.locator("#view-overview h1")).to_have_text("No task was scored.")
    opened.goto(f"{path.as_uri()}#/task/{bare.task_id}")
    expect(opened.locator("#view-tree")).to_contain_text("statement was not kept with the run")
    expect(opened.locator("#view-tree")).to_contain_text("No failing case was recorded.")
    opened.goto(f"{path.as_uri()}#/task/apps_tasks/interview/0007")
    expect(opened.locator("#view-tree .notice")).to_contain_text(
        "Not scored: the endpoint did not answer"
    )


def two_runs_page(path: Path, title: str = "the run before") -> tuple[Path, tuple[str, ...]]:
    """The page of two runs of thirty tasks, and the tasks that flipped."""
    before = records()[:30]
    after = [
        replace(each, grown=other.grown, statement=f"{title} {number}")
        for number, (each, other) in enumerate(zip(before, records()[60:90], strict=True))
    ]
    sides = side(before, title), side(after, "the run after")
    found = run_comparison((sides[0], before), (sides[1], after), how=Bootstrap(draws=200))
    text = comparison_html.page(found, before, after, made="today")
    return written(path, text), (*found.versus.lost, *found.versus.won)


@pytest.mark.thorough
def test_two_runs_show_both_trees_of_a_task_that_flipped(visit: Open, tmp_path: Path) -> None:
    path, flipped = two_runs_page(tmp_path / "two.html")
    assert flipped
    opened = visit(path)
    rows = opened.locator("#flipped-table tbody tr")
    expect(rows).to_have_count(len(flipped))
    expect(rows.locator("th").first).to_have_text(flipped[0])
    for number, when in enumerate(("before", "after")):
        rows.first.get_by_role("link").nth(number).click()
        expect(opened.locator(".tree-title")).to_have_text(f"{flipped[0]} · {when}")
        expect(opened.locator("#view-tree .node").first).to_be_visible()
        opened.go_back()
    opened.get_by_role("link", name="Trees of flipped tasks").click()
    expect(opened.locator("#task-table tbody tr")).to_have_count(2 * len(flipped))


@themes
def test_two_runs_fit_a_narrow_screen_and_obey_no_name(
    visit: Open, tmp_path: Path, dark: bool
) -> None:
    path, _ = two_runs_page(tmp_path / "two.html", EVIL)
    opened = visit(path, dark=dark, width=360)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    expect(opened.locator("#view-overview .facts dd").first).to_contain_text(EVIL_SHOWN)
    assert opened.evaluate("window.hacked") is None


@themes
def test_several_runs_stand_on_one_axis_and_in_a_matrix_and_obey_no_name(
    visit: Open, tmp_path: Path, dark: bool
) -> None:
    found = three((EVIL, "fair", "poor"))
    path = written(tmp_path / "ranks.html", ranking_page(found, made="today"))
    opened = visit(path, dark=dark, width=360)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    expect(opened.locator("#curve-chart svg")).to_be_visible()
    expect(opened.locator("#curve-legend li")).to_have_count(3)
    expect(opened.locator("#curve-legend li").first).to_contain_text(EVIL_SHOWN[:60])
    expect(opened.locator("#separating-table tbody tr")).to_have_count(len(found.separating))
    expect(opened.locator("#ranks-table tbody th").first).to_contain_text(EVIL_SHOWN)
    opened.locator("#curve-controls select").first.select_option("interview")
    expect(opened.locator("#curve-chart svg")).to_be_visible()
    assert opened.evaluate("window.hacked") is None
