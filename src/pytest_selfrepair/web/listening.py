"""Sockets that pages listen on, and their addresses."""

import contextlib
import ipaddress
import socket

from pytest_selfrepair.errors import UsageError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Args:
        host: An address or a name of this machine.
        port: The port; 0: any free one.

    Raises:
        UsageError: There is no such address here, or the port is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with contextlib.ExitStack() as stack:
            listening = stack.enter_context(socket.socket(family, kind, protocol))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen()
            stack.pop_all()
    except OSError as error:
        raise UsageError(
            f"--host {host} --port {port}: {error.strerror or error}; accepted: an address of this "
            "machine, and a port that is free (0: any)"
        ) from error
    return listening


def is_loopback(host: str) -> bool:
    """Whether an address is reachable only from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_every_address(host: str) -> bool:
    """Whether a host stands for all addresses of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def address(listening: socket.socket, host: str) -> str:
    """The URL for a browser: ``http://127.0.0.1:8765``."""
    port = listening.getsockname()[1]
    if is_every_address(host):
        host = socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
