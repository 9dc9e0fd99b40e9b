"""What a model is told."""

from pathlib import Path

import pytest

from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.sample import Message, Role
from pytest_selfrepair.core.task import Case, Difficulty, Task, TaskKind
from pytest_selfrepair.errors import UsageError

STDIN = Task(
    id="t",
    difficulty=Difficulty.INTRODUCTORY,
    statement="Print $5 and ${HOME} for n.",
    cases=(Case(input="1\n", expected="2\n"),),
)
CALL = Task(
    id="c",
    difficulty=Difficulty.INTRODUCTORY,
    statement="Return twice n.",
    cases=(Case(input=[1], expected=2),),
    fn_name="double",
    starter_code="class Solution:\n    def double(self, n: int) -> int:\n        ",
)
PROGRAM = "print('$x')"
ERROR = "The output was '$y', expected 'z'."


def every_prompt(prompts: PromptSet, task: Task) -> dict[str, tuple[Message, ...]]:
    return {
        "program": prompts.program(task),
        "feedback": prompts.feedback(task, program=PROGRAM, error=ERROR),
        "repair": prompts.repair(task, program=PROGRAM, error=ERROR, explanation="It is off."),
        "repair without words": prompts.repair(task, program=PROGRAM, error=ERROR, explanation=""),
        "joint": prompts.joint(task, program=PROGRAM, error=ERROR),
    }


@pytest.mark.parametrize("task", [STDIN, CALL], ids=["stdin", "call_based"])
def test_every_prompt_begins_with_a_system_line_and_ends_with_the_task(task: Task) -> None:
    for messages in every_prompt(PromptSet.default(), task).values():
        assert messages[0].role is Role.SYSTEM
        assert messages[-1].role is Role.USER
        assert task.statement in messages[-1].content
        roles = [message.role for message in messages[1:]]
        assert roles == [Role.USER, Role.ASSISTANT] * (len(roles) // 2) + [Role.USER]


@pytest.mark.parametrize("kind", ["feedback", "repair", "repair without words", "joint"])
@pytest.mark.parametrize("task", [STDIN, CALL], ids=["stdin", "call_based"])
def test_a_repair_sees_format_starter_code_program_and_error(task: Task, kind: str) -> None:
    content = every_prompt(PromptSet.default(), task)[kind][-1].content
    assert PROGRAM in content
    assert ERROR in content
    if task.kind is TaskKind.CALL_BASED:
        assert task.starter_code.strip() in content
        assert "double" in content
    else:
        assert "standard input" in content


def test_an_explanation_is_shown_where_there_is_one() -> None:
    prompts = every_prompt(PromptSet.default(), STDIN)
    assert "It is off." in prompts["repair"][-1].content
    assert "It is off." not in prompts["repair without words"][-1].content


def test_worked_examples_match_the_kind_of_the_task() -> None:
    prompts = PromptSet.default()
    for task, word in ((STDIN, "input()"), (CALL, "def ")):
        replies = [m.content for m in prompts.program(task) if m.role is Role.ASSISTANT]
        assert replies
        assert all(word in reply for reply in replies)


def test_placeholders_in_a_task_are_left_alone() -> None:
    assert "${HOME}" in PromptSet.default().program(STDIN)[-1].content


def test_a_call_based_task_without_starter_code_names_its_function() -> None:
    task = Task(
        id="c",
        difficulty=Difficulty.INTRODUCTORY,
        statement="Return 1.",
        cases=(),
        fn_name="one",
    )
    assert "def one(" in PromptSet.default().program(task)[-1].content


def test_the_digest_changes_with_the_wording(tmp_path: Path) -> None:
    original = Path(__file__).parents[1] / "src/pytest_selfrepair/core/prompts/default"
    for file in original.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    same = PromptSet.read("copy", tmp_path)
    assert same.digest == PromptSet.default().digest
    with (tmp_path / "templates.toml").open("a") as templates:
        templates.write("\n# changed\n")
    assert PromptSet.read("copy", tmp_path).digest != same.digest


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "templates.toml"), ("= 1", "templates.toml"), ("task = 1", "templates.toml")],
)
def test_a_broken_set_is_named_by_file(tmp_path: Path, content: str | None, said: str) -> None:
    original = Path(__file__).parents[1] / "src/pytest_selfrepair/core/prompts/default"
    for file in original.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if content is None:
        (tmp_path / "templates.toml").unlink()
    else:
        (tmp_path / "templates.toml").write_text(content)
    with pytest.raises(UsageError, match=said):
        PromptSet.read("broken", tmp_path)
