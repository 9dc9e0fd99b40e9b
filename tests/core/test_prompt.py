"""What a model is told."""

import asyncio
import re
import tomllib
from pathlib import Path

import pytest

from builders import task as made
from places import PACKAGE
from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.sample import Message, Role
from pytest_selfrepair.core.task import Case, Difficulty, JsonValue, Task, TaskKind
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

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


@pytest.mark.parametrize("kind", ["feedback", "repair", "joint", "hint"])
def test_an_error_is_shown_to_the_letter_and_a_program_without_blank_ends(kind: str) -> None:
    more = {"repair": {"explanation": "Why."}, "hint": {"solution": "print(3)"}}.get(kind, {})
    found = getattr(PromptSet.default(), kind)(
        STDIN, program="\n\nprint(1)\n\n\n", error="  <it>  ", **more
    )
    assert "  <it>  " in found[-1].content
    assert "\nprint(1)\n" in found[-1].content
    assert "\n\n\n" not in found[-1].content


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
    original = PACKAGE / "core/prompts/default"
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
    original = PACKAGE / "core/prompts/default"
    for file in original.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if content is None:
        (tmp_path / "templates.toml").unlink()
    else:
        (tmp_path / "templates.toml").write_text(content)
    with pytest.raises(UsageError, match=said):
        PromptSet.read("broken", tmp_path)


def test_the_set_paper_has_one_example_and_says_the_format_once() -> None:
    prompts = PromptSet.built_in("paper")
    for messages in every_prompt(prompts, CALL).values():
        assert [message.role for message in messages] == [
            *(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER)
        ]
        last = messages[-1].content
        assert last.index(CALL.statement) < last.find(ERROR) or ERROR not in last
    asked = {kind: messages[-1].content for kind, messages in every_prompt(prompts, CALL).items()}
    starter = CALL.starter_code.strip()
    assert {kind for kind, text in asked.items() if starter in text} == {"program", "feedback"}
    assert prompts.digest != PromptSet.default().digest


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [("stdin", "5\n3 1 4 4 9\n", "8\n"), ("call_based", [[9], 6], 0)],
)
def test_the_repair_that_the_set_paper_shows_is_a_real_one(
    kind: str, given: JsonValue, expected: JsonValue
) -> None:
    folder = PACKAGE / "core/prompts/paper"
    examples = tomllib.loads((folder / f"{kind}.toml").read_text())
    [shown] = examples["repairs"]
    assert shown["program"] == examples["programs"][0]["program"]
    about = made((given, expected), fn_name=shown.get("fn_name"))
    judge = SandboxJudge(find_isolation("auto"), concurrency=1)

    async def both() -> tuple[Verdict, Verdict]:
        try:
            return (
                await judge.judge(about, shown["failing"].lstrip("\n")),
                await judge.judge(about, shown["program"]),
            )
        finally:
            await judge.aclose()

    failing, repaired = asyncio.run(both())
    assert error_sentence(about, failing) == shown["error"].strip()
    assert repaired.passed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('order_repair = ["failure", "moral"]', "order_repair: found 'moral'; accepted: ask_"),
        ("placebo = []", "placebo: found no text; accepted: one or more"),
    ],
)
def test_a_part_or_a_list_that_cannot_be_used_is_named(
    tmp_path: Path, line: str, said: str
) -> None:
    original = PACKAGE / "core/prompts/default"
    for file in original.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path, name = tmp_path / "templates.toml", line.partition(" ")[0]
    pattern = rf"^{name} = \[.*?\]$"
    path.write_text(re.sub(pattern, line, path.read_text(), flags=re.MULTILINE | re.DOTALL))
    with pytest.raises(UsageError, match=said):
        PromptSet.read("own", tmp_path)
