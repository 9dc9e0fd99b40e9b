"""Loaded into a Dask worker before it starts: a machine on which Python is about half as fast.

Its interpreters check every allocation, that of the worker by its environment (`SLOWED`), those in
which programs run by what is set here.
"""

from pytest_selfrepair.sandbox import isolation

SLOWED = {"PYTHONMALLOC": "debug"}

isolation._ENVIRONMENT = {**isolation._ENVIRONMENT, **SLOWED}  # noqa: SLF001 - no user may
