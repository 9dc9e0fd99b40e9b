"""Ends with claims of lines, sizes and digits that are out of all range."""

import os

CLAIMS = (
    b'{"end": "raised", "type": "X", "message": "m", "line": 1e400}',
    b'{"end": "raised", "type": 3, "message": [], "line": -5}',
    b'{"end": "returned", "result": "' + b"9" * 100_000 + b'"}',
    b'{"end": "returned", "result": ' + b"[" * 100_000,
    b'{"end": "not_json", "type": "' + b"x" * 10**6 + b'", "shown": 3}',
    b'{"end": "missing", "end": "finished", "in_thread": {"line": true}}',
)
claim = CLAIMS[int.from_bytes(os.urandom(1), "big") % len(CLAIMS)]


def solve():
    os.write(3, claim)
    os._exit(0)


if __name__ == "__main__":
    solve()
