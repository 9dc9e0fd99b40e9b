"""A study from its design to what came of it, by the commands."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import annotating
import builders
from projects import write_task
from pytest_selfrepair.annotate import study_plan
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.annotate.judgements import Judgement
from pytest_selfrepair.annotate.study_items import completed, failing
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.store import run_names

CREATE = ["study", "create", "s.sqlite", "--participants", "4", "--programs", "3", "-o"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    records = [annotating.record(n, difficulty=list(Difficulty)[n % 3]) for n in range(9)]
    annotating.store(tmp_path / "s.sqlite", records)
    return tmp_path


def test_it_draws_programs_and_prints_links_whose_secrets_are_kept_nowhere(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*CREATE, "study_plan.json", "--address", "http://there:80/"]) == 0
    output = capsys.readouterr()
    links = dict(line.split() for line in output.out.splitlines())
    assert list(links) == ["p1", "p2", "p3", "p4"]
    assert "6 programs of 6 tasks (2 introductory, 2 interview, 2 competition)" in output.err
    design = study_plan.load(here / "study_plan.json")
    for code, link in links.items():
        secret = link.removeprefix("http://there:80/enter/")
        assert len(secret) == 32
        found = design.participant(secret)
        assert found is not None
        assert found.code == code
        assert secret not in (here / "study_plan.json").read_text()
    study_plan.check(design, failing(run_names.load("s.sqlite")))
    assert {path.name for path in here.iterdir()} >= {"consent.txt", "instructions.txt"}


def test_a_study_is_never_overwritten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CREATE, "study_plan.json"]) == 0
    before = (here / "study_plan.json").read_text()
    (here / "consent.txt").write_text("Ours.")
    assert main([*CREATE, "study_plan.json"]) == 2
    assert "found study_plan.json, which exists already" in capsys.readouterr().err
    assert (here / "study_plan.json").read_text() == before
    assert (here / "consent.txt").read_text() == "Ours."


def test_what_is_impossible_is_said_and_nothing_is_written(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "create", "s.sqlite", "-o", "study_plan.json"]) == 2
    assert "of the 18 failing programs of 9 tasks 18 can be used" in capsys.readouterr().err
    assert not (here / "study_plan.json").exists()


def test_a_lost_link_is_renewed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CREATE, "study_plan.json"]) == 0
    old = capsys.readouterr().out.split()[3].rpartition("/")[2]
    assert main(["study", "renew", "study_plan.json", "p2"]) == 0
    new = capsys.readouterr().out.split()[1].rpartition("/")[2]
    design = study_plan.load(here / "study_plan.json")
    found = design.participant(new)
    assert found is not None
    assert found.code == "p2"
    assert design.participant(old) is None
    assert main(["study", "renew", "study_plan.json", "p9"]) == 2
    assert "CODE: found 'p9'; accepted: p1, p2, p3, p4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "truncated"),
        ("{}", "missing required field `format`"),
        ('{"format": "another"}', "missing required field `run`"),
    ],
)
def test_another_file_is_no_study(here: Path, text: str, said: str) -> None:
    (here / "study_plan.json").write_text(text)
    with pytest.raises(UsageError, match=said):
        study_plan.load(here / "study_plan.json")


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "link.txt", "empty.txt", "."])
def test_texts_come_from_beside_the_study_only(here: Path, name: str) -> None:
    (here / "secret.txt").write_text("Of somebody else.")
    folder = here / "folder"
    assert main([*CREATE, "folder/study_plan.json"]) == 0
    (folder / "link.txt").symlink_to(here / "secret.txt")
    (folder / "empty.txt").write_text(" ")
    path = folder / "study_plan.json"
    path.write_text(path.read_text().replace('"consent.txt"', json.dumps(name)))
    with pytest.raises(UsageError, match="consent: "):
        study_plan.texts(study_plan.load(path), path)


def test_a_study_of_another_run_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CREATE, "study_plan.json"]) == 0
    annotating.store(here / "other.sqlite", [annotating.record(77)])
    assert main(["annotate", "other.sqlite", "--study", "study_plan.json"]) == 2
    assert "has no failing program" in capsys.readouterr().err


def test_status_export_and_report_say_what_came_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*CREATE, "study_plan.json"]) == 0
    design = study_plan.load(here / "study_plan.json")
    with Answers(here / "a.sqlite") as answers:
        for person in design.participants[:3]:
            answers.people.consent(person.code, "x")
            key = person.programs[0]
            answers.texts.submit(key, person.code, text="Off by one.", seconds=90, revision=0)
        answers.withdraw("p3")
        second = design.participants[0].programs[1]
        answers.texts.save_draft(second, "p1", text="And", seconds=1, revision=0)
        for who, accuracy in (("p1", "accurate"), ("p2", "accurate"), ("p4", "uncertain")):
            answers.judgements.file(
                Judgement(
                    task_id=key.task_id,
                    program_hash=key.program_hash,
                    text_hash="t",
                    source="self",
                    author="",
                    participant=who,
                    accuracy=accuracy,
                    change="small",
                    seconds=1,
                )
            )
    capsys.readouterr()
    assert main(["study", "status", "--study", "study_plan.json", "--answers", "a.sqlite"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows[0] == ["p1", "yes", "1", "of", "3", "1", "1", "1.5"]
    assert rows[2][:2] == ["p3", "withdrawn"]
    assert rows[3][:5] == ["p4", "no", "0", "of", "3"]
    assert main(["study", "export", "--answers", "a.sqlite", "-o", "out.jsonl"]) == 0
    lines = [json.loads(line) for line in (here / "out.jsonl").read_text().splitlines()]
    assert sorted(line["participant"] for line in lines) == ["p1", "p2"]
    assert list(lines[0]) == ["task_id", "program_hash", "participant", "feedback", "seconds"]
    capsys.readouterr()
    assert main(["study", "report", "--answers", "a.sqlite"]) == 0
    said = capsys.readouterr().out
    assert "2 answers on 2 programs, 2 people; median 90 s and 3 words." in said
    assert "2 (66.7%)" in said
    assert "1 of 3" in said
    assert main(["study", "report", "--answers", "a.sqlite", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["judged"][0]["accuracy"] == {"accurate": 2, "inaccurate": 0, "uncertain": 1}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--program", "nowhere"], "--program: found 'nowhere'; accepted: a part of the id"),
        (["--participant", "a b"], "--participant: found 'a b'; accepted: up to 64 letters"),
        (["--study", "none.json"], "--study: none.json: No such file"),
        (["--host", "192.0.2.7"], "--host 192.0.2.7"),
        (["--answers", "s.sqlite"], "s.sqlite: found another application's database"),
    ],
)
def test_a_page_that_cannot_be_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["annotate", "s.sqlite", "--port", "0", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for module in ("annotate.host", "web.serving", "web.connection"):
        monkeypatch.delitem(sys.modules, f"pytest_selfrepair.{module}", raising=False)
    assert main(["annotate", "s.sqlite"]) == 2
    assert "found no uvicorn; accepted: what `pip install" in capsys.readouterr().err


def run_of(path: Path, *records: Record) -> run_names.LoadedRun:
    return run_names.load(str(annotating.store(path, records)))


def test_equal_programs_are_one_and_what_is_no_failing_program_is_none(tmp_path: Path) -> None:
    record = annotating.record(1, failing=3)
    assert record.grown
    first, second, third = record.grown.programs
    object.__setattr__(second, "program", first.program)
    object.__setattr__(third.verdict, "outcome", Outcome.SANDBOX_ERROR)
    found = failing(run_of(tmp_path / "s.sqlite", record))
    assert [each.node for each in found] == ["p0"]


def test_the_function_that_is_called_is_found_among_all_programs(tmp_path: Path) -> None:
    record = annotating.record(1, kind=TaskKind.CALL_BASED)
    assert record.grown
    first, second = record.grown.programs
    object.__setattr__(second, "program", "def double(values):\n    return values\n")
    found = failing(run_of(tmp_path / "s.sqlite", record))
    assert [each.functions for each in found] == [("double", "_add"), ("double",)]
    assert found[0].program == first.program


def test_tasks_say_what_a_record_does_not() -> None:
    item = replace(annotating.item("tasks/7"), functions=("other",))
    task = builders.task(fn_name="double", in_place=True)
    found = completed(item, replace(task, statement="Double it."))
    assert (found.statement, found.functions, found.in_place) == ("Double it.", ("double",), True)
    kept = completed(replace(item, statement="Ours."), replace(task, fn_name=None))
    assert (kept.statement, kept.functions) == ("Ours.", ())


@pytest.mark.usefixtures("here")
def test_a_run_without_statements_is_told_and_takes_those_of_the_tasks(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = replace(annotating.record(1), statement="")
    annotating.store(here / "bare.sqlite", [bare])
    write_task(
        here / bare.task_id, difficulty="interview", inputs=["1"], outputs=["1"], statement="Add."
    )
    missing = ["--participant", "a b"]  # which ends it before it serves
    assert main(["annotate", "bare.sqlite", *missing]) == 2
    assert "1 of 1 tasks have no statement in this run" in capsys.readouterr().err
    assert main(["annotate", "bare.sqlite", "--tasks", "tasks", *missing]) == 2
    assert "no statement" not in capsys.readouterr().err
