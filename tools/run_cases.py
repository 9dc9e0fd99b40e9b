#!/usr/bin/env python3
"""Run one trusted program on cases of a task, and print a JSON line for each case.

The first case over the time limit ends this process, by a signal.
"""

import io
import json
import resource
import signal
import sys
import time
from contextlib import redirect_stdout

MEMORY = 1 << 30  # bytes, as the plugin allows a program


def main() -> None:
    """Read {program, fn_name, inputs, limit} and print {output, error, seconds of CPU} each."""
    job = json.load(sys.stdin)
    program, fn_name = job["program"], job["fn_name"]
    if fn_name is not None:
        owner = "Solution()." if "class Solution" in program else ""
        program += f"\nRESULT = {owner}{fn_name}(*ARGUMENTS)\n"
    if sys.platform == "linux":  # macOS does not allow it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for case in job["inputs"]:
        scope = {"__name__": "__main__", "ARGUMENTS": case, "RESULT": None}
        if fn_name is None:
            sys.stdin = io.TextIOWrapper(io.BytesIO(case.encode()))
        error, shown = "", io.StringIO()
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, job["limit"])  # nothing handles its signal
        with redirect_stdout(shown):
            try:
                exec(compile(program, "program", "exec"), scope)  # noqa: S102 - our own programs
            except SystemExit:
                pass  # a program may end itself
            except Exception as raised:  # noqa: BLE001 - whatever the program raises
                error = f"{type(raised).__name__}: {raised}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - started
        output = shown.getvalue() if fn_name is None else scope["RESULT"]
        try:
            line = json.dumps({"output": output, "error": error, "seconds": seconds})
        except TypeError as raised:  # a set, for instance
            line = json.dumps({"output": None, "error": str(raised), "seconds": seconds})
        print(line, flush=True)


if __name__ == "__main__":
    main()
