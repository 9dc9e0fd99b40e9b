"""Keeps count in the times and modes of whatever file it may touch, and says what it found."""

import os

for place in (".", "/", "/proc/self", "/dev/null", "/scratch", "/program", __file__):
    try:
        seen = os.stat(place).st_mtime_ns
        if seen == 123_000:
            print("REACHED")
        os.utime(place, ns=(123_000, 123_000))
        os.chmod(place, 0o777)
    except OSError:
        pass
