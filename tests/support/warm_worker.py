"""The client of `warm_workers`: has a worker forked on these standard streams, and waits for it.

python warm_worker.py SOCKET

It imports little, since it starts as often as a worker does.
"""

import array
import json
import os
import socket
import sys

STREAMS = 3
"""Standard input, output and error."""


def main(address: str) -> int:
    """The exit status of the worker."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.connect(address)
        world = {"folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109 - see above
        rights = array.array("i", range(STREAMS))
        server.sendmsg(
            [json.dumps(world).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
        )
        for stream in range(STREAMS):  # the worker's alone from here on, so that they can end
            os.close(stream)
        return int(server.recv(16) or b"1")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
