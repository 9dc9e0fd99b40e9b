"""The client of `warm_processes`: has one forked on these standard streams, and waits for it.

python warm_process.py SOCKET [MODULE ...]

It imports little, since it starts as often as a process does.
"""

import array
import json
import os
import signal
import socket
import sys

STREAMS = 3
"""Standard input, output and error."""
PASSED_ON = (signal.SIGINT, signal.SIGTERM)


def main(address: str, *arguments: str) -> int:
    """The exit status of the process."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.connect(address)
        world = {
            "folder": os.getcwd(),  # noqa: PTH109 - see above
            "environment": dict(os.environ),
            "arguments": arguments,
        }
        rights = array.array("i", range(STREAMS))
        server.sendmsg(
            [json.dumps(world).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
        )
        for number in PASSED_ON:
            signal.signal(number, lambda received, _: server.send(b"%d" % received))
        for stream in range(STREAMS):  # the process's alone from here on, so that they can end
            os.close(stream)
        return int(server.recv(16) or b"1")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
