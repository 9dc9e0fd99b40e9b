#!/usr/bin/env python3
"""Run one trusted program on every case of a task and print one JSON line a case."""

import io
import json
import sys
import time
from contextlib import redirect_stdout


def main() -> None:
    """Read {program, fn_name, inputs} and print {output, error, seconds of CPU} for each input."""
    job = json.load(sys.stdin)
    program, fn_name = job["program"], job["fn_name"]
    if fn_name is not None:
        owner = "Solution()." if "class Solution" in program else ""
        program += f"\nRESULT = {owner}{fn_name}(*ARGUMENTS)\n"
    code = compile(program, "program", "exec")
    for case in job["inputs"]:
        scope = {"__name__": "__main__", "ARGUMENTS": case, "RESULT": None}
        if fn_name is None:
            sys.stdin = io.TextIOWrapper(io.BytesIO(case.encode()))
        error = ""
        started = time.process_time()
        with redirect_stdout(io.StringIO()) as shown:
            try:
                exec(code, scope)  # noqa: S102 - the programs are this project's own
            except Exception as raised:  # noqa: BLE001 - whatever the program raises
                error = f"{type(raised).__name__}: {raised}"
        seconds = time.process_time() - started
        output = shown.getvalue() if fn_name is None else scope["RESULT"]
        print(json.dumps({"output": output, "error": error, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
