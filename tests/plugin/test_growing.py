"""A run that is started again with more programs, repairs or sources pays for what is new alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from projects import LEAN, write_project
from pytest_selfrepair.store import run_names

STORE = Path(".selfrepair") / "samples.sqlite"


def nodes(root: Path) -> dict[tuple[str, str], str]:
    """Every sample that a store keeps, by task and node, and its key."""
    with closing(sqlite3.connect(root / STORE)) as connection:
        rows = connection.execute("SELECT task_id, node, key FROM samples").fetchall()
    return {(task, node): key for task, node, key in rows}


def test_more_programs_repairs_and_sources_keep_every_sample_that_was_paid_for(
    pytester: pytest.Pytester,
) -> None:
    write_project(pytester.path)

    def start(*arguments: str) -> dict[tuple[str, str], str]:
        pytester.runpytest(
            *("tasks", "-p", "no:xdist", *LEAN.split(), "--selfrepair-model"),
            *("scripted:script.json", *arguments),
        )
        return nodes(pytester.path)

    first = start("--selfrepair-programs", "2", "--selfrepair-run-name", "small")
    grown = start(
        *("--selfrepair-programs", "4", "--selfrepair-repairs", "2", "--selfrepair-run-name"),
        *("large", "--selfrepair-feedback", "self", "--selfrepair-feedback", "none"),
    )
    assert grown.items() > first.items()
    small, large = (
        run_names.read(f"{pytester.path / STORE}::{name}") for name in ("small", "large")
    )
    for before, after in zip(small.records, large.records, strict=True):
        assert before.grown is not None
        assert after.grown is not None
        assert [each.program for each in after.grown.programs[:2]] == [
            each.program for each in before.grown.programs
        ]
        assert all(
            each.cost.replayed_tokens == each.cost.tokens for each in after.grown.programs[:2]
        )
