"""The packages that programs may use: exactly those, read only, told to the model and recorded."""

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from builders import task
from projects import fenced, write_task
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.package_names import names_of
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.installed_packages import Packages, find_packages, lacking
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.any_record import of_tasks
from pytest_selfrepair.store.sqlite_store import SqliteStore
from pytest_selfrepair.tasks import apps_fields, livecodebench
from pytest_selfrepair.tasks.folders import read_folder
from pytest_selfrepair.tasks.source import Source

SUM = "import numpy as np\ninput()\nprint(int(np.sum(np.array(input().split(), dtype=int))))\n"
SUMS = task(("3\n1 2 3\n", "6\n"), ("2\n10 20\n", "30\n"))
NUMPY = find_packages(("numpy",))


def install(site: Path, name: str, files: Mapping[str, str], *requires: str) -> None:
    """A distribution as an installer leaves it."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    texts = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}",
    }
    for path, text in texts.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    record = "".join(f"{path},,\n" for path in (*texts, f"{info}/RECORD", "../../bin/tool"))
    (site / info / "RECORD").write_text(record)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages, of which some share a name at the top."""
    folder = tmp_path / "site"
    install(
        folder,
        "top-one",
        {"shared/one/__init__.py": "import two\nimport lone\nVALUE = 1\n"},
        "two>=1",
    )
    install(folder, "two", {"two/__init__.py": "VALUE = 2\n"}, "lone", "never; extra == 'all'")
    install(folder, "lone", {"lone.py": "VALUE = 3\n"}, "never; python_version < '3'")
    install(folder, "other", {"shared/other/__init__.py": "", "other.py": ""})
    install(folder, "needy", {"needy.py": ""}, "never")
    monkeypatch.syspath_prepend(str(folder))
    find_packages.cache_clear()
    return folder


@pytest.fixture(scope="module", params=["A or B", "C", "D"])
def isolation(request: pytest.FixtureRequest) -> Isolation:
    with pytest.MonkeyPatch.context() as patch:
        try:
            if request.param == "D":
                return find_isolation("limits")
            if request.param == "C":
                patch.setattr("pytest_selfrepair.sandbox.isolation.find_bubblewrap", lambda: None)
                return find_isolation("auto")
            return find_isolation("strict")
        except UsageError as error:
            pytest.skip(str(error))


def judged(
    isolation: Isolation, program: str, packages: Packages | None, of: Task = SUMS
) -> Verdict:
    async def run() -> Verdict:
        judge = SandboxJudge(isolation, concurrency=1, packages=packages)
        try:
            return await judge.judge(of, program)
        finally:
            await judge.aclose()

    return asyncio.run(run())


def test_names_are_read_as_users_write_them() -> None:
    assert names_of("numpy, sorted-containers,numpy") == ("numpy", "sorted-containers")
    assert names_of("none") == ()
    for text in ("", "numpy,", "../x", "numpy==2", "numpy[all]", "-x"):
        with pytest.raises(ValueError, match="names of installed distributions"):
            names_of(text)


@pytest.mark.usefixtures("site")
def test_a_distribution_brings_what_it_needs_and_no_more() -> None:
    found = find_packages(("Top_One",))
    assert found.versions == ("top-one 1.0",)
    names = {entry.name for entry in found.entries}
    assert {"shared/one", "two", "lone.py"} < names
    assert not {name for name in names if "other" in name or "needy" in name or "tool" in name}
    assert found.modules >= {"shared", "two", "lone"}
    assert found.mentioned("import two.x, shared\nothers = 'only'") == ("shared", "two")


@pytest.mark.usefixtures("site")
def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(UsageError, match=r"--packages: found 'nothing-like-it', which is not inst"):
        find_packages(("two", "nothing-like-it"), "--packages")
    with pytest.raises(UsageError, match=r"found 'needy', which needs 'never', which is not inst"):
        find_packages(("needy",))


def test_programs_use_what_they_are_given_read_only(isolation: Isolation, site: Path) -> None:
    given = find_packages(("top-one",))
    program = (
        "import shared.one, lone\nfor f in (lone, shared.one):\n"
        "    try: open(f.__file__, 'a').close()\n    except OSError: pass\n"
        "    else: raise SystemExit('written')\n"
        "print(shared.one.VALUE + shared.one.two.VALUE + lone.VALUE)"
    )
    if not isolation.contained:
        program = "import shared.one as s, lone\nprint(s.VALUE + s.two.VALUE + lone.VALUE)"
    assert judged(isolation, program, given, task(("", "6"))).passed
    for module in ("other", "shared.other", "needy", "msgspec"):
        verdict = judged(isolation, f"import {module}", given)
        assert verdict.outcome is Outcome.RUNTIME_ERROR
    assert (site / "lone.py").read_text() == "VALUE = 3\n"


def test_numpy_is_there_where_it_is_given_and_costs_no_thread(isolation: Isolation) -> None:
    assert judged(isolation, SUM, NUMPY).passed
    counted = "import numpy as np, os\nnp.ones((200, 200)) @ np.ones((200, 200))\n"
    counted += "try: print(len(os.listdir('/proc/self/task')))\nexcept OSError: print(1)"
    assert judged(isolation, counted, NUMPY, task(("", "1"))).passed
    hidden = "print(__import__('num' + 'py').arange(4).sum())"
    assert judged(isolation, hidden, NUMPY, task(("", "6"))).passed


def test_numbers_drawn_at_random_are_the_same_in_every_run(isolation: Isolation) -> None:
    program = "import numpy.random\nprint(numpy.random.randint(10**9))"
    answers = {
        verdict.failure.actual
        for _ in range(2)
        if (verdict := judged(isolation, program, NUMPY, task(("", "none")))).failure
    }
    assert len(answers) == 1


def test_a_program_without_its_package_says_so(isolation: Isolation) -> None:
    verdict = judged(isolation, SUM, None)
    assert (verdict.outcome, verdict.lacks) == (Outcome.RUNTIME_ERROR, "numpy")
    assert verdict.failure is not None
    assert verdict.failure.error == (
        "ModuleNotFoundError: No module named 'numpy': not among the packages programs may use "
        "(the standard library)"
    )


def test_the_packages_of_a_tasks_source_are_given_unless_others_are_named() -> None:
    isolation = find_isolation("auto")
    of = Task(
        id="a", difficulty=SUMS.difficulty, statement="", cases=SUMS.cases, packages=("numpy",)
    )
    assert judged(isolation, SUM, None, of).passed
    assert judged(isolation, SUM, Packages(), of).lacks == "numpy"
    gone = Task(id="a", difficulty=SUMS.difficulty, statement="", cases=SUMS.cases, packages=("x",))
    assert judged(isolation, SUM, None, gone).lacks == "numpy"


@pytest.mark.parametrize(
    ("error", "module"),
    [
        ("ModuleNotFoundError: No module named 'pandas.core'", "pandas"),
        ("ModuleNotFoundError: No module named 'numpy.nothing'", None),
        ("ModuleNotFoundError: No module named 'math.nothing'", None),
        ("ImportError: cannot import name 'x' from 'pandas'", None),
        ("ValueError: No module named 'pandas'", None),
        (None, None),
    ],
)
def test_only_modules_that_are_not_given_are_lacking(error: str | None, module: str | None) -> None:
    assert lacking(error, NUMPY) == module


def test_only_the_sets_whose_graders_give_numpy_say_so(tmp_path: Path) -> None:
    source = Source(file="x")
    columns: dict[str, JsonValue] = {"question": "q", "difficulty": "interview", "problem_id": 1}
    assert apps_fields.read("1", columns, source).packages == ("numpy",)
    own: dict[str, JsonValue] = {"question": "q", "difficulty": "interview", "id": "own"}
    assert apps_fields.read("1", own, source).packages == ()
    lcb: dict[str, JsonValue] = {
        "question_content": "q",
        "difficulty": "easy",
        "public_test_cases": "[]",
    }
    assert livecodebench.read("1", {**lcb, "private_test_cases": "[]"}, source).packages
    write_task(tmp_path / "t", difficulty="interview", inputs=["1"], outputs=["1"])
    assert read_folder(str(tmp_path / "t"), "t").packages == ()
    metadata = {"difficulty": "interview", "url": "https://example.org/1"}
    (tmp_path / "t/metadata.json").write_text(json.dumps(metadata))
    assert read_folder(str(tmp_path / "t"), "t").packages == ("numpy",)


def test_the_model_is_told_and_nothing_else_of_a_prompt_changes() -> None:
    plain = PromptSet.default()
    told = plain.with_packages(("numpy", "two"))
    assert (told.name, told.digest) == (plain.name, plain.digest)
    *before, last = plain.program(SUMS)
    *same, changed = told.program(SUMS)
    assert before == same
    line = "Beside the standard library, it may import from: numpy, two."
    assert line in changed.content
    assert changed.content.replace(f"\n{line}", "") == last.content
    assert plain.with_packages(()) == plain
    repair = told.repair(SUMS, program="p", error="e", explanation="x")
    assert line in repair[-1].content
    kept = json.dumps([message.content for message in plain.program(SUMS)])
    digest = "195f9e27779a"
    assert hashlib.sha256(kept.encode()).hexdigest()[:12] == digest


def test_the_commands_take_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_task(tmp_path / "1", difficulty="interview", inputs=["1\n2\n"], outputs=["2\n"])
    (tmp_path / "1/solutions.json").write_text(json.dumps([SUM]))
    assert main(["validate", "1"]) == 1
    assert "not among the packages programs may use" in capsys.readouterr().out
    assert main(["validate", "1", "--packages", "numpy"]) == 0
    assert main(["validate", "1", "--packages", "nothing-like-it"]) == 2
    assert "--packages: found 'nothing-like-it', which is not" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["judge", "1", "x", "--packages", "a==1"])


def test_a_run_names_its_packages_in_the_record_the_prompt_and_the_summary(
    pytester: pytest.Pytester,
) -> None:
    write_task(
        pytester.path / "tasks/1", difficulty="interview", inputs=["1\n5\n"], outputs=["5\n"]
    )
    script = {"tasks": {"tasks/1": {"program": fenced(SUM)}}}
    (pytester.path / "script.json").write_text(json.dumps(script))
    options = ("tasks", "--selfrepair-model", "scripted:script.json", "--selfrepair-repairs", "0")
    result = pytester.runpytest(*options)
    result.stdout.fnmatch_lines(["*import what they may not have*numpy 5*"])
    pytester.makeini("[pytest]\nselfrepair_packages = numpy\n")
    result = pytester.runpytest(*options)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"selfrepair: programs run in * with {NUMPY.versions[0]};*"])
    with closing(SqliteStore(pytester.path / ".selfrepair/samples.sqlite")) as store:
        runs = exchange.runs(store)  # in order; lines of runs of one second have any
        lines = (line for run in runs for line in exchange.records(store, run))
        old, new = of_tasks(line.record for line in lines)
        asked = [line.request.messages[-1].content for line in exchange.samples(store)]
    assert old.setup is not None
    assert new.setup is not None
    assert (old.setup.packages, old.packages) == (None, ())
    assert new.setup.packages == new.packages == NUMPY.versions
    assert sum("may import from: numpy." in text for text in asked) == len(asked) / 2
    refused = pytester.runpytest(*options, "--selfrepair-packages", "nothing-like-it")
    refused.stderr.fnmatch_lines(["*--selfrepair-packages: found 'nothing-like-it', which is not*"])


@pytest.mark.skipif(sys.platform != "linux", reason="levels A to C are Linux's")
def test_a_zygote_without_packages_is_started_as_before() -> None:
    isolation = find_isolation("auto")
    assert isolation.with_packages(Packages()) == isolation.command
