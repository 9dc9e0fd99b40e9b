"""A store with runs to look at, and `selfrepair view` as a process of its own."""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import synthetic
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.game import Chain, Game, GameEnding, Turn
from pytest_selfrepair.bargain.protocol import Act
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.store.sqlite_store import SqliteStore
from warm_processes import python


def named(record: Record, model: str) -> Record:
    """The same record of another model."""
    assert record.setup is not None
    return replace(record, setup=replace(record.setup, model=model))


def store_of_runs(path: Path, *, tasks: int = 6, evil: str = "") -> Path:
    """A store of three runs; the last has a name and a note."""
    with contextlib.closing(SqliteStore(path)) as store:
        for number, name in enumerate(("", "", f"third {evil}")):
            run = store.begin_run(name, f"a note {evil}" if name else "")
            for task in range(tasks):
                shown = replace(
                    synthetic.record(task), grown=synthetic.record(task + 40 * number).grown
                )
                store.add_record(run, named(shown, f"model-{number} {evil}"))
    return path


def talk_of(text: str) -> BargainRecord:
    """The record of a scenario in whose only game this was said."""
    turn = Turn(role=BargainRole.SELLER, act=Act.TALK, talk=text)
    game = Game(starter=BargainRole.SELLER, turns=(turn,), ending=GameEnding.OUT_OF_TURNS)
    return BargainRecord(task_id="lamp::seller", chains=(Chain(number=0, first=game),))


@contextlib.contextmanager
def viewed(store: Path) -> Iterator[str]:
    """`selfrepair view` until the block ends: the link that it prints."""
    command = python("pytest_selfrepair", "view", str(store), "--port", "0")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/enter/\S+", said)
        assert found, said + process.communicate()[1]
        yield found[0]
    finally:
        process.kill()
        process.communicate()
