"""The table of samples, with each distinct prompt stored once.

A prompt is a request without its node, under its digest. It is packed relative to the prompt of
the nearest earlier sample in the same task, as a repair shares statement and program with its
siblings. A sample is packed relative to its prompt, as repairs repeat much of it.

Earlier layouts stored every request whole, as text; such rows are read as they are.
"""

import hashlib
import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.store.packing import packed, unpacked
from pytest_selfrepair.store.rows import column
from pytest_selfrepair.store.store_failure import damaged_row

_DEEPEST = 4
"""The longest chain of prompts packed relative to each other."""
_MOST_HELD = 128
"""The most prompts cached in memory, as siblings are stored and read in sequence."""
_DIGEST_BYTES = 16

_NEAREST = """
SELECT request FROM samples WHERE task_id = ? AND node < ? AND typeof(request) = 'blob'
ORDER BY node DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRow:
    """A row of the table of samples.

    Attributes:
        key: The request's key.
        model: The model.
        task_id: The task.
        node: The node.
        prompt: The JSON of the request, without its node if the column holds that exactly.
        sample: The JSON of the sample.
    """

    key: str
    model: str
    task_id: str
    node: str
    prompt: str
    sample: str

    @classmethod
    def of(cls, request: SampleRequest, sample: Sample) -> "SampleRow":
        """Build the row of a sample."""
        return cls(
            key=request.key,
            model=column(request.model),
            task_id=column(request.task_id),
            node=column(request.node),
            prompt=_prompt(msgspec.to_builtins(request)),
            sample=json.dumps(msgspec.to_builtins(sample)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTexts:
    """The JSON of a request and its sample, with their key, task and node."""

    key: str
    task_id: str
    node: str
    request: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prompt:
    """A prompt: its text, the prompt it is packed relative to, and the length of that chain."""

    text: bytes
    base: bytes | None
    depth: int


class SampleTable:
    """The samples of one file, used by its one thread.

    Args:
        path: The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: OrderedDict[bytes, _Prompt] = OrderedDict()

    def insert(self, connection: sqlite3.Connection, row: SampleRow, *, anew: bool = False) -> bool:
        """Insert a row; return False if its key already has one."""
        digest = self._store_prompt(connection, row.task_id, row.node, row.prompt)
        statement = "INSERT OR REPLACE" if anew else "INSERT OR IGNORE"
        statement += " INTO samples VALUES (?, ?, ?, ?, ?, ?)"
        kept = packed(row.sample, row.prompt.encode("ascii"))
        values = (row.key, row.model, row.task_id, row.node, digest, kept)
        return connection.execute(statement, values).rowcount == 1

    def samples(self, connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, str]:
        """Look up the JSON of samples by key; missing ones are left out.

        Raises:
            StoreError: A row is damaged.
        """
        query = "SELECT request, sample FROM samples WHERE key = ?"
        found: dict[str, str] = {}
        for key in keys:
            for request, sample in connection.execute(query, (key,)):
                found[key] = self._sample(connection, key, request, sample)
        return found

    def requests(
        self, connection: sqlite3.Connection, task_id: str, node: str, most: int
    ) -> list[str]:
        """The JSON of some requests of a task and node.

        Raises:
            StoreError: A row is damaged.
        """
        rows = connection.execute(
            "SELECT key, node, request FROM samples WHERE task_id = ? AND node = ? LIMIT ?",
            (column(task_id), column(node), most),
        ).fetchall()
        return [self._request(connection, *row) for row in rows]

    def texts(
        self, connection: sqlite3.Connection, query: str, values: Sequence[str | int | None]
    ) -> Iterator[StoredTexts]:
        """Yield the results of a query for key, task, node, request and sample, as JSON.

        Raises:
            StoreError: A row is damaged.
        """
        for key, task_id, node, request, sample in connection.execute(query, values).fetchall():
            yield StoredTexts(
                key=key,
                task_id=task_id,
                node=node,
                request=self._request(connection, key, node, request),
                sample=self._sample(connection, key, request, sample),
            )

    def pack(self, connection: sqlite3.Connection, texts: StoredTexts) -> None:
        """Store a row of an earlier layout as `insert` does; a damaged one is left as it is."""
        try:
            prompt = _prompt(json.loads(texts.request))
            kept = packed(texts.sample, prompt.encode("ascii"))
        except (ValueError, TypeError, KeyError):
            return
        digest = self._store_prompt(connection, texts.task_id, texts.node, prompt)
        connection.execute(
            "UPDATE samples SET request = ?, sample = ? WHERE key = ?", (digest, kept, texts.key)
        )

    def _store_prompt(
        self, connection: sqlite3.Connection, task_id: str, node: str, prompt: str
    ) -> bytes:
        """Store a prompt if it is new, and return its digest."""
        text = prompt.encode("ascii")
        digest = hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()
        query = "SELECT 1 FROM prompts WHERE digest = ?"
        if connection.execute(query, (digest,)).fetchone():
            return digest
        base = self._nearest(connection, task_id, node)
        like = self._prompt(connection, base).text if base else b""
        connection.execute(
            "INSERT INTO prompts VALUES (?, ?, ?)", (digest, base, packed(prompt, like))
        )
        return digest

    def _nearest(self, connection: sqlite3.Connection, task_id: str, node: str) -> bytes | None:
        """The digest of the prompt that another at this place is packed relative to."""
        row = connection.execute(_NEAREST, (task_id, node)).fetchone()
        if row is None:
            return None
        digest: bytes = row[0]
        try:
            found = self._prompt(connection, digest)
        except ValueError:  # damaged, so not used
            return None
        return digest if found.depth < _DEEPEST else found.base

    def _prompt(self, connection: sqlite3.Connection, digest: bytes) -> _Prompt:
        """Read a prompt.

        Raises:
            ValueError: The prompt is missing or damaged.
        """
        if digest in self._held:
            self._held.move_to_end(digest)
            return self._held[digest]
        row = connection.execute(
            "SELECT base, body FROM prompts WHERE digest = ?", (digest,)
        ).fetchone()
        if row is None:
            raise ValueError(f"its prompt {digest.hex()} is missing")
        base: bytes | None = row[0]
        near = None if base is None else self._prompt(connection, base)
        text = unpacked(row[1], near.text if near else b"").encode("ascii")
        found = _Prompt(text=text, base=base, depth=near.depth + 1 if near else 0)
        self._held[digest] = found
        if len(self._held) > _MOST_HELD:
            self._held.popitem(last=False)
        return found

    def _request(
        self, connection: sqlite3.Connection, key: str, node: str, request: str | bytes
    ) -> str:
        """The original JSON of a request."""
        if isinstance(request, str):
            return request
        try:
            facts = json.loads(self._prompt(connection, request).text)
        except ValueError as error:
            raise damaged_row(self._path, f"sample {key}", error) from error
        return json.dumps({**facts, "node": facts.get("node", node)})

    def _sample(
        self, connection: sqlite3.Connection, key: str, request: str | bytes, sample: str | bytes
    ) -> str:
        """The original JSON of a sample."""
        if isinstance(sample, str):
            return sample
        try:
            like = self._prompt(connection, request).text if isinstance(request, bytes) else b""
            return unpacked(sample, like)
        except ValueError as error:
            raise damaged_row(self._path, f"sample {key}", error) from error


def _prompt(facts: dict[str, Any]) -> str:
    """A request's JSON without its node, unless the column cannot hold that exactly."""
    node = facts["node"]
    kept = {key: value for key, value in facts.items() if key != "node" or column(node) != node}
    return json.dumps(kept)
