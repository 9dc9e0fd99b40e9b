"""A corpus of broken tasks: each is one error that names what is wrong; the others run."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects import write_project, write_task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks import folders, jsonl
from pytest_selfrepair.tasks.outline import READ_AT_ONCE, Outline
from pytest_selfrepair.tasks.source import LARGEST_FILE, Source, read_json
from pytest_selfrepair.tasks.task_paths import FoundTask, find

MODES = {"serial": ("-p", "no:xdist"), "n2": ("-n2",)}


def replace(name: str, content: str | bytes) -> Callable[[Path], None]:
    """Break a task by what stands in one of its files."""

    def write(folder: Path) -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def sparse(name: str, size: int) -> Callable[[Path], None]:
    def enlarge(folder: Path) -> None:
        os.truncate(folder / name, size)

    return enlarge


def loop(name: str) -> Callable[[Path], None]:
    def link(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).symlink_to(name)

    return link


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def cases(**fields: object) -> Callable[[Path], None]:
    return replace("input_output.json", json.dumps(fields))


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "not-json": (replace("input_output.json", "inputs"), "input_output.json: content: found"),
    "no-object": (replace("metadata.json", "[1]"), "metadata.json: content: found [1]"),
    "wrong-type": (cases(inputs={"a": 1}, outputs=[]), "input_output.inputs: found {'a': 1}"),
    "lengths": (cases(inputs=["1"], outputs=[]), "outputs: found 0 outputs; accepted: 1"),
    "nan": (replace("input_output.json", '{"inputs": [NaN]}'), "content: found NaN"),
    "infinite": (replace("input_output.json", '{"inputs": [1e999]}'), "content: found '1e999'"),
    "surrogate": (
        replace("input_output.json", '{"inputs": ["\\ud800"]}'),
        "content: found half a surrogate pair",
    ),
    "encoding": (replace("question.txt", b"Add \xff."), "question.txt: text: found byte 4"),
    "too-large": (sparse("question.txt", LARGEST_FILE + 1), "question.txt: size: found 50000001"),
    "loop": (loop("question.txt"), "question.txt: file: found Too many levels of symbolic links"),
    "no-statement": (without("question.txt"), "question.txt: file: found No such file"),
    "blank": (replace("question.txt", " \r\n"), "question: found ' \\n'; accepted: a statement"),
    "no-metadata": (without("metadata.json"), "metadata.json: file: found No such file"),
    "difficulty": (
        replace("metadata.json", '{"difficulty": "easy"}'),
        "difficulty: found 'easy'; accepted: introductory, interview, competition",
    ),
    "public": (
        replace("metadata.json", '{"difficulty": "interview", "public_cases": [7]}'),
        "public_cases[0]: found 7; accepted: a list of different positions of cases",
    ),
    "twice": (
        replace("metadata.json", '{"difficulty": "interview", "public_cases": [0, 0]}'),
        "public_cases: found [0, 0]; accepted: a list of different positions",
    ),
    "topics": (
        replace("metadata.json", '{"difficulty": "interview", "topics": [1]}'),
        "topics[0]: found 1; accepted: a text",
    ),
    "limit": (
        replace("metadata.json", '{"difficulty": "interview", "limits": {"seconds": "2 s"}}'),
        "limits.seconds: found '2 s'; accepted: a number from 0.1 to 3,600",
    ),
    "limits": (
        replace("metadata.json", '{"difficulty": "interview", "limits": {"time": 2}}'),
        "limits: found {'time': 2}; accepted: an object with seconds and megabytes",
    ),
}


def write_broken(top: Path) -> None:
    for name, (spoil, _) in BROKEN.items():
        write_task(top / name, difficulty="interview", inputs=["1"], outputs=["2"])
        spoil(top / name)


@pytest.mark.parametrize("mode", MODES)
def test_each_broken_task_is_one_error_of_collection_and_the_others_run(
    pytester: pytest.Pytester, mode: str
) -> None:
    write_project(pytester.path)
    write_broken(pytester.path / "tasks")
    (pytester.path / "tasks/circle").symlink_to(pytester.path)
    result = pytester.runpytest("tasks", "--selfrepair-model", "scripted:script.json", *MODES[mode])
    lines = [
        line for line in result.outlines if line.startswith("tasks/") and "; accepted: " in line
    ]
    errors = {line.partition(":")[0].split("/")[1]: line for line in lines}
    assert set(errors) == {*BROKEN, "circle"}
    for name, (_, said) in BROKEN.items():
        assert said in errors[name]
    result.stdout.fnmatch_lines([f"*1 failed, 1 passed, {len(errors)} errors, 1 repaired in*"])


def test_every_command_finds_the_same_errors(tmp_path: Path) -> None:
    write_broken(tmp_path)
    for found in find([tmp_path]):
        assert isinstance(found, FoundTask)
        with pytest.raises(TaskError) as raised:
            found.load()
        assert BROKEN[Path(found.id).name][1] in str(raised.value)


def test_what_may_be_forgiven_is(tmp_path: Path) -> None:
    write_task(tmp_path / "7", difficulty="interview", inputs=["1"], outputs=["2"])
    for path in (tmp_path / "7").iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b", ", b",\r\n"))
    files = folders.files_of(str(tmp_path / "7"))
    assert folders.outline_folder(str(tmp_path / "7"), "7", files).cases == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"\xff", "found byte 0 that is not UTF-8"),
        (b"[]", "found []; accepted: an object"),
        (b'{"problem_id": "a::b"}', "name: found 'a::b'; accepted: at most 200 printable"),
        (b'{"problem_id": "a\\u0007b"}', "name: found 'a\\x07b'"),
        (b'{"problem_id": true}', "problem_id: found True"),
        (b'{"problem_id": "%s"}' % (b"x" * LARGEST_FILE), "size: found a longer line"),
    ],
    ids=["bytes", "list", "colons", "bell", "bool", "50 MB"],
)
def test_a_line_that_names_no_task_is_told_by_its_number(
    tmp_path: Path, line: bytes, said: str
) -> None:
    good = b'{"id": 7, "question": "Add.", "difficulty": "interview", "input_output": ""}'
    (tmp_path / "t.jsonl").write_bytes(b"\n".join([b"", line, b"\xef\xbb\xbf" + good]))
    (_, broken, _), (_, name, outline) = jsonl.outlined(tmp_path / "t.jsonl")
    assert f"t.jsonl:2: {said}" in str(broken) or said in str(broken)
    assert isinstance(broken, TaskError)
    assert broken.file == "t.jsonl:2"
    assert name == "0007"
    assert isinstance(outline, Outline)
    assert outline.cases == 0


@pytest.mark.parametrize("data", [b"no gzip", b"\x1f\x8b\x08\x00cut"], ids=["another", "cut"])
def test_a_file_that_is_not_compressed_as_its_name_says_is_one_error(
    tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "t.jsonl.gz").write_bytes(data)
    (error,) = find([tmp_path / "t.jsonl.gz"])
    assert isinstance(error, TaskError)
    assert error.file == "t.jsonl.gz"


json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
).map(json.dumps)


@given(json_texts | st.text(alphabet='[]{}",:\\ud8019eE+-. \n', max_size=12))
def test_json_is_what_pythons_own_reader_takes_it_for(text: str) -> None:
    try:
        found = read_json(text, Source(file="f"))
    except TaskError:
        with pytest.raises(ValueError, match=r".*"):
            _strict(text)
    else:
        assert repr(found) == repr(_strict(text))


def _strict(text: str) -> object:
    """What Python reads, but for infinite numbers and halves of surrogate pairs."""
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


filler = st.sampled_from(["", "x" * READ_AT_ONCE])


@settings(max_examples=40)
@given(
    st.sampled_from(["interview", "competition"]),
    st.sampled_from([None, "f"]),
    st.booleans(),
    filler,
    filler,
    st.permutations(["problem_id", "question", "solutions", "input_output", "difficulty"]),
)
def test_an_outline_of_a_line_says_what_reading_it_says(
    tmp_path_factory: pytest.TempPathFactory,
    difficulty: str,
    fn_name: str | None,
    packed: bool,
    in_cases: str,
    in_question: str,
    order: list[str],
) -> None:
    tests: dict[str, object] = {"inputs": [[in_cases + '"fn_name"']], "outputs": ["1"]}
    if fn_name is not None:
        tests["fn_name"] = fn_name
    fields: dict[str, object] = {
        "problem_id": 1,
        "question": "Add." + in_question,
        "solutions": "",
        "input_output": json.dumps(tests) if packed else tests,
        "difficulty": difficulty,
    }
    path = tmp_path_factory.mktemp("lines") / "t.jsonl"
    path.write_text(json.dumps({name: fields[name] for name in order}))
    ((line, name, outline),) = jsonl.outlined(path)
    task = line.task("t")
    assert name == "0001"
    assert isinstance(outline, Outline)
    assert (outline.difficulty, outline.kind) == (task.difficulty, task.kind)
    assert outline.cases in {None, 1}
