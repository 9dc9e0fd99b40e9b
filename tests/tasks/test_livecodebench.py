"""Reading LiveCodeBench: cases of both kinds, packed or plain, and what hides in a pickle."""

import base64
import json
import pickle
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.task import Case, Difficulty, JsonValue, TaskKind
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks import formats, jsonl
from pytest_selfrepair.tasks.outline import READ_AT_ONCE, Outline
from pytest_selfrepair.tasks.source import Source

SOURCE = Source(file="row")


def packed(value: object) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(value))).decode()


def case(given: str, wanted: str, kind: str = "stdin") -> dict[str, str]:
    return {"input": given, "output": wanted, "testtype": kind}


def row(
    public: list[dict[str, str]], private: str, fn_name: str | None = None, **fields: JsonValue
) -> dict[str, JsonValue]:
    return {
        "question_title": "Sum",
        "question_content": "Add.",
        "question_id": "abc_1",
        "starter_code": "",
        "difficulty": "hard",
        "public_test_cases": json.dumps(public),
        "private_test_cases": private,
        "metadata": json.dumps({"func_name": fn_name} if fn_name else {}),
        **fields,
    }


def test_private_cases_follow_the_public_ones_packed_or_plain() -> None:
    public, private = case("1 2\n", "3\n"), case("4 5\n", "9\n")
    for text in (json.dumps([private]), packed(json.dumps([private]))):
        fields = row([public], text)
        task = formats.read("t", fields, SOURCE)
        assert formats.name_of(fields, SOURCE) == "abc_1"
        assert (task.difficulty, task.kind) == (Difficulty.COMPETITION, TaskKind.STDIN)
        assert task.cases == (
            Case(input="1 2\n", expected="3\n"),
            Case(input="4 5\n", expected="9\n"),
        )
        assert task.public_cases == (0,)


def test_a_function_is_called_with_a_line_for_each_argument() -> None:
    cases = [case("[1, 2]\n3", "[4]", "functional")]
    starter = "class Solution:\n    def f(self, a: List[int], b: int) -> List[int]:\n        "
    task = formats.read("t", row(cases, "", "f", starter_code=starter), SOURCE)
    assert task.fn_name == "f"
    assert task.cases == (Case(input=[[1, 2], 3], expected=[4]),)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("harmed"),))  # type: ignore[return-value]  # as a pickle may


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"private_test_cases": packed(Bomb())}, r"private_test_cases: found UnpicklingError: "),
        ({"private_test_cases": packed(["a"])}, "found a pickled list; accepted: a list of cases"),
        ({"private_test_cases": "%%%"}, "private_test_cases: found '%%%' "),
        ({"private_test_cases": packed("{}")}, "private_test_cases: found {}; accepted: a list"),
        ({"private_test_cases": "[1]"}, "found 1; accepted: cases with testtype"),
        ({"private_test_cases": '[{"testtype": "functional"}]'}, "found cases of both kinds"),
        ({"difficulty": "interview"}, "found 'interview'; accepted: easy, medium, hard"),
        ({"metadata": '{"func_name": "a b"}'}, "metadata.func_name: found 'a b'"),
        ({"question_content": ""}, "question_content: found ''"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_in_a_pickle_is_run(
    fields: dict[str, JsonValue], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TaskError, match=said):
        formats.read("t", {**row([case("1", "2")], ""), **fields}, SOURCE)
    assert not Path("harmed").exists()


@given(st.binary(max_size=60))
def test_any_bytes_in_place_of_a_pickle_give_an_error(data: bytes) -> None:
    private = base64.b64encode(zlib.compress(data)).decode()
    with pytest.raises(TaskError, match="private_test_cases"):
        formats.read("t", row([], private or "%"), SOURCE)


def test_a_large_line_is_outlined_by_its_public_cases(tmp_path: Path) -> None:
    private = base64.b64encode(b"x" * READ_AT_ONCE).decode()
    lines = [
        row([case("1", "2")], private),
        row([case("1", "2", "functional")], private, "f", question_id="abc_2"),
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, lines)))
    outlines = [outline for _, _, outline in jsonl.outlined(tmp_path / "t.jsonl")]
    assert [outline.kind for outline in outlines if isinstance(outline, Outline)] == [
        TaskKind.STDIN,
        TaskKind.CALL_BASED,
    ]
