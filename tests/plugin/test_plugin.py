"""The whole plugin, as its users run it: serially, with -n0, and with two workers."""

import json
import os
import signal
import sqlite3
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

from projects import REPAIRED, SCRIPT, SOLVED, UNSOLVED, fenced, write_project, write_task
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import serving
from warm_processes import python

MODES = {"serial": ("-p", "no:xdist"), "n0": ("-n0",), "n2": ("-n2",)}
SERIAL = [
    pytest.param(mode, id=name, marks=() if name == "serial" else pytest.mark.thorough)
    for name, mode in MODES.items()
]
"""For what workers can hardly change: they are left to the thorough set."""

KEY = "sk-never-shown"


@pytest.fixture(params=["serial", pytest.param("n0", marks=pytest.mark.slow), "n2"])
def mode(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Three ways to run one session; -n0 is all but serial, and mostly left to the slow set."""
    return MODES[request.param]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three tasks and a script; no key and no endpoint in the environment."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    write_project(pytester.path)
    return pytester.path


SCRIPTED = ("tasks", "--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "2")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest(*arguments)


def run_here(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run in this process, which takes a fifth of the time: for what ends before any task is run,
    so that no engine and no sandbox are left behind."""
    return pytester.runpytest_inprocess(*arguments)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_tasks_beside_an_ordinary_test_are_solved_repaired_or_unsolved(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    ordinary = pytester.makepyfile("def test_ordinary(): pass")
    result = run(pytester, *SCRIPTED, str(ordinary), *mode, "-v")
    assert result.ret == 1
    result.stdout.fnmatch_lines_random(
        [f"*{SOLVED}*PASSED*", f"*{REPAIRED}*REPAIRED*", f"*{UNSOLVED}*FAILED*"]
        if mode != MODES["n2"]
        else [f"*PASSED*{SOLVED}*", f"*REPAIRED*{REPAIRED}*", f"*FAILED*{UNSOLVED}*"]
    )
    result.stdout.fnmatch_lines(
        [
            "*self-repair*",
            "*self: cannot tell with 3 tasks whether repair pays*",
            "difficulty*tasks*pass@1*self*sampling*",
            "*introductory*1*50.0%*",
            "*interview*1*0.0%*100.0%*",
            "*competition*1*0.0%*0.0%*",
            "*all*3*16.7%*",
            "tasks: 1 solved at once, 1 only by repair, 1 unsolved*",
            "*1 failed, 2 passed, 1 repaired in*",
        ]
    )


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_an_unsolved_task_shows_its_case_and_feedback_and_no_traceback(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    result = run(pytester, *SCRIPTED, *mode, "-k", "0003")
    result.stdout.fnmatch_lines(
        [
            "unsolved: 2 programs and 2 repairs fail*",
            "*p0=runtime_error p1=no_program*",
            "*expected*'a hidden answer*'*",
            "*Print nothing, perhaps.*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*UnsolvedError*")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (("-m", "competition"), [UNSOLVED]),
        (("-m", "call_based"), [REPAIRED]),
        (("-m", "stdin and not competition"), [SOLVED]),
        (("-k", "0002 or 0003"), [REPAIRED, UNSOLVED]),
    ],
    ids=["difficulty", "kind", "both", "id"],
)
def test_markers_and_ids_filter(
    pytester: pytest.Pytester, chosen: tuple[str, ...], found: list[str]
) -> None:
    result = run_here(pytester, *SCRIPTED, "--collect-only", "-q", *chosen)
    collected = [line for line in result.outlines if "::selfrepair" in line]
    assert collected == [f"{task}::selfrepair" for task in sorted(found)]


def test_collect_only_samples_and_prints_nothing_more(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    result = run(pytester, *SCRIPTED, "--collect-only", *mode)
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*pass@1*")
    assert not (project / ".selfrepair").exists()


def test_without_a_model_nothing_happens(pytester: pytest.Pytester, project: Path) -> None:
    pytester.makepyfile("def test_ordinary(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("selfrepair:*")
    result.stdout.no_fnmatch_line("*self-repair*")
    assert not (project / ".selfrepair").exists()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_the_first_unsolved_task_stops_a_run_with_x(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    result = run(pytester, *SCRIPTED, "-x", *mode)
    assert result.ret in {1, 2}
    result.stdout.fnmatch_lines(["*self-repair*"])
    if mode != MODES["n2"]:
        result.stdout.fnmatch_lines(["not run: 2"])


def test_every_completion_is_stored_and_served_again(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    first = run(pytester, *SCRIPTED, *mode)
    (project / "script.json").write_text(json.dumps({"tasks": {}}))
    first.stdout.fnmatch_lines(["tokens: * generated in *"])
    ways: list[tuple[str, ...]] = [(), ("--selfrepair-replay", "only")]
    for way in ways if mode == MODES["serial"] else ways[1:]:
        replayed = run(pytester, *SCRIPTED, *mode, *way)
        replayed.stdout.fnmatch_lines(["tokens: * samples, 0 of them paid for"])
        replayed.stdout.fnmatch_lines(["*1 failed, 1 passed, 1 repaired in*"])
    with sqlite3.connect(project / ".selfrepair/samples.sqlite") as store:
        [(records,)] = store.execute("SELECT count(*) FROM records").fetchall()
    store.close()
    assert records == (9 if mode == MODES["serial"] else 6)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_a_replay_that_misses_is_an_error_and_no_failure(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    result = run(pytester, *SCRIPTED, *mode, "--selfrepair-replay", "only")
    result.stdout.fnmatch_lines(["*no stored sample of scripted:script.json for node p0*"])
    result.stdout.fnmatch_lines(["*3 errors in*"])


@pytest.mark.usefixtures("project")
def test_junit_holds_scalars_and_tells_errors_from_failures(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    (project / "script.json").write_text(
        json.dumps({"tasks": {k: v for k, v in _tasks().items() if k != SOLVED}})
    )
    run(pytester, *SCRIPTED, *mode, "--junitxml", "report.xml")
    suite = ET.parse(project / "report.xml").getroot()[0]  # noqa: S314 - our own file
    assert (suite.get("errors"), suite.get("failures")) == ("1", "1")
    outcomes = {
        p.get("value") for p in suite.iter("property") if p.get("name") == "selfrepair_outcome"
    }
    assert outcomes == {"unscored", "repaired", "unsolved"}


def _tasks() -> dict[str, object]:
    tasks = SCRIPT["tasks"]
    assert isinstance(tasks, dict)
    return tasks


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_all_feedback_sources_repair_the_same_programs(
    pytester: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    sources = ("self", "self:separate", "none", "scripted:script.json")
    chosen = [word for name in sources for word in ("--selfrepair-feedback", name)]
    result = run(pytester, *SCRIPTED, *mode, *chosen)
    result.stdout.fnmatch_lines(["feedback *repairs*pass*repair rate*"])
    for name in ("self", "self:separate", "none", "scripted:*"):
        result.stdout.fnmatch_lines([f"{name} *5*"])


@pytest.mark.usefixtures("project")
def test_a_token_budget_bounds_every_tree(pytester: pytest.Pytester) -> None:
    tight = ("--selfrepair-max-tokens", "20", "--selfrepair-budget", "30")
    result = run(pytester, *SCRIPTED, *tight, "-k", "0003")
    result.stdout.fnmatch_lines(["*p0=runtime_error p1=no_program*"])
    spent = next(line for line in result.outlines if line.startswith("tokens:"))
    assert int(spent.split()[1]) <= 60


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--selfrepair-programs", "none"),
            "--selfrepair-programs: found 'none'; accepted: a*1 up",
        ),
        (
            ("--selfrepair-replay", "always"),
            "--selfrepair-replay: found 'always'; accepted: off or*",
        ),
        (
            ("--selfrepair-feedback", "human"),
            "--selfrepair-feedback human: */annotations.sqlite: No such file*accepted: a file*",
        ),
        (("--selfrepair-prompts", "nowhere"), "prompt set nowhere: templates.toml:*"),
        (("--selfrepair-model", "scripted:no.json"), "script */no.json:*"),
        (("--selfrepair-budget", "63"), "--selfrepair-budget: found 63; accepted: 64 or more*"),
        (("--selfrepair-model", "local:70b"), "--selfrepair-model: found local:70b; accepted:*"),
        (("--selfrepair-model", "gpt-4"), "OPENAI_API_KEY: found nothing*"),
        (("--selfrepair-base-url", "example"), "--selfrepair-base-url: found 'example'*http*"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_status_4(
    pytester: pytest.Pytester, arguments: tuple[str, ...], said: str
) -> None:
    result = run_here(pytester, *SCRIPTED, *arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
    assert "Traceback" not in result.stderr.str()


@pytest.mark.usefixtures("project")
def test_the_ini_file_sets_what_the_command_line_does_not(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        selfrepair_tasks = ["tasks/interview", "tasks/competition"]
        selfrepair_programs = "1"
        selfrepair_model = "scripted:script.json"
        """
    )
    result = run(pytester, "--selfrepair-programs", "2")
    result.stdout.fnmatch_lines(["selfrepair: scripted:script.json*n_p = 2*"])
    result.stdout.fnmatch_lines(["*1 failed, 1 repaired in*"])


def test_tasks_elsewhere_leave_no_store_beside_them(
    pytester: pytest.Pytester, project: Path
) -> None:
    here = project / "elsewhere"
    here.mkdir()
    os.chdir(here)
    script = f"scripted:{project / 'script.json'}"
    run(pytester, str(project / SOLVED), "--selfrepair-model", script)
    assert (here / ".selfrepair/samples.sqlite").exists()
    assert not list((project / "tasks").rglob(".selfrepair"))


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_a_broken_task_is_a_collection_error_and_spoils_no_other(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    write_task(project / "tasks/interview/0008", difficulty="hard", inputs=[], outputs=[])
    write_task(project / "tasks/interview/0009", difficulty="interview", inputs=["1"], outputs=[])
    result = run(pytester, *SCRIPTED, *mode)
    result.stdout.fnmatch_lines_random(
        [
            "*0008: difficulty: found 'hard'; accepted: introductory, interview, competition",
            "*0009: input_output.outputs: found 0 outputs; accepted: 1, as inputs",
        ]
    )
    result.stdout.fnmatch_lines(["*1 failed, 1 passed, 2 errors, 1 repaired in*"])


@pytest.mark.usefixtures("project")
def test_a_task_without_cases_is_skipped(pytester: pytest.Pytester, project: Path) -> None:
    write_task(project / "tasks/interview/0004", difficulty="interview", inputs=[], outputs=[])
    result = run(pytester, *SCRIPTED, "-k", "0004", "-rs")
    result.stdout.fnmatch_lines(["*0004 has no cases*"])
    result.assert_outcomes(skipped=1)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_json_lines_hold_a_task_each(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    good = {
        "problem_id": 7,
        "question": "Print the sum.",
        "solutions": '["print(3)"]',
        "input_output": json.dumps({"inputs": ["1 2\n"], "outputs": ["3\n"]}),
        "difficulty": "introductory",
        "starter_code": "",
    }
    lines = [json.dumps(good), "{", json.dumps(good | {"problem_id": 8, "question": ""})]
    (project / "hub.jsonl").write_text("\n".join([*lines, json.dumps(good)]))
    sums = fenced("print(sum(map(int, input().split())))")
    (project / "script.json").write_text(
        json.dumps({"tasks": {"hub.jsonl::0007": {"program": sums}}})
    )
    result = run(pytester, "hub.jsonl", *SCRIPTED[1:], *mode)
    result.stdout.fnmatch_lines_random(
        [
            "hub.jsonl:2: content: found *accepted: JSON",
            "hub.jsonl:3: question: found ''; accepted: a statement that is not empty",
            "hub.jsonl:4: problem_id: found '0007', which line 1 has too; accepted: *",
        ]
    )
    result.stdout.fnmatch_lines(["*1 passed, 3 errors in*"])


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_an_endpoint_is_asked_over_http(
    pytester: pytest.Pytester,
    project: Path,
    mode: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (project / "script.json").write_text(json.dumps(SCRIPT | {"api_key": KEY, "models": ["gpt-4"]}))
    with serving(Script(project / "script.json")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        result = run(pytester, "tasks", "--selfrepair-model", "gpt-4", *SCRIPTED[3:], *mode)
    result.stdout.fnmatch_lines(["*1 failed, 1 passed, 1 repaired in*"])
    assert max(server.requests.values()) == 1
    assert KEY not in result.stdout.str() + result.stderr.str()
    stored = b"".join(path.read_bytes() for path in (project / ".selfrepair").iterdir())
    assert KEY.encode() not in stored


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"api_key": "another"}, "*HTTP 401*check the key in OPENAI_API_KEY*"),
        ({"models": ["another"]}, "*HTTP 404*check the model's name*"),
    ],
    ids=["wrong key", "unknown model"],
)
@pytest.mark.parametrize("mode", SERIAL)
def test_a_refusal_ends_the_run_in_one_line(
    pytester: pytest.Pytester,
    project: Path,
    mode: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    extra: dict[str, object],
    said: str,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (project / "script.json").write_text(json.dumps(SCRIPT | extra))
    with serving(Script(project / "script.json")) as server:
        arguments = (
            "tasks",
            "--selfrepair-model",
            "gpt-4",
            "--selfrepair-base-url",
            server.base_url,
        )
        result = run(pytester, *arguments, *mode)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert KEY not in result.stdout.str() + result.stderr.str()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("mode", SERIAL)
def test_a_server_that_dies_leaves_tasks_unscored_and_the_rest_to_a_second_run(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    tasks = _tasks()
    down = {**tasks, UNSOLVED: {"program": {"text": "x", "faults": ["drop"] * 50}}}
    (project / "script.json").write_text(json.dumps({"tasks": down}))
    gpt = (
        "tasks",
        "--selfrepair-model",
        "gpt-4",
        *SCRIPTED[3:],
        "--selfrepair-request-retries",
        "0",
    )
    with serving(Script(project / "script.json")) as server:
        result = run(pytester, *gpt, "--selfrepair-base-url", server.base_url, *mode)
    result.stdout.fnmatch_lines(["*not scored: 1 (tasks/competition/0003)*"])
    result.stdout.fnmatch_lines(["*1 passed, 1 error, 1 repaired in*"])
    (project / "script.json").write_text(json.dumps(SCRIPT))
    with serving(Script(project / "script.json")) as server:
        again = run(pytester, *gpt, "--selfrepair-base-url", server.base_url, *mode)
    again.stdout.fnmatch_lines(["*1 failed, 1 passed, 1 repaired in*"])
    assert all(place.startswith(UNSOLVED) for place in server.requests)


@pytest.mark.usefixtures("project")
def test_a_worker_that_is_killed_leaves_its_task_unscored(
    pytester: pytest.Pytester, project: Path
) -> None:
    pytester.makeconftest(
        """
        import os

        def pytest_runtest_call(item):
            if "0002" in item.nodeid:
                os.kill(os.getpid(), 9)
        """
    )
    result = run(pytester, *SCRIPTED, "-n2")
    result.stdout.fnmatch_lines(["*not scored: 1 (tasks/interview/0002)*", "*worker*died*"])
    result.stdout.fnmatch_lines(["*2 failed, 1 passed in*"])
    with sqlite3.connect(project / ".selfrepair/samples.sqlite") as store:
        [(records,)] = store.execute("SELECT count(*) FROM records").fetchall()
    store.close()
    assert records == 3


@pytest.mark.usefixtures("project")
def test_it_runs_where_xdist_is_not_installed(
    pytester: pytest.Pytester, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "hidden").mkdir()
    for name in ("xdist", "execnet"):
        (project / "hidden" / f"{name}.py").write_text("raise ImportError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(project / "hidden"), prepend=os.pathsep)
    result = run(pytester, *SCRIPTED, "-p", "no:xdist", "-p", "no:xdist.looponfail")
    result.stdout.fnmatch_lines(["*1 failed, 1 passed, 1 repaired in*"])


@pytest.mark.usefixtures("project")
def test_an_interrupted_run_says_what_it_has_and_goes_on_later(
    pytester: pytest.Pytester, project: Path
) -> None:
    slow = {"text": "x", "seconds": 60}
    (project / "script.json").write_text(
        json.dumps({"tasks": {**_tasks(), SOLVED: {"program": slow}}})
    )
    process = pytester.popen(
        python("pytest", *SCRIPTED, "-v"), stdout=PIPE, stderr=STDOUT, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if REPAIRED in line and "REPAIRED" in line:
            break
    time.sleep(1)  # until the next task's request is under way
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(30) == pytest.ExitCode.INTERRUPTED, rest
    process.stdout.close()
    assert "tasks: 0 solved at once, 1 only by repair, 1 unsolved" in rest
    assert "not run: 1" in rest
    assert "Traceback" not in rest
    (project / "script.json").write_text(json.dumps({"tasks": {SOLVED: _tasks()[SOLVED]}}))
    result = run(pytester, *SCRIPTED)
    result.stdout.fnmatch_lines(["*1 failed, 1 passed, 1 repaired in*"])


@pytest.mark.parametrize("mode", SERIAL)
def test_a_task_that_its_own_solutions_fail_is_quarantined_and_not_scored(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    (project / SOLVED / "solutions.json").write_text(
        json.dumps(["print(0)", "print(sum(map(int, input().split())))"])
    )
    (project / UNSOLVED / "solutions.json").write_text(json.dumps(["print(0)"]))
    result = run(pytester, *SCRIPTED, "--selfrepair-validate", *mode, "-rs")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            f"not scored: 1 ({UNSOLVED})",
            "  quarantined: none of its reference solutions passes*",
            f"SKIPPED*{UNSOLVED}: quarantined*",
            "*1 passed, 1 skipped, 1 repaired*",
        ]
    )


@pytest.mark.usefixtures("project")
def test_a_switch_may_stand_in_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nselfrepair_validate = perhaps")
    result = run(pytester, *SCRIPTED)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*ini selfrepair_validate: found 'perhaps'; accepted: true or false*"]
    )


@pytest.mark.parametrize("mode", SERIAL)
def test_the_summary_counts_the_verdicts_that_another_checker_would_flip(
    pytester: pytest.Pytester, project: Path, mode: tuple[str, ...]
) -> None:
    write_task(
        project / "tasks/interview/0004",
        difficulty="interview",
        inputs=["1 2\n"],
        outputs=["2 1\n"],
    )
    entry = {name: fenced("print(input())") for name in ("program", "repair", "feedback")}
    (project / "script.json").write_text(json.dumps({"tasks": {"tasks/interview/0004": entry}}))
    arguments = ("tasks/interview/0004", *SCRIPTED[1:], "--selfrepair-programs", "2", *mode)
    for checker, other, status in (("tolerant", "apps", 1), ("apps", "tolerant", 0)):
        result = run(pytester, *arguments, "--selfrepair-checker", checker)
        assert result.ret == status
        result.stdout.re_match_lines(
            [rf"verdicts that the checker {other} would flip: (\d+) of \1"]
        )
