"""HumanEval and MBPP: what a line becomes, and what is said of one that is not as it should be."""

import ast

import pytest

from assertion_sets import HUMANEVAL, MBPP, SOURCE, Line, humaneval, mbpp, read
from pytest_selfrepair.core.task import Difficulty, Task, TaskKind
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks import humaneval as humaneval_format
from pytest_selfrepair.tasks import mbpp as mbpp_format


def checks(task: Task) -> tuple[str, ...]:
    assert all(case.expected is None for case in task.cases)
    return tuple(str(case.input) for case in task.cases)


def without(line: Line, *columns: str) -> Line:
    return {name: value for name, value in line.items() if name not in columns}


def test_each_format_is_recognised_by_its_columns() -> None:
    apps: Line = {"question": "", "input_output": "", "difficulty": ""}
    for line in (*HUMANEVAL, *MBPP, apps):
        fields = dict.fromkeys(line)
        assert humaneval_format.recognises(fields) is (line in HUMANEVAL)
        assert mbpp_format.recognises(fields) is (line in MBPP)


def test_names_are_those_that_papers_use() -> None:
    assert humaneval_format.name({"task_id": "HumanEval/12"}, SOURCE) == "HumanEval/12"
    assert humaneval_format.name({"task_id": 12}, SOURCE) == "HumanEval/12"
    assert mbpp_format.name({"task_id": 601}, SOURCE) == "MBPP/601"
    assert mbpp_format.name({"task_id": "Mbpp/2"}, SOURCE) == "Mbpp/2"
    for form in (humaneval_format, mbpp_format):
        for wrong in (None, True, " ", [1]):
            with pytest.raises(TaskError, match=r"set.jsonl:3: task_id: found"):
                form.name({"task_id": wrong}, SOURCE)


@pytest.mark.parametrize("line", [*HUMANEVAL, *MBPP], ids=lambda line: str(line["task_id"]))
def test_a_line_is_a_call_based_task_with_a_case_for_each_of_its_assertions(line: Line) -> None:
    task = read(line)
    assert (task.kind, task.difficulty) == (TaskKind.CALL_BASED, Difficulty.INTRODUCTORY)
    assert task.assertions is not None
    assert len(task.solutions) == 1
    assert str(task.fn_name) in task.starter_code
    for text in (*checks(task), task.assertions.definitions, task.solutions[0]):
        ast.parse(text)


def test_a_humaneval_task_shows_its_prompt_and_hides_its_tests() -> None:
    line = HUMANEVAL[0]
    task = read(line)
    assert task.fn_name == "rising"
    assert task.starter_code == line["prompt"]
    assert str(line["prompt"]).strip() in task.statement
    assert task.public_cases == ()
    assert task.solutions == (f"{line['prompt']}{line['canonical_solution']}",)
    assert checks(task) == (
        "assert rising([1, 2, 4]) == True",
        "assert rising([1, 1]) == False, 'equal numbers do not rise'",
        "assert rising([])",
        "assert not rising([3, 2])",
    )


def test_a_program_finds_what_the_prompt_defines_beside_its_function() -> None:
    task = read(HUMANEVAL[3])
    assert task.assertions is not None
    assert "def value(" in task.assertions.before
    assert "import math" in task.assertions.before
    assert "def root(" not in task.assertions.before


def test_what_leads_up_to_an_assertion_belongs_to_its_case() -> None:
    task = read(HUMANEVAL[2])
    (check,) = checks(task)
    assert check.startswith("from random import randint, choice\nimport string\nletters =")
    assert len(read(HUMANEVAL[7]).cases) == 6
    assert len(read(HUMANEVAL[10]).cases) == 4


@pytest.mark.parametrize(
    "test",
    [
        "if candidate(1) != 2:\n    assert False\n    return\nassert candidate(2) == 4",
        "n = 0\ndef add():\n    nonlocal n\n    n += candidate(1)\nadd()\nassert n == 2",
        "def run(x):\n    assert candidate(x) == 2 * x\nrun(1)\nrun(2)",
    ],
)
def test_statements_that_only_work_together_are_one_case(test: str) -> None:
    line = humaneval(1, 'def twice(x):\n    """ Twice x. """\n', "return 2 * x", test)
    assert len(read(line).cases) == 1


def test_a_prompt_without_a_docstring_is_completed_too() -> None:
    line = humaneval(1, "def twice(x):\n", "return 2 * x", "assert candidate(1) == 2")
    assert read(line).fn_name == "twice"


def test_an_mbpp_task_shows_its_first_test_which_names_the_function() -> None:
    task = read(MBPP[0])
    assert task.fn_name == "longest_chain"
    assert task.starter_code == "def longest_chain(pairs, n):\n"
    assert task.statement == (
        "Write a function to find the longest chain of pairs, each of which begins after another."
        "\n\nThis must hold:\n\n```python\n"
        "assert longest_chain([Pair(5, 24), Pair(15, 25), Pair(27, 40)], 3) == 2\n```"
    )
    assert task.public_cases == (0,)
    assert "\r" not in task.solutions[0]


@pytest.mark.parametrize(
    ("code", "tests", "name"),
    [
        ("def f(x): return x", ["assert f(g(1)) == 1", "assert set(f(2)) == {1}"], "f"),
        ("", ["assert set(f(1)) == {1}", "assert sorted(f(2)) == [1]"], "f"),
        ("def g(x): ...\ndef f(x): ...", ["assert f(g(1)) == 1", "assert f(2) == 1"], "f"),
        ("f = lambda x: x", ["assert f(1) == 1"], "f"),
        ("def sum(x): ...", ["assert sum(1) == 1"], "sum"),
    ],
)
def test_the_function_of_an_mbpp_task_is_the_one_that_its_tests_call(
    code: str, tests: list[str], name: str
) -> None:
    assert read(mbpp(1, "Do it.", code, *tests)).fn_name == name


def test_setup_and_imports_are_run_after_the_reference_program() -> None:
    task = read(MBPP[-1], test_setup_code="x = 1")
    assert task.assertions is not None
    assert task.assertions.setup == "import math\nx = 1"


def test_a_difficulty_is_taken_where_there_is_one() -> None:
    assert read(MBPP[0], difficulty="interview").difficulty is Difficulty.INTERVIEW
    with pytest.raises(TaskError, match="difficulty: found 'hard'; accepted: introductory"):
        read(HUMANEVAL[0], difficulty="hard")


def test_a_set_without_reference_programs_can_be_read() -> None:
    for line, column in ((HUMANEVAL[0], "canonical_solution"), (MBPP[2], "code")):
        task = read(without(line, column))
        assert task.solutions == ()
        assert task.cases


@pytest.mark.parametrize(
    ("line", "changed", "said"),
    [
        (HUMANEVAL[0], {"prompt": " "}, "prompt: found ' '; accepted: a text that is not empty"),
        (HUMANEVAL[0], {"prompt": "def ("}, "prompt: found SyntaxError on line 1: "),
        (HUMANEVAL[0], {"entry_point": "other"}, "entry_point: found 'other'; accepted: a func"),
        (HUMANEVAL[0], {"entry_point": 3}, "entry_point: found 3"),
        (HUMANEVAL[0], {"test": "check("}, "test: found SyntaxError on line 1: '(' was never"),
        (HUMANEVAL[0], {"test": "x = 1"}, "test: found no function check of one argument"),
        (HUMANEVAL[0], {"test": "def check(): ..."}, "test: found no function check of one"),
        (HUMANEVAL[0], {"test": "def check(f):\n    assert True"}, "test: found no such assertion"),
        (HUMANEVAL[0], {"canonical_solution": 3}, "canonical_solution: found 3; accepted: a text"),
        (MBPP[0], {"text": ""}, "text: found ''"),
        (MBPP[0], {"test_list": [f"assert f(1) == {'1 + ' * 900} 1"]}, "test_list[0]: found Recur"),
        (MBPP[0], {"code": "def f("}, "code: found SyntaxError"),
        (MBPP[0], {"test_list": None}, "test_list: found nothing; accepted: a list of texts"),
        (MBPP[0], {"test_list": ["assert f(1) == 1", 2]}, "test_list[1]: found 2"),
        (MBPP[0], {"test_list": ["assert"]}, "test_list[0]: found SyntaxError"),
        (MBPP[0], {"test_list": []}, "test_list: found no call of a function"),
        (MBPP[0], {"test_setup_code": "("}, "test_setup_code: found SyntaxError"),
        (MBPP[0], {"test_imports": "math"}, "test_imports: found 'math'; accepted: a list"),
    ],
)
def test_what_is_wrong_with_a_line_is_named_by_column_and_value(
    line: Line, changed: Line, said: str
) -> None:
    with pytest.raises(TaskError) as error:
        read(line, **changed)
    assert str(error.value).startswith(f"set.jsonl:3: {said}")
