"""Verdicts that are kept, so that a program is judged once."""

from functools import partial
from pathlib import Path

from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.store.rows import insert_verdict, kept_verdict, opened
from pytest_selfrepair.store.writer import Writer


class StoredVerdicts:
    """The verdicts in a store.

    Args:
        path: The store's file, for messages.
        writer: The store's thread.
    """

    def __init__(self, path: Path, writer: Writer) -> None:
        self._path = path
        self._writer = writer

    async def verdict(self, key: str) -> Verdict | None:
        """The verdict kept under a key, or None.

        Raises:
            StoreError: The file cannot be read.
        """
        kept = await self._writer.do(partial(kept_verdict, key=key), reads=True)
        return None if kept is None else opened(kept, Verdict, self._path)

    async def keep_verdict(self, key: str, task_id: str, verdict: Verdict) -> None:
        """Keep a verdict, in the place of one that is kept under the same key.

        Raises:
            StoreError: The file cannot be written.
        """
        work = partial(insert_verdict, key=key, task_id=task_id, verdict=verdict, anew=True)
        await self._writer.do(work)
