"""The `selfrepair` command: judging programs sampled elsewhere, and validating tasks."""

import asyncio
import contextlib
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import synthetic
from places import ROOT
from projects import write_task
from pytest_selfrepair.cli import main
from pytest_selfrepair.commands.in_order import ordered
from pytest_selfrepair.commands.progress import ProgressLine
from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from pytest_selfrepair.store.sqlite_store import SqliteStore

RIGHT, WRONG = "print(sum(map(int, input().split())))", "print(0)"
FIELDS = [
    "task_id",
    "index",
    "outcome",
    "passed",
    "rule",
    "cases_passed",
    "cases_run",
    "error",
    "unstable",
    "seconds",
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("tasks/0001", "tasks/0002"):
        write_task(
            tmp_path / name,
            difficulty="introductory",
            inputs=["1 2\n", "4 5 6\n"],
            outputs=["3\n", "15\n"],
        )
    return tmp_path


def solutions(task: Path, *programs: str) -> None:
    (task / "solutions.json").write_text(json.dumps(programs))


def programs(here: Path, *lines: object) -> str:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (here / "programs.jsonl").write_text("\n".join(texts) + "\n")
    return "programs.jsonl"


def line(task_id: object, program: object) -> dict[str, object]:
    return {"task_id": task_id, "program": program}


def read(text: str) -> list[dict[str, object]]:
    return [json.loads(each) for each in text.splitlines()]


def test_judge_writes_a_line_for_each_program_in_order(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = "import time\ntime.sleep(0.5)\n" + RIGHT
    given = programs(here, line("tasks/0001", slow), line("tasks/0002", WRONG))
    assert main(["judge", "tasks", given]) == 0
    output = capsys.readouterr()
    first, second = read(output.out)
    assert list(first) == FIELDS
    assert (first["task_id"], first["index"], first["outcome"]) == ("tasks/0001", 0, "passed")
    assert (first["passed"], first["rule"], first["error"]) == (True, "exact", None)
    assert (second["index"], second["outcome"], second["passed"]) == (1, "wrong_answer", False)
    assert (second["cases_passed"], second["cases_run"]) == (0, 1)
    assert "expected '3\\n'" in str(second["error"])
    assert output.err.startswith("selfrepair: programs run in level ")
    assert output.err.count("\n") == 1


def test_judge_writes_to_a_file_when_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = programs(here, line("tasks/0001", RIGHT))
    assert main(["judge", "tasks", given, "-o", "out.jsonl"]) == 0
    assert [each["passed"] for each in read((here / "out.jsonl").read_text())] == [True]
    assert capsys.readouterr().out == ""


def test_all_cases_are_run_where_that_is_asked_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = programs(here, line("tasks/0001", "print(15)"))
    assert main(["judge", "tasks", given, "--all-cases"]) == 0
    (judged,) = read(capsys.readouterr().out)
    assert (judged["cases_passed"], judged["cases_run"]) == (1, 2)


@pytest.mark.parametrize("name", ["tasks/0001", "0001", 1, "1"])
def test_a_task_may_be_called_by_the_end_of_its_id(
    here: Path, name: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", "tasks", programs(here, line(name, RIGHT))]) == 0
    assert read(capsys.readouterr().out)[0]["task_id"] == name


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "programs.jsonl:2: content: found"),
        ("[]", "programs.jsonl:2: content: found [], accepted".replace(",", ";")),
        ('{"program": "x"}', "programs.jsonl:2: task_id: found nothing"),
        ('{"task_id": true, "program": "x"}', "programs.jsonl:2: task_id: found"),
        ('{"task_id": "0001"}', "programs.jsonl:2: program: found nothing"),
        ('{"task_id": "0003", "program": ""}', "'0003', which is no task; accepted: a task's id"),
    ],
)
def test_a_malformed_line_is_named_by_number_and_does_not_stop_the_rest(
    here: Path, bad: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = programs(here, line("0001", RIGHT), bad, line("0002", RIGHT))
    assert main(["judge", "tasks", given]) == 1
    output = capsys.readouterr()
    assert [each["index"] for each in read(output.out)] == [0, 2]
    assert said in output.err


def test_a_name_that_tasks_share_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_task(here / "tasks/more/0001", difficulty="interview", inputs=["1"], outputs=["1"])
    given = programs(here, line("0001", RIGHT), line("tasks/0001", RIGHT))
    assert main(["judge", "tasks", given]) == 1
    output = capsys.readouterr()
    assert "which several tasks share" in output.err
    assert len(read(output.out)) == 1


def test_a_task_without_cases_judges_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_task(here / "tasks/0003", difficulty="interview", inputs=[], outputs=[])
    assert main(["judge", "tasks", programs(here, line("0003", RIGHT))]) == 1
    assert "which has no cases" in capsys.readouterr().err


def test_a_broken_sandbox_is_no_wrong_program(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise SandboxError("it fell apart")

    monkeypatch.setattr(SandboxJudge, "judge", broken)
    assert main(["judge", "tasks", programs(here, line("0001", RIGHT))]) == 1
    (judged,) = read(capsys.readouterr().out)
    assert (judged["outcome"], judged["error"]) == ("sandbox_error", "it fell apart")


def test_the_checker_is_the_one_asked_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = programs(here, line("0001", RIGHT.replace("print(", "print(0.0004 + ")))
    assert main(["judge", "tasks", given, "--checker", "apps", "-j", "1"]) == 0
    assert read(capsys.readouterr().out)[0]["rule"] == "rounded_sets"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["judge", "tasks", "nowhere.jsonl"], "nowhere.jsonl: No such file"),
        (["judge", "tasks", "programs.jsonl", "-o", "no/folder"], "no/folder: No such file"),
        (["judge", "tasks", "programs.jsonl", "-j", "0"], "a whole number from 1 up"),
        (["judge", "tasks", "programs.jsonl", "--timeout", "soon"], "a number from 0.1 up"),
        (["validate", "tasks", "--checker", "kind"], "invalid choice: 'kind'"),
        ([], "required: COMMAND"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_2(
    here: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    programs(here, line("0001", RIGHT))
    try:
        status: object = main(arguments)
    except SystemExit as error:  # which argparse raises
        status = error.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_validate_tells_how_many_solutions_pass_by_which_rule_and_why_not(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solutions(here / "tasks/0001", RIGHT, WRONG, RIGHT.replace("print(", "print('', "))
    said = "The input was '1 2\\n'. The output was '0\\n', expected '3\\n'."
    assert main(["validate", "tasks"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        (
            "ambiguous   tasks/0001: 2 cases; 2 of 3 solutions pass, 1 answer otherwise (1 exact, "
            "1 whitespace)"
        ),
        f"              solution 1: wrong_answer: {said}",
        "untried     tasks/0002: 2 cases; no reference solution to try",
        "2 tasks: 1 ambiguous, 1 untried; 2 of 3 solutions pass (67%)",
    ]


def test_a_task_whose_solutions_all_fail_is_quarantined(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solutions(here / "tasks/0002", WRONG)
    assert main(["validate", "tasks/0002", "--json"]) == 1
    (found,) = read(capsys.readouterr().out)
    assert found["standing"] == "quarantined"
    assert (found["cases"], found["solutions"], found["tried"], found["passed"]) == (2, 1, 1, 0)
    assert [failing["outcome"] for failing in found["failing"]] == ["wrong_answer"]  # type: ignore[attr-defined]  # JSON


def test_a_malformed_task_is_said_and_spoils_no_other(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "tasks/0001/metadata.json").write_text("{}")
    solutions(here / "tasks/0002", RIGHT)
    assert main(["validate", "tasks"]) == 1
    output = capsys.readouterr()
    assert "tasks/0001: difficulty: found nothing" in output.err
    assert "2 tasks: 1 valid, 1 in error" in output.out


def test_the_package_can_be_run_as_a_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest_selfrepair", "--version"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert result.stdout.startswith("selfrepair ")


PAGES = ("running", "reports", "judging", "growing-a-run", "ci")


@pytest.mark.thorough
def test_the_readmes_commands_work(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for task in ("0101", "0102", "0103"):
        (here / "apps_tasks/interview").mkdir(parents=True, exist_ok=True)
        (here / f"apps_tasks/interview/{task}").symlink_to(ROOT / f"apps_tasks/interview/{task}")
    programs(here, line("0103", "print()"))
    with contextlib.closing(SqliteStore(here / ".selfrepair/samples.sqlite")) as store:
        for name in ("small", "large", ""):
            run = store.begin_run(name)
            for record in map(synthetic.record, range(3)):
                store.add_record(run, record)
    for number, name in enumerate(("first", "second")):
        with contextlib.closing(SqliteStore(here / f"{name}.sqlite")) as store:
            store.add_record(store.begin_run(), synthetic.record(number))
    commands = {
        tuple(shlex.split(each.removeprefix("selfrepair "), comments=True)): None
        for page in ("README.md", *(f"docs/{name}.md" for name in PAGES))
        for each in (ROOT / page).read_text(encoding="utf-8").splitlines()
        if each.startswith("selfrepair ") and each.split()[1] not in {"annotate", "study", "view"}
    }
    assert {command[0] for command in commands} >= {
        "export",
        "import",
        "judge",
        "validate",
        "report",
    }
    for command in commands:
        assert main(list(command)) == 0, (command, capsys.readouterr().err)
    assert (here / "verdicts.jsonl").read_text().count("\n") == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_alone() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        with ProgressLine(2, stream) as progress:
            progress.advance()
            progress.say("a word")
    assert "1 of 2" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert file.getvalue() == "a word\n"


def test_work_comes_back_in_order_and_is_bounded() -> None:
    running: set[int] = set()
    most = 0

    async def work(number: int) -> int:
        nonlocal most
        running.add(number)
        most = max(most, len(running))
        await asyncio.sleep(0.03 if number == 0 else 0)
        running.remove(number)
        return number

    async def run() -> list[int]:
        return [each async for each in ordered(range(50), work, 3)]

    assert asyncio.run(run()) == list(range(50))
    assert most == 3


def test_work_that_is_given_up_leaves_nothing_running() -> None:
    async def run() -> int:
        async def work(number: int) -> int:
            await asyncio.sleep(0 if number == 0 else 60)
            return number

        stream = ordered(range(9), work, 2)
        assert await anext(stream) == 0
        await stream.aclose()
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1
