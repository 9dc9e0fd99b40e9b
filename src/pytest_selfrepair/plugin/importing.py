"""Imports without the garbage collector, which would look through them in vain."""

import contextlib
import gc
import sys
from collections.abc import Iterator

from pytest_selfrepair.core.collector import paused


@contextlib.contextmanager
def unswept() -> Iterator[None]:
    """Import within this: nothing is collected meanwhile, nor what is there by its end ever after.

    Modules stay. To look through them again and again, as their number makes the collector do,
    and pytest once more when it ends, took a third of a short run's processor time.
    """
    known = len(sys.modules)
    with paused():
        try:
            yield
        finally:
            if len(sys.modules) > known:
                gc.freeze()
