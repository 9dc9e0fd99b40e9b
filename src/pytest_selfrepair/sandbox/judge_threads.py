"""Judge programs in threads, with a few retries if the sandbox fails."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError
from pytest_selfrepair.sandbox.zygotes import Lease, Zygotes

ATTEMPTS = 3
"""The most attempts at a program if the sandbox itself fails."""

_T = TypeVar("_T")


class JudgeThreads:
    """A thread for each running program.

    The threads are bound to no event loop, as a judge may outlive one, and kept, as bubblewrap ends
    with the thread that started it.

    Args:
        count: The number of programs run at once.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="selfrepair-judge")

    async def run(self, work: Callable[[Lease], _T]) -> _T:
        """Run a function in a thread; cancellation ends it.

        Args:
            work: The function of a lease.
        """
        lease = Lease()
        submitted = self._threads.submit(work, lease)
        try:
            return await asyncio.wrap_future(submitted)
        except asyncio.CancelledError:
            lease.cancel()
            if not submitted.cancel():  # already running: wait until its processes have ended
                await asyncio.gather(asyncio.wrap_future(submitted), return_exceptions=True)
            raise

    def close(self) -> None:
        """Cancel work that has not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def attempted(
    zygotes: Zygotes,
    lease: Lease,
    prepared: Callable[[], Callable[[ZygoteProcess], _T]],
    described: str,
) -> _T:
    """Run a function with a zygote, prepared anew for each attempt.

    Args:
        zygotes: The zygotes.
        lease: The right to use them.
        prepared: Prepares an attempt, perhaps with other zygotes.
        described: The start of an error's message.

    Raises:
        SandboxError: The sandbox failed again and again.
    """
    problems: list[str] = []
    while len(problems) < ATTEMPTS and not lease.cancelled:
        try:
            run = prepared()
            with zygotes.leased(lease) as zygote:
                return run(zygote)
        except BrokenZygoteError as error:
            problems.append(str(error))
    found = "; then ".join(dict.fromkeys(problems))
    raise SandboxError(f"{described}: {found}")
