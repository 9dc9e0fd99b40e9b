"""The messages between the judge and a process for a program, on a socket of `packets`.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import struct

SHARED = b"h"
"""To the process: run a stateless program; with its description, a channel and its inputs."""

START = b"s"
"""To the process: compile a program, for a process for each case; with its description."""

CASE, LAST_CASE, AGAIN = b"c", b"l", b"g"
"""To the process: run a case that others follow, the last case, or a case for a second time.

With open files for its input, output and standard error, and a channel."""

UNCOMPILED = b"u"
"""To the judge: the program does not compile; followed by JSON with the error."""

TOGETHER = b"t"
"""To the judge: the program is stateless, and its answers come on the channel."""

APART = b"a"
"""To the judge: the cases need a process each; followed by a `PID` once one is waiting."""

PID = struct.Struct("=i?")
"""The process waiting for a case, and whether it forks a case's process and reports its end."""

BEGUN = b"b"
"""To the judge: a case begins; followed by a `BEGIN`."""

BEGIN = struct.Struct("=iid")
"""The case's process, the one waiting for the next case (or 0), and CPU seconds used before."""

ENDED = b"e"
"""To the judge: a case's process has ended; followed by an `END`. Sent if the zygote cannot."""

END = struct.Struct("=iid")
"""The ended process, its exit status (negative: the signal that ended it), and its CPU seconds."""

FINISHED = '{"end": "finished"}'
"""The report, as JSON, of a program that ran to its end."""
