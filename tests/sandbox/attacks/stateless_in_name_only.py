"""Seems to keep nothing, and looks for what an earlier case or program has left."""

import collections
import functools
import re

seen = []
for each in (collections.Counter, functools.reduce, re.compile, int, dict):
    for name in ("seen", "case"):
        try:
            seen.append(type(each).seen)
        except AttributeError:
            pass


def solve(cache={}, count=[0]):
    count[0] += 1
    return "REACHED" if count[0] > 1 or len(cache) else count[0]


print("REACHED" if seen else 3)
