"""Reading APPS tasks: folders and JSON Lines, good ones and broken ones."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places import DATA
from pytest_selfrepair.core.task import Case, JsonValue, TaskKind, Wrapping
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.apps_fields import read as read_task
from pytest_selfrepair.tasks.folders import is_task_folder, read_folder
from pytest_selfrepair.tasks.jsonl import lines
from pytest_selfrepair.tasks.source import Source, read_json

SHARED = DATA
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real APPS tasks are not beside the project"
)
SOURCE = Source(file="row")
GOOD: dict[str, JsonValue] = {
    "question": "Add.",
    "difficulty": "interview",
    "input_output": {"inputs": ["1 2\n"], "outputs": ["3\n"]},
}


def write_folder(path: Path, **files: str | bytes) -> Path:
    path.mkdir()
    contents: dict[str, str | bytes] = {
        "question": "Add.",
        "metadata": '{"difficulty": "interview"}',
        "input_output": json.dumps(GOOD["input_output"]),
        **files,
    }
    for name, content in contents.items():
        ending = {"question": "txt", "starter_code": "py", "checker": "py"}.get(name, "json")
        data = content.encode() if isinstance(content, str) else content
        (path / f"{name}.{ending}").write_bytes(data)
    return path


def test_a_folder_is_a_task(tmp_path: Path) -> None:
    task = read_folder(write_folder(tmp_path / "7", solutions='["print(3)"]'), "tasks/7")
    assert (task.id, task.kind, task.solutions) == ("tasks/7", TaskKind.STDIN, ("print(3)",))
    assert task.cases == (Case(input="1 2\n", expected="3\n"),)


def test_a_byte_order_mark_and_crlf_are_forgiven(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "7", question=b"\xef\xbb\xbfAdd.\r\nTwo lines.\r\n")
    assert read_folder(folder, "7").statement == "Add.\nTwo lines.\n"


def test_lists_of_lines_become_texts() -> None:
    cases: JsonValue = {"inputs": [["1", "2"]], "outputs": [["3", 4]]}
    assert read_task("t", {**GOOD, "input_output": cases}, SOURCE).cases == (
        Case(input="1\n2", expected="3\n4"),
    )


def test_wrapped_return_values_are_unwrapped_for_the_whole_task_or_not_at_all() -> None:
    def expected(outputs: list[JsonValue]) -> list[JsonValue]:
        cases = {"fn_name": "f", "inputs": [[0]] * len(outputs), "outputs": outputs}
        return [
            case.expected
            for case in read_task("t", {**GOOD, "input_output": json.dumps(cases)}, SOURCE).cases
        ]

    assert expected([[1], [[2]]]) == [1, [2]]
    assert expected([[1], [2, 3]]) == [[1], [2, 3]]
    assert expected([1, "x"]) == [1, "x"]
    assert expected([]) == []


@pytest.mark.parametrize(
    ("returned", "outputs", "expected", "wrapping"),
    [
        ("-> int:", [[9]], [9], Wrapping.WRAPPED),
        ("-> int:", [9], [9], Wrapping.BARE),
        ("-> bool:", [[False]], [False], Wrapping.WRAPPED),
        ("-> List[bool]:", [[False]], [[False]], Wrapping.BARE),
        ("-> List[bool]:", [[[False]]], [[False]], Wrapping.WRAPPED),
        ("-> List[List[int]]:", [[[1, 2]], [[3]]], [[[1, 2]], [[3]]], Wrapping.BARE),
        ("-> Optional[List[str]]:", [["a"], ["b"]], [["a"], ["b"]], Wrapping.BARE),
        ("-> Tuple[int, str]:", [[[1, "a"]]], [[1, "a"]], Wrapping.WRAPPED),
        ("-> Dict[str, int]:", [[{"a": 1}]], [{"a": 1}], Wrapping.WRAPPED),
        ("-> float:", [[1]], [1], Wrapping.WRAPPED),
        ("-> None:", [[None]], [None], Wrapping.WRAPPED),
        ("-> TreeNode:", [[1]], [1], Wrapping.WRAPPED),
        (":", [["a"]], ["a"], Wrapping.WRAPPED),
        (":", ["a", ["b"]], ["a", ["b"]], Wrapping.BARE),
        (':\n        """:rtype: List[int]"""', [[1]], [[1]], Wrapping.BARE),
        (':\n        """:rtype: bool"""', [[True]], [True], Wrapping.WRAPPED),
        ("-> (:", [[1]], [1], Wrapping.WRAPPED),
    ],
)
def test_how_a_task_wraps_what_it_expects_is_found_by_its_starter_code(
    returned: str, outputs: list[JsonValue], expected: list[JsonValue], wrapping: Wrapping
) -> None:
    cases = {"fn_name": "f", "inputs": [[0]] * len(outputs), "outputs": outputs}
    starter = f"class Solution:\n    def f(self, n){returned}\n        "
    task = read_task(
        "t", {**GOOD, "input_output": json.dumps(cases), "starter_code": starter}, SOURCE
    )
    assert [case.expected for case in task.cases] == expected
    assert task.wrapping is wrapping
    assert not task.in_place


@pytest.mark.parametrize(
    ("returned", "given", "wanted", "in_place"),
    [
        ("-> None:", [[3, 1]], [1, 3], True),
        (':\n        """:rtype: void Do not return anything."""', [[3, 1]], [1, 3], True),
        ("-> None:", [[3, 1]], None, False),
        ("-> None:", ["ab", [1]], [1, 3], False),
        ("-> List[int]:", [[3, 1]], [1, 3], False),
        (":", [[3, 1]], [1, 3], False),
    ],
)
def test_an_answer_is_in_place_only_where_nothing_is_returned_and_yet_a_list_is_expected(
    returned: str, given: JsonValue, wanted: JsonValue, in_place: bool
) -> None:
    cases = {"fn_name": "f", "inputs": [given], "outputs": [wanted]}
    starter = f"class Solution:\n    def f(self, nums){returned}\n        "
    task = read_task(
        "t", {**GOOD, "input_output": json.dumps(cases), "starter_code": starter}, SOURCE
    )
    assert task.in_place is in_place
    assert task.cases == (Case(input=given, expected=wanted),)


def test_a_folder_may_have_a_checker_of_its_own(tmp_path: Path) -> None:
    own = "def check(given, expected, answer):\n    return True\n"
    assert read_folder(write_folder(tmp_path / "7", checker=own), "7").checker == own
    assert read_folder(write_folder(tmp_path / "8"), "8").checker is None


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("def check(", "found SyntaxError: '(' was never closed"),
        ("def chek(given, expected, answer): ...", "found no function check"),
        (7, "found 7"),
    ],
)
def test_a_checker_that_cannot_check_is_refused_when_the_task_is_read(
    program: JsonValue, found: str
) -> None:
    with pytest.raises(TaskError, match=re.escape(f"row: checker: {found}")):
        read_task("t", {**GOOD, "checker": program}, SOURCE)


def test_integers_of_any_length_are_read() -> None:
    digits = "9" * 20_000
    value = read_json(digits, SOURCE)
    assert isinstance(value, int)
    assert value % 10**5 == 99_999
    packed = f'{{"inputs": ["1"], "outputs": [{digits}]}}'
    assert read_task("t", {**GOOD, "input_output": packed}, SOURCE).cases[0].expected == digits


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_a_task_without_cases_is_a_task(empty: str | None) -> None:
    assert read_task("t", {**GOOD, "input_output": empty}, SOURCE).cases == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"question": ""}, "question: found ''; accepted: a statement"),
        ({"question": 3}, "question: found 3;"),
        ({"difficulty": "easy"}, "difficulty: found 'easy'; accepted: introductory, interview, "),
        ({"difficulty": ["interview"]}, r"difficulty: found \['interview'\]"),
        ({"input_output": [1]}, r"input_output: found \[1\]; accepted: an object"),
        ({"input_output": "{"}, "input_output: found .*; accepted: JSON"),
        ({"input_output": '{"inputs": [NaN]}'}, "input_output: found NaN"),
        ({"input_output": '{"inputs": ["\\ud800"]}'}, "half a surrogate pair"),
        ({"input_output": "[" * 100_000}, "nested too deep|accepted: JSON"),
        ({"input_output": {"inputs": "1"}}, "input_output.inputs: found '1'; accepted: a list"),
        ({"input_output": {"inputs": ["1"], "outputs": []}}, "found 0 outputs; accepted: 1"),
        ({"input_output": {"inputs": [{}], "outputs": ["1"]}}, r"inputs\[0\]: found {}"),
        ({"input_output": {"fn_name": "f g", "inputs": []}}, "fn_name: found 'f g'"),
        ({"input_output": {"fn_name": "f", "inputs": [1], "outputs": [1]}}, "list of arguments"),
        ({"solutions": "{}"}, "solutions: found {}; accepted: a list"),
        ({"solutions": [1]}, r"solutions\[0\]: found 1; accepted: a program"),
        ({"starter_code": 1}, "starter_code: found 1"),
    ],
)
def test_what_is_wrong_is_named_by_field_and_value(change: dict[str, object], said: str) -> None:
    with pytest.raises(TaskError, match=said):
        read_task("t", {**GOOD, **change}, SOURCE)  # type: ignore[dict-item]  # wrong on purpose


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"metadata": "{"}, "7/metadata.json: content: found .*accepted: JSON"),
        ({"metadata": "[]"}, "7/metadata.json: content: found .*accepted: an object"),
        ({"metadata": b"\xff"}, "7/metadata.json: text: found byte 0 that is not UTF-8"),
        ({"input_output": "nonsense"}, "7/input_output.json: content: found"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(TaskError, match=said):
        read_folder(write_folder(tmp_path / "7", **files), "7")


def test_a_folder_without_a_statement_is_still_a_task_and_says_so(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "7")
    (folder / "question.txt").unlink()
    assert is_task_folder(folder)
    with pytest.raises(TaskError, match=r"7/question\.txt: file: found No such file"):
        read_folder(folder, "7")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: json_values | st.just(GOOD.get(name))
            for name in ("question", "difficulty", "input_output", "solutions", "starter_code")
        },
    )
)
def test_any_fields_give_a_task_or_an_error_that_names_one(fields: dict[str, object]) -> None:
    named = ""
    try:
        read_task("t", fields, SOURCE)  # type: ignore[arg-type]  # anything at all
    except TaskError as error:
        named = error.field.partition(".")[0].partition("[")[0]
    assert named in {*("", "question", "difficulty", "input_output", "solutions", "starter_code")}


@given(st.binary(max_size=200))
def test_any_line_gives_a_task_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("lines") / "tasks.jsonl"
    path.write_bytes(data)
    for line in lines(path):
        with pytest.raises(TaskError, match=rf"tasks.jsonl:{line.number}: "):
            line.task(line.name())


@needs_shared
def test_the_hubs_export_is_read() -> None:
    tasks = [line.task(line.name()) for line in lines(SHARED / "apps_train_51.jsonl")]
    assert len({task.id for task in tasks}) == 51
    assert sum(task.kind is TaskKind.CALL_BASED for task in tasks) == 4
    assert all(task.cases and task.solutions for task in tasks)


@needs_shared
def test_real_folders_are_read() -> None:
    folders = sorted((SHARED / "apps_folders/train").glob("[0-9]*"))
    tasks = {folder.name: read_folder(folder, folder.name) for folder in folders}
    assert len(tasks) == 5
    assert tasks["4184"].fn_name is not None
    assert tasks["4184"].cases[0].expected is False
