"""The page on which people write, asked as a browser or as somebody who means harm would ask it."""

import hashlib
import json
import re
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

import annotating
from annotating import MODELS_WORDS
from pytest_selfrepair.annotate import answers_layout, door, host, study_plan, text_judging
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.person import Person
from pytest_selfrepair.annotate.study_items import Item, failing
from pytest_selfrepair.annotate.trial_running import TrialRunner, arguments
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.store import run_names
from pytest_selfrepair.web import listening
from pytest_selfrepair.web.guard import GUESSES, LARGEST_BODY, Guard, Meter, Rate

EVIL = (
    "</textarea></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"'{{7*7}}\x1b[31m\u202e"
)
EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is asked about, not bound


class Page:
    """A page that is served, and a file of answers behind it."""

    def __init__(self, folder: Path, run: run_names.LoadedRun) -> None:
        self.run = run
        self.items = failing(run)
        self.answers = Answers(folder / "a.sqlite")
        self.key = self.answers.key()
        self.design, self.secrets = study_plan.create(
            self.items, run="s.sqlite", people=2, each=2, per_program=2, seed=0
        )
        self.stack = ExitStack()

    def client(
        self,
        *,
        studied: bool = False,
        items: Sequence[Item] | None = None,
        judge: bool = False,
        at: str = "127.0.0.1",
        code: str = "local",
        names: tuple[str, ...] = (),
        runner: TrialRunner | None = None,
        base: str = "http://127.0.0.1:8765",
    ) -> TestClient:
        mine = tuple(items or self.items[::2])
        texts = text_judging.texts(
            self.run, mine, self.answers.texts.answers(), per_program=1, seed=0
        )
        served = host.Served(
            answers=self.answers,
            study=self.design if studied else None,
            texts=study_plan.StudyTexts(
                consent=f"Consent {EVIL}", instructions=study_plan.standard("instructions")
            ),
            items=tuple(self.items),
            person=Person(code=code, items=mine),
            judged=tuple(texts) if judge else None,
            seed=0,
            host=at,
            port=0,
            names=names,
            isolation=None,
        )
        app = host.build(served, self.key, runner)
        client = TestClient(app, base_url=base, follow_redirects=False)
        return self.stack.enter_context(client)

    def participant(self, code: str, *, agree: bool = True) -> TestClient:
        client = self.client(studied=True)
        entered = client.get(f"/enter/{self.secrets[code]}")
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        if agree:
            asked = client.get("/consent").text
            sent = {"csrf": csrf(asked), "text": field(asked, "text"), "agree": "yes"}
            assert client.post("/consent", data=sent).headers["location"] == "/"
        return client


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> run_names.LoadedRun:
    records = [annotating.record(n, difficulty=list(Difficulty)[n % 3]) for n in range(3)]
    path = annotating.store(tmp_path_factory.mktemp("run") / "s.sqlite", records)
    return run_names.load(str(path))


@pytest.fixture
def page(tmp_path: Path, stored: run_names.LoadedRun) -> Iterator[Page]:
    made = Page(tmp_path, stored)
    with made.stack:
        yield made
    made.answers.close()


def field(text: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', text)
    assert found, text
    return found[1]


def csrf(text: str) -> str:
    return field(text, "csrf")


def submit(client: TestClient, number: int, feedback: str) -> str:
    token = csrf(client.get(f"/programs/{number}").text)
    sent = {"csrf": token, "feedback": feedback, "seconds": "12.5", "revision": "0"}
    answer = client.post(f"/programs/{number}", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_it_shows_statement_program_and_case_but_no_models_words(page: Page) -> None:
    client = page.client()
    shown = [client.get(path).text for path in ("/", "/programs/1", "/programs/2", "/programs/3")]
    assert "Monocarp collects shells" in shown[1]
    assert "for number in numbers[:-1]" in shown[1]
    assert "wrong answer on case 1" in shown[1]
    assert not any(MODELS_WORDS in each for each in shown)


def test_an_answer_is_kept_with_its_time_and_the_next_program_follows(page: Page) -> None:
    client = page.client()
    assert submit(client, 1, "Line 11\r\nleaves one out.") == "/programs/2"
    (kept,) = page.answers.texts.answers()
    assert (kept.feedback, kept.seconds) == ("Line 11\nleaves one out.", 12.5)
    assert (kept.participant, kept.task_id) == ("local", page.items[0].key.task_id)
    assert submit(client, 3, "x") == "/programs/2"
    assert submit(client, 2, "x") == "/"
    assert "All done" in client.get("/").text


def test_an_empty_answer_is_refused_and_what_is_of_another_window_is_shown(page: Page) -> None:
    client = page.client()
    token = csrf(client.get("/programs/1").text)
    blank = client.post("/programs/1", data={"csrf": token, "feedback": " \n"})
    assert (blank.status_code, page.answers.texts.answers()) == (400, [])
    submit(client, 1, "from the other window")
    late = client.post("/programs/1", data={"csrf": token, "feedback": "mine", "revision": "0"})
    assert late.status_code == 409
    assert "from the other window" in late.text
    assert "\nmine</textarea>" in late.text


def test_a_draft_is_saved_and_read(page: Page) -> None:
    client = page.client()
    headers = {"X-CSRF": csrf(client.get("/programs/1").text)}
    sent = {"text": "It is", "seconds": 3, "revision": 0}
    saved = client.post("/programs/1/draft", json=sent, headers=headers).json()
    assert (saved["revision"], saved["seconds"]) == (1, 3)
    assert client.get("/programs/1/draft").json()["text"] == "It is"
    assert "\nIt is</textarea>" in client.get("/programs/1").text
    stale = {**sent, "text": "Another"}
    assert client.post("/programs/1/draft", json=stale, headers=headers).status_code == 409
    for bad in ("{", '{"text": 1}', json.dumps({**sent, "seconds": -1}), '{"text": "\\ud800"}'):
        answer = client.post("/programs/1/draft", content=bad, headers=headers)
        assert answer.status_code == 400
    long = {**sent, "text": "x" * 20_001, "revision": 1}
    assert client.post("/programs/1/draft", json=long, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "path", ["/programs/1", "/programs/1/draft", "/programs/1/run", "/withdraw"]
)
def test_nothing_is_changed_without_the_token_of_the_form(page: Page, path: str) -> None:
    client = page.client()
    sent = {"text": "x", "seconds": 1, "revision": 0, "input": ""}
    assert client.post(path, data={"feedback": "x"}).status_code == 403
    assert client.post(path, data={"feedback": "x", "csrf": "0" * 64}).status_code == 403
    assert client.post(path, json=sent, headers={"X-CSRF": "x"}).status_code == 403
    assert client.get("/programs/1/draft").json()["text"] == ""
    assert page.answers.people.withdrawn() == set()


def test_the_token_of_one_participant_is_none_of_another(page: Page) -> None:
    first, second = page.participant("p1"), page.participant("p2")
    token = csrf(first.get("/programs/1").text)
    assert second.post("/programs/1", data={"csrf": token, "feedback": "x"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_page_is_refused_even_with_a_token(
    page: Page, headers: dict[str, str]
) -> None:
    client = page.client()
    sent = {"csrf": csrf(client.get("/programs/1").text), "feedback": "x"}
    assert client.post("/programs/1", data=sent, headers=headers).status_code == 403
    assert page.answers.texts.answers() == []


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "10.1.2.3", "", "[::"])
def test_a_name_that_leads_here_from_elsewhere_is_refused(page: Page, name: str) -> None:
    client = page.client()
    assert client.get("/", headers={"Host": name}).status_code == 421


@pytest.mark.parametrize("name", ["localhost:8765", "127.0.0.1", "[::1]:8765", "lab.example"])
def test_the_pages_own_names_are_taken(page: Page, name: str) -> None:
    client = page.client(names=("lab.example",))
    assert client.get("/", headers={"Host": name}).status_code == 200


def test_on_all_addresses_any_address_is_its_own_but_no_other_name(page: Page) -> None:
    client = page.client(at=EVERYWHERE)
    names = ("10.1.2.3:80", socket.gethostname(), "evil.example")
    answers = [client.get("/", headers={"Host": name}) for name in names]
    assert [each.status_code for each in answers] == [403, 403, 421]


def test_away_from_loopback_only_the_link_opens_it(page: Page) -> None:
    client = page.client(at="192.0.2.1", base="http://192.0.2.1:8765")
    for path in ("/", "/programs/1", "/programs/1/draft", "/withdraw"):
        assert client.get(path).status_code == 403
    assert client.get("/enter/wrong").status_code == 404
    entered = client.get(f"/enter/{door.secret_of_one(page.key)}")
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/programs/1").status_code == 200


def test_links_cannot_be_guessed_by_trying(page: Page) -> None:
    client = page.client(studied=True)
    codes = [client.get(f"/enter/guess-{number}").status_code for number in range(12)]
    assert codes == [404] * GUESSES.burst + [429] * 2
    # One who has a link is let in, whatever others behind the same address have tried.
    assert client.get(f"/enter/{page.secrets['p1']}").status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/static/../study_plan.py",
        "/static/%2e%2e/study_plan.py",
        "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/study_plan.py",
        "/static/",
        "/enter/../../etc/passwd",
        "/programs/0",
        "/programs/99",
        "/programs/-1",
        "/programs/1/../../../etc/passwd",
        "/programs/99999999999999999999999999",
        f"/programs/{'9' * 6000}",
        f"/programs/{'9' * 6000}/draft",
        f"/enter/{'9' * 6000}",
    ],
)
def test_no_path_leaves_what_is_there(page: Page, path: str) -> None:
    client = page.client()
    assert client.get(path).status_code == 404


def test_what_is_larger_than_it_may_be_is_refused(page: Page) -> None:
    client = page.client()
    headers = {"X-CSRF": csrf(client.get("/programs/1").text)}

    def parts() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // 1024 + 1):
            yield b"x" * 1024

    for content in (b"x" * (LARGEST_BODY + 1), parts()):
        answer = client.post("/programs/1/draft", content=content, headers=headers)
        assert answer.status_code == 413
    lying = {**headers, "Content-Length": "9" * 30}
    assert client.post("/programs/1/draft", content=b"", headers=lying).status_code == 413
    many = "&".join(f"a{n}=" for n in range(1000))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/programs/1", content=many, headers=form).status_code == 400


@pytest.mark.parametrize("revision", ["9" * 6000, "99999999999999999999", "1e3", "-1", "٣"])
def test_a_revision_that_no_page_has_sent_is_refused(page: Page, revision: str) -> None:
    client = page.client()
    sent = {"csrf": csrf(client.get("/programs/1").text), "feedback": "x", "revision": revision}
    assert client.post("/programs/1", data=sent).status_code == 400
    if revision.isascii() and revision.isdigit():
        content = f'{{"text": "x", "seconds": 1, "revision": {revision}}}'
        headers = {"X-CSRF": sent["csrf"]}
        answer = client.post("/programs/1/draft", content=content, headers=headers)
        assert answer.status_code == 400


def test_answers_that_another_process_holds_are_said_to_be_at_once(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_layout, "PATIENCE", 60.0)  # for whom comes next
    client = page.client()
    page.answers._connection.execute("PRAGMA busy_timeout = 50")  # noqa: SLF001 - as if it had waited
    with closing(sqlite3.connect(page.answers.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            answer = client.get("/programs/1")
            assert answer.status_code == 503
            assert "locked" in answer.text
        other.rollback()
    monkeypatch.setattr(page.answers, "_locked_until", 0.0)
    assert client.get("/programs/1").status_code == 200


def test_who_asks_too_often_waits() -> None:
    app = Guard(
        Starlette(), {"127.0.0.1"}, meter=Meter(Rate(burst=3, seconds=5.0), clock=lambda: 0.0)
    )
    client = TestClient(app, base_url="http://127.0.0.1")
    answers = [client.get("/") for _ in range(5)]
    assert [each.status_code for each in answers] == [404, 404, 404, 429, 429]
    assert answers[-1].headers["retry-after"] == "6"


def test_a_meter_allows_a_burst_and_then_one_at_a_time() -> None:
    now = SimpleNamespace(seconds=100.0)
    meter = Meter(Rate(burst=3, seconds=2.0), clock=lambda: now.seconds)
    assert [meter.wait("a") for _ in range(4)] == [0, 0, 0, 2]
    assert meter.wait("b") == 0
    now.seconds += 2
    assert [meter.wait("a") for _ in range(2)] == [0, 2]
    now.seconds += 1000
    assert [meter.wait("a") for _ in range(4)] == [0, 0, 0, 2]


def test_every_response_says_what_a_browser_may_do(page: Page) -> None:
    client = page.client()
    for answer in (
        client.get("/programs/1"),
        client.get("/static/write.js"),
        client.get("/nowhere"),
        client.get("/", headers={"Host": "evil.example"}),
    ):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    text = client.get("/programs/1").text
    assert not re.search(
        r"<script(?! (?:type=\"module\" )?src=\"/static/)|<style|style=| on\w+=|"
        r"https?://(?!www.w3)",
        text,
    )


def hostile(item: Item) -> Item:
    failure = CaseFailure(index=0, input=EVIL, expected=EVIL, actual=EVIL, error=EVIL)
    verdict = Verdict(outcome=Outcome.WRONG_ANSWER, cases_run=1, cases_passed=0, failure=failure)
    return replace(item, program=EVIL, statement=EVIL, difficulty=EVIL, verdict=verdict)


def test_nothing_that_a_task_a_model_or_a_person_wrote_is_markup(page: Page) -> None:
    client = page.client(items=[hostile(page.items[0])])
    submit(client, 1, EVIL)
    judged = replace(page.items[0], program=EVIL)
    texts = [text_judging.Text(item=hostile(judged), text=EVIL, source=EVIL)]
    site = host.Served(
        answers=page.answers,
        study=None,
        texts=study_plan.StudyTexts(consent=EVIL, instructions=EVIL),
        items=(),
        person=Person(code="other", items=()),
        judged=tuple(texts),
        seed=0,
        host="127.0.0.1",
        port=0,
        names=(),
        isolation=None,
    )
    with TestClient(host.build(site, page.key, None), base_url="http://127.0.0.1") as judge:
        shown = [client.get("/").text, client.get("/programs/1").text, judge.get("/texts/1").text]
    shown.append(page.participant("p1", agree=False).get("/consent").text)
    for text in shown:
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "49" not in re.sub(r'value="[^"]*"', "", text)
        assert "\u202e" not in re.sub(r"<textarea.*?</textarea>", "", text, flags=re.DOTALL)
    assert "&lt;/textarea&gt;" in shown[1]


def test_without_a_link_or_consent_nothing_is_shown(page: Page) -> None:
    stranger = page.client(studied=True)
    assert stranger.get("/").status_code == 403
    client = page.participant("p1", agree=False)
    for path in ("/", "/programs/1", "/programs/1/draft"):
        assert client.get(path).headers["location"] == "/consent"
    token = csrf(client.get("/consent").text)
    for sent in ({"agree": "yes", "text": "of another text"}, {"agree": "no"}, {}):
        assert client.post("/consent", data={"csrf": token, **sent}).status_code == 200
    assert client.get("/").headers["location"] == "/consent"
    assert page.answers.people.consented("p1") is None


def test_participants_see_their_own_programs_and_answers(page: Page) -> None:
    first, second = page.participant("p1"), page.participant("p2")
    submit(first, 1, "by the first")
    shown = [second.get(path).text for path in ("/", "/programs/1", "/programs/2")]
    assert not any("by the first" in each for each in shown)
    assert first.get("/programs/3").status_code == 404
    assert {each.participant for each in page.answers.texts.answers()} == {"p1"}


def test_who_withdraws_is_told_so_by_their_link_afterwards(page: Page) -> None:
    client, other = page.participant("p1"), page.participant("p2")
    submit(client, 1, "gone soon")
    submit(other, 1, "stays")
    asked = client.get("/withdraw").text
    assert "1 answer, 0 drafts and 0 judgements" in asked
    assert client.post("/withdraw", data={"csrf": csrf(asked)}).status_code == 410
    assert [each.feedback for each in page.answers.texts.answers()] == ["stays"]
    again = page.participant("p1", agree=False)
    for asking in (client, again):
        for path in ("/", "/programs/1", "/consent"):
            answer = asking.get(path)
            assert answer.status_code == 410
            assert "You have withdrawn" in answer.text
    late = {"X-CSRF": csrf(asked)}
    sent = {"text": "x", "seconds": 1, "revision": 0}
    assert client.post("/programs/1/draft", json=sent, headers=late).status_code == 410
    assert page.answers.texts.drafted() == []


def test_judging_is_blind_and_leaves_out_ones_own(page: Page) -> None:
    for who in ("anna", "bob"):
        submit(page.client(code=who), 1, f"{who} says this.")
    client = page.client(judge=True, code="anna")
    shown = [client.get(f"/texts/{number}").text for number in (1, 2)]
    assert client.get("/texts/3").status_code == 404
    assert any("bob says this." in each for each in shown)
    assert any(MODELS_WORDS in each for each in shown)
    without_texts = [re.sub(r'<div class="feedback".*?</div>', "", each) for each in shown]
    for each in without_texts:
        assert not re.search(
            r"bob|human|self\b(?!repair)|author|source", each.replace("'self'", "")
        )
    for number, text in enumerate(shown, start=1):
        sent = {"csrf": csrf(text), "text": field(text, "text"), "seconds": "4"}
        wrong = client.post(f"/texts/{number}", data={**sent, "accuracy": "x", "change": "small"})
        assert wrong.status_code == 400
        sent |= {"accuracy": "uncertain", "change": "large"}
        stale = client.post(f"/texts/{number}", data={**sent, "text": "of another"})
        assert "another text than before" in stale.text
        answer = client.post(f"/texts/{number}", data=sent)
        assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    found = {(each.source, each.author, each.accuracy) for each in page.answers.judgements.all()}
    assert found == {("human", "bob", "uncertain"), ("self", "", "uncertain")}


def test_the_participants_of_a_study_judge_by_their_links_once_they_agreed(page: Page) -> None:
    client = page.client(studied=True, judge=True)
    assert client.get("/texts/1").status_code == 403
    client.get(f"/enter/{page.secrets['p1']}")
    assert client.get("/texts/1").headers["location"] == "/consent"
    page.answers.people.consent("p1", hashlib.sha256(f"Consent {EVIL}".encode()).hexdigest())
    assert MODELS_WORDS in client.get("/texts/1").text


def test_a_text_that_was_withdrawn_is_judged_by_nobody_any_more(page: Page) -> None:
    submit(page.client(code="bob"), 1, "bob says this.")
    client = page.client(judge=True, code="anna")
    page.answers.withdraw("bob")
    shown = client.get("/texts/1").text
    assert MODELS_WORDS in shown
    assert client.get("/texts/2").status_code == 404


def test_the_order_of_texts_is_a_participants_own_and_stays(page: Page) -> None:
    texts = text_judging.texts(page.run, page.items, [], per_program=1, seed=0)
    many = [replace(texts[0], text=str(number)) for number in range(20)]
    first = text_judging.in_order(many, "anna", seed=0)
    assert first == text_judging.in_order(many[::-1], "anna", seed=0)
    assert first != text_judging.in_order(many, "bob", seed=0)
    assert first != text_judging.in_order(many, "anna", seed=1)
    left = [text for text in first if text.text != "7"]
    assert left == text_judging.in_order(left[::-1], "anna", seed=0)


def test_a_program_runs_on_an_input_in_the_sandbox(page: Page) -> None:
    runner = TrialRunner(find_isolation())
    called = replace(
        page.items[0],
        program=annotating.CALLED.format(extra=1),
        kind=TaskKind.CALL_BASED,
        functions=("double", "_add"),
    )
    client = page.client(items=[page.items[0], called], runner=runner)
    headers = {"X-CSRF": csrf(client.get("/programs/1").text)}

    def run(number: int, given_input: str, function: str | None = None) -> dict[str, object]:
        sent = {"input": given_input, "function": function}
        answer = client.post(f"/programs/{number}/run", json=sent, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    assert run(1, "3\r\n10 20 30\r\n")["output"] == "30\n"
    wrong = run(1, "three")
    assert "ValueError" in str(wrong["error"])
    assert wrong["line_number"] == 6
    assert run(2, "[[1, 5]]", "double")["output"] == "[3, 11]"
    assert run(2, "[1, 5], ", "double")["output"] == "[3, 11]"
    unknown = {"input": "1", "function": "__init__"}
    assert client.post("/programs/2/run", json=unknown, headers=headers).status_code == 400
    unread = {"input": "print(1)", "function": "double"}
    answer = client.post("/programs/2/run", json=unread, headers=headers)
    assert (answer.status_code, "as in a call" in answer.text) == (400, True)
    codes = [
        client.post("/programs/2/run", json=unread, headers=headers).status_code for _ in range(10)
    ]
    assert codes[-1] == 429
    client.portal.call(runner.aclose)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("[]", []),
        ("[1, 2]", [1, 2]),
        ("[[1, 2]]", [[1, 2]]),
        ("1, 2", [1, 2]),
        ("[1], 2", [[1], 2]),
        ("[1, 2],", [[1, 2]]),
        ("['a', None, True]", ["a", None, True]),
        ('["a", null, true]', ["a", None, True]),
        ("(1, 2), 'x'  # two", [[1, 2], "x"]),
    ],
)
def test_arguments_are_read_as_people_write_them(text: str, found: list[object]) -> None:
    assert arguments(text) == found


@given(st.text())
def test_what_is_no_arguments_is_refused(text: str) -> None:
    try:
        found = arguments(text)
    except UsageError as error:
        assert "accepted: the arguments as a list" in str(error)  # noqa: PT017 - either is right
    else:
        assert json.loads(json.dumps(found)) == found


def test_only_this_machine_is_loopback() -> None:
    hosts = ("127.0.0.1", "localhost", "::1", "127.9.9.9", EVERYWHERE, "::", "10.0.0.1", "lab")
    assert [listening.is_loopback(each) for each in hosts] == [True] * 4 + [False] * 4
    assert [listening.is_every_address(each) for each in hosts[3:6]] == [False, True, True]


def test_a_port_that_is_taken_is_told() -> None:
    with listening.listen("127.0.0.1", 0) as taken:
        address = listening.address(taken, "127.0.0.1")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        with pytest.raises(UsageError, match="accepted: an address of this machine"):
            listening.listen("127.0.0.1", int(address.rpartition(":")[2]))
