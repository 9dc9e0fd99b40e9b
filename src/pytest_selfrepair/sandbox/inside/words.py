"""The messages between the judge and a process for a program, on a socket of `packets`.

Like the zygote, beside which it is a plain file, it needs only the standard library.
"""

import struct

SHARED = b"h"
"""Run a program that keeps nothing; with what describes it, a channel, and its inputs."""

START = b"s"
"""Compile a program whose cases are to have a process each; with what describes it."""

CASE, LAST_CASE, AGAIN = b"c", b"l", b"g"
"""Run a case, after which others follow; or none does; or one that has been run before.

With its input, its output, its standard error and a channel."""

UNCOMPILED = b"u"
"""It does not compile; JSON that says why follows."""

TOGETHER = b"t"
"""It keeps nothing, and its answers come on the channel."""

APART = b"a"
"""Its cases need a process each; a `PID` follows where that is under way."""

PID = struct.Struct("=i?")
"""The process that waits for a case, and whether it forks a case's and says when that has ended."""

BEGUN = b"b"
"""A case begins; a `BEGIN` follows."""

BEGIN = struct.Struct("=iid")
"""A case's process, the one that waits for the next (or 0), and CPU seconds used before."""

ENDED = b"e"
"""A case's process has ended; an `END` follows. Said where the zygote does not say it."""

END = struct.Struct("=iid")
"""That process, its exit status (negative: the signal that ended it), and its CPU seconds."""

FINISHED = '{"end": "finished"}'
"""What a program that ran to its end reports, as JSON."""
