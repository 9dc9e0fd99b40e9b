"""Collecting: items of outlines, in any way that pytest lets its user choose them."""

import gzip
import json
from contextlib import closing
from pathlib import Path

import pytest

from projects import REPAIRED, SCRIPT, SOLVED, UNSOLVED, write_project, write_task
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.sqlite_store import SqliteStore

MODEL = ("--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "2")
IGNORING_HOOK = """
def pytest_ignore_collect(collection_path):
    return collection_path.name in {"0001", "0002"} or None
"""
MODES = {"serial": ("-p", "no:xdist"), "n0": ("-n0",), "n2": ("-n2",)}
OFTEN = ["serial", pytest.param("n0", marks=pytest.mark.slow), "n2"]
SELDOM = ["serial", *(pytest.param(mode, marks=pytest.mark.thorough) for mode in ("n0", "n2"))]


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    write_project(pytester.path)
    pytester.makeini("[pytest]")
    return pytester.path


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest(*arguments, *MODEL)


def collected(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    result = pytester.runpytest_inprocess("--collect-only", "-q", *arguments, *MODEL)
    return [line for line in result.outlines if "::" in line and not line.startswith("ERROR")]


def ids(*tasks: str) -> list[str]:
    return [f"{task}::selfrepair" for task in tasks]


def large(fn_name: str | None = None, *, first: bool = True) -> str:
    """Cases that are too large to be read while they are collected."""
    cases: dict[str, object] = {"inputs": [["9" * 100_000]], "outputs": [1]}
    name = {"fn_name": fn_name} if fn_name else {}
    return json.dumps(name | cases if first else cases | name)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("tasks",), ids(UNSOLVED, REPAIRED, SOLVED)),
        ((), ids(UNSOLVED, REPAIRED, SOLVED)),
        ((SOLVED,), ids(SOLVED)),
        ((f"{SOLVED}::selfrepair", REPAIRED), ids(SOLVED, REPAIRED)),
        (("tasks/interview", "tasks/competition"), ids(REPAIRED, UNSOLVED)),
        (("tasks", "-k", "0002 and selfrepair"), ids(REPAIRED)),
        (("tasks", "--deselect", REPAIRED), ids(UNSOLVED, SOLVED)),
        (("tasks", "--ignore", "tasks/interview"), ids(UNSOLVED, SOLVED)),
        (("tasks", "--ignore-glob", "*000[12]"), ids(UNSOLVED)),
    ],
    ids=["tree", "rootdir", "task", "id", "parts", "k", "deselect", "ignore", "glob"],
)
def test_tasks_are_chosen_like_any_tests(
    pytester: pytest.Pytester, arguments: tuple[str, ...], found: list[str]
) -> None:
    assert collected(pytester, *arguments) == found


@pytest.mark.parametrize(
    ("ini", "conftest"),
    [
        ("norecursedirs = 000[12]", ""),
        ("norecursedirs = */tasks/*/000[12]", ""),
        ("", "collect_ignore = ['interview/0002', 'introductory/0001']"),
        ("", "collect_ignore_glob = ['*000[12]']"),
        ("", IGNORING_HOOK),
    ],
    ids=["name", "path", "list", "glob", "hook"],
)
def test_what_pytest_is_told_to_ignore_is_no_task(
    pytester: pytest.Pytester, project: Path, ini: str, conftest: str
) -> None:
    pytester.makeini(f"[pytest]\n{ini}")
    (project / "tasks/conftest.py").write_text(conftest)
    assert collected(pytester, "tasks") == ids(UNSOLVED)


def test_tasks_of_the_same_name_outside_the_root_have_ids_of_their_own(
    pytester: pytest.Pytester, project: Path
) -> None:
    for name in ("a", "b"):
        write_task(project / name / "0001", difficulty="interview", inputs=["1"], outputs=["1"])
    (project / "here").mkdir()
    (project / "here/script.json").write_text(json.dumps(SCRIPT))
    found = collected(pytester, "a", "b/0001", "--rootdir", "here")
    assert found == ids("../a/0001", "../b/0001")


def test_a_conftest_beside_a_task_and_one_in_its_folder_hold_for_it(
    pytester: pytest.Pytester, project: Path
) -> None:
    says = "def pytest_runtest_setup(item):\n    print('{}', item.name)\n"
    (project / "tasks/conftest.py").write_text(says.format("hook above"))
    (project / SOLVED / "conftest.py").write_text(says.format("hook within"))
    result = run(pytester, "tasks", "-s", "-m", "not competition")
    printed = result.stdout.str()
    assert printed.count("hook above") == 2
    assert printed.count("hook within") == 1


@pytest.mark.usefixtures("project")
def test_a_second_run_takes_the_last_failures(pytester: pytest.Pytester) -> None:
    run(pytester, "tasks")
    again = run(pytester, "tasks", "--lf")
    again.stdout.fnmatch_lines(["collected 3 items / 2 deselected / 1 selected", "*1 failed*"])


def test_a_large_task_is_outlined_by_the_ends_of_its_cases(
    pytester: pytest.Pytester, project: Path
) -> None:
    tasks = {
        "first": large("solve"),
        "last": large("solve", first=False),
        "none": large(),
        "inside": json.dumps({"inputs": ['"fn_name": "solve"}' * 9_000], "outputs": ["1"]}),
        "between": '{"inputs": [["%s"]], "fn_name": "f", "outputs": [1]}' % ("9" * 100_000),
    }
    for name, cases in tasks.items():
        folder = project / "large" / name
        write_task(folder, difficulty="interview", inputs=[], outputs=[])
        (folder / "input_output.json").write_text(cases)
    (project / "large/between/starter_code.py").write_text("def f(n):\n    ")
    found = collected(pytester, "large", "-m", "call_based")
    assert found == ids("large/between", "large/first", "large/last")


@pytest.mark.parametrize("mode", OFTEN)
def test_what_is_wrong_deep_in_a_large_task_is_its_error_when_it_runs(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    for name, inputs in (("0001", ["9" * 99_999]), ("0002", []), ("0003", [])):
        folder = project / "tasks/large" / name
        write_task(folder, difficulty="interview", inputs=[*inputs], outputs=[])
    empty = '{"inputs": [], "outputs": []' + " " * 99_999 + "}"
    (project / "tasks/large/0002/input_output.json").write_text(empty)
    hidden = '{"inputs": [["%s"]], "fn_name": "f", "outputs": [1]}' % ("9" * 99_999)
    (project / "tasks/large/0003/input_output.json").write_text(hidden)
    result = run(pytester, "tasks", *MODES[mode], "-rs")
    wrong = "tasks/large/0001: input_output.outputs: found 0 outputs; accepted: 1, as inputs"
    other = "tasks/large/0003: kind: found call_based; accepted: stdin, as when it was collected*"
    result.stdout.fnmatch_lines(
        [
            "not scored: 1 (tasks/large/0001)",
            "  the reason*ERRORS",
            "not scored: 1 (tasks/large/0003)",
        ]
        if mode != "n2"
        else [f"*not scored: {wrong}*"]
    )
    result.stdout.fnmatch_lines_random([f"*{wrong}", f"*not scored: {other}"])
    result.stdout.fnmatch_lines(["SKIPPED*tasks/large/0002: it has no cases"])
    result.stdout.fnmatch_lines(["*1 failed, 1 passed, 1 skipped, 2 errors, 1 repaired in*"])


def row(number: int, **fields: object) -> str:
    cases = json.dumps({"inputs": ["1 2\n", "4 5 6\n"], "outputs": ["3\n", "15\n"]})
    known = {"problem_id": number, "question": "Add.", "input_output": cases}
    return json.dumps({**known, "difficulty": "interview", **fields}) + "\n"


def test_lines_are_chosen_by_name_and_read_from_a_compressed_file_in_any_order(
    pytester: pytest.Pytester, project: Path
) -> None:
    text = row(1, difficulty="competition") + row(2) + "{\n" + row(3, solutions="[" + " " * 70_000)
    with gzip.open(project / "few.jsonl.gz", "wt") as file:
        file.write(text)
    names = [f"few.jsonl.gz::{name}" for name in ("0001", "0002", "0003")]
    entry = SCRIPT["tasks"]
    assert isinstance(entry, dict)
    (project / "script.json").write_text(json.dumps({"tasks": dict.fromkeys(names, entry[SOLVED])}))
    assert collected(pytester, "few.jsonl.gz") == ids(*names)
    assert collected(pytester, "few.jsonl.gz", "-m", "competition") == ids(names[0])
    assert collected(pytester, f"{names[1]}::selfrepair") == ids(names[1])
    result = run(pytester, names[1], names[0])
    result.stdout.fnmatch_lines(["*2 passed in*"])
    result = run(pytester, "few.jsonl.gz", "-k", "0003 or line")
    result.stdout.fnmatch_lines_random(
        ["few.jsonl.gz:3: content: found *", "*not scored: few.jsonl.gz:4: solutions: found*"]
    )


@pytest.mark.parametrize("mode", OFTEN)
def test_a_sample_is_the_same_in_every_mode_and_is_drawn_of_what_is_selected(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    for number in range(10):
        difficulty = "competition" if number % 5 == 0 else "interview"
        write_task(
            project / f"many/{number:04}", difficulty=difficulty, inputs=["1 2"], outputs=["3"]
        )
    ordinary = pytester.makepyfile("def test_ordinary(): pass")
    names = [f"many/{number:04}" for number in range(10)]
    entry = SCRIPT["tasks"]
    assert isinstance(entry, dict)
    (project / "script.json").write_text(json.dumps({"tasks": dict.fromkeys(names, entry[SOLVED])}))
    chosen = ("many", str(ordinary), "--selfrepair-sample", "5", *MODES[mode])
    result = run(pytester, *chosen, "-v", "-p", "no:randomly")
    result.stdout.fnmatch_lines(["*6 passed*"])
    passed = {name for name in names if f"{name}" in result.stdout.str()}
    assert passed == {f"many/000{number}" for number in (0, 3, 4, 6, 9)}


@pytest.mark.usefixtures("project")
def test_a_sample_larger_than_what_there_is_takes_all_and_says_so(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, "tasks", "--selfrepair-sample", "paper", "-m", "not competition")
    result.stdout.fnmatch_lines(
        [
            "note: --selfrepair-sample paper: found 1 introductory tasks; wanted 60",
            "note: --selfrepair-sample paper: found 1 interview tasks; wanted 180",
        ]
    )
    result = pytester.runpytest_inprocess("tasks", "--selfrepair-sample", "none", *MODEL)
    result.stderr.fnmatch_lines(["*--selfrepair-sample: found 'none'; accepted: *, or paper"])


@pytest.mark.parametrize("mode", SELDOM)
def test_feedback_may_see_public_cases_alone(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    metadata = {"difficulty": "introductory", "public_cases": [1]}
    (project / SOLVED / "metadata.json").write_text(json.dumps(metadata))
    both = "print(3)"  # right in the first case alone, which is hidden
    first = "print(15)"  # right in the second alone
    entry = {"program": [f"```\n{both}\n```", f"```\n{first}\n```"], "repair": "none"}
    (project / "script.json").write_text(json.dumps({"tasks": {SOLVED: entry}}))
    result = run(pytester, SOLVED, "--selfrepair-feedback-cases", "public", *MODES[mode])
    result.stdout.fnmatch_lines(
        [
            "selfrepair: * (sees public cases alone)*",
            "*feedback saw public cases*",
        ]
    )
    prompts = _prompts(project)
    assert any("4 5 6" in text for text in prompts)
    assert any("Every public test passes, but a hidden test fails" in text for text in prompts)
    assert not any("'1 2" in text for text in prompts)


def _prompts(project: Path) -> list[str]:
    with closing(SqliteStore(project / ".selfrepair/samples.sqlite")) as store:
        requests = [each.request for each in exchange.samples(store)]
    return ["\n".join(said.content for said in each.messages) for each in requests]
