"""Keeps count in the times and modes of whatever file it may touch, and says what it found."""

import os

PLACES = (".", "/", "/proc/self", "/dev/null", "/scratch", "/program", __file__)


def times():
    for place in PLACES:
        try:
            yield os.stat(place).st_mtime_ns
        except OSError:
            pass


if 123_000 in times():
    print("REACHED")
for place in PLACES:
    try:
        os.utime(place, ns=(123_000, 123_000))
        os.chmod(place, 0o777)
    except OSError:
        pass
