"""The file of what people wrote: drafts, answers, judgements, and what is left of who withdraws."""

import json
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from pytest_selfrepair.annotate.answers_export import as_lines
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.judgements import Judgement
from pytest_selfrepair.annotate.participants import WithdrawnError
from pytest_selfrepair.annotate.study_items import Key
from pytest_selfrepair.annotate.study_summary import by_source
from pytest_selfrepair.annotate.written_texts import StaleError
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.feedback.human import HumanText

KEY = Key(task_id="tasks/1", program_hash="abc")
OTHER = Key(task_id="tasks/2", program_hash="abc")
JUDGED = Judgement(
    task_id="tasks/1",
    program_hash="abc",
    text_hash="t",
    source="human",
    author="anna",
    participant="bob",
    accuracy="accurate",
    change="small",
    seconds=2.0,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "answers.sqlite"


def test_what_was_saved_last_is_there_when_it_is_opened_again(path: Path) -> None:
    with Answers(path) as answers:
        first = answers.texts.save_draft(KEY, "anna", text="It", seconds=1, revision=0)
        answers.texts.save_draft(KEY, "anna", text="It is", seconds=3, revision=first.revision)
    with Answers(path) as answers:
        found = answers.texts.written(KEY, "anna")
    assert (found.text, found.seconds, found.answered, found.changed) == ("It is", 3, False, True)


def test_an_answer_stays_while_a_later_draft_is_written(path: Path) -> None:
    with Answers(path) as answers:
        answers.texts.submit(KEY, "anna", text="first", seconds=5, revision=0)
        assert answers.texts.drafted() == []
        before = answers.texts.written(KEY, "anna")
        answers.texts.save_draft(KEY, "anna", text="second", seconds=6, revision=before.revision)
        assert [each.feedback for each in answers.texts.answers()] == ["first"]
        assert answers.texts.drafted() == [("anna", KEY)]
        assert answers.texts.written(KEY, "anna").changed


def test_time_never_falls_and_has_a_bound(path: Path) -> None:
    with Answers(path) as answers:
        answers.texts.save_draft(KEY, "anna", text="x", seconds=50, revision=0)
        answers.texts.submit(KEY, "anna", text="y", seconds=2, revision=1)
        answers.texts.submit(OTHER, "anna", text="y", seconds=1e30, revision=0)
        assert [each.seconds for each in answers.texts.answers()] == [50, 86_400]


def test_two_windows_do_not_overwrite_each_other(path: Path) -> None:
    with Answers(path) as one, Answers(path) as two:
        one.texts.save_draft(KEY, "anna", text="from one", seconds=1, revision=0)
        with pytest.raises(StaleError) as error:
            two.texts.submit(KEY, "anna", text="from two", seconds=1, revision=0)
        assert error.value.now.text == "from one"
        two.texts.save_draft(KEY, "anna", text="both", seconds=1, revision=error.value.now.revision)
        assert one.texts.written(KEY, "anna").text == "both"
        assert one.texts.answers() == []


def test_a_save_that_is_sent_twice_is_no_conflict(path: Path) -> None:
    with Answers(path) as answers:
        for _ in range(3):
            answers.texts.save_draft(KEY, "anna", text="same", seconds=1, revision=0)
        after = answers.texts.save_draft(KEY, "anna", text="same, and more", seconds=1, revision=1)
        assert (after.text, after.revision) == ("same, and more", 2)


def test_many_at_once_lose_nothing(path: Path) -> None:
    def write(who: str) -> None:
        with Answers(path) as answers:
            for number in range(10):
                key = Key(task_id=f"tasks/{number}", program_hash="abc")
                answers.texts.submit(key, who, text=f"{who} {number}", seconds=1, revision=0)

    threads = [threading.Thread(target=write, args=(f"p{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Answers(path) as answers:
        found = {(each.participant, each.feedback) for each in answers.texts.answers()}
    assert found == {(f"p{n}", f"p{n} {number}") for n in range(4) for number in range(10)}


def test_who_withdraws_leaves_nothing_but_that_they_did(path: Path) -> None:
    with Answers(path) as answers:
        answers.people.consent("anna", "hash-of-the-text")
        answers.texts.submit(KEY, "anna", text="UNFORGETTABLE " * 50, seconds=1, revision=0)
        answers.texts.save_draft(OTHER, "anna", text="UNFORGETTABLE", seconds=1, revision=0)
        answers.texts.submit(KEY, "bob", text="stays", seconds=1, revision=0)
        answers.judgements.file(JUDGED)
        answers.judgements.file(replace(JUDGED, author="", source="self", participant="anna"))
        answers.judgements.file(replace(JUDGED, author="", source="self"))
        answers.withdraw("anna")
        assert [each.participant for each in answers.texts.answers()] == ["bob"]
        assert answers.texts.drafted() == []
        assert [(each.source, each.participant) for each in answers.judgements.all()] == [
            ("self", "bob")
        ]
        assert answers.people.withdrawn() == {"anna"}
        assert answers.people.consented("anna") is None
        for suffix in ("", "-wal"):
            assert b"UNFORGETTABLE" not in path.with_name(path.name + suffix).read_bytes()
        with pytest.raises(WithdrawnError):
            answers.texts.submit(KEY, "anna", text="again", seconds=1, revision=0)
        with pytest.raises(WithdrawnError):
            answers.texts.save_draft(KEY, "anna", text="again", seconds=1, revision=0)
        with pytest.raises(WithdrawnError):
            answers.people.consent("anna", "hash-of-the-text")
        with pytest.raises(WithdrawnError):
            answers.judgements.file(replace(JUDGED, participant="anna"))


def test_nobody_else_reads_the_file(path: Path) -> None:
    Answers(path).close()
    assert path.stat().st_mode & 0o077 == 0


def test_its_key_is_its_own_and_stays(path: Path, tmp_path: Path) -> None:
    with Answers(path) as answers:
        key = answers.key()
    with Answers(path) as again, Answers(tmp_path / "other") as other:
        assert again.key() == key != other.key()


def test_another_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another application"):
        Answers(path)
    (tmp_path / "text").write_text("no database at all, but a text " * 99)
    with pytest.raises(StoreError, match="not a database"):
        Answers(tmp_path / "text")
    with pytest.raises(StoreError, match="no such file"):
        Answers(tmp_path / "missing", create=False)
    assert path.read_bytes() == before


@examples(50)
@given(st.text(), st.text())
def test_every_answer_is_one_line_of_ascii(text: str, task: str) -> None:
    answer = HumanText(task_id=task, program_hash="h", participant="p", feedback=text, seconds=1.5)
    (line,) = as_lines([answer])
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line) == {
        "task_id": task,
        "program_hash": "h",
        "participant": "p",
        "feedback": text,
        "seconds": 1.5,
    }


def test_judgements_are_counted_by_source_people_first() -> None:
    found = by_source(
        [
            replace(JUDGED, source="gpt-4", accuracy="inaccurate", change="large"),
            JUDGED,
            replace(JUDGED, participant="carl", accuracy="uncertain"),
        ]
    )
    assert [(each.source, each.texts, each.judgements) for each in found] == [
        ("human", 1, 2),
        ("gpt-4", 1, 1),
    ]
    assert found[0].accuracy == {"accurate": 1, "inaccurate": 0, "uncertain": 1}
    assert found[1].change == {"small": 0, "large": 1, "none": 0}
