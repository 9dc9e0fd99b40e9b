"""`selfrepair merge`: what several hosts or processes made in parts becomes one whole."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders import RECORD
from projects import fenced, write_task
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.listing import listing
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, replied


def test_stores_and_lines_are_not_joined_with_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, verdicts = tmp_path / "a.sqlite", tmp_path / "b.jsonl"
    with closing(SqliteStore(store)):
        pass
    verdicts.write_text("{}\n")
    assert main(["merge", str(store), str(verdicts), "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"selfrepair: {verdicts}: found JSON Lines, and a store in {store}; accepted: "
        "only stores, or only JSON Lines\n"
    )


def test_a_part_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none"
    assert main(["merge", str(missing), "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"selfrepair: {missing}: No such file or directory; accepted: a file to read\n"
    )


STORE = ".selfrepair/samples.sqlite"
TASKS = 7
BUDGET = ("--selfrepair-max-tokens-total", "100001")
RATE = ("--selfrepair-requests-per-minute", "61")


def write_tasks(root: Path) -> None:
    """Tasks of all difficulties, of which each third is solved, repaired, or neither."""
    answers = {}
    for number in range(TASKS):
        write_task(
            root / f"tasks/{number}",
            difficulty=("introductory", "interview", "competition")[number % 3],
            inputs=["1 2\n"],
            outputs=[f"{3 + number}\n"],
            statement=f"Add both numbers and {number}.",
        )
        right = f"print(sum(map(int, input().split())) + {number})"
        answers[f"tasks/{number}"] = {
            "program": [fenced(f"print({draw})") for draw in range(50, 52)]
            + ([fenced(right)] if number % 2 else []),
            "repair": [fenced("print(7)"), fenced(right if number % 3 else "print(8)")],
        }
    (root / "script.json").write_text(json.dumps({"tasks": answers}))


def run(pytester: pytest.Pytester, store: str, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest(
        *("tasks", "--selfrepair-model", "scripted:script.json", f"--selfrepair-store={store}"),
        *("--selfrepair-programs", "3", "--selfrepair-repairs", "2"),
        *BUDGET,
        *arguments,
    )


def reported(store: str) -> Any:
    """The run's report as JSON, without what was measured on the way."""
    assert main(["report", store, "--json", "report.json"]) == 0
    return json.loads(Path("report.json").read_text())


def test_two_shards_joined_say_what_one_host_says(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(pytester.path)
    write_tasks(pytester.path)
    run(pytester, "one.sqlite")
    shards = [
        run(pytester, "a.sqlite", "--selfrepair-shard", "0/2", *RATE, "-p", "no:xdist"),
        run(pytester, "b.sqlite", "--selfrepair-shard", "1/2", *RATE, "-n2"),
    ]
    for index, result in enumerate(shards):
        result.stdout.fnmatch_lines(
            [
                f"*; shard {index}/2 ({30 + index} of 61 requests a minute)",
                f"note: --selfrepair-shard {index}/2: {4 - index} of 7 items; *merge*",
            ]
        )
    capsys.readouterr()
    assert main(["merge", "a.sqlite", "b.sqlite", "-o", "both.sqlite"]) == 0
    assert "7 records; 1 run put together of shards, 0 other runs" in capsys.readouterr().out
    assert reported("both.sqlite") == reported("one.sqlite")
    with (
        closing(SqliteStore(Path("one.sqlite"))) as one,
        closing(SqliteStore(Path("both.sqlite"))) as both,
    ):
        assert [each.uid for each in listing(both)] != [each.uid for each in listing(one)]
        assert {each.shard for each in both.records(1)} == {
            Shard(index=0, count=2, items=4),
            Shard(index=1, count=2, items=3),
        }
        query = "SELECT campaign, tokens FROM campaigns"
        accounts = [store.read(lambda of: of.execute(query).fetchall()) for store in (one, both)]
        assert accounts[0] == accounts[1], "what was spent is the whole run's"
    resumed = run(pytester, "both.sqlite", "--selfrepair-replay", "only")
    resumed.stdout.fnmatch_lines(["tokens: * samples, 0 of them paid for"])


def part(path: Path, index: int, tasks: Sequence[str], **changed: Any) -> None:
    """A store of one shard of two, with records and samples of some tasks."""
    with closing(SqliteStore(path)) as store:
        number = store.begin_run()
        for task in tasks:
            shard = Shard(index=index, count=2, items=2)
            store.add_record(number, replace(RECORD, task_id=task, shard=shard, **changed))
            asyncio.run(store.put(asked(task_id=task, content=task), replied(path.name)))


def test_what_is_missing_and_contradictory_is_named_and_the_first_store_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    part(Path("a"), 0, ["t1"])
    assert RECORD.grown is not None
    less = replace(RECORD.grown, baseline=())
    part(Path("b"), 0, ["t1"], grown=less)
    assert main(["merge", "a", "b", "-o", "out"]) == 1
    output = capsys.readouterr()
    assert output.err.splitlines() == [
        "left out: 1 completion of items whose record from another store is kept",
        "missing: shard 1/2: no store has it",
        "missing: shard 0/2: 1 of its 2 items have no record",
        "contradictory: t1: a::1 and b::1 have different records of it",
        "of contradictory records and verdicts, the first store's are kept",
    ]
    with closing(SqliteStore(Path("out"))) as store:
        assert [each.grown for each in store.records(1)] == [RECORD.grown]
        assert [each.sample.text for each in exchange.samples(store)] == ["a"]


def test_what_two_stores_have_alike_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    part(Path("a"), 0, ["t1", "t2"])
    Path("copy").write_bytes(Path("a").read_bytes())
    part(Path("b"), 1, ["t3", "t4"], seconds=99.0)
    assert main(["merge", "a", "copy", "b", "-o", "out"]) == 0
    output = capsys.readouterr()
    assert output.err == "duplicate: 4, equal in two stores, are kept once\n"
    assert "4 completions, 0 verdicts, 4 records; 1 run put together" in output.out


def test_a_record_that_was_scored_goes_before_one_that_was_not_with_its_completions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    part(Path("a"), 0, ["t1", "t2"], grown=None, unscored="the endpoint was away")
    part(Path("again"), 0, ["t1", "t2"])
    part(Path("b"), 1, ["t3", "t4"])
    assert main(["merge", "a", "again", "b", "-o", "out"]) == 0
    assert capsys.readouterr().err == (
        "left out: 2 completions of items whose record from another store is kept\n"
    )
    with closing(SqliteStore(Path("out"))) as store:
        assert [each.unscored for each in store.records(1)] == [None] * 4
        texts = [each.sample.text for each in exchange.samples(store)]
        assert texts == ["again", "again", "b", "b"]


def test_items_that_ask_alike_keep_their_records_and_the_first_ones_replies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    part(Path("a"), 0, ["t1"])
    part(Path("b"), 1, ["t2"])
    for name, task_id in (("a", "t1"), ("b", "t2")):
        with closing(SqliteStore(Path(name))) as store:
            for node in ("p0", "p1"):
                request = asked(task_id=task_id, node=node, content="Add both numbers.")
                asyncio.run(store.put(request, replied(f"{task_id} {node}")))
    main(["merge", "a", "b", "-o", "out"])
    assert [line for line in capsys.readouterr().err.splitlines() if "missing" not in line] == [
        "drawn apart: t1 of a and t2 of b ask alike; requests with two replies: 2",
        (
            "of items drawn apart both records are kept, with the first item's replies, which one "
            "host would have given to both, as a replay does"
        ),
    ]
    with closing(SqliteStore(Path("out"))) as store:
        assert [each.task_id for each in store.records(1)] == ["t1", "t2"]
        texts = [each.sample.text for each in exchange.samples(store)]
        assert texts == ["a", "t1 p0", "t1 p1", "b"]


def test_one_reply_that_took_longer_elsewhere_is_the_same_reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    part(Path("a"), 0, ["t1", "t3"])
    part(Path("b"), 1, ["t2", "t4"])
    for name, seconds in (("a", 1.0), ("b", 2.0)):
        with closing(SqliteStore(Path(name))) as store:
            request = asked(task_id=name, content="Add both numbers.")
            asyncio.run(store.put(request, replace(replied("alike"), seconds=seconds)))
    assert main(["merge", "a", "b", "-o", "out"]) == 0
    assert capsys.readouterr().err == "duplicate: 1, equal in two stores, are kept once\n"


def test_runs_that_are_no_shards_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = []
    for name in ("a", "b"):
        with closing(SqliteStore(Path(name))) as store:
            store.add_record(store.begin_run(), RECORD)
            before += [each.uid for each in listing(store)]
    assert main(["merge", "a", "b", "-o", "out"]) == 0
    with closing(SqliteStore(Path("out"))) as store:
        assert [each.uid for each in listing(store)] == before


def test_scenarios_are_joined_as_tasks_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for index, role in enumerate(BargainRole):
        with closing(SqliteStore(Path(role))) as store:
            shard = Shard(index=index, count=2, items=1)
            game = BargainRecord(task_id=f"lamp::{role}", role=role, shard=shard)
            store.add_record(store.begin_run(), game)
    assert main(["merge", *BargainRole, "-o", "out"]) == 0
    assert "2 records; 1 run put together of shards" in capsys.readouterr().out
    with closing(SqliteStore(Path("out"))) as store:
        assert [each.task_id for each in store.every_record(1)] == ["lamp::buyer", "lamp::seller"]


def test_the_same_stores_are_joined_to_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    part(Path("a"), 0, ["t1", "t2"])
    part(Path("b"), 1, ["t3", "t4"])
    for out, order in (("out", ("a", "b")), ("again", ("b", "a"))):
        assert main(["merge", *order, "-o", out]) == 0
        assert main(["export", out, "-o", f"{out}.jsonl"]) == 0
    assert Path("out.jsonl").read_bytes() == Path("again.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a", "./a", "-o", "out"), "a: found twice; accepted: every store once"),
        (("a", "-o", "a"), "--out: found a, which exists; accepted: a new file"),
    ],
)
def test_files_that_cannot_be_meant_are_refused(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    part(Path("a"), 0, ["t1"])
    assert main(["merge", *arguments]) == 2
    assert capsys.readouterr().err == f"selfrepair: {said}\n"


@pytest.mark.parametrize("given", ["2/2", "-1/2", "1", "1/0", "a/b", ""])
def test_a_shard_that_is_none_is_refused(pytester: pytest.Pytester, given: str) -> None:
    result = pytester.runpytest_inprocess(
        "--selfrepair-model", "scripted:script.json", f"--selfrepair-shard={given}"
    )
    result.stderr.fnmatch_lines(
        [f"ERROR: --selfrepair-shard: found '{given}'; accepted: I/N with I from 0 to N - 1*"]
    )


def test_a_part_of_the_budget_that_is_nothing_is_refused(pytester: pytest.Pytester) -> None:
    write_tasks(pytester.path)
    arguments = ("tasks", "--selfrepair-model", "scripted:script.json")
    result = pytester.runpytest(
        *arguments, "--selfrepair-shard", "0/2", "--selfrepair-max-tokens-total", "1"
    )
    result.stderr.fnmatch_lines(
        ["ERROR: --selfrepair-max-tokens-total: found 1 for 2 shards; accepted: 2 or more"]
    )
