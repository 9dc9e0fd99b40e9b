"""The page on which people write, in Chromium, served by a process that may be killed."""

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

import annotating
from annotating import Server, served
from bargaining import finished_games
from browsing import VARIABLE, find_chromium
from projects import LEAN, write_project
from pytest_selfrepair.annotate import study_plan
from pytest_selfrepair.annotate.answers_export import as_lines
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.study_items import failing
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.feedback.human import DEFAULT_FILE
from pytest_selfrepair.store import run_names
from pytest_selfrepair.store.sqlite_store import SqliteStore
from warm_processes import python

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"no Chromium on the path, and ${VARIABLE} names none"
)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1024, "height": 768})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three tasks."""
    kinds = [TaskKind.STDIN, TaskKind.CALL_BASED, TaskKind.STDIN]
    records = [
        annotating.record(n, difficulty=list(Difficulty)[n], kind=kinds[n]) for n in range(3)
    ]
    return annotating.store(tmp_path_factory.mktemp("run") / "s.sqlite", records)


@pytest.fixture(scope="module")
def address(stored: Path) -> Iterator[str]:
    """A page that several tests share."""
    answers = stored.with_name("shared.sqlite")
    with served(stored, "--answers", answers, "--port", 0) as server:
        yield server.address


def run(*arguments: str) -> run_names.LoadedRun:
    """A run of the project with the scripted model, and what it has stored."""
    command = python("pytest", "tasks", *LEAN.split(), "-p", "no:cacheprovider")
    command += ["--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "2"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return run_names.load("last")


def enter(browser: Browser, server: Server, secret: str) -> Page:
    """A browser of a participant's own, who opens their link and agrees."""
    page = browser.new_context(viewport={"width": 768, "height": 1024}).new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{server.address}/enter/{secret}")
    expect(page).to_have_url(f"{server.address}/consent")
    expect(page.get_by_role("checkbox")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.address}/")
    return page


@pytest.mark.thorough
def test_two_write_one_withdraws_and_a_run_uses_the_rest(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path)
    design, links = study_plan.create(
        failing(run()), run="last", people=2, each=2, per_program=2, seed=0
    )
    study_plan.save(design, tmp_path / "study_plan.json")
    with served("last", "--study", "study_plan.json", "--port", 0) as server:
        one, two = (enter(browser, server, links[code]) for code in ("p1", "p2"))
        for page in (one, two):
            expect(page.get_by_role("link", name="go on with program 1")).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("#feedback")).to_be_focused()
        for number in (1, 2):
            for page, who in ((one, "one"), (two, "two")):
                page.keyboard.insert_text(f"Person {who} on <b>program</b> {number}.")
                page.keyboard.press("Control+Enter")
                page.wait_for_url(f"**/programs/{number + 1}" if number < 2 else "**/")
        expect(two.get_by_role("heading", name="All done. Thank you!")).to_be_visible()
        two.get_by_role("link", name="withdraw").click()
        two.get_by_role("button", name="Yes, delete").click()
        expect(two.get_by_role("heading", name="You have withdrawn")).to_be_visible()
        two.goto(f"{server.address}/enter/{links['p2']}")
        expect(two.get_by_role("heading", name="You have withdrawn")).to_be_visible()
        one.goto(f"{server.address}/programs/1")
        expect(one.locator("#feedback")).to_have_value("Person one on <b>program</b> 1.")
    with Answers(tmp_path / DEFAULT_FILE) as answers:
        exported = [json.loads(line) for line in as_lines(answers.texts.answers())]
    said = {f"Person one on <b>program</b> {number}." for number in (1, 2)}
    assert {each["feedback"] for each in exported} == said
    assert {each["participant"] for each in exported} == {"p1"}
    grown = [each.grown for each in run("--selfrepair-feedback", "human").records]
    repairs = [node for each in grown if each for tree in each.trees for node in tree.repairs]
    assert {node.feedback.text for node in repairs if node.feedback} == said
    assert any(node.verdict.passed for node in repairs)


@pytest.mark.thorough
def test_who_advises_after_a_game_writes_as_who_explains_a_program(
    context: BrowserContext, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as elsewhere:  # on this thread Playwright has an event loop
        record = elsewhere.submit(finished_games, "a", games=1).result()
    with closing(SqliteStore(tmp_path / "s.sqlite")) as made:
        made.add_record(made.begin_run(), record)
    page = context.new_page()
    faults: list[object] = []
    page.on("pageerror", lambda error: faults.append(error.message))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    asked = (tmp_path / "s.sqlite", "--answers", tmp_path / "a.sqlite", "--port", 0)
    with served(*asked) as server:
        assert "1 finished game to be advised on" in server.said
        page.goto(f"{server.address}/programs/1")
        expect(page.locator("#feedback")).to_be_focused()
        expect(page.get_by_role("row", name="seller Game 0.").first).to_be_visible()
        page.keyboard.type("Come down sooner.")
        expect(page.locator("#saved")).to_have_text("Draft saved.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="All done. Thank you!")).to_be_visible()
    assert faults == []
    with Answers(tmp_path / "a.sqlite") as answers:
        [kept] = answers.texts.answers()
    assert (kept.task_id, kept.feedback) == ("games/a::seller", "Come down sooner.")


def test_a_draft_survives_a_reload_and_a_kill_of_the_process(
    context: BrowserContext, stored: Path, tmp_path: Path
) -> None:
    page = context.new_page()
    asked = (stored, "--answers", tmp_path / "a.sqlite", "--port")
    with served(*asked, 0) as server:
        port = server.address.rpartition(":")[2]
        page.goto(f"{server.address}/programs/1")
        expect(page.locator("#feedback")).to_be_focused()
        page.keyboard.type("Before the reload.")
        page.reload()
        expect(page.locator("#feedback")).to_be_focused()
        expect(page.locator("#feedback")).to_have_value("Before the reload.")
        page.keyboard.type(" Before the kill, ")
        saved = time.monotonic()
        while time.monotonic() < saved + 1.6:  # typed without a pause, so that none saves
            page.keyboard.type("x")
        server.process.kill()
        server.process.wait()
        typed = page.locator("#feedback").input_value()
    with Answers(tmp_path / "a.sqlite") as answers:
        (kept,) = [answers.texts.written(key, who) for who, key in answers.texts.drafted()]
    assert kept.text.startswith("Before the reload. Before the kill,")
    assert 1 <= kept.seconds < 60
    page.keyboard.type(" while nobody listens")
    expect(page.locator("#saved")).to_contain_text("cannot be reached")
    with served(*asked, port):
        expect(page.locator("#saved")).to_have_text("Draft saved.")
        page.reload()
        expect(page.locator("#feedback")).to_have_value(f"{typed} while nobody listens")


@pytest.mark.thorough
def test_a_draft_whose_answer_was_lost_is_no_text_of_another_window(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    lost: list[int] = []

    def saved_but_unanswered(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/draft", saved_but_unanswered)
    page.goto(f"{address}/programs/1")
    expect(page.locator("#feedback")).to_be_focused()
    page.keyboard.type("This was saved.")
    expect(page.locator("#saved")).to_contain_text("cannot be reached")
    page.keyboard.type(" And this comes after it.")
    expect(page.locator("#saved")).to_have_text("Draft saved.")
    assert lost == [200]
    page.reload()
    expect(page.locator("#feedback")).to_have_value("This was saved. And this comes after it.")


def unread(route: Route) -> None:
    """Else a window that is looked at would show at once what another has saved."""
    if route.request.method == "GET":
        route.abort()
    else:
        route.continue_()


@pytest.mark.thorough
def test_a_text_of_another_window_is_not_lost(context: BrowserContext, address: str) -> None:
    one, two = context.new_page(), context.new_page()
    two.route("**/draft", unread)
    for page in (one, two):
        page.goto(f"{address}/programs/3")
    one.locator("#feedback").fill("From one.")
    expect(one.locator("#saved")).to_have_text("Draft saved.")
    two.locator("#feedback").fill("From two.")
    expect(two.locator("#conflict")).to_be_visible()
    expect(two.locator("#other")).to_have_text("From one.")
    two.get_by_role("button", name="Keep mine").click()
    expect(two.locator("#saved")).to_have_text("Draft saved.")
    one.reload()
    expect(one.locator("#feedback")).to_have_value("From two.")


@pytest.mark.thorough
def test_it_can_be_used_by_keys_alone_and_fits_a_tablet(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    expect(page.get_by_role("link", name="go on with program 1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Program 1 of 3")
    page.wait_for_load_state()
    lines = page.locator("#program .line")
    assert "".join(lines.all_text_contents()) == annotating.PROGRAM.format(extra=0)
    expect(page.locator("#program .token.keyword").first).to_have_text("import")
    fault = page.locator("#program [data-at-fault]")
    expect(fault).to_contain_text("numbers[:-1]")
    page.keyboard.press("Alt+r")
    expect(page.locator("#input")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("2\n40 2\n")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ran pre")).to_have_text("40\n")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("h1")).to_contain_text("Program 2 of 3")
    page.wait_for_load_state()
    page.keyboard.press("Alt+r")
    assert page.locator("#run select option").all_inner_texts() == ["_add", "double"]
    page.locator("#run select").select_option("double")
    page.locator("#input").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ran pre")).to_have_text("[2, 4]")
    page.keyboard.press("Alt+w")
    expect(page.locator("#feedback")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("h1")).to_contain_text("Program 1 of 3")
    page.wait_for_load_state()
    for width, height in ((768, 1024), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        expect(page.locator("#feedback")).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Submit")).to_be_in_viewport(ratio=1)
        expect(page.locator("#program")).to_be_in_viewport()
    assert problems == []


@pytest.mark.thorough
def test_texts_are_judged_by_keys(context: BrowserContext, stored: Path, tmp_path: Path) -> None:
    page = context.new_page()
    asked = ("--answers", tmp_path / "a.sqlite", "--judge", "--port", 0)
    with served(stored, *asked) as server:
        page.goto(server.address)
        expect(page.get_by_role("link", name="go on with text 1")).to_be_focused()
        page.keyboard.press("Enter")
        for number, keys in enumerate(("as", "il", "un"), start=1):
            expect(page.locator("h1")).to_have_text(f"Text {number} of 3")
            page.wait_for_load_state()
            for key in keys:
                page.keyboard.press(key)
            page.keyboard.press("Control+Enter")
        expect(page.locator("h1")).to_have_text("All judged. Thank you!")
    with Answers(tmp_path / "a.sqlite") as answers:
        found = sorted((each.accuracy, each.change) for each in answers.judgements.all())
    assert found == [("accurate", "small"), ("inaccurate", "large"), ("uncertain", "none")]
