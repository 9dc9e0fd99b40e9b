"""Everything imported beforehand that a run of pytest within a test imports."""

import asyncio
import gc
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages


def import_all() -> None:
    """Import the package with all its modules, and what they import when they are first used.

    All of it stays, so that the garbage collector leaves it alone from then on: pytest has it
    collect five times at the end of every run, and forked workers would copy what it looks at.
    """
    for library in ("numpy", "tiktoken", "xdist", "xdist.plugin", "xdist.remote"):
        if find_spec(library) is not None:
            import_module(library)
    if find_spec("openai") is not None:
        asyncio.run(_ask_nobody())
    package = import_module("pytest_selfrepair")
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # an extra
                import_module(module.name)
    gc.collect()
    gc.freeze()


async def _ask_nobody() -> None:
    """Import what asking an endpoint imports."""
    import openai  # noqa: PLC0415 - an extra

    async with openai.AsyncOpenAI(api_key="-", base_url="http://127.0.0.1:9", max_retries=0) as api:
        with suppress(openai.APIConnectionError):
            await api.chat.completions.create(model="-", messages=[])
