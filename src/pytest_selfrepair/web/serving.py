"""Serve an application on a listening socket."""

import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from pytest_selfrepair.web.connection import Connection

_PATIENCE = 2  # seconds that open requests may take when it ends


async def serve_app(app: ASGIApp, taken: socket.socket, *, proxies: Sequence[str] = ()) -> None:
    """Serve until the process is interrupted; only warnings are logged.

    Args:
        app: The application.
        taken: The listening socket.
        proxies: Addresses of trusted proxies, which alone may name the client and the scheme.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # addresses contain the secrets of links
        server_header=False,
        http=Connection,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_PATIENCE,
        limit_concurrency=200,
        h11_max_incomplete_event_size=64 * 1024,
    )
    await uvicorn.Server(config).serve(sockets=[taken])
