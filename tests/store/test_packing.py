"""What a store packs comes out letter for letter, and prompts share what they have in common."""

import asyncio
import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from pytest_selfrepair.core.sample import (
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.packing import packed, unpacked
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, replied

ANY_TEXT = st.text(st.characters(), max_size=40)  # halves of surrogate pairs included
JSON_TEXT = st.builds(json.dumps, ANY_TEXT)


@given(text=JSON_TEXT, like=JSON_TEXT, often=st.integers(0, 3000))
def test_a_text_comes_out_as_it_was(text: str, like: str, often: int) -> None:
    near = (like * often + text).encode()
    assert unpacked(packed(text)) == text
    assert unpacked(packed(text, near), near) == text


@given(text=JSON_TEXT.filter(lambda text: len(text) > 8), data=st.data())
def test_damage_is_found(text: str, data: st.DataObject) -> None:
    kept = bytearray(packed(text))
    place = data.draw(st.integers(2, len(kept) - 1))
    cut = bytes(kept[:place])
    kept[place] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(kept), cut):
        try:
            found = unpacked(damaged)
        except ValueError:
            continue
        assert found == text, "a bit that says nothing"


def test_what_was_packed_beside_another_text_is_not_read() -> None:
    with pytest.raises(ValueError, match="dict"):
        unpacked(packed("a text", b"one"), b"another")


REQUESTS = st.builds(
    SampleRequest,
    model=ANY_TEXT,
    messages=st.lists(
        st.builds(Message, role=st.sampled_from(Role), content=ANY_TEXT), max_size=3
    ).map(tuple),
    params=st.builds(
        SamplingParams,
        temperature=st.none() | st.floats(0, 2),
        stop=st.lists(ANY_TEXT, max_size=2).map(tuple),
        headers=st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=2).map(tuple),
    ),
    task_id=st.sampled_from(["t", "tasks/\udcff"]),
    node=st.sampled_from(["p0", "p1", "p1/self/r0", "p1/\udcff/r0", "p1/\ufffd/r0"]),
)
SAMPLES = st.builds(
    Sample,
    text=ANY_TEXT,
    usage=st.builds(
        Usage,
        completion_tokens=st.integers(0, 10**9),
        prompt_tokens=st.none(),
        counted_by=ANY_TEXT,
    ),
    finish_reason=ANY_TEXT,
    dollars=st.none() | st.floats(0, 1e6),
    reasoning=ANY_TEXT,
)


@examples(12)
@given(st.lists(st.tuples(REQUESTS, SAMPLES), max_size=8, unique_by=lambda pair: pair[0].key))
def test_requests_and_samples_come_back_as_they_were(
    pairs: list[tuple[SampleRequest, Sample]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        with closing(SqliteStore(path)) as store:
            for request, sample in pairs:
                asyncio.run(store.put(request, sample))
        with closing(SqliteStore(path)) as store:  # which holds no prompt in memory yet
            found = [(line.request, line.sample) for line in exchange.samples(store)]
            keys = [request.key for request, _ in pairs]
            served = asyncio.run(store.get_many(keys))
    assert sorted(found, key=lambda pair: pair[0].key) == sorted(
        pairs, key=lambda pair: pair[0].key
    )
    assert served == {request.key: sample for request, sample in pairs}


def test_a_repair_adds_little_more_than_its_own_reply(tmp_path: Path) -> None:
    path = tmp_path / "store"
    statement = " ".join(f"word{number * number}" for number in range(500))
    failing = "\n".join(f"x{number} = {number**3}" for number in range(50))
    with closing(SqliteStore(path)) as store:
        asyncio.run(store.put(asked("p0", content=statement), replied(failing)))
        for number in range(40):
            content = f"{statement}\n{failing}\nIt fails for {number}."
            request = asked(f"p0/self/r{number}", content=content)
            asyncio.run(store.put(request, replied(f"{failing}\nprint({number})")))
    with closing(sqlite3.connect(path)) as connection:
        bodies = connection.execute("SELECT sum(length(body)), count(*) FROM prompts").fetchone()
        replies = connection.execute(
            "SELECT max(length(sample)) FROM samples WHERE node <> 'p0'"
        ).fetchone()
    whole = len(packed(json.dumps(statement)))
    assert bodies[1] == 41
    assert bodies[0] < whole + len(packed(json.dumps(failing))) + 40 * 100
    assert replies[0] < 300


def test_a_prompt_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with closing(SqliteStore(path)) as store:
        asyncio.run(store.put(asked(), replied()))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM prompts")
    with (
        closing(SqliteStore(path)) as store,
        pytest.raises(StoreError, match=r"its prompt \w+ is missing"),
    ):
        asyncio.run(store.get_many([asked().key]))
