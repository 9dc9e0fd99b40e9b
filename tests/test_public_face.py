"""What `pytest_selfrepair` exports: the names, where they come from, and their types."""

import ast
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

import pytest_selfrepair
from places import PACKAGE, ROOT
from pytest_selfrepair.report.columns import PROGRAM_COLUMNS, TASK_COLUMNS, Column

NAMES = """
    Acceptance Assertions BudgetSpentError CONTENT_FILTER CONTEXT_LIMIT Case CaseFailure Checker
    CheckerError Cost Difficulty EndpointFailedError EndpointRefusedError Failure Feedback
    FeedbackCases FeedbackError FeedbackSource Findings Grown InfrastructureError JsonValue
    JudgeSettings LENGTH LocalModelError Message Model ModelError Outcome OwnModelError Plan
    Policy ProgramNode PromptSet Record References RepairTree ReplayMissError ReportError Role
    RunEndedError RunResult RunSettings Sample SampleRequest SamplingParams SandboxError Script
    ScriptError ScriptedModel Selective SelfRepairError Setup SeveralModel StoreError StoredModel
    Task TaskError TaskKind Usage UsageError Verdict WorkerLostError Wrapping __version__ chat_model
    judge_programs load_run load_tasks run_tasks
"""
"""A name that goes, or comes, is a line of the CHANGELOG: docs/compatibility.md."""


def test_the_public_names_are_these() -> None:
    assert sorted(pytest_selfrepair.__all__) == NAMES.split()
    assert dir(pytest_selfrepair) == NAMES.split()


def test_every_name_is_found_where_a_type_checker_finds_it() -> None:
    tree = ast.parse(Path(pytest_selfrepair.__file__).read_text(encoding="utf-8"))
    declared = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("pytest_selfrepair.")
        for alias in node.names
    }
    assert {*declared, "__version__"} == set(pytest_selfrepair.__all__)
    for name, module in declared.items():
        assert module is not None
        found = getattr(pytest_selfrepair, name)
        assert found is getattr(sys.modules[module], name)
        assert getattr(found, "__module__", module) in {module, "builtins", "typing"} or (
            name in {"Acceptance", "Checker"}  # core.checker is the one place to import them from
        )


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'SandboxJudge'"):
        _ = pytest_selfrepair.SandboxJudge


def test_every_error_of_the_package_is_public() -> None:
    tree = ast.parse((PACKAGE / "errors.py").read_text(encoding="utf-8"))
    errors = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assert errors <= set(pytest_selfrepair.__all__)


def test_the_package_says_that_it_is_typed() -> None:
    assert resources.files(pytest_selfrepair).joinpath("py.typed").is_file()


@pytest.mark.parametrize(
    ("frame", "columns"),
    [("programs_frame", PROGRAM_COLUMNS), ("tasks_frame", TASK_COLUMNS)],
)
def test_the_documentation_lists_every_column(
    frame: str, columns: tuple[Column[object], ...]
) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    section = page.split(f"### `{frame}()`\n")[1].split("\n#")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{each.name}` | {each.type} | {each.about} |" for each in columns]


def test_the_documentation_speaks_of_no_name_that_is_not_public() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    used = re.findall(r"^from pytest_selfrepair import \(?([\w,\s]+?)\)?$", page, re.MULTILINE)
    names = {name.strip() for each in used for name in each.split(",") if name.strip()}
    assert names
    assert names <= set(pytest_selfrepair.__all__)


@pytest.mark.slow  # CI runs it beside the types of all else
def test_a_type_checker_accepts_the_public_names_and_the_examples_of_the_documentation(
    tmp_path: Path,
) -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 3
    files = [ROOT / "tests" / "support" / "public_types.py"]
    for number, block in enumerate(blocks):
        files.append(tmp_path / f"example_{number}.py")
        files[-1].write_text(block, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
