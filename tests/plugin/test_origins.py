"""Records say where completions came from, and reports where that is more than one place."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from endpoints import Serve, ask, line_to, model_on, request
from projects import fenced, write_task
from pytest_selfrepair.core.origin import Answered, Origin, address_of
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.run.notes import notes
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import serving
from pytest_selfrepair.store.listing import started
from pytest_selfrepair.store.sqlite_store import SqliteStore
from warm_processes import python

A = Answered(
    name="m", address="https://a/v1", model="m-1", fingerprint="fp-1", asked_at="https://a/v1"
)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://user:secret@host:8443/v1/?key=secret#part", "https://host:8443/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("", ""),
    ],
)
def test_an_address_shows_no_secret(url: str, address: str) -> None:
    assert address_of(url) == address


def test_a_sample_says_where_it_was_drawn(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": "ok"}})
    [sample] = ask(model_on(line_to(server.base_url)), request())
    assert sample.origin == Origin(address=server.base_url, model="gpt-4")


def record(task_id: str, **changes: str) -> Record:
    facts = {name: getattr(A, name) for name in A.__dataclass_fields__} | changes
    return Record(task_id=task_id, origins=(Answered(**facts),))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, ()),
        ({"name": "another", "model": "another-1"}, ()),
        (
            {"fingerprint": "fp-2"},
            ("the samples of m come from 2 system fingerprints: fp-1, fp-2",),
        ),
        (
            {"model": "m-2"},
            ("the samples of m come from 2 models, as their endpoint calls them: m-1, m-2",),
        ),
        (
            {"address": "https://b/v1"},
            (
                "the samples of m come from 2 addresses: https://a/v1, https://b/v1",
                (
                    "stored samples of m from https://b/v1 were served, where this run asks "
                    "https://a/v1"
                ),
            ),
        ),
    ],
    ids=["one", "two-names", "fingerprints", "models", "addresses"],
)
def test_what_comes_from_several_places_is_said(
    other: dict[str, str], said: tuple[str, ...]
) -> None:
    assert notes([record("t/1"), record("t/2", **other)]) == said


def origins(store: SqliteStore) -> Iterator[tuple[Answered, ...]]:
    for run in started(store):
        yield from (each.origins for each in store.records(run))


def test_samples_of_another_address_are_named_by_run_and_report(pytester: pytest.Pytester) -> None:
    write_task(
        pytester.path / "tasks/0000", difficulty="interview", inputs=["1\n"], outputs=["7\n"]
    )
    script = Path(pytester.path / "script.json")
    script.write_text(json.dumps({"tasks": {"*": {"program": fenced("print(7)")}}}))
    options = ("tasks", "--selfrepair-model", "gpt-4", "--selfrepair-programs", "1")
    addresses = []
    for _ in range(2):
        with serving(Script(script)) as server:
            addresses.append(server.base_url)
            run = pytester.runpytest(
                *options, "--selfrepair-base-url", server.base_url, "--selfrepair-markdown", "r.md"
            )
            run.assert_outcomes(passed=1)
    first, second = addresses
    said = f"stored samples of gpt-4 from {first} were served, where this run asks {second}"
    assert said in " ".join(run.stdout.str().split())
    assert "stored samples of gpt" in (pytester.path / "r.md").read_text()
    report = pytester.run(*python("pytest_selfrepair", "report", ".selfrepair/samples.sqlite"))
    assert said in " ".join(report.stdout.str().split())
    with closing(SqliteStore(pytester.path / ".selfrepair/samples.sqlite")) as store:
        assert [{(each.address, each.asked_at) for each in its} for its in origins(store)] == [
            {(first, first)},
            {(first, second)},
        ]
