"""Serve the page on this machine alone, behind a link with a secret."""

import secrets
from pathlib import Path

from pytest_selfrepair.view.store_pages import StorePages
from pytest_selfrepair.web import listening
from pytest_selfrepair.web.serving import serve_app


async def serve(path: Path, port: int) -> None:
    """Serve until the process is interrupted.

    Args:
        path: The store's file; it is only read.
        port: The port; 0: any free one.

    Raises:
        UsageError: The port is taken.
    """
    secret = secrets.token_urlsafe(24)
    with listening.listen(listening.DEFAULT_HOST, port) as taken:
        address = listening.address(taken, listening.DEFAULT_HOST)
        said = f"{path.as_posix()}: open {address}/enter/{secret} (end with Ctrl+C)"
        print(f"selfrepair: {said}", flush=True)  # noqa: T201 - what a command does
        await serve_app(StorePages(path, secret).application(), taken)
