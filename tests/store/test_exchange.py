"""`selfrepair export` and `selfrepair import`: recordings that a team commits."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import RECORD
from examples import examples
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.sample import (
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)
from pytest_selfrepair.store import exchange, lines
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, replied

PLACES = [(task, node) for task in ("b", "a") for node in ("p1", "p0", "p0/self/r0")]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of six samples and two runs of one record each."""
    monkeypatch.chdir(tmp_path)
    with closing(SqliteStore(tmp_path / "store")) as store:
        for task, node in PLACES:
            request = asked(node, task_id=task, content=f"\ud800 {task}\n")
            asyncio.run(store.put(request, replied()))
        for task in ("a", "b"):
            store.add_record(store.begin_run(), replace(RECORD, task_id=task))
    return tmp_path


def exported(*arguments: str) -> str:
    assert main(["export", "store", *arguments, "-o", "out.jsonl"]) == 0
    return Path("out.jsonl").read_text("ascii")


@pytest.mark.usefixtures("here")
def test_lines_are_in_a_stable_order_with_sorted_keys() -> None:
    text = exported()
    first, *rest = text.splitlines()
    assert first == '{"format": "pytest-selfrepair recordings", "schema": 1}'
    facts = [json.loads(line) for line in rest]
    samples = [each["request"] for each in facts if "sample" in each]
    assert [(each["task_id"], each["node"]) for each in samples] == sorted(PLACES)
    assert [each["record"]["task_id"] for each in facts[len(samples) :]] == ["a", "b"]
    assert all(json.dumps(json.loads(line), sort_keys=True) == line for line in rest)


@pytest.mark.usefixtures("here")
def test_the_lines_do_not_depend_on_when_samples_came() -> None:
    with closing(SqliteStore(Path("other"))) as store:
        for task, node in sorted(PLACES):
            request = asked(node, task_id=task, content=f"\ud800 {task}\n")
            asyncio.run(store.put(request, replied()))
    assert main(["export", "other", "--what", "samples", "-o", "other.jsonl"]) == 0
    assert Path("other.jsonl").read_text("ascii") == exported("--what", "samples")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "samples", "records"),
    [
        (("--what", "samples"), 6, 0),
        (("--what", "records"), 0, 2),
        (("--run", "1"), 3, 1),
        (("--run", "2", "--what", "records"), 0, 1),
    ],
)
def test_only_what_is_asked_for_is_exported(
    arguments: tuple[str, ...], samples: int, records: int
) -> None:
    lines = exported(*arguments).splitlines()[1:]
    assert [sum(f'"{kind}":' in line for line in lines) for kind in ("sample", "record")] == [
        samples,
        records,
    ]


@pytest.mark.usefixtures("here")
def test_what_is_exported_goes_to_standard_output_without_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["export", "store"]) == 0
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 9
    assert output.err == "selfrepair: exported 6 samples, 0 verdicts, 2 records\n"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "nowhere: no such file; accepted: a store that a run has written"),
        (("store", "--run", "3"), "--run: found 3; accepted: 1, 2"),
        (("store", "-o", "no/out"), "no/out: No such file or directory; accepted: a file to write"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *arguments]) == 2
    assert capsys.readouterr().err == f"selfrepair: {said}\n"
    assert not Path("nowhere").exists()


@pytest.mark.usefixtures("here")
def test_an_export_that_fails_leaves_the_file_before_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = exported()
    with sqlite3.connect("store") as connection:
        connection.execute("UPDATE samples SET sample = '{' WHERE task_id = 'b'")
    connection.close()
    assert main(["export", "store", "-o", "out.jsonl"]) == 2
    assert "store: damaged (sample " in capsys.readouterr().err
    assert Path("out.jsonl").read_text("ascii") == before
    assert {each.name for each in Path().iterdir()} == {"store", "out.jsonl"}


@pytest.mark.usefixtures("here")
def test_a_store_that_imported_everything_exports_the_same() -> None:
    text = exported()
    assert main(["import", "out.jsonl", "--into", "deep/new"]) == 0
    assert main(["export", "deep/new", "-o", "again.jsonl"]) == 0
    assert Path("again.jsonl").read_text("ascii") == text


@pytest.mark.usefixtures("here")
def test_importing_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    text = exported()
    for _ in range(2):
        assert main(["import", "out.jsonl", "--into", "store"]) == 0
    assert exported() == text
    assert (
        "imported 0 into store; 8 were there; 0 differ from what was there; 0 malformed\n"
        in capsys.readouterr().err
    )


@pytest.mark.usefixtures("here")
def test_a_sample_that_differs_from_the_one_in_the_store_is_named_and_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = exported()
    changed = text.replace("udc00", "udc01").replace('"seconds": 1.5', '"seconds": 9.5')
    assert changed != text
    Path("changed.jsonl").write_text(changed, "ascii")
    assert main(["import", "changed.jsonl", "--into", "store"]) == 1
    errors = capsys.readouterr().err.splitlines()[1:]
    assert errors[0] == ("changed.jsonl:2: not imported: the store has a different one there")
    assert len(errors) == 9
    assert exported() == text


@pytest.mark.usefixtures("here")
def test_malformed_lines_are_named_by_number_and_lose_none_of_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, *good = exported().splitlines()
    sample = json.loads(good[0])
    record = json.loads(good[-1])
    bad = [
        "<<<<<<< HEAD",
        "[]",
        "[" * 100_000,
        json.dumps(sample | {"key": "0" * 64}),
        json.dumps(sample | {"more": 1}),
        json.dumps(sample | {"sample": {"text": 1}}),
        json.dumps(record | {"record": {"schema": 99}}),
        json.dumps({}),
        "\udcff{}",
    ]
    mixed = [line for pair in zip(good, bad, strict=False) for line in pair] + bad[len(good) :]
    Path("mixed.jsonl").write_bytes("\r\n".join([first, *mixed]).encode("utf-8", "surrogateescape"))
    assert main(["import", "mixed.jsonl", "--into", "new"]) == 1
    errors = capsys.readouterr().err.splitlines()[1:]
    numbers = [int(line.split(":")[1]) for line in errors[:-1]]
    assert numbers == [3, 5, 7, 9, 11, 13, 15, 17, 18]
    assert "found b'<<<<<<< HEAD\\r\\n'; accepted: a JSON object" in errors[0]
    assert f"key: found '{'0' * 58}…; accepted: {sample['key']}" in errors[3]
    assert "unknown field `more`" in errors[4]
    assert "$.sample" in errors[5]
    assert "schema 99" in errors[6]
    assert errors[-1].endswith(
        "imported 8 into new; 0 were there; 0 differ from what was there; 9 malformed"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory; accepted: a readable file"),
        ("", ":1: found b''; accepted: {"),
        ('{"task_id": 1, "program": ""}\n', ':1: found b\'{"task_id": 1'),
        (
            '{"format": "pytest-selfrepair recordings", "schema": 2}\n',
            ":1: schema: found 2; accepted: up to 1. It was written",
        ),
    ],
    ids=["missing", "empty", "something else", "later version"],
)
def test_a_file_that_is_none_of_ours_is_refused_and_no_store_made(
    here: Path, content: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (here / "file").write_text(content)
    assert main(["import", "file", "--into", "new"]) == 2
    assert said in capsys.readouterr().err
    assert not (here / "new").exists()


TEXTS = st.text(st.characters(codec=None), max_size=20)
SAMPLES = st.builds(
    Sample,
    text=TEXTS,
    usage=st.builds(
        Usage,
        completion_tokens=st.integers(0, 2**53),
        prompt_tokens=st.none() | st.integers(0, 2**53),
        counted_by=TEXTS,
    ),
    finish_reason=TEXTS,
    dollars=st.none() | st.floats(0, 1e6),
)
REQUESTS = st.builds(
    SampleRequest,
    model=TEXTS,
    messages=st.lists(
        st.builds(Message, role=st.sampled_from(Role), content=TEXTS), max_size=3
    ).map(tuple),
    params=st.builds(
        SamplingParams,
        temperature=st.floats(0, 2) | st.integers(0, 2),
        max_tokens=st.integers(1, 10**6),
        seed=st.none() | st.integers(-(2**63), 2**64),
    ),
    task_id=TEXTS,
    node=TEXTS,
)


@given(REQUESTS, SAMPLES)
def test_a_sample_survives_its_line(request: SampleRequest, sample: Sample) -> None:
    line = lines.SampleLine(request=request, sample=sample)
    text = lines.write(line)
    assert text.isascii()
    assert "\n" not in text
    assert lines.read(text.encode()) == line


@examples(10)
@given(
    st.lists(st.tuples(REQUESTS, SAMPLES), max_size=6, unique_by=lambda pair: pair[0].key),
    st.lists(TEXTS, max_size=4, unique=True),
)
def test_export_and_import_bring_back_all_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory,
    samples: list[tuple[SampleRequest, Sample]],
    tasks: list[str],
) -> None:
    folder = tmp_path_factory.mktemp("exchange")
    with closing(SqliteStore(folder / "one")) as one:
        for request, sample in samples:
            asyncio.run(one.put(request, sample))
        run = one.begin_run()
        for task in tasks:
            one.add_record(run, Record(task_id=task))
        out: list[lines.SampleLine | lines.RecordLine] = [
            *exchange.samples(one),
            *exchange.records(one),
        ]
    texts = [lines.write(line).encode() for line in out]
    with closing(SqliteStore(folder / "two")) as two:
        exchange.import_lines(two, [lines.read(text) for text in texts])
        back = [*exchange.samples(two), *exchange.records(two)]
        found = asyncio.run(two.get_many([request.key for request, _ in samples]))
    assert back == out
    assert len(out) == len(samples) + len(tasks)
    assert found == {request.key: sample for request, sample in samples}
